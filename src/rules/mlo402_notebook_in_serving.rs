//! MLO402 notebook-in-serving.

use std::collections::BTreeMap;

use super::{Context, Group, Meta, Rule, Told, group, wording};
use crate::catalogue::Evidence;
use crate::finding::{Place, Violation};
use crate::ownership::Item;
use crate::policy::AreaId;

pub(super) struct Check;

static META: Meta = Meta {
    code: "MLO402",
    slug: "notebook-in-serving",
    summary: "A notebook among the files that serve or deploy models",
    severity: None,
    docs: "\
## What it does
Reports notebooks below a path that the policy puts into serving or deployment, and in directories below the root that
hold a serving manifest (KServe, BentoML, …), at any depth. Off, save in the profile `regulated`: repositories of samples
keep notebooks everywhere.

## Why it matters
A notebook is the prototype. What runs in production is tested code, and whoever reviews a notebook's JSON sees neither
its order of execution nor what it left out.

## Example
`serving/predict.ipynb` beside `serving/bentofile.yaml`.

## How to fix it
Move it to where the notebooks are, or turn what it does into a module. One that explains the service may stay:
`rules: { MLO402: { allow: [\"/serving/demo.ipynb\"] } }`.

## Source
The guide's responsibility of a machine learning engineer: to bridge prototyping and production.
",
};

impl Rule for Check {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, context: &Context<'_>) -> Vec<Violation> {
        let markers = markers(context);
        let is_misplaced = |item: &&Item| {
            is_of(context, item, "notebooks")
                && (item.area.is_some_and(|area| serves(context, area))
                    || marker(&markers, context.listing.path(item.path)).is_some())
        };
        group::by_directory(context, META.code, context.ownership.items().iter().filter(is_misplaced))
    }

    fn tell(&self, context: &Context<'_>, group: &Group<'_>) -> Told {
        let paths = wording::paths(group.violations);
        let Some(first) = paths.sample.first() else { return Told::default() };
        let message = match paths.count {
            1 => format!("the notebook `{}` stands among the files that serve models", String::from_utf8_lossy(first)),
            count => format!(
                "{count} notebooks{} stand among the files that serve models",
                wording::below(&wording::common_directory(group.violations))
            ),
        };
        let help = match paths.count {
            1 => "move it to where the notebooks are, or turn what it does into a module",
            _ => "move them to where the notebooks are, or turn what they do into modules",
        };
        let mut places: Vec<Place> =
            paths.sample.iter().take(QUOTED).map(|path| Place::file(path, "a notebook")).collect();
        let area = context.listing.find(first).and_then(|path| context.ownership.item(path)?.area);
        match area.filter(|area| serves(context, *area)) {
            Some(area) => {
                let area = context.policy.area(area);
                let claims = area.paths.iter().find(|path| path.value.pattern.matches(first));
                places.extend(claims.map(|path| Place::policy(path.at, format!("{} claims it", area.name))));
            }
            None => places.extend(
                marker(&markers(context), first).map(|marker| Place::file(context.listing.path(marker), "serves models")),
            ),
        }
        Told {
            message,
            places,
            paths,
            help: Some(help.to_owned()),
            ..Told::default()
        }
    }
}

/// Files of one finding that are named as places.
const QUOTED: usize = 3;

/// True for a file of a kind that the catalogue files under this area.
fn is_of(context: &Context<'_>, item: &Item, area: &str) -> bool {
    item.kind.is_some_and(|kind| context.catalogue.kind(kind).area == area)
}

/// Whether an area, or one whose expectation it inherits, is serving or deployment.
fn serves(context: &Context<'_>, area: AreaId) -> bool {
    let parent = |area: &AreaId| context.policy.area(*area).is.as_ref().map(|parent| parent.value);
    let mut areas = std::iter::successors(Some(area), parent);
    areas.any(|area| matches!(&*context.policy.area(area).name, "serving" | "deployment"))
}

/// Directories below the root that hold a serving manifest, each with the first one.
fn markers<'c>(context: &Context<'c>) -> BTreeMap<&'c [u8], usize> {
    let mut markers = BTreeMap::new();
    for item in context.ownership.items() {
        let tells = item.kind.is_some_and(|kind| !context.catalogue.kind(kind).generic)
            && !matches!(item.evidence, Some(Evidence::Below(_)));
        if tells
            && is_of(context, item, "serving")
            && let Some(directory) = directory_of(context.listing.path(item.path))
        {
            markers.entry(directory).or_insert(item.path);
        }
    }
    markers
}

/// The manifest of the innermost directory above a path that holds one.
fn marker(markers: &BTreeMap<&[u8], usize>, path: &[u8]) -> Option<usize> {
    let mut directories = std::iter::successors(directory_of(path), |directory| directory_of(directory));
    directories.find_map(|directory| markers.get(directory).copied())
}

/// The directory that a path stands in; `None` for the root.
fn directory_of(path: &[u8]) -> Option<&[u8]> {
    path.iter().rposition(|&byte| byte == b'/').map(|slash| &path[..slash])
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{TEAM, codes, told};

    fn policy(areas: &str) -> String {
        format!("{TEAM}extends: [\"builtin:ml-team\"]\nrules: {{ MLO402: warning }}\nareas: {{ {areas} }}\n")
    }

    #[test]
    fn a_notebook_beside_or_below_a_manifest_is_out_of_place() {
        let paths = ["bentofile.yaml", "eda/a.ipynb", "serving/bentofile.yaml", "serving/x/y/demo.ipynb"];
        insta::assert_snapshot!(told("MLO402", "* @acme/ml-eng\n", &policy(""), &paths), @"
        warning: the notebook `serving/x/y/demo.ipynb` stands among the files that serve models
          serving/x/y/demo.ipynb: a notebook
          serving/bentofile.yaml: serves models
          > move it to where the notebooks are, or turn what it does into a module
        ");
    }

    #[test]
    fn the_policy_says_what_serves() {
        let areas = "api: { is: serving, paths: [/api/] }";
        insta::assert_snapshot!(told("MLO402", "* @acme/ml-eng\n", &policy(areas), &["api/a.ipynb", "api/b.ipynb", "eda/c.ipynb"]), @"
        warning: 2 notebooks below `api/` stand among the files that serve models
          api/a.ipynb: a notebook
          api/b.ipynb: a notebook
          policy `/api/`: api claims it
          > move them to where the notebooks are, or turn what they do into modules
        ");
    }

    #[test]
    fn nobody_hears_of_it_who_has_not_asked() {
        let paths = ["serving/bentofile.yaml", "serving/demo.ipynb"];
        assert!(!codes("* @acme/ml-eng\n", TEAM, &paths).contains(&"MLO402"));
    }
}
