//! Errors in what the user gave: a policy that is wrong somewhere, a CODEOWNERS that cannot be read.

use super::draw::{Drawing, File, Spot, finish};
use super::options::HumanOptions;
use super::texts::Text;
use crate::finding::Severity;
use crate::span::{LineIndex, Span};

/// An error that ends the run, with the places that show it. All its text may be untrusted.
#[derive(Clone, Debug, Default)]
pub struct Trouble<'a> {
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where: the first is the place that is wrong. Empty for what is wrong nowhere in particular.
    pub places: Vec<TroublePlace<'a>>,
    /// What to do.
    pub help: Option<String>,
}

/// A place in a file, or a file as a whole.
#[derive(Clone, Debug)]
pub struct TroublePlace<'a> {
    /// The file's path, or the name of an embedded text.
    pub name: &'a str,
    /// The characters that are wrong; `None` for the whole file.
    pub quote: Option<Quote<'a>>,
    /// What is to be said there; may be empty.
    pub label: String,
}

/// Characters of a text.
#[derive(Clone, Copy, Debug)]
pub struct Quote<'a> {
    /// The whole text.
    pub text: &'a [u8],
    /// Its lines.
    pub lines: &'a LineIndex,
    /// The characters.
    pub span: Span,
}

impl<'a> Trouble<'a> {
    /// An error without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// Adds what to do.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a place.
    #[must_use]
    pub fn at(mut self, place: TroublePlace<'a>) -> Self {
        self.places.push(place);
        self
    }
}

/// Draws errors in the style of findings, a blank line between them.
pub fn troubles(troubles: &[Trouble<'_>], options: &HumanOptions) -> String {
    let mut out = String::new();
    for (at, trouble) in troubles.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        draw(trouble, options, &mut out);
    }
    finish(out, options)
}

fn draw(trouble: &Trouble<'_>, options: &HumanOptions, out: &mut String) {
    // Few places: an error has one, and those that it contradicts.
    let mut names: Vec<&str> = Vec::new();
    for place in &trouble.places {
        if !names.contains(&place.name) {
            names.push(place.name);
        }
    }
    let texts: Vec<Option<Text<'_>>> = names
        .iter()
        .map(|&name| {
            let quote = trouble.places.iter().filter(|place| place.name == name).find_map(|place| place.quote)?;
            Some(Text::new(quote.text, quote.lines))
        })
        .collect();
    let files = names.iter().zip(&texts).map(|(&name, text)| File {
        name: name.as_bytes(),
        text: text.as_ref(),
        places: trouble
            .places
            .iter()
            .enumerate()
            .filter(|(_, place)| place.name == name)
            .map(|(at, place)| Spot {
                span: place.quote.map(|quote| quote.span),
                label: &place.label,
                primary: at == 0,
            })
            .collect(),
    });
    let drawing = Drawing {
        severity: Severity::Error,
        head: Severity::Error.to_string(),
        message: &trouble.message,
        files: files.collect(),
        rows: trouble.help.iter().map(|help| ("help".to_owned(), help.clone())).collect(),
    };
    drawing.draw(options, out);
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::example::{POLICY, span_of};
    use super::*;

    #[test]
    fn errors_look_like_findings() {
        let lines = LineIndex::new(POLICY.as_bytes());
        let quote = |wanted| Some(Quote { text: POLICY.as_bytes(), lines: &lines, span: span_of(POLICY, wanted) });
        let unknown = Trouble::new("the policy names a role that it does not define")
            .at(TroublePlace {
                name: "mlops-lint.yaml",
                quote: quote("mlops-engineer"),
                label: "unknown role".to_owned(),
            })
            .at(TroublePlace { name: "mlops-lint.yaml", quote: quote("roles:"), label: "defined here".to_owned() })
            .with_help("did you mean `ml-engineer`?");
        let unread = Trouble::new("CODEOWNERS cannot be read").at(TroublePlace {
            name: "docs/CODEOWNERS",
            quote: None,
            label: "it is a symbolic link".to_owned(),
        });
        let plain = Trouble::new("there is no repository here").with_help("give its path: mlops-lint check PATH");
        assert_snapshot!(troubles(&[unknown, unread, plain], &HumanOptions::default()), @r#"
        error: the policy names a role that it does not define
           ╭─[mlops-lint.yaml:7:34]
         6 │     ownership:
         7 │       accountable: [ml-engineer, mlops-engineer]
           ·                                  ───────┬──────
           ·                                         ╰── unknown role
           ╰────
           ╭─[mlops-lint.yaml:2:1]
         1 │ version: 1
         2 │ roles:
           · ───┬──
           ·    ╰── defined here
         3 │   ml-engineer: { owners: ["@acme/ml-eng"] }
           ╰────
          help: did you mean `ml-engineer`?

        error: CODEOWNERS cannot be read
          --> docs/CODEOWNERS: it is a symbolic link

        error: there is no repository here
          help: give its path: mlops-lint check PATH
        "#);
    }

    #[test]
    fn text_of_strangers_stays_text() {
        let out = troubles(
            &[Trouble::new("no such file: a\n::error::pwned\x1b[2J ##[error]")],
            &HumanOptions { github_actions: true, ..HumanOptions::default() },
        );
        assert_eq!(out, "error: no such file: a␊::error::pwned␛[2J ##⁅error]\n");
    }
}
