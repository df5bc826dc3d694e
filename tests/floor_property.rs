//! No policy, whatever it says, lets a path pass that its floor alone would fail; and none that is as strict is blamed.

#![expect(clippy::unwrap_used, reason = "clippy excuses tests, but not the functions they share")]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use mlops_lint::catalogue::{Catalogue, Content};
use mlops_lint::codeowners::{Codeowners, Dialect, parse};
use mlops_lint::finding::{FailOn, Finding, Severity, Subject};
use mlops_lint::future::Stages;
use mlops_lint::ownership::Ownership;
use mlops_lint::policy::{Files, Held, Known, LoadInput, Policy, hold, load, load_with};
use mlops_lint::rules::{self, Context};
use mlops_lint::source::Listing;

/// The same numbers everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % bound as u64).unwrap()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    /// Some of these, at least one, in their order.
    fn some<'a>(&mut self, choices: &[&'a str]) -> Vec<&'a str> {
        let mut some: Vec<&str> = choices.iter().copied().filter(|_| self.one_in(3)).collect();
        if some.is_empty() {
            some.push(self.pick(choices));
        }
        some
    }
}

const PATHS: [&str; 9] =
    ["a/x.py", "a/b/x.py", "a/b/c/x.py", "b/y.py", "b/c/y.py", "c/z.onnx", "dvc.yaml", "d/n.ipynb", "tests/model.onnx"];
const PATTERNS: [&str; 8] = ["/a/", "/a/b/", "**/c/", "/b/", "*.py", "*.onnx", "/d/", "/**"];
const OWNERS: [&str; 4] = ["@o/p", "@o/q", "@o/r", "@solo"];
const ROLES: [&str; 3] = ["p", "q", "r"];
const AREAS: [&str; 4] = ["models", "one", "pipelines", "two"];

fn list(items: &[&str]) -> String {
    items.iter().map(|item| format!("\"{item}\"")).collect::<Vec<_>>().join(", ")
}

/// An area's demands, as the lines of a flow map.
fn demands(random: &mut Random) -> Vec<(&'static str, String)> {
    let parties: Vec<&str> = ROLES.iter().chain(&OWNERS).copied().collect();
    let mut demands = Vec::new();
    for key in ["accountable", "approvers", "consulted", "never_alone"] {
        if random.one_in(3) {
            demands.push((key, format!("[{}]", list(&random.some(&parties)))));
        }
    }
    if random.one_in(4) {
        demands.push(("min_owners", (1 + random.below(3)).to_string()));
    }
    for key in ["teams_only", "specific"] {
        if random.one_in(4) {
            demands.push((key, random.pick(&["true", "false"]).to_owned()));
        }
    }
    demands
}

fn policy(random: &mut Random, staffs: bool, first: &str) -> String {
    let mut text = format!("version: 1\n{first}roles:\n");
    for role in ROLES {
        let owners = if staffs { list(&random.some(&OWNERS)) } else { String::new() };
        let _ = writeln!(text, "  {role}: {{ owners: [{owners}] }}");
    }
    text.push_str("areas:\n");
    let names: Vec<&str> = AREAS.into_iter().filter(|_| random.one_in(2)).collect();
    for name in &names {
        let mut keys = vec![format!("paths: [{}]", list(&random.some(&PATTERNS)))];
        if random.one_in(6) {
            keys.push(format!("severity: {}", random.pick(&["error", "warning", "info"])));
        }
        if !random.one_in(5) {
            let demands: Vec<String> =
                demands(random).into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
            keys.push(format!("ownership: {{ {} }}", demands.join(", ")));
        }
        let _ = writeln!(text, "  {name}: {{ {} }}", keys.join(", "));
    }
    if names.is_empty() {
        text.push_str("  {}\n");
    }
    if random.one_in(3) {
        let rule = random.pick(&["", "rules: [MLO301], ", "rules: [MLO201, MLO311], "]);
        let _ = writeln!(text, "exempt: [{{ path: \"{}\", {rule}reason: x }}]", random.pick(&PATTERNS));
    }
    if random.one_in(3) {
        let (defaults, path) = (random.pick(&["true", "false"]), random.pick(&PATTERNS));
        let _ = writeln!(text, "exclude: {{ defaults: {defaults}, paths: [\"{path}\"] }}");
    }
    if random.one_in(3) {
        let rules = random.some(&["MLO201", "MLO202", "MLO203", "MLO301", "MLO302", "MLO303", "MLO311", "MLO104"]);
        let rule = |rule| match random.below(5) {
            0 => format!("{rule}: {{ allow: [\"{}\"] }}", random.pick(&PATTERNS)),
            _ => format!("{rule}: {}", random.pick(&["off", "info", "warning", "error"])),
        };
        let rules: Vec<String> = rules.into_iter().map(rule).collect();
        let _ = writeln!(text, "rules: {{ {} }}", rules.join(", "));
    }
    let _ = writeln!(text, "fail_on: {}", random.pick(&["never", "error", "error", "warning", "info"]));
    text
}

