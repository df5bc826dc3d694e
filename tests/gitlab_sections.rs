//! GitLab's sections as a table: a file, a path, and who is asked.
//!
//! Sources: `file.rb`, `section_parser.rb` and `reference_extractor.rb` in `ee/lib/gitlab/code_owners/` of GitLab, their
//! specs, and the pages "Syntax of CODEOWNERS file" and "Advanced CODEOWNERS configuration" of GitLab's documentation.

#![allow(clippy::unwrap_used, reason = "what a test cannot read fails it")]

use mlops_lint::codeowners::{Codeowners, Dialect, Winners, parse};

/// Who is asked about a path, a section each: `Name: @a @b`, with `?` behind an optional section's name and `×2` where
/// two must approve. The unnamed section is `-`, and an entry without owners is `nobody`.
fn asked(text: &str, path: &str) -> String {
    let file = read(text);
    let winners = Winners::new(&file, [path.as_bytes()].into_iter()).unwrap();
    let told = winners.of(0).iter().map(|&id| {
        let entry = file.entry(id);
        let section = file.section(entry.section);
        let name = if section.name.is_empty() { "-" } else { &section.name };
        let optional = if section.optional { "?" } else { "" };
        let approvals = if entry.approvals > 1 { format!(" ×{}", entry.approvals) } else { String::new() };
        let owners: Vec<&str> = entry.owners.iter().map(|owner| owner.text.as_str()).collect();
        let owners = if owners.is_empty() { "nobody".to_owned() } else { owners.join(" ") };
        format!("{name}{optional}{approvals}: {owners}")
    });
    told.collect::<Vec<_>>().join("; ")
}

fn read(text: &str) -> Codeowners {
    parse("CODEOWNERS", text.as_bytes().to_vec(), Dialect::GitLab)
}

