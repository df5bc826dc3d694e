//! What a policy extends: packs of the binary and other files, each before the file that names it.

use super::error::{Errors, PolicyError};
use super::fields::{list, shortened, text, word};
use super::load::{DEFAULT, Files, MAX_BYTES, PREFIX, PROFILES, no_pack_help, pack, policy_text, read, utf8};
use super::tree::{Node, Value};
use super::{Origin, PolicyText};

/// So many files may extend each other in a row.
const DEEPEST: usize = 8;
/// So many files a policy may extend, all together.
const MOST_FILES: usize = 32;

/// The texts of a policy and their trees, in the order in which they are merged.
pub(super) struct Layers {
    pub(super) texts: Vec<PolicyText>,
    /// Of the last so many texts.
    pub(super) trees: Vec<Node>,
}

/// Reads all that the policy `own` extends; it is the tree of the last of `texts`. Gives the texts back where something
/// is wrong.
pub(super) fn gather(
    own: Node,
    texts: Vec<PolicyText>,
    files: Files<'_>,
    errors: &mut Errors,
) -> Result<Layers, Vec<PolicyText>> {
    let before = texts.len() - 1;
    let name = texts[before].name.clone();
    let mut gatherer = Gatherer { files, texts, layers: Vec::new(), seen: Vec::new(), open: Vec::new(), errors };
    gatherer.open.push((name, None));
    gatherer.file(before, own);
    gatherer.lay_profile();
    let Gatherer { texts, layers, errors, .. } = gatherer;
    if !errors.is_empty() {
        return Err(texts);
    }
    // They were met from the outside in, and are merged from the inside out.
    let (mut ordered, mut texts): (Vec<PolicyText>, Vec<Option<PolicyText>>) =
        (Vec::new(), texts.into_iter().map(Some).collect());
    ordered.extend(texts[..before].iter_mut().filter_map(Option::take));
    let mut trees = Vec::with_capacity(layers.len());
    for (index, mut tree) in layers {
        tree.set_text(ordered.len());
        trees.push(tree);
        ordered.extend(texts[index].take());
    }
    Ok(Layers { texts: ordered, trees })
}

struct Gatherer<'a> {
    files: Files<'a>,
    texts: Vec<PolicyText>,
    /// Trees with the index of their text, in the order in which they are merged.
    layers: Vec<(usize, Node)>,
    /// What was extended, and where it is named.
    seen: Vec<(String, Origin)>,
    /// The files on the way here, each with where it is named; the policy itself is the first.
    open: Vec<(String, Option<Origin>)>,
    errors: &'a mut Errors,
}

