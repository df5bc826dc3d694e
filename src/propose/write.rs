//! A proposal as a commented policy.
//!
//! Names come from strangers: in YAML they are quoted, in comments they are made one printable line.

use std::fmt::Write as _;

use super::{Candidate, FoundArea, Proposal, ProposedRole, Unplaced};
use crate::sanitize;

/// Where editors find the policy's schema: in the project's repository, or beside the policy where no repository is known.
pub const MODELINE_SCHEMA: &str = match env!("CARGO_PKG_REPOSITORY").as_bytes() {
    [] => "mlops-lint.schema.json",
    _ => concat!(env!("CARGO_PKG_REPOSITORY"), "/raw/HEAD/schemas/mlops-lint.schema.json"),
};

/// Owners that are told in one list; a file with hundreds of them is read by nobody.
const MOST_UNPLACED: usize = 15;

/// The policy's text.
pub fn write(proposal: &Proposal) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "# yaml-language-server: $schema={MODELINE_SCHEMA}");
    head(proposal, &mut out);
    roles(proposal, &mut out);
    unplaced(proposal, &mut out);
    areas(proposal, &mut out);
    left_out(proposal, &mut out);
    severities(proposal, &mut out);
    out
}

fn head(proposal: &Proposal, out: &mut String) {
    out.push_str(
        "# Who should answer for what in this repository. Proposed by `mlops-lint init`: read it, correct it, keep it.\n\
         #\n\
         # Next:  mlops-lint check       what is wrong today\n\
         #        mlops-lint baseline    accept that for now, and let only new findings fail\n\
         #        run `mlops-lint check` before every merge, in CI or as a pre-commit hook\n\
         version: 1\n\
         extends: [builtin:ml-team]   # what each area asks, and why\n",
    );
    profile(proposal, out);
}

fn profile(proposal: &Proposal, out: &mut String) {
    out.push('\n');
    if proposal.found.areas.is_empty() {
        out.push_str("# Nothing of machine learning was found here, so only CODEOWNERS itself is checked.");
        match proposal.not_checked {
            0 => {}
            files => {
                let _ = write!(out, " (The contents of {} could\n# have told, and were not read.)", count(files));
            }
        }
        out.push_str(
            " Take this line out to\n# ask who owns Dockerfiles, infrastructure and what may come.\nprofile: oss\n",
        );
    } else if !proposal.has_teams && proposal.codeowners.is_some() {
        out.push_str(
            "# CODEOWNERS names people and no team. If nobody here holds a role, check no more than what it really says:\n\
             # profile: oss\n",
        );
    } else {
        out.push_str(
            "# oss: only what CODEOWNERS really says. regulated: nobody puts a model of their own into production alone.\n\
             # profile: team\n",
        );
    }
}

fn roles(proposal: &Proposal, out: &mut String) {
    out.push('\n');
    match (&proposal.map, &proposal.codeowners) {
        (Some(map), _) => {
            let _ = writeln!(out, "# Who holds which role, as {} says.", comment(map));
        }
        (None, Some(codeowners)) if proposal.has_role_map() => {
            let _ = write!(
                out,
                "# Who holds which role: guessed from {}, each with its reason.\n\
                 #   high    the name says it outright, or name and files agree\n\
                 #   medium  the name or the files suggest it\n\
                 # Weaker signs stand below, as comments. An owner may hold several roles.\n",
                comment(codeowners)
            );
        }
        (None, Some(codeowners)) => {
            let _ = writeln!(
                out,
                "# Who holds which role: {} does not tell. Until somebody is named here, no role is checked.",
                comment(codeowners)
            );
        }
        (None, None) => out.push_str(
            "# Who holds which role. There is no CODEOWNERS yet to guess from: until somebody is named here, no role is\n\
             # checked.\n",
        ),
    }
    let is_set = |role: &&ProposedRole| !role.owners.is_empty() || role.covered_by.is_some();
    let has_any = proposal.roles.iter().any(|role| is_set(&role));
    out.push_str(if has_any { "roles:\n" } else { "# roles:\n" });
    for role in &proposal.roles {
        if is_set(&role) { set_role(role, out) } else { open_role(role, has_any, out) }
    }
}

