//! Answers before times: what each contender says is compared with the product's answer, and that with the naive
//! reading. Nobody who is wrong is just "beaten".

use std::time::{Duration, Instant};

use super::contenders::{Contender, OURS, Winners};
use super::naive;
use super::repository::Repository;

/// How many paths are read naively: that costs a regular expression a path and entry.
const SAMPLE: usize = 1_000;

/// The product's answers, held to the naive reading on a sample of the paths.
pub fn truth(repository: &Repository) -> Winners {
    let truth = (OURS.winners)(repository);
    let step = repository.paths.len().div_ceil(SAMPLE).max(1);
    hold(repository, &truth, (0..repository.paths.len()).step_by(step));
    truth
}

/// What to call a contender: its name, and how often it is wrong; and how long that one run took. Where it differs from
/// the product, the naive reading decides; a benchmark of a product that is wrong itself stops here.
pub fn label(contender: &Contender, repository: &Repository, truth: &Winners) -> (String, Duration) {
    let start = Instant::now();
    let answers = (contender.winners)(repository);
    let took = start.elapsed();
    let differing: Vec<usize> = (0..truth.len()).filter(|&at| answers[at] != truth[at]).collect();
    let Some(&first) = differing.first() else { return (contender.name.to_owned(), took) };
    hold(repository, truth, differing.iter().copied().take(SAMPLE));
    let entry = |winner: Option<u32>| winner.map_or("no entry", |at| &repository.patterns[at as usize]);
    eprintln!(
        "{}: `{}` is won by `{}`, not by `{}`",
        contender.name,
        repository.paths[first],
        entry(truth[first]),
        entry(answers[first])
    );
    (format!("{} (wrong on {} of {})", contender.name, differing.len(), truth.len()), took)
}

/// Stops where the product and the naive reading differ on one of these paths.
fn hold(repository: &Repository, truth: &Winners, indexes: impl Iterator<Item = usize>) {
    let indexes: Vec<usize> = indexes.collect();
    let paths: Vec<&str> = indexes.iter().map(|&at| repository.paths[at].as_str()).collect();
    for (at, naive) in indexes.into_iter().zip(naive::read(&repository.patterns, &paths).winners) {
        assert!(
            truth[at] == naive,
            "{}: the product says {:?}, a naive reading {naive:?}",
            repository.paths[at],
            truth[at]
        );
    }
}
