//! Why a command cannot start.

use crate::baseline::BadBaseline;
use crate::cli::{Outcome, output};
use crate::policy::{self, PolicyErrors};
use crate::render::{Quote, Trouble, TroublePlace};
use crate::source::SourceError;
use crate::span::LineIndex;

/// Why a command cannot start.
pub(in crate::cli) enum Failure {
    /// What is wrong in one sentence, and what to do.
    Said { outcome: Outcome, message: String, help: Option<String> },
    /// The policy is wrong, here and there.
    Policy(PolicyErrors),
    /// The baseline is none.
    Baseline { name: String, text: Vec<u8>, wrong: BadBaseline },
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        let outcome = if error.exit_code() == 3 { Outcome::Nothing } else { Outcome::Error };
        Self::Said { outcome, message: error.to_string(), help: error.help() }
    }
}

impl Failure {
    /// Prints what is wrong, and gives what the run came to.
    pub(in crate::cli) fn report(&self, color: output::Color) -> Outcome {
        match self {
            Self::Said { outcome, message, help } => {
                let trouble = Trouble { message: message.clone(), help: help.clone(), places: Vec::new() };
                output::fail(color, *outcome, &[trouble])
            }
            Self::Policy(wrong) => output::fail(color, Outcome::Error, &troubles_of(wrong)),
            Self::Baseline { name, text, wrong } => {
                let lines = LineIndex::new(text);
                let quote = wrong.span.map(|span| Quote { text, lines: &lines, span });
                let place = TroublePlace { name, quote, label: String::new() };
                let trouble = Trouble::new(&*wrong.message).with_help(&*wrong.help).at(place);
                output::fail(color, Outcome::Error, &[trouble])
            }
        }
    }
}

fn troubles_of(wrong: &PolicyErrors) -> Vec<Trouble<'_>> {
    let place = |at: &policy::Origin, label: &str| {
        let text = &wrong.texts[at.text];
        let quote = Quote { text: text.text.as_bytes(), lines: &text.lines, span: at.span };
        TroublePlace { name: &text.name, quote: Some(quote), label: label.to_owned() }
    };
    let troubles = wrong.errors.iter().map(|error| {
        let whole = || {
            let text = wrong.texts.last()?;
            Some(TroublePlace { name: &text.name, quote: None, label: error.label.clone() })
        };
        let first = error.at.as_ref().map(|at| place(at, &error.label)).or_else(whole).into_iter();
        let related = error.related.iter().map(|(at, label)| place(at, label));
        Trouble { message: error.message.clone(), places: first.chain(related).collect(), help: error.help.clone() }
    });
    troubles.collect()
}