fn codeowners(random: &mut Random) -> Codeowners {
    let mut text = String::new();
    for _ in 0..random.below(5) {
        let owners = if random.one_in(5) { String::new() } else { random.some(&OWNERS).join(" ") };
        let _ = writeln!(text, "{} {owners}", random.pick(&["*", "/a/", "/a/b/", "**/c/", "/b/", "*.onnx", "/d/"]));
    }
    parse("CODEOWNERS", text.into_bytes(), Dialect::GitHub)
}

struct World {
    catalogue: Catalogue,
    listing: Listing,
}

impl World {
    fn known(&self) -> Known<'_> {
        Known {
            kinds: self.catalogue.kinds.iter().map(|kind| (kind.name.as_str(), kind.area.as_str())).collect(),
            rules: rules::all().map(|meta| (meta.code, meta.slug)).collect(),
        }
    }

    fn ownership(&self, policy: &Policy, codeowners: &Codeowners) -> Ownership {
        let classification =
            self.catalogue.classify(&self.listing, &policy.exclude, &mut |_| Content::Skipped("paths of a list"));
        Ownership::join(&self.listing, Some(codeowners), policy, &self.catalogue, classification).unwrap()
    }

    fn findings(&self, policy: &Policy, floors: &[Policy], codeowners: &Codeowners) -> Vec<Finding> {
        let all: Vec<(&Policy, Ownership)> =
            std::iter::once(policy).chain(floors).map(|policy| (policy, self.ownership(policy, codeowners))).collect();
        let contexts: Vec<Context<'_>> = all
            .iter()
            .map(|(policy, ownership)| {
                let stages = Stages {
                    listing: &self.listing,
                    codeowners: Some(codeowners),
                    policy,
                    catalogue: &self.catalogue,
                    ownership,
                    is_ignored: &|_| false,
                };
                Context::new(stages, Dialect::GitHub, &[])
            })
            .collect();
        rules::judge_with_floors(&contexts[0], &contexts[1..], &FILTERS).findings
    }
}

/// What is said of paths by rules about coverage and roles, and how seriously at most.
fn verdicts(findings: &[Finding]) -> BTreeSet<(&'static str, Vec<u8>, Severity)> {
    let mut all = BTreeSet::new();
    for finding in findings.iter().filter(|finding| finding.rule.code != "MLO506") {
        for violation in &finding.violations {
            if let Subject::Path(path) = &violation.subject {
                all.insert((finding.rule.code, path.clone(), finding.severity));
            }
        }
    }
    all
}

fn fails(findings: &[Finding], fail_on: FailOn) -> bool {
    matches!(fail_on, FailOn::At(least) if findings.iter().any(|finding| finding.severity >= least))
}

