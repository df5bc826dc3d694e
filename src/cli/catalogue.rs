//! `mlops-lint catalogue [KIND]`.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{Outcome, input, output};
use crate::catalogue::{self, Catalogue, EvidenceSpec, KindSpec, Sample};
use crate::policy::Policy;
use crate::render::Trouble;
use crate::sanitize;

#[derive(Args)]
pub(super) struct Options {
    /// A kind to tell in full: kserve. Without one, all of them
    kind: Option<String>,
    /// Policy whose kinds are listed too, in place of the repository's own: a file, or builtin:NAME
    #[arg(long, value_name = "FILE")]
    policy: Option<String>,
    /// The form of the list
    #[arg(long, default_value = "human")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One array of objects
    Json,
    /// A page
    Markdown,
}

/// A kind as it is listed.
struct Listed {
    spec: KindSpec,
    /// Where the policy defines it.
    house: Option<String>,
}

pub(super) fn run(options: &Options, color: output::Color) -> Outcome {
    let (policy, catalogue) = match input::load_kinds(options.policy.as_deref()) {
        Ok(loaded) => loaded,
        Err(failure) => return failure.report(color),
    };
    let mut kinds = listed(&policy, &catalogue);
    if let Some(name) = &options.kind {
        kinds.retain(|kind| kind.spec.kind.eq_ignore_ascii_case(name));
        if kinds.is_empty() {
            return output::fail(color, Outcome::Error, &[unknown(name, &catalogue)]);
        }
    }
    output::print(&match options.format {
        Format::Human if options.kind.is_some() => kinds.iter().map(in_full).collect(),
        Format::Human => human(&kinds),
        Format::Json => json(&kinds),
        Format::Markdown => markdown(&kinds),
    })
}

/// All kinds, by area in the catalogue's order; those of the policy last in theirs.
fn listed(policy: &Policy, catalogue: &Catalogue) -> Vec<Listed> {
    let is_replaced = |name: &str| policy.catalogue.iter().any(|house| house.spec.kind == name);
    let known = catalogue::embedded_specs().into_iter().filter(|spec| !is_replaced(&spec.kind));
    let known = known.map(|spec| Listed { spec, house: None });
    let house = policy.catalogue.iter().map(|house| {
        let text = &policy.texts[house.at.text];
        let line = text.lines.position(text.text.as_bytes(), house.at.span.start).line;
        Listed { spec: house.spec.clone(), house: Some(format!("{}:{line}", text.name)) }
    });
    let mut kinds: Vec<Listed> = known.chain(house).collect();
    let mut areas: Vec<String> = catalogue.kinds.iter().map(|kind| kind.area.clone()).collect();
    // A policy may move a kind to another area.
    for kind in &mut kinds {
        if let Some(area) = policy.area_claiming(&kind.spec.kind) {
            kind.spec.area.clone_from(&policy.area(area).name);
            areas.push(kind.spec.area.clone());
        }
    }
    kinds.sort_by_key(|kind| areas.iter().position(|area| *area == kind.spec.area));
    kinds
}

fn unknown(name: &str, catalogue: &Catalogue) -> Trouble<'static> {
    let wanted = name.to_lowercase();
    let likeness = |known: &str| strsim::jaro_winkler(known, &wanted);
    let names = catalogue.kinds.iter().map(|kind| kind.name.as_str());
    let nearest = names.max_by(|a, b| likeness(a).total_cmp(&likeness(b))).filter(|known| likeness(known) > 0.8);
    let help = match nearest {
        Some(known) => format!("did you mean {known}? `mlops-lint catalogue` lists them all"),
        None => "`mlops-lint catalogue` lists them all".to_owned(),
    };
    Trouble { message: format!("there is no kind `{name}`"), help: Some(help), ..Trouble::default() }
}

fn title(spec: &KindSpec) -> &str {
    spec.title.as_deref().unwrap_or(&spec.kind)
}

fn human(kinds: &[Listed]) -> String {
    let mut text = String::new();
    for area in kinds.chunk_by(|a, b| a.spec.area == b.spec.area) {
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(text, "{}", sanitize::text(&area[0].spec.area));
        for Listed { spec, house } in area {
            let from = house.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
            let _ = writeln!(text, "  {}  {}", spec.kind, sanitize::text(&format!("{}{from}", title(spec))));
            for evidence in &spec.any {
                let _ = writeln!(text, "      {}", sanitize::text(&plain(evidence)));
            }
            if !spec.url.is_empty() {
                let _ = writeln!(text, "      {}", sanitize::text(&spec.url));
            }
        }
    }
    let _ = writeln!(text, "\n{} kinds. `mlops-lint catalogue KIND` tells one in full.", kinds.len());
    text
}

