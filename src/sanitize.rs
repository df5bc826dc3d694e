//! The one place where untrusted text becomes printable.