fn set_role(role: &ProposedRole, out: &mut String) {
    let _ = write!(out, "  {}:", name(&role.name));
    if let Some(note) = &role.note {
        let _ = write!(out, "   # {}", comment(note));
    }
    out.push('\n');
    if !role.owners.is_empty() {
        out.push_str("    owners:\n");
        let widest = role.owners.iter().map(|owner| quoted(&owner.owner).chars().count()).max().unwrap_or_default();
        for owner in &role.owners {
            let name = quoted(&owner.owner);
            let told = owner.confidence.map(|sure| format!("   # {}: {}", sure.name(), comment(&owner.reason)));
            let line = match told {
                Some(told) => format!("      - {name:widest$}{told}"),
                None => format!("      - {name}"),
            };
            let _ = writeln!(out, "{line}");
        }
    }
    if let Some(cover) = &role.covered_by {
        let _ = writeln!(out, "    covered_by: {}", name(cover));
    }
}

fn open_role(role: &ProposedRole, has_any: bool, out: &mut String) {
    // Without a role map the comments keep one column, so that taking the `# ` away gives a policy.
    let lead = if has_any { "  # " } else { "#   " };
    let line = match &role.could_cover {
        Some(cover) => {
            format!("{}: {{ covered_by: {cover} }}   # nobody seems to hold it: who does, or who stands in?", role.name)
        }
        None => format!("{}: {{ owners: [\"@your-org/your-team\"] }}", role.name),
    };
    let _ = writeln!(out, "{lead}{line}");
}

/// Owners whose role is not known, as comments.
fn unplaced(proposal: &Proposal, out: &mut String) {
    if !proposal.undecided.is_empty() {
        let head = match &proposal.map {
            Some(map) => format!("Owners who win files of an area, and of whom {} says nothing:", comment(map)),
            None => "Not sure enough to set. Put each under its role, or under `no_role`:".to_owned(),
        };
        let _ = writeln!(out, "\n# {head}");
        list(&proposal.undecided, out);
    }
    if !proposal.outside.is_empty() {
        let names: Vec<String> =
            proposal.outside.iter().take(MOST_UNPLACED).map(|unplaced| quoted(&unplaced.owner)).collect();
        let more = proposal.outside.len() - names.len();
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        let _ = writeln!(
            out,
            "\n# By their names these hold none of the roles, and they win files of an area. If so, say it:\n\
             # no_role: [{}]{more}",
            comment(&names.join(", "))
        );
    }
}

fn list(owners: &[Unplaced], out: &mut String) {
    let shown = &owners[..owners.len().min(MOST_UNPLACED)];
    let widest = shown.iter().map(|unplaced| quoted(&unplaced.owner).chars().count()).max().unwrap_or_default();
    for Unplaced { owner, roles, reason, .. } in shown {
        let hint = if roles.is_empty() { String::new() } else { format!(" ({}?)", roles.join(" or ")) };
        let name = quoted(owner);
        let _ = writeln!(out, "#   {:widest$}   {}{}", comment(&name), comment(reason), comment(&hint));
    }
    if owners.len() > shown.len() {
        let _ = writeln!(out, "#   and {} more", owners.len() - shown.len());
    }
}