#[test]
fn nothing_passes_that_the_floor_alone_would_fail() {
    let world = World { catalogue: Catalogue::embedded(), listing: Listing::of(&PATHS) };
    let known = world.known();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut tried, mut failing, mut loosened) = (0, 0, 0);
    for _ in 0..900 {
        let staffs = !random.one_in(5);
        let floor_text = policy(&mut random, staffs, "");
        let staffs = random.one_in(2);
        let own_text = policy(&mut random, staffs, "floor: floor.yaml\n");
        let codeowners = codeowners(&mut random);
        let floor = LoadInput { name: "floor.yaml", text: floor_text.as_bytes() };
        let Ok(alone) = load(Some(floor), &known) else { continue };
        let read = |path: &str| Ok((path == "floor.yaml").then(|| floor_text.clone().into_bytes()));
        let files = Files { read: &read, start: "the root of the repository" };
        let own = LoadInput { name: "mlops-lint.yaml", text: own_text.as_bytes() };
        let Ok(own) = load_with(Some(own), &known, files) else { continue };
        let Held { policy, floors } = hold(own, files, None, &known).unwrap();
        tried += 1;
        // What a floor does not speak of is the repository's.
        let mut by_floor = world.findings(&alone, &[], &codeowners);
        by_floor.retain(|finding| alone.demands(finding.rule.code, finding.area.is_some()));
        let both = world.findings(&policy, &floors, &codeowners);
        let told = verdicts(&both);
        for (rule, path, severity) in verdicts(&by_floor) {
            failing += 1;
            let holds = told.iter().any(|(other, same, as_bad)| *other == rule && *same == path && *as_bad >= severity);
            let path = String::from_utf8_lossy(&path);
            assert!(holds, "{rule} {path} {severity}\n--- floor\n{floor_text}--- policy\n{own_text}");
        }
        let passes = fails(&by_floor, alone.fail_on) && !fails(&both, policy.fail_on);
        assert!(!passes, "--- floor\n{floor_text}--- policy\n{own_text}");
        loosened += usize::from(!policy.loosened.is_empty());
    }
    assert!(tried > 120 && failing > 400 && loosened > 120, "{tried} {failing} {loosened}");
}

#[test]
fn a_floor_as_policy_is_not_below_itself() {
    let world = World { catalogue: Catalogue::embedded(), listing: Listing::of(&PATHS) };
    let known = world.known();
    let mut random = Random(0x1234_5678_9abc_def1);
    let mut tried = 0;
    for _ in 0..500 {
        let floor_text = policy(&mut random, true, "");
        let read = |_: &str| Ok(Some(floor_text.clone().into_bytes()));
        let files = Files { read: &read, start: "the root of the repository" };
        // The same words; the floor as what is extended; and more asked in its areas.
        let same = floor_text.replacen("version: 1\n", "version: 1\nfloor: floor.yaml\n", 1);
        let extended = "version: 1\nfloor: floor.yaml\nextends: [floor.yaml]\n".to_owned();
        let names = AREAS.iter().filter(|name| floor_text.contains(&format!("\n  {name}: {{ paths")));
        let stricter: Vec<String> =
            names.map(|name| format!("  {name}: {{ ownership: {{ min_owners: 9, teams_only: true }} }}\n")).collect();
        let stricter = stricter.concat();
        let stricter = if stricter.is_empty() { extended.clone() } else { format!("{extended}areas:\n{stricter}") };
        for own_text in [same, extended, stricter] {
            let own = LoadInput { name: "mlops-lint.yaml", text: own_text.as_bytes() };
            let Ok(own) = load_with(Some(own), &known, files) else { continue };
            let Ok(Held { policy, .. }) = hold(own, files, None, &known) else { continue };
            let loosened: Vec<&String> = policy.loosened.iter().map(|loosening| &loosening.message).collect();
            assert!(loosened.is_empty(), "{loosened:?}\n--- floor\n{floor_text}--- policy\n{own_text}");
            tried += 1;
        }
    }
    assert!(tried > 200, "{tried}");
}

const FILTERS: rules::Filters<'_> = rules::Filters {
    today: jiff::civil::date(2026, 1, 1),
    in_scope: &|_| true,
    shows_all: false,
    heeds_comments: true,
    baseline: None,
};