#[test]
fn who_is_asked() {
    #[rustfmt::skip]
    let table: &[(&str, &str, &str)] = &[
        // file.rb, entries_for_path: the last pattern that matches wins in each section, and every section counts.
        ("* @a\n*.rb @b\n", "x.rb", "-: @b"),
        ("*.rb @b\n* @a\n", "x.rb", "-: @a"),
        ("* @a\n[Ruby]\n*.rb @b\n", "x.rb", "-: @a; Ruby: @b"),
        ("* @a\n[Ruby]\n*.rb @b\n", "x.py", "-: @a"),
        ("[Ruby]\n*.rb @b\n[Docs]\n*.md @c\n", "x.rb", "Ruby: @b"),
        ("[Ruby]\n*.rb @b\n", "x.py", ""),
        ("[A]\n* @a\n[B]\n* @b\n[C]\n* @c\n", "x", "A: @a; B: @b; C: @c"),
        ("[A]\n*.rb @a\nlib/ @b\n", "lib/x.rb", "A: @b"),
        // section_parser.rb: names are compared without case, and sections of one name are one.
        ("[Docs]\n*.md @a\n[Ruby]\n*.rb @r\n[DOCS]\ndoc/ @b\n", "doc/x.md", "Docs: @b"),
        ("[Docs]\n*.md @a\n[DOCS]\ndoc/ @b\n", "doc/x.md", "Docs: @b"),
        ("[Two Words]\n* @a\n", "x", "Two Words: @a"),
        ("[Double::Colon]\n* @a\n", "x", "Double::Colon: @a"),
        // The entries above the first heading are kept under the name "codeowners".
        ("* @a\n[codeowners]\n*.rb @b\n", "x.rb", "-: @b"),
        ("* @a\n[Codeowners]\n*.rb @b\n", "x.rb", "-: @a; Codeowners: @b"),
        ("* @a\n[X]\n*.md @x\n[CodeOwners]\n*.rb @b\n", "x.rb", "-: @b"),
        // Optional sections.
        ("^[Docs]\n*.md @a\n", "x.md", "Docs?: @a"),
        ("[Docs]\n*.md @a\n^[Docs]\n*.txt @b\n", "x.txt", "Docs: @b"),
        ("^[Docs]\n*.md @a\n^[Docs]\n*.txt @b\n", "x.txt", "Docs?: @b"),
        // Approvals.
        ("[Docs][2]\n*.md @a\n", "x.md", "Docs ×2: @a"),
        ("[Docs][2] @a @b\n*.md\n", "x.md", "Docs ×2: @a @b"),
        ("[Docs][0]\n*.md @a\n", "x.md", "Docs: @a"),
        ("[Docs][]\n*.md @a\n", "x.md", "Docs: @a"),
        ("[Docs][q]\n*.md @a\n", "x.md", "Docs: @a"),
        ("[Docs][.] @lost\n*.md @a\n", "x.md", "Docs: @a"),
        ("[Docs][.] @lost\n*.md\n", "x.md", "Docs: nobody"),
        ("[Docs][2]\n*.md @a\n[Docs]\n*.txt @b\n", "x.txt", "Docs: @b"),
        // Default owners, for entries that have nothing of their own.
        ("[Docs] @d\n*.md\n*.txt @a\n", "x.md", "Docs: @d"),
        ("[Docs] @d\n*.md\n*.txt @a\n", "x.txt", "Docs: @a"),
        ("[Docs] @d @e\tf@acme.com\n*.md\n", "x.md", "Docs: @d @e f@acme.com"),
        ("[Docs] @d\n*.md\n[Docs] @e\n*.txt\n", "x.md", "Docs: @d"),
        ("[Docs] @d\n*.md\n[Docs] @e\n*.txt\n", "x.txt", "Docs: @e"),
        ("[Docs] @d\n*.md\n[Docs]\n*.txt\n", "x.txt", "Docs: nobody"),
        ("[Docs] malformed\n*.md\n", "x.md", "Docs: nobody"),
        ("[Docs] @d\n*.md # see @e\n", "x.md", "Docs: @e"),
        ("[Docs] @d\n*.md # see below\n", "x.md", "Docs: nobody"),
        ("[Docs] @d, @e\n*.md\n", "x.md", "Docs: @d"),
        // Headings stand at a line's start, blanks aside; whatever follows them.
        ("   [Docs]\n*.md @a\n", "x.md", "Docs: @a"),
        ("docs [Docs]\n*.md @a\n", "x.md", "-: @a"),
        ("[Docs]*.md @lost\n* @a\n", "x.md", "Docs: @a"),
        ("[a-z]*.md @lost\n*.md @a\n", "x.md", "a-z: @a"),
        ("[Docs\n*.md @a\n", "x.md", "-: @a"),
        // Exclusions take out of their section, wherever they stand (file.rb, select and any?(exclusion)).
        ("* @a\n!*.rb\n", "x.rb", ""),
        ("* @a\n!*.rb\n", "x.py", "-: @a"),
        ("!*.rb\n* @a\n", "x.rb", ""),
        ("* @a\n!*.rb\n[Ruby]\n*.rb @b\n!/config/**/*.rb\n", "app/x.rb", "Ruby: @b"),
        ("* @a\n!*.rb\n[Ruby]\n*.rb @b\n!/config/**/*.rb\n", "config/x.rb", ""),
        ("* @a\n[Ruby]\n*.rb @b\n!/config/\n", "config/x.rb", "-: @a"),
        ("* @a\n!docs/\ndocs/api/ @b\n", "docs/api/x", ""),
        ("* @a\n!*.rb @ignored\n", "x.rb", ""),
        // An entry of the same pattern, exclusion or not, takes the other's place.
        ("*.rb @a\n!*.rb\n", "x.rb", ""),
        ("!*.rb\n*.rb @a\n", "x.rb", "-: @a"),
        // Of equal patterns the last counts, at the place of the first.
        ("docs/ @a\ndocs/api/ @b\ndocs/ @c\n", "docs/api/x", "-: @b"),
        ("docs/ @a\ndocs/api/ @b\ndocs/ @c\n", "docs/x", "-: @c"),
        ("/**/docs/ @a\ndocs/api/ @b\ndocs/ @c\n", "docs/api/x", "-: @b"),
        ("* @a\n*.rb @b\n/**/* @c\n", "x.rb", "-: @b"),
        // Owners (reference_extractor.rb): names with dots, nested groups, roles, e-mails, whatever stands around them.
        ("* @ana.b @acme/ml/serving x@acme.com\n", "x", "-: @ana.b @acme/ml/serving x@acme.com"),
        ("* @@maintainer @@Developers @@owner\n", "x", "-: @@maintainer @@Developers @@owner"),
        ("* @@guest\n", "x", "-: nobody"),
        ("* @a, (@b) @c.\n", "x", "-: @a @b @c"),
        ("* ana\n", "x", "-: nobody"),
        ("LICENSE @legal this does not match janedoe@gitlab.com\n", "LICENSE", "-: @legal janedoe@gitlab.com"),
        ("CODEOWNERS @multiple @owners\t@tab-separated\n", "CODEOWNERS", "-: @multiple @owners @tab-separated"),
        ("* @a # not @b but c@acme.com\n", "x", "-: @a @b c@acme.com"),
        // Lines.
        ("# * @a\n", "x", ""),
        ("\t # [Docs]\n* @a\n", "x", "-: @a"),
        ("\\#x.rb @a\n", "y/#x.rb", "-: @a"),
        ("path\\ with\\ blanks/ @a\n", "path with blanks/x", "-: @a"),
        ("a/weird\\ path/\\ @user\\ / @b\n", "a/weird path/ @user /x", "-: @b"),
        ("*.md @a\r\n[Docs]\r\n*.md @b\r\n", "x.md", "-: @a; Docs: @b"),
    ];
    assert!(table.len() >= 60, "{}", table.len());
    let wrong: Vec<_> = table
        .iter()
        .map(|&(text, path, expected)| (text, path, asked(text, path), expected))
        .filter(|(.., answer, expected)| answer != expected)
        .collect();
    assert!(wrong.is_empty(), "(file, path, answer, expected): {wrong:#?}");
}

#[test]
fn every_owner_and_heading_stands_where_its_span_says() {
    let text = "* @a\n[Docs][2] @d, @e # x\n*.md\n  !*.rb\n^[Ops]\n/deploy/ (@b) c@acme.com # not @f\n";
    let file = read(text);
    for entry in &file.entries {
        assert_eq!(&text[entry.pattern_span.range()], entry.pattern_text);
        for owner in &entry.owners {
            assert_eq!(&text[owner.span.range()], owner.text);
        }
    }
    let headings: Vec<&str> =
        file.sections.iter().flat_map(|section| &section.headings).map(|heading| &text[heading.span.range()]).collect();
    assert_eq!(headings, ["[Docs][2] @d", "^[Ops]"]);
    let inherits: Vec<bool> = file.entries.iter().map(|entry| entry.inherits_owners).collect();
    assert_eq!(inherits, [false, true, false, false]);
}
