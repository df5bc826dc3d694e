//! A policy against a floor, key by key: what it says that is looser.

use super::claims::Claims;
use super::expectation::{Less, less};
use super::{Loosening, Origin, Policy};
use crate::finding::{FailOn, Severity};
use crate::policy::{Area, Known, RuleSetting};

/// Where two policies differ, the floor with its roles staffed.
pub(super) fn compare(own: &Policy, floor: &Policy, known: &Known<'_>) -> Vec<Loosening> {
    let mut comparison = Comparison { own, floor, loosened: Vec::new() };
    for area in &floor.areas {
        comparison.area(area);
    }
    comparison.rules(known);
    comparison.settings();
    let mut loosened = comparison.loosened;
    loosened.extend(Claims::new(own, floor, known).loosened());
    // A profile's value is told where the profile is chosen.
    for loosening in &mut loosened {
        let is_builtin = |at: &Origin| own.texts.get(at.text).is_some_and(|text| text.builtin);
        if let Some(chosen) = own.keys.value("profile")
            && loosening.own.first().is_some_and(|(at, _)| is_builtin(at))
        {
            loosening.own.insert(0, (chosen, "this profile brings it".to_owned()));
        }
    }
    loosened
}

struct Comparison<'p> {
    own: &'p Policy,
    floor: &'p Policy,
    loosened: Vec<Loosening>,
}

/// The keys of an expectation that a null can take away.
const DEMANDS: [&str; 7] =
    ["accountable", "consulted", "approvers", "never_alone", "min_owners", "teams_only", "specific"];

