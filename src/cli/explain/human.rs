//! A story as a page for people.

use std::fmt::Write as _;

use super::demands::{Demanded, Met};
use super::story::{EntryStory, OwnerStory, Said, Story};
use crate::sanitize;

/// The page.
pub(super) fn page(story: &Story) -> String {
    let mut page = Page(format!("{}\n", sanitize::bytes(&story.raw)));
    what(story, &mut page);
    who(story, &mut page);
    page.rows("asked", columns(&story.asked.iter().map(asked).collect::<Vec<_>>()).into_iter());
    if story.findings.is_empty() {
        page.row("findings", verdict(story));
    }
    for said in &story.findings {
        finding(said, &mut page);
    }
    page.0
}

/// Entries and owners that a page shows.
const MOST_ROWS: usize = 40;
/// Names in one row.
const MOST_NAMES: usize = 8;

/// Lines with a name in front, as text to be made printable.
struct Page(String);

impl Page {
    fn row(&mut self, name: &str, text: &str) {
        let _ = writeln!(self.0, "{}", format!("  {name:9} {}", sanitize::text(text)).trim_end());
    }

    /// Several rows of one name; where there are more than anybody reads, the first.
    fn rows(&mut self, name: &str, texts: impl ExactSizeIterator<Item = String>) {
        let all = texts.len();
        for (at, text) in texts.enumerate().take(MOST_ROWS) {
            self.row(if at == 0 { name } else { "" }, &text);
        }
        if all > MOST_ROWS {
            self.row("", &format!("and {} more", all - MOST_ROWS));
        }
    }
}

fn what(story: &Story, page: &mut Page) {
    if !story.exists {
        page.row("note", "no such file today: this is what would hold if it were added");
    }
    match &story.artefact {
        Some(artefact) => {
            page.row("artefact", &format!("{} ({})", artefact.title, artefact.evidence));
            page.row("", &artefact.url);
        }
        None if story.area.is_none() && story.excluded.is_none() => {
            page.row("artefact", "none: no kind of the catalogue, and no path of the policy");
        }
        None => {}
    }
    if let Some(excluded) = &story.excluded {
        page.row("left out", &format!("by {} ({})", excluded.pattern, excluded.because));
        if let Some(title) = &excluded.would_be {
            page.row("", &format!("it would be: {title}"));
        }
    }
    if let Some(area) = &story.area {
        page.row("area", &format!("{}: {}", area.name, area.through));
        page.rows("", area.inherits.iter().cloned());
        page.rows("", area.asks_nothing.iter().cloned());
        page.rows("because", area.because.iter().cloned());
    }
}

fn who(story: &Story, page: &mut Page) {
    match &story.codeowners {
        None => page.row("entries", "none: there is no CODEOWNERS"),
        Some(file) if story.entries.is_empty() => page.row("entries", &format!("none of {} matches", file.path)),
        Some(file) => {
            page.row("entries", &format!("{}, on {}: {}", file.path, file.host, file.reading));
            let has_sections = story.entries.iter().any(|entry| entry.section.is_some());
            let entries = story.entries.iter().map(|told| entry(told, has_sections));
            page.rows("", columns(&entries.collect::<Vec<_>>()).into_iter());
        }
    }
    match story.owners.as_slice() {
        [] if story.entries.is_empty() => page.row("owners", "nobody"),
        [] => page.row("owners", "nobody: the winning entry names no owner"),
        owners => page.rows("owners", owners.iter().map(owner)),
    }
}

fn entry(entry: &EntryStory, has_sections: bool) -> Vec<String> {
    let section = || entry.section.as_ref().map(|name| format!("[{name}]")).unwrap_or_default();
    let mut cells = vec![format!("line {}", entry.line)];
    cells.extend(has_sections.then(section));
    cells.extend([entry.pattern.clone(), some(&entry.owners, " "), entry.outcome.clone()]);
    cells
}

/// The first few names.
fn some(names: &[String], between: &str) -> String {
    match names.len().checked_sub(MOST_NAMES) {
        None | Some(0) => names.join(between),
        Some(more) => format!("{} and {more} more", names[..MOST_NAMES].join(between)),
    }
}

fn owner(owner: &OwnerStory) -> String {
    let covers = match owner.covers.as_slice() {
        [] => String::new(),
        covers => format!(", stands in for {}", covers.join(" and ")),
    };
    let roles = match owner.roles.as_slice() {
        [] if owner.no_role => "no role, as the policy says".to_owned(),
        [] => "in no role of the policy".to_owned(),
        roles => roles.join(", "),
    };
    format!("{} ({roles}{covers})", owner.owner)
}

/// `yes`, `accountable`, `ml-engineer`, `@acme/mle (mlops-lint.yaml:12)`
fn asked(demanded: &Demanded) -> Vec<String> {
    let Demanded { what, wanted, met, why, by, place } = demanded;
    let by = some(by, ", ");
    let place = place.as_ref().map(|place| format!("({place})"));
    let told: Vec<&str> =
        [by.as_str(), why].into_iter().chain(place.as_deref()).filter(|text| !text.is_empty()).collect();
    vec![met.name().to_owned(), (*what).to_owned(), wanted.clone(), told.join(" ")]
}

fn verdict(story: &Story) -> &'static str {
    match () {
        () if story.asked.iter().any(|demanded| demanded.met == Met::Open) => "none; what is open above was not judged",
        () => "none",
    }
}

fn finding(said: &Said, page: &mut Page) {
    let head = format!("{} {} {}", said.severity, said.rule, said.slug);
    page.row("finding", &format!("{head}: {}", said.message));
    if let Some(silenced) = &said.silenced {
        page.row("", silenced);
        return;
    }
    // Help has lines to copy, whose indent stays.
    for line in said.help.iter().flat_map(|help| help.lines()) {
        page.row("", line);
    }
}

/// Cells below each other, but for the last of a line.
fn columns(lines: &[Vec<String>]) -> Vec<String> {
    const WIDEST: usize = 60;
    let cells = lines.iter().map(Vec::len).max().unwrap_or_default();
    let width = |at: usize| {
        let widths = lines.iter().filter_map(|line| line.get(at)).map(|cell| cell.chars().count());
        widths.max().unwrap_or_default().min(WIDEST)
    };
    let widths: Vec<usize> = (0..cells).map(width).collect();
    let join = |line: &Vec<String>| {
        let padded: Vec<String> = line.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    lines.iter().map(join).collect()
}
