//! What a finding is known by from run to run.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::finding::{Finding, Subject};

/// The digits of a hash over the rule and the subjects of findings: neither line numbers nor words are in it, nor the
/// order of entries.
pub(super) fn fingerprint<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> String {
    let mut atoms: Vec<(&str, &Subject)> = Vec::new();
    for finding in findings {
        atoms.extend(finding.violations.iter().map(|violation| (violation.rule, &violation.subject)));
    }
    atoms.sort_unstable();
    let mut hash = Sha256::new();
    for (rule, subject) in atoms {
        field(&mut hash, rule.as_bytes());
        match subject {
            Subject::Path(path) => {
                field(&mut hash, b"path");
                field(&mut hash, path);
            }
            Subject::Entry { pattern, section, ordinal } => {
                field(&mut hash, b"entry");
                field(&mut hash, section.as_bytes());
                field(&mut hash, pattern.as_bytes());
                field(&mut hash, &ordinal.to_be_bytes());
            }
            Subject::Policy(key) => {
                field(&mut hash, b"policy");
                field(&mut hash, key.as_bytes());
            }
            Subject::Repository(part) => {
                field(&mut hash, b"repository");
                field(&mut hash, part.as_bytes());
            }
        }
    }
    hash.finalize().iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// With its length, so that no two lists of fields are the same bytes.
fn field(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::super::example::{DEAD_ENTRY, finding};
    use super::*;
    use crate::finding::{Cause, Violation};

    fn about(subjects: Vec<Subject>) -> String {
        let violation = |subject| Violation { rule: "MLO104", subject, cause: Cause::Repository };
        let violations = subjects.into_iter().map(violation).collect();
        fingerprint([&Finding { violations, ..finding(&DEAD_ENTRY, "any words") }])
    }

    #[test]
    fn it_is_about_the_subjects_in_whatever_order() {
        let entry =
            |pattern: &str, ordinal| Subject::Entry { pattern: pattern.to_owned(), section: String::new(), ordinal };
        let both = about(vec![entry("/a", 0), entry("/b", 0)]);
        assert_eq!(both, about(vec![entry("/b", 0), entry("/a", 0)]));
        let others = [
            about(vec![entry("/a", 0)]),
            about(vec![entry("/a", 1)]),
            about(vec![Subject::Path(b"/a".to_vec())]),
            about(vec![Subject::Policy("/a".to_owned())]),
            about(vec![Subject::Repository("/a".to_owned())]),
            about(Vec::new()),
            both,
        ];
        let distinct: std::collections::BTreeSet<_> = others.iter().collect();
        assert_eq!(distinct.len(), others.len());
        assert!(others.iter().all(|digits| digits.len() == 64));
    }

    #[test]
    fn it_stays_the_same_from_version_to_version() {
        assert_eq!(
            about(vec![Subject::Path(b"models/a.onnx".to_vec())]),
            "aad8d1914970a2ba66fbfae1092cd01cb1c508d6bf0b29e050fc282d70f559b4"
        );
    }
}
