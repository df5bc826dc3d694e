//! The source stage on real, temporary repositories: which paths, which contents, and what is refused.
// The helpers of tests are outside of test functions, which is where clippy lets them fail.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "source/contents.rs"]
mod contents;
#[path = "source/hostile.rs"]
mod hostile;
#[path = "source/listings.rs"]
mod listings;
#[path = "source/places.rs"]
mod places;
#[path = "source/repository.rs"]
mod repository;
#[path = "source/roots.rs"]
mod roots;
