//! `mlops-lint explain RULE|PATH...`.

mod demands;
mod human;
mod story;

use std::ffi::{OsStr, OsString};

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::input::{self, Input};
use super::{Outcome, check, output};
use crate::finding::Severity;
use crate::render::Trouble;
use crate::rules::{self, Meta};

use story::{Story, Teller};

#[derive(Args)]
pub(super) struct Options {
    /// Rules, by code or name (MLO301, wrong-role), and paths, which need not exist; ./MLO301 is a path
    #[arg(required = true, value_name = "RULE|PATH")]
    things: Vec<OsString>,
    #[command(flatten)]
    input: input::InputOptions,
    /// The form of the answer
    #[arg(long, default_value = "human")]
    format: Format,
    /// The date that exemptions are held against, in place of today's
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<jiff::civil::Date>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A page each
    Human,
    /// One document
    Json,
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<Rule>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    paths: &'a [Story],
}

#[derive(Serialize)]
struct Rule {
    code: &'static str,
    slug: &'static str,
    summary: &'static str,
    severity: &'static str,
    docs: &'static str,
}

/// Files of a folder that are told one by one.
const MOST_PAGES: usize = 20;

pub(super) fn run(options: &Options, color: output::Color) -> Outcome {
    let rule = |thing: &OsString| thing.to_str().and_then(rules::find);
    let metas: Vec<&'static Meta> = options.things.iter().filter_map(rule).collect();
    let paths: Vec<OsString> = options.things.iter().filter(|thing| rule(thing).is_none()).cloned().collect();
    if let Some(name) = paths.iter().filter_map(|path| path.to_str()).find(|name| is_code(name)) {
        return output::fail(color, Outcome::Error, &[unknown(name)]);
    }
    let mut stories = Vec::new();
    let mut untold = 0;
    if !paths.is_empty() {
        let misspelt = || paths.iter().map(OsString::as_os_str).find(|path| is_nearly_a_rule(path));
        let mut input = match input::load(&options.input, None, &paths) {
            Ok(input) => input,
            // Where there is no repository a path cannot have been meant.
            Err(failure) => {
                return match misspelt().and_then(OsStr::to_str) {
                    Some(name) => output::fail(color, Outcome::Error, &[unknown(name)]),
                    None => failure.report(color),
                };
            }
        };
        if let Some(name) = misspelt().and_then(OsStr::to_str).filter(|name| is_missing(&input, name)) {
            return output::fail(color, Outcome::Error, &[unknown(name)]);
        }
        input::read_details(&options.input, &mut input);
        let is_ignored = |path: &[u8]| input.tree.is_ignored(path);
        let teller = Teller::new(&input, &is_ignored, options.today.unwrap_or_else(check::today));
        stories = input.asked.iter().take(MOST_PAGES).filter_map(|path| teller.story(path)).collect();
        untold = input.asked.len().saturating_sub(MOST_PAGES);
    }
    output::print(&match options.format {
        Format::Human => human(&metas, &stories, untold),
        Format::Json => json(&metas, &stories),
    })
}

fn human(rules: &[&'static Meta], stories: &[Story], untold: usize) -> String {
    let mut pages: Vec<String> = rules.iter().map(|meta| rule_page(meta)).collect();
    pages.extend(stories.iter().map(human::page));
    if untold > 0 {
        pages.push(format!("{untold} more files are not told: name them one by one, or ask `mlops-lint who`\n"));
    }
    pages.join("\n")
}

fn rule_page(meta: &Meta) -> String {
    let severity = meta.severity.map_or("off unless the policy switches it on", Severity::name);
    let Meta { code, slug, summary, docs, .. } = meta;
    format!("# {code} {slug}\n\n{summary}. Default severity: {severity}.\n\n{docs}\n## More\n{}\n", meta.url())
}

fn json(rules: &[&'static Meta], stories: &[Story]) -> String {
    let rule = |meta: &&'static Meta| Rule {
        code: meta.code,
        slug: meta.slug,
        summary: meta.summary,
        severity: meta.severity.map_or("off", Severity::name),
        docs: meta.docs,
    };
    crate::render::json_line(&Document { version: 1, rules: rules.iter().map(rule).collect(), paths: stories })
}

/// True for what has the form of a code.
fn is_code(name: &str) -> bool {
    name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("mlo"))
        && name.len() > 3
        && name.bytes().skip(3).all(|byte| byte.is_ascii_digit())
}

/// True for a word that is nearly the name of a rule. A path with a slash or a dot cannot be one.
fn is_nearly_a_rule(path: &OsStr) -> bool {
    path.to_str().is_some_and(|name| !name.contains(['/', '.']) && rules::nearest(name).is_some())
}

/// True where a word that could be a path is none of the repository.
fn is_missing(input: &Input, name: &str) -> bool {
    let is_it = |path: &Vec<u8>| path.rsplit(|&byte| byte == b'/').next() == Some(name.as_bytes());
    input.asked.iter().any(|path| is_it(path) && input.tree.listing().find(path).is_none())
}

fn unknown(name: &str) -> Trouble<'static> {
    let all = format!("`mlops-lint rules` lists the rules; a path of that name is `./{name}`");
    let help = match rules::nearest(name) {
        Some(meta) => format!("did you mean {} ({})? {all}", meta.code, meta.slug),
        None => all,
    };
    Trouble::new(format!("`{name}` is neither a rule nor a path of the repository")).with_help(help)
}
