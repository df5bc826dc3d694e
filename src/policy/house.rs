//! House kinds into the catalogue, and their samples tried.

use super::error::{Errors, PolicyError};
use super::fields::shortened;
use super::{HouseKind, Policy, PolicyErrors};
use crate::catalogue::{Catalogue, Sample};

impl Policy {
    /// Adds the policy's kinds to the catalogue, and tries their samples.
    ///
    /// # Errors
    ///
    /// A sample that is not what the policy says it is, at its place.
    pub fn add_kinds(&self, catalogue: &mut Catalogue) -> Result<(), PolicyErrors> {
        if self.catalogue.is_empty() {
            return Ok(());
        }
        let mut errors = Errors::default();
        if let Err(error) = catalogue.add_house(self.catalogue.iter().map(|kind| kind.spec.clone()).collect()) {
            errors.push(PolicyError::of_file(error.to_string()));
        } else {
            self.catalogue.iter().for_each(|kind| try_samples(kind, catalogue, &mut errors));
        }
        if errors.is_empty() {
            return Ok(());
        }
        Err(PolicyErrors { texts: self.texts.clone(), errors: errors.into_sorted() })
    }
}

fn try_samples(kind: &HouseKind, catalogue: &Catalogue, errors: &mut Errors) {
    let samples = &kind.spec.samples;
    let all = samples.yes.iter().map(|sample| (sample, true)).chain(samples.no.iter().map(|sample| (sample, false)));
    for ((sample, is_one), &at) in all.zip(&kind.samples) {
        let tried = catalogue.try_sample(sample);
        let found = tried.kind.map(|id| catalogue.kind(id).name.as_str());
        if (found == Some(&*kind.spec.kind)) == is_one {
            continue;
        }
        let path = shortened(match sample {
            Sample::Path(path) => path,
            Sample::File(file) => &file.path,
        });
        let name = &kind.spec.kind;
        let (message, label) = match (is_one, found) {
            (true, None) => {
                (format!("`{path}` should be a sample of `{name}`, and is of no kind"), "nothing tells it".to_owned())
            }
            (true, Some(other)) => (
                format!("`{path}` should be a sample of `{name}`, and is one of `{other}`"),
                format!("`{other}` has the better evidence"),
            ),
            (false, _) => (format!("`{path}` should only look like `{name}`, and is one"), "is of the kind".to_owned()),
        };
        let help = if tried.excluded {
            "Tests, vendored and generated trees are left out: give the sample another path."
        } else {
            "Change the evidence under `any`, or the sample."
        };
        errors.push(PolicyError::new(at, message).label(label).help(help.to_owned()));
    }
}
