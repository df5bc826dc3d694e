//! MLO401 model-in-git.

use super::{Context, Group, Meta, Rule, Told, wording};
use crate::finding::{Cause, Place, Severity, Subject, Violation};
use crate::ownership::Item;
use crate::stored::StoredModel;

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO401",
    slug: "model-in-git",
    summary: "A model of a megabyte or more that git itself stores",
    severity: Some(Severity::Warning),
    docs: "\
## What it does
Reports models of at least 1 MB whose bytes are in git's own store: the blob is no pointer of Git LFS, no `.dvc` file
stands beside it, and its first bytes are those of a model (pickle, HDF5, safetensors, a zip archive, …). Tests and
fixtures are left out. The size is that of the blob, so a file that Git LFS has checked out is none. A bare list of
paths tells no sizes, and nothing is reported.

## Why it matters
Every clone downloads every version there ever was, and a diff of it tells a reviewer nothing.

## Example
`models/churn.pkl`, 48 MB, committed with each training run.

## How to fix it
Keep it with Git LFS, DVC or in a model registry. What was committed stays in the history until that is rewritten.
Where a model shall stay: `rules: { MLO401: { allow: [\"/models/tiny.onnx\"] } }`.

## Source
gitattributes(5) and git-lfs-track(1); GitHub warns of files over 50 MB and refuses those over 100 MB.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let stored = context.ownership.details().stored.iter();
        let items = stored.filter_map(|model| context.ownership.item(model.path));
        // How models are kept is one decision, wherever they are.
        let violation = |item: &Item| Violation {
            rule: META.code,
            subject: Subject::Path(context.listing.path(item.path).to_vec()),
            cause: Cause::Directory(item.area, Vec::new()),
        };
        items.map(violation).collect()
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let models: Vec<(&[u8], &StoredModel)> =
            group.violations.iter().filter_map(|violation| model(context, &violation.subject)).collect();
        let Some(&(largest, model)) = models.iter().max_by_key(|(path, model)| (model.size, std::cmp::Reverse(*path))) else {
            return Told::default();
        };
        let name = |path: &[u8]| format!("`{}`", String::from_utf8_lossy(path));
        let message = match models.as_slice() {
            [_] => format!("git itself stores the model {} ({}, {})", name(largest), size(model.size), model.format),
            all => format!(
                "git itself stores {} models{} ({} together, the largest {})",
                all.len(),
                wording::below(&wording::common_directory(group.violations)),
                size(all.iter().map(|(_, model)| model.size).sum()),
                name(largest)
            ),
        };
        let label = if model.is_given_to_lfs { "given to Git LFS, and no pointer" } else { "no pointer of Git LFS or DVC" };
        let given = models.iter().filter(|(_, model)| model.is_given_to_lfs).count();
        let note = match given {
            0 => "what was committed stays in git's history until that is rewritten".to_owned(),
            _ => format!(
                "`.gitattributes` gives {} to Git LFS, and git stores the bytes all the same: they were added before that line, or where Git LFS was not installed",
                if given == models.len() && given == 1 { "it".to_owned() } else { format!("{given} of them") }
            ),
        };
        Told {
            message,
            places: vec![Place::file(largest, format!("{}, {label}", size(model.size)))],
            paths: wording::paths(group.violations),
            help: Some(help(largest, model.is_given_to_lfs, models.len() > 1)),
            note: Some(note),
            ..Told::default()
        }
    }
}

fn model<'c>(context: &'c Context<'_>, subject: &'c Subject) -> Option<(&'c [u8], &'c StoredModel)> {
    let Subject::Path(path) = subject else { return None };
    let index = context.listing.find(path)?;
    let stored = &context.ownership.details().stored;
    let at = stored.binary_search_by_key(&index, |model| model.path).ok()?;
    Some((path, &stored[at]))
}

/// The commands that take a file out of git's own store.
fn help(path: &[u8], is_given_to_lfs: bool, are_many: bool) -> String {
    let (it, each) = if are_many { ("them", ", each as this one") } else { ("it", "") };
    let file = shell_word(&String::from_utf8_lossy(path));
    if is_given_to_lfs {
        return format!("have git store the pointer{each}:\n    git lfs install\n    git add --renormalize {file}");
    }
    let base = path.rsplit(|&byte| byte == b'/').next().unwrap_or(path);
    let end = base.iter().rposition(|&byte| byte == b'.').filter(|&dot| dot > 0).map(|dot| &base[dot..]);
    let tracked = match end.filter(|end| end.len() > 1 && end[1..].iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')) {
        Some(end) => format!("\"*{}\"", String::from_utf8_lossy(end)),
        None => file.clone(),
    };
    format!(
        "keep {it} with Git LFS{each}:\n    git lfs track {tracked} && git add --renormalize {file}\nor with DVC:\n    git rm --cached {file} && dvc add {file}"
    )
}

/// A path as one word of a shell, whatever is in it.
fn shell_word(path: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "/._-+@=".contains(character);
    match (path.starts_with('-'), path.chars().all(is_plain)) {
        (false, true) => path.to_owned(),
        (true, true) => format!("./{path}"),
        (dash, false) => format!("'{}{}'", if dash { "./" } else { "" }, path.replace('\'', r"'\''")),
    }
}

/// `48.2 MB`
fn size(bytes: u64) -> String {
    let (unit, name) = if bytes >= 1_000_000_000 { (1_000_000_000, "GB") } else { (1_000_000, "MB") };
    let tenths = bytes.saturating_mul(10) / unit;
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole} {name}"),
        (whole, rest) => format!("{whole}.{rest} {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_at_a_glance() {
        assert_eq!([1_000_000, 1_950_000, 48_249_999, 2_500_000_000].map(size), ["1 MB", "1.9 MB", "48.2 MB", "2.5 GB"]);
    }

    #[test]
    fn a_path_is_one_word_of_a_shell() {
        assert_eq!(shell_word("models/a.pkl"), "models/a.pkl");
        assert_eq!(shell_word("-rf"), "./-rf");
        assert_eq!(shell_word("a b/$(reboot).pkl"), "'a b/$(reboot).pkl'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
    }

    #[test]
    fn the_commands_name_the_extension_and_the_file() {
        assert!(help(b"models/churn.pkl", false, false).contains("git lfs track \"*.pkl\" && git add --renormalize models/churn.pkl\n"));
        assert!(help(b"models/churn", false, true).contains("git lfs track models/churn &&"));
        assert!(help(b"models/churn.pkl", true, false).ends_with("git add --renormalize models/churn.pkl"));
    }
}