fn areas(proposal: &Proposal, out: &mut String) {
    let found = &proposal.found;
    if found.areas.is_empty() {
        return;
    }
    out.push_str("\n# What is here today (`mlops-lint explain PATH` tells why a file is where it is):\n");
    let widest = found.areas.iter().map(|area| area.name.len()).max().unwrap_or_default();
    for area in &found.areas {
        let (holds, owned) = told(area);
        let _ = writeln!(out, "#   {:widest$}  {}", comment(&area.name), comment(&holds));
        let _ = writeln!(out, "#   {:widest$}  {}", "", comment(&owned));
    }
    let by_files = found.areas.iter().flat_map(|area| area.directories.iter().map(|one| (area.name.as_str(), one, "")));
    let by_name = found.named.iter().map(|(area, one)| (area.as_str(), one, "by its name; "));
    let directories: Vec<(&str, &Candidate, &str)> = by_files.chain(by_name).collect();
    if directories.is_empty() && found.production.is_empty() {
        return;
    }
    out.push_str(
        "#\n# `paths` gives whole directories to an area, with the files that are still to come. Candidates, to take over\n\
         # line by line:\n# areas:\n",
    );
    let mut names: Vec<&str> = directories.iter().map(|(area, ..)| *area).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let _ = writeln!(out, "#   {}:\n#     paths:", comment(name));
        for (_, Candidate { pattern, known, files }, why) in directories.iter().filter(|(area, ..)| *area == name) {
            let pattern = quoted(pattern);
            let _ = writeln!(
                out,
                "#       - {}   # {why}{known} of its {} known as such",
                comment(&pattern),
                count(*files)
            );
        }
    }
    if !found.production.is_empty() {
        let patterns: Vec<String> = found.production.iter().map(|pattern| quoted(pattern)).collect();
        let _ = writeln!(
            out,
            "#   production:                # what runs in production may ask for more than the rest\n\
             #     is: deployment\n\
             #     paths: [{}]\n\
             #     ownership: {{ approvers: [ml-engineer, mlops-engineer], never_alone: [data-scientist] }}",
            comment(&patterns.join(", "))
        );
    }
}

/// `12 files, such as deploy/isvc.yaml: KServe, BentoML`, and `owned by @acme/x, 2 by nobody`.
fn told(area: &FoundArea) -> (String, String) {
    let kinds = if area.kinds.is_empty() { String::new() } else { format!(": {}", area.kinds.join("; ")) };
    let owned = match (area.owners.as_slice(), area.unowned) {
        ([], _) => "owned by nobody".to_owned(),
        (owners, 0) => format!("owned by {}", owners.join(", ")),
        (owners, unowned) => format!("owned by {}; {unowned} by nobody", owners.join(", ")),
    };
    (format!("{}, such as {}{kinds}", count(area.files), sanitize::bytes(&area.example)), owned)
}

fn left_out(proposal: &Proposal, out: &mut String) {
    if proposal.excluded > 0 {
        let more = match proposal.excluded {
            1 => "1 more file that would be known by its name stands".to_owned(),
            more => format!("{more} more files that would be known by their names stand"),
        };
        let _ = write!(
            out,
            "\n# {more} in trees that are left out: tests, fixtures, vendored and\n\
             # generated code.\n\
             # exclude: {{ defaults: false }}            # look there too\n\
             # exclude: {{ paths: [\"/third_party/\"] }}   # leave out more\n"
        );
    }
    if proposal.not_checked > 0 && !proposal.found.areas.is_empty() {
        let _ = writeln!(
            out,
            "\n# The contents of {} could have told what they are, and were not read.",
            count(proposal.not_checked)
        );
    }
}

fn severities(proposal: &Proposal, out: &mut String) {
    if proposal.is_tentative() {
        out.push_str(
            "\n# The roles above are a guess until somebody has read them, so a wrong role only warns. Take this out then.\n\
             rules: { MLO301: warning }\n",
        );
    }
}

/// A text in double quotes, as YAML reads them: no character of it can end the quotes or the line.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            _ if character.is_control() || sanitize::is_hidden(character) => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// A role's name: plain where YAML reads no other thing there.
fn name(name: &str) -> std::borrow::Cow<'_, str> {
    let is_word = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        && !name.eq_ignore_ascii_case("null");
    if is_word { name.into() } else { quoted(name).into() }
}

/// A text in a comment: one line of printable characters.
fn comment(text: &str) -> std::borrow::Cow<'_, str> {
    sanitize::text(text)
}

/// `1 file`, `12 files`.
pub(super) fn count(files: usize) -> String {
    format!("{files} file{}", if files == 1 { "" } else { "s" })
}