/// Without the backticks, which a terminal shows as they are.
fn plain(evidence: &EvidenceSpec) -> String {
    catalogue::evidence_in_words(evidence).replace('`', "")
}

fn in_full(Listed { spec, house }: &Listed) -> String {
    let mut lines = vec![("area", spec.area.clone())];
    lines.extend((!spec.url.is_empty()).then(|| ("url", spec.url.clone())));
    lines.extend(house.as_ref().map(|place| ("policy", place.clone())));
    if spec.generic {
        lines.push(("generic", "any repository may have it".to_owned()));
    }
    if spec.priority != 0 {
        lines.push(("priority", spec.priority.to_string()));
    }
    lines.extend(spec.any.iter().map(|evidence| ("told by", plain(evidence))));
    lines.extend(spec.samples.yes.iter().map(|sample| ("such as", path(sample).to_owned())));
    lines.extend(spec.samples.no.iter().map(|sample| ("unlike", path(sample).to_owned())));
    let mut text = format!("{}  {}\n", spec.kind, sanitize::text(title(spec)));
    for (nth, (name, value)) in lines.iter().enumerate() {
        let is_repeated = nth > 0 && lines[nth - 1].0 == *name;
        let _ = writeln!(text, "  {:9} {}", if is_repeated { "" } else { name }, sanitize::text(value));
    }
    text
}

fn path(sample: &Sample) -> &str {
    match sample {
        Sample::Path(path) => path,
        Sample::File(file) => &file.path,
    }
}

/// One kind; `catalogue --format json` prints an array of these.
#[derive(Serialize)]
struct Form<'a> {
    kind: &'a str,
    title: &'a str,
    area: &'a str,
    url: &'a str,
    generic: bool,
    priority: i32,
    /// Where the policy defines it, `FILE:LINE`.
    policy: Option<&'a str>,
    /// The evidence, as written.
    any: &'a [EvidenceSpec],
    samples: FormSamples<'a>,
}

/// The paths of samples.
#[derive(Serialize)]
struct FormSamples<'a> {
    yes: Vec<&'a str>,
    no: Vec<&'a str>,
}

fn json(kinds: &[Listed]) -> String {
    let forms: Vec<Form<'_>> = kinds
        .iter()
        .map(|Listed { spec, house }| Form {
            kind: &spec.kind,
            title: title(spec),
            area: &spec.area,
            url: &spec.url,
            generic: spec.generic,
            priority: spec.priority,
            policy: house.as_deref(),
            any: &spec.any,
            samples: FormSamples {
                yes: spec.samples.yes.iter().map(path).collect(),
                no: spec.samples.no.iter().map(path).collect(),
            },
        })
        .collect();
    serde_json::to_string_pretty(&forms).unwrap_or_default() + "\n"
}

fn markdown(kinds: &[Listed]) -> String {
    let mut text = String::from(
        "# The catalogue\n\n\
         The kinds of artefacts that `mlops-lint` knows, by area, and what tells each. This page is made from\n\
         `policies/catalogue/`: `mlops-lint catalogue --format markdown`.\n",
    );
    for area in kinds.chunk_by(|a, b| a.spec.area == b.spec.area) {
        let _ = write!(text, "\n## {}\n\n| kind | what it is | told by |\n|---|---|---|\n", cell(&area[0].spec.area));
        for Listed { spec, .. } in area {
            let name = cell(title(spec));
            let is_link = spec.url.starts_with("https://") && !spec.url.contains(['(', ')', '<', '>', ' ', '|', '\n']);
            let name = if is_link { format!("[{name}]({})", spec.url) } else { name };
            let evidence: Vec<String> =
                spec.any.iter().map(|evidence| cell(&catalogue::evidence_in_words(evidence))).collect();
            let _ = writeln!(text, "| `{}` | {name} | {} |", spec.kind, evidence.join("<br>"));
        }
    }
    text
}

/// A text as a table's cell; what stands in backticks stays code.
fn cell(text: &str) -> String {
    let mut is_code = false;
    let mut cell = String::new();
    for character in sanitize::text(text).chars() {
        match character {
            '`' => {
                is_code = !is_code;
                cell.push('`');
            }
            '|' => cell.push_str("\\|"),
            '<' if !is_code => cell.push_str("&lt;"),
            '&' if !is_code => cell.push_str("&amp;"),
            '[' | ']' | '*' | '_' | '\\' | '!' if !is_code => cell.extend(['\\', character]),
            '\n' => cell.push(' '),
            other => cell.push(other),
        }
    }
    cell
}