impl Gatherer<'_> {
    /// Lays what a file extends, and then the file.
    fn file(&mut self, index: usize, tree: Node) {
        let named = tree.get("extends").map(|entry| entry.value.clone());
        if let Some(node) = named.filter(|node| !matches!(node.value, Value::Null)) {
            let items = list(&node, "`extends`", "[builtin:ml-team]", self.errors).unwrap_or_default();
            let mut listed: Vec<(&str, Origin)> = Vec::new();
            for item in items {
                let Some(scalar) = text(item, "a policy to extend", self.errors) else { continue };
                if let Some(&(_, first)) = listed.iter().find(|(name, _)| *name == scalar.text) {
                    self.errors.push(twice(&scalar.text, item.at, first));
                    continue;
                }
                listed.push((&scalar.text, item.at));
                match scalar.text.strip_prefix(PREFIX) {
                    Some(name) => self.pack(name, item.at),
                    None => self.local(&scalar.text, item.at),
                }
            }
        }
        self.layers.push((index, tree));
    }

    fn pack(&mut self, name: &str, at: Origin) {
        let said = format!("{PREFIX}{}", shortened(name));
        let Some(text) = pack(name) else {
            let error = PolicyError::new(at, format!("there is no policy `{said}`")).label("unknown pack");
            self.errors.push(error.help(no_pack_help(name)));
            return;
        };
        // Files that extend each other may well start from the same pack: it is laid once, below them all.
        if !self.seen.iter().any(|(seen, _)| *seen == said) {
            self.seen.push((said.clone(), at));
            self.lay(policy_text(said, text.to_owned(), true));
        }
    }

    fn local(&mut self, path: &str, at: Origin) {
        let said = shortened(path);
        if let Some(error) = wrong_with(path, at, self.files.start) {
            self.errors.push(error);
            return;
        }
        if let Some(start) = self.open.iter().position(|(open, _)| open == path) {
            self.errors.push(self.cycle(start, path, at));
            return;
        }
        if let Some(&(_, first)) = self.seen.iter().find(|(seen, _)| seen == path) {
            self.errors.push(twice(path, at, first));
            return;
        }
        if self.open.len() > DEEPEST {
            let error = PolicyError::new(at, format!("more than {DEEPEST} files extend each other in a row"));
            self.errors.push(error.label("one too many").help("Let the policy extend the files itself.".to_owned()));
            return;
        }
        let files = self.seen.iter().filter(|(seen, _)| !seen.starts_with(PREFIX)).count();
        if files == MOST_FILES {
            let error = PolicyError::new(at, format!("the policy extends more than {MOST_FILES} files"));
            self.errors.push(error.label("one too many").help("Join some of them.".to_owned()));
            return;
        }
        self.seen.push((path.to_owned(), at));
        let Some(bytes) = fetch(path, at, self.files, self.errors) else { return };
        let index = self.texts.len();
        if bytes.iter().all(u8::is_ascii_whitespace) {
            self.errors.push(
                PolicyError::new(at, format!("`{said}` is empty"))
                    .label("an empty file")
                    .help("Begin it with `version: 1`.".to_owned()),
            );
            return;
        }
        let before = self.errors.count();
        let text = utf8(path, &bytes, index, self.errors);
        self.texts.push(text);
        if self.errors.count() > before {
            return;
        }
        let Some(tree) = read(&self.texts, index, self.errors) else { return };
        self.open.push((path.to_owned(), Some(at)));
        self.file(index, tree);
        self.open.pop();
    }

    /// Adds a text of the binary on top.
    fn lay(&mut self, text: PolicyText) {
        let index = self.texts.len();
        self.texts.push(text);
        if let Some(tree) = read(&self.texts, index, self.errors) {
            self.layers.push((index, tree));
        }
    }

    /// Lays what `profile` names over the packs, below all files. It changes what areas ask, so there must be some.
    fn lay_profile(&mut self) {
        let chosen = self.layers.iter().rev().find_map(|(_, tree)| tree.get("profile"));
        let Some(node) = chosen.map(|entry| entry.value.clone()).filter(|node| !matches!(node.value, Value::Null))
        else {
            return;
        };
        let names = PROFILES.map(|(name, _)| name);
        let Some(name) = word(&node, "profile", &names, &[], self.errors) else { return };
        let last_pack = self.layers.iter().rposition(|&(index, _)| self.texts[index].builtin);
        let Some(last_pack) = last_pack else {
            self.errors.push(
                PolicyError::new(
                    node.at,
                    format!("the profile `{name}` changes what {PREFIX}{DEFAULT} asks, and nothing is extended"),
                )
                .label("nothing to change")
                .help(format!("Add `extends: [{PREFIX}{DEFAULT}]`.")),
            );
            return;
        };
        if let Some((name, text)) = PROFILES.into_iter().find(|(known, _)| *known == name) {
            self.lay(policy_text(format!("{PROFILE}{name}"), text.to_owned(), true));
            if let Some(profile) = self.layers.pop() {
                self.layers.insert(last_pack + 1, profile);
            }
        }
    }

    /// Tells that the file at `start` of those open is extended again.
    fn cycle(&self, start: usize, path: &str, at: Origin) -> PolicyError {
        let around: Vec<String> = self.open[start..].iter().map(|(name, _)| format!("`{}`", shortened(name))).collect();
        let message = match around.as_slice() {
            [only] => format!("{only} extends itself"),
            _ => format!("`extends` leads back to where it starts: {} → `{}`", around.join(" → "), shortened(path)),
        };
        let error = PolicyError::new(at, message).label("leads back").help("Leave one of them out.".to_owned());
        self.open[start + 1..]
            .iter()
            .filter_map(|(name, at)| Some((name, (*at)?)))
            .fold(error, |error, (name, at)| error.related(at, format!("`{}` is extended here", shortened(name))))
    }
}

/// How the texts of profiles are called.
pub(super) const PROFILE: &str = "profile ";

fn twice(name: &str, at: Origin, first: Origin) -> PolicyError {
    PolicyError::new(at, format!("`{}` is extended twice", shortened(name)))
        .label("here again")
        .help("Keep one.".to_owned())
        .related(first, "first here")
}

/// Reads a file that is named at `at`.
pub(super) fn fetch(path: &str, at: Origin, files: Files<'_>, errors: &mut Errors) -> Option<Vec<u8>> {
    let error = match (files.read)(path) {
        Ok(Some(bytes)) if bytes.len() <= MAX_BYTES => return Some(bytes),
        Ok(Some(_)) => {
            PolicyError::new(at, format!("`{path}` is larger than {} KiB", MAX_BYTES / 1024)).label("too large")
        }
        Ok(None) => PolicyError::new(at, format!("there is no file `{path}`"))
            .label("not there")
            .help(format!("Files are named from {}, such as `.github/acme-roles.yaml`.", files.start)),
        Err(why) => PolicyError::new(at, why).label("not read"),
    };
    errors.push(error);
    None
}

/// What is wrong with a path that names another file, if anything is.
pub(super) fn wrong_with(path: &str, at: Origin, start: &str) -> Option<PolicyError> {
    let said = shortened(path);
    let form = format!("Files are named from {start}, and stay within it, such as `.github/acme-roles.yaml`.");
    let error =
        |message: String, label: &str, help: String| Some(PolicyError::new(at, message).label(label).help(help));
    if pack(path).is_some() {
        return error(format!("`{said}` names no file"), "not a file", format!("Write `{PREFIX}{said}`."));
    }
    if path.contains("://") {
        return error(
            format!("`{said}` is an address, and nothing is fetched over the network"),
            "not a file",
            "Keep a copy of the file in the repository.".to_owned(),
        );
    }
    if let Some(rest) = path.strip_prefix("./").or(path.strip_prefix('/')).filter(|rest| !rest.is_empty()) {
        let help = format!("Write `{}`: files are named from {start}.", shortened(rest));
        let start = if path.starts_with('/') { "/" } else { "./" };
        return error(format!("the path of a file does not start with `{start}`"), "starts elsewhere", help);
    }
    let is_plain = path.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && !path.contains(['\\', ':'])
        && !path.chars().any(char::is_control);
    if !is_plain {
        return error(format!("`{said}` is no path within {start}"), "leads elsewhere", form);
    }
    None
}
