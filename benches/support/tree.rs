//! The files of a generated repository: a tree of directories, and names in it.

use std::collections::HashSet;

use super::random::Random;

/// Words that directories and files are named with. None is a tree that the linter leaves out.
pub const WORDS: [&str; 32] = [
    "ingest", "churn", "fraud", "ranking", "forecast", "scoring", "billing", "search", "catalog", "gateway", "session",
    "profile", "invoice", "payment", "ledger", "stream", "batch", "cluster", "vision", "speech", "segment", "anomaly",
    "pricing", "routing", "storage", "metric", "signal", "policy", "account", "device", "region", "market",
];

/// Extensions that decide by themselves what a file is, to most of which no kind of artefact belongs: no content is
/// ever read. About one file in thirty is an artefact of machine learning.
const DECIDED: [&str; 32] = [
    "rs", "rs", "go", "go", "go", "ts", "ts", "tsx", "css", "html", "sh", "java", "java", "kt", "scala", "swift", "c",
    "h", "cc", "hpp", "rb", "ex", "lua", "svg", "png", "proto", "toml", "lock", "vue", "scss", "cs", "parquet",
];

/// Extensions whose files must be opened to know what they are.
const OPEN: [&str; 8] = ["py", "py", "py", "py", "yaml", "yaml", "json", "ipynb"];

/// Names that every directory may have.
const COMMON: [&str; 8] = ["mod.rs", "index.ts", "main.go", "lib.rs", "style.css", "Makefile", "util.go", "index.html"];

/// How the files are named.
#[derive(Clone, Copy)]
pub struct Naming {
    /// Extensions `x0`, `x1`, … up to this many, in place of usual ones.
    pub extensions: Option<usize>,
    /// How many different first, middle and last parts base names have.
    pub parts: usize,
    /// Every base name once in the whole tree, as patterns without a slash see the most of.
    pub distinct: bool,
    /// One file in this many needs a look inside; 0 for none.
    pub open_one_in: usize,
}

pub struct Tree {
    /// Directories in byte order, without slashes at either end, without the root.
    pub directories: Vec<String>,
    /// Files in byte order.
    pub files: Vec<String>,
}

/// A tree of `count` files, about twelve in each directory, up to eight directories deep.
pub fn tree(count: usize, naming: Naming, random: &mut Random) -> Tree {
    let mut directories = directories(count / 12 + 2, random);
    let mut common = HashSet::new();
    let mut files = Vec::with_capacity(count);
    for serial in 0..count {
        let at = random.below(directories.len());
        let directory = &directories[at];
        let name = *random.pick(&COMMON);
        let is_common = !naming.distinct && naming.extensions.is_none() && random.one_in(4);
        files.push(if is_common && common.insert((at, name)) {
            format!("{directory}/{name}")
        } else {
            format!("{directory}/{}", base_name(serial, naming, random))
        });
    }
    files.sort_unstable();
    directories.sort_unstable();
    Tree { directories, files }
}

/// `scoring17_churn3_2a9f_ranking8.rs`: a first, a middle and a last part, and a serial number that no other name has.
fn base_name(serial: usize, naming: Naming, random: &mut Random) -> String {
    let [first, middle, last] = [(); 3].map(|()| part(random.below(naming.parts)));
    let extension = match naming.extensions {
        Some(extensions) => extension(random.below(extensions)),
        None if naming.open_one_in > 0 && random.one_in(naming.open_one_in) => (*random.pick(&OPEN)).to_owned(),
        None => (*random.pick(&DECIDED)).to_owned(),
    };
    format!("{first}_{middle}_{serial:x}_{last}.{extension}")
}

/// The part of base names with this number.
pub fn part(number: usize) -> String {
    format!("{}{number}", WORDS[number % WORDS.len()])
}

/// The made-up extension with this number.
pub fn extension(number: usize) -> String {
    format!("x{number}")
}

fn directories(count: usize, random: &mut Random) -> Vec<String> {
    const DEEPEST: usize = 8;
    let mut directories: Vec<String> = Vec::with_capacity(count);
    let mut seen = HashSet::new();
    while directories.len() < count {
        let word = random.pick(&WORDS);
        // One in twenty stands at the root, so that there are many trees and not one.
        let parent = if directories.is_empty() || random.one_in(20) { None } else { Some(random.pick(&directories)) };
        let plain = match parent {
            None => (*word).to_owned(),
            Some(parent) if parent.matches('/').count() + 1 < DEEPEST => format!("{parent}/{word}"),
            Some(_) => continue,
        };
        let directory = if seen.contains(&plain) { format!("{plain}-{}", directories.len()) } else { plain };
        if seen.insert(directory.clone()) {
            directories.push(directory);
        }
    }
    directories
}