impl Comparison<'_> {
    fn push(&mut self, key: String, message: String, own: (Origin, &str), floor: (Origin, String), help: String) {
        let own = vec![(own.0, own.1.to_owned())];
        self.loosened.push(Loosening { key, message, own, floor, help });
    }

    fn area(&mut self, below: &Area) {
        let name = &below.name;
        let key = format!("areas.{name}");
        let what = [(key.clone(), "area"), (format!("{key}.ownership"), "what is asked in area")];
        for (key, what) in what {
            if key.ends_with(".ownership") && below.ownership.is_none() {
                continue;
            }
            if let Some(at) = self.own.keys.null(&key) {
                let message = format!("{what} `{name}` is taken out of the policy, and the floor has it");
                let asked = below.ownership.as_ref().filter(|_| key.ends_with(".ownership"));
                let floor = match asked {
                    Some(asked) => (asked.at, "the floor asks this".to_owned()),
                    None => (below.at, "the floor's area".to_owned()),
                };
                self.push(key, message, (at, "taken out here"), floor, "leave the null out".to_owned());
                return;
            }
        }
        let Some(area) = self.own.areas.iter().find(|area| area.name == *name) else { return };
        for less in less(self.own, area, self.floor, below) {
            self.demand(area, &less);
        }
        if let Some(severity) = area.severity
            && let Some(at) = self.own.keys.value(&format!("{key}.severity")).filter(|&at| self.own.is_said(at))
            && let Some(least) = below.severity.filter(|&least| severity < least)
        {
            let theirs = self.floor.keys.value(&format!("{key}.severity")).unwrap_or(below.at);
            self.push(
                format!("{key}.severity"),
                format!("findings of area `{name}` are lowered to {severity}, and the floor has them as {least}"),
                (at, "less severe"),
                (theirs, format!("the floor: {least}")),
                format!("write `severity: {least}`, or leave it out"),
            );
        }
    }

    /// A demand that the area of the same name makes less of.
    fn demand(&mut self, area: &Area, less: &Less) {
        let name = &area.name;
        let key = if less.key == "only_where_staffed" {
            format!("areas.{name}.{}", less.key)
        } else {
            format!("areas.{name}.ownership.{}", less.key)
        };
        let taken_out = DEMANDS.contains(&less.key).then(|| self.own.keys.null(&key)).flatten();
        let (at, label) = match (less.at, taken_out) {
            (Some(at), _) if self.own.is_said(at) => (at, "looser than the floor"),
            (_, Some(at)) => (at, "taken out here"),
            // Not to say it is not to loosen it.
            _ => return,
        };
        self.push(
            key,
            format!("area `{name}` {}, and the floor asks for more", less.how),
            (at, label),
            (less.floor, format!("the floor: `{}`", less.write)),
            format!("write `{}`, or leave it out", less.write),
        );
    }

    /// The severities of rules that the floor names.
    fn rules(&mut self, known: &Known<'_>) {
        for (&code, least) in &self.floor.rules {
            let (Some(RuleSetting { severity: Some(said), .. }), Some(least)) =
                (self.own.rules.get(code), least.severity)
            else {
                continue;
            };
            if *said >= least {
                continue;
            }
            let slug = known.slug(code);
            let place = |policy: &Policy| policy.keys.rule(code, slug);
            let Some(at) = place(self.own).filter(|&at| self.own.is_said(at)) else { continue };
            let theirs = place(self.floor).unwrap_or(at);
            let word = |severity: Option<Severity>| severity.map_or("off", Severity::name);
            let (said, least) = (word(*said), word(least));
            self.push(
                format!("rules.{code}"),
                format!("{code} {slug} is {}, and the floor has it as {least}", lowered(said)),
                (at, "less severe"),
                (theirs, format!("the floor: {least}")),
                format!("write `{code}: {least}`, or leave it out"),
            );
        }
    }

    fn settings(&mut self) {
        let (own, floor) = (self.own, self.floor);
        let said = |key: &str| own.keys.value(key).filter(|&at| own.is_said(at));
        let whole = floor.keys.value("version");
        if let Some(at) = said("fail_on")
            && let Some(theirs) = floor.keys.value("fail_on").or(whole)
            && patience(own.fail_on) > patience(floor.fail_on)
        {
            let word = |fail_on| match fail_on {
                FailOn::At(severity) => severity.name(),
                FailOn::Never => "never",
            };
            let (own, least) = (word(own.fail_on), word(floor.fail_on));
            let message = if own == "never" {
                format!("the run never fails, and the floor's fails on {least}")
            } else {
                format!("the run fails on {own} only, and the floor's on {least} already")
            };
            let is_default = floor.keys.value("fail_on").is_none();
            let label = if is_default {
                format!("the floor fails on {least}, as it says nothing else")
            } else {
                format!("the floor: {least}")
            };
            self.push(
                "fail_on".to_owned(),
                message,
                (at, "later than the floor's"),
                (theirs, label),
                format!("write `fail_on: {least}`, or leave it out"),
            );
        }
        if let Some(at) = said("exclude.defaults")
            && let Some(theirs) = floor.keys.value("exclude.defaults")
            && own.exclude.defaults
            && !floor.exclude.defaults
        {
            self.push(
                "exclude.defaults".to_owned(),
                "tests, vendored and generated trees are left out, and the floor looks into them".to_owned(),
                (at, "leaves them out"),
                (theirs, "the floor looks into them".to_owned()),
                "write `defaults: false`, or leave it out".to_owned(),
            );
        }
        if let (Some(path), Some(theirs)) = (&own.codeowners_path, &floor.codeowners_path)
            && path.value != theirs.value
            && own.is_said(path.at)
        {
            self.push(
                "codeowners.path".to_owned(),
                format!("`{}` is judged as CODEOWNERS, and the floor has `{}` judged", path.value, theirs.value),
                (path.at, "another file"),
                (theirs.at, "the floor's".to_owned()),
                format!("write `path: {}`, or leave it out", theirs.value),
            );
        }
        if let (Some(dialect), Some(theirs)) = (own.dialect, floor.dialect)
            && dialect != theirs
            && let Some(at) = said("codeowners.dialect")
            && let Some(place) = floor.keys.value("codeowners.dialect")
        {
            self.push(
                "codeowners.dialect".to_owned(),
                format!("CODEOWNERS is read as {dialect} does, and the floor has it read as {theirs} does"),
                (at, "another host"),
                (place, "the floor's".to_owned()),
                "leave it out".to_owned(),
            );
        }
    }
}

fn lowered(word: &str) -> String {
    if word == "off" { "switched off".to_owned() } else { format!("lowered to {word}") }
}

/// How long a run waits before it fails.
fn patience(fail_on: FailOn) -> u8 {
    match fail_on {
        FailOn::At(Severity::Info) => 0,
        FailOn::At(Severity::Warning) => 1,
        FailOn::At(Severity::Error) => 2,
        FailOn::Never => 3,
    }
}
