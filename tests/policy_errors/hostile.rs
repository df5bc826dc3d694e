//! Policies that were written to keep the linter busy.

use mlops_lint::policy::{LoadInput, MAX_BYTES, load};

use super::known;

/// Hostile policies end soon: nothing here is quadratic in what a file may hold.
#[test]
fn hostile_policies_end_soon() {
    let many = |count: usize, each: &dyn Fn(usize) -> String| (0..count).map(each).collect::<String>();
    let head = "version: 1\n";
    let roles = many(8000, &|nth| format!(" r{nth}: {{covered_by: r{}}}\n", nth + 1));
    let areas = many(6000, &|nth| format!(" a{nth}: {{is: a{}}}\n", nth + 1));
    let owners = many(8000, &|nth| format!("\"@o{nth}\","));
    let pair = format!("roles:\n a: {{owners: [{owners}]}}\n b: {{owners: [{}]}}\n", owners.replace("@o", "@p"));
    let asks =
        many(2500, &|nth| format!(" x{nth}: {{paths: [/{nth}/], ownership: {{consulted: [a], approvers: [b]}}}}\n"));
    let paths = |form: &dyn Fn(usize) -> String, count: usize| {
        let half = |from: usize, to: usize| {
            let paths: Vec<String> = (from..to).map(|nth| format!("\"{}\"", form(nth))).collect();
            paths.join(",")
        };
        let (m, n) = (half(0, count / 2), half(count / 2, count));
        format!("areas:\n m: {{paths: [{m}], severity: info}}\n n: {{paths: [{n}], severity: error}}\n")
    };
    let stars = paths(&|nth| format!("/{}{nth}*", "*a".repeat(400)), 1000);
    let globs = paths(&|nth| format!("/{}{nth}", "**/*a/".repeat(80)), 1900);
    let wide = paths(&|nth| format!("**/{nth}*/"), 2000);
    for text in [
        format!("roles:\n{roles} r8000: {{covered_by: r0}}\n"),
        format!("roles:\n{roles} r8000: {{}}\n"),
        format!("areas:\n{areas} a6000: {{}}\n"),
        format!("{pair}areas:\n{asks}"),
        stars,
        globs,
        wide,
        format!("rules:\n{}", many(20_000, &|nth| format!(" dead-entr{nth}: error\n"))),
        many(20_000, &|nth| format!("key{nth}: 1\n")),
        format!("areas:\n{}", many(10_000, &|nth| format!(" a{nth}: {{ia: 1}}\n"))),
        format!("exclude: {{paths: [\"/{}\"]}}\n", "[".repeat(1_000_000)),
        format!("fail_on: {}\n", "x".repeat(1_000_000)),
        format!("? {}\n: 1\n", "x".repeat(1_000_000)),
    ] {
        let text = format!("{head}{text}");
        assert!(text.len() <= MAX_BYTES, "{}", text.len());
        let begin = std::time::Instant::now();
        let result = load(Some(LoadInput { name: "mlops-lint.yaml", text: text.as_bytes() }), &known());
        let errors = result.err().map_or(0, |errors| errors.errors.len());
        assert!(errors <= 101);
        // A generous bound for a slow machine without optimisation; a quadratic step takes minutes here.
        assert!(begin.elapsed().as_secs() < 20, "{:?}: {}", begin.elapsed(), &text[..200]);
    }
}
