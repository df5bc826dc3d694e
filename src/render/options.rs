//! How the output for people looks: decided once, from what the terminal and the environment say.

/// What the output for people may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HumanOptions {
    /// ANSI colours.
    pub color: bool,
    /// Columns to fit into.
    pub width: usize,
    /// The output is the log of a GitHub Actions step, whose runner looks for commands in it.
    pub github_actions: bool,
    /// Characters beyond ASCII; without them the output is pure ASCII.
    pub unicode: bool,
}

impl Default for HumanOptions {
    fn default() -> Self {
        Self { color: false, width: DEFAULT_WIDTH, github_actions: false, unicode: true }
    }
}

/// Columns where no terminal says otherwise.
const DEFAULT_WIDTH: usize = 100;
/// Narrower, a snippet shows nothing; wider, sentences are hard to follow.
const WIDTHS: std::ops::RangeInclusive<usize> = 60..=160;

/// What `--color` asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// Where the environment and the terminal allow it.
    #[default]
    Auto,
    /// Whatever they say.
    Always,
    /// Not at all.
    Never,
}

/// Decides from the stream's kind, the environment (`env` gives a variable's value) and the terminal's width in columns.
///
/// Colours: `choice`, then `NO_COLOR` (<https://no-color.org>), `CLICOLOR_FORCE` and `FORCE_COLOR`, `CLICOLOR=0`
/// (<https://bixense.com/clicolors>), `TERM=dumb`, then whether the stream is a terminal. Width: `COLUMNS`, the
/// terminal's, or 100; within 60 and 160. ASCII only where a terminal's locale names another encoding than UTF-8.
pub fn human_options(
    stdout_is_terminal: bool,
    env: &dyn Fn(&str) -> Option<String>,
    terminal_width: Option<usize>,
    choice: ColorChoice,
) -> HumanOptions {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let forced = |name: &str| set(name).is_some_and(|value| value != "0");
    let color = match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            if set("NO_COLOR").is_some() {
                false
            } else if forced("CLICOLOR_FORCE") || forced("FORCE_COLOR") {
                true
            } else {
                let refused = set("CLICOLOR").is_some_and(|value| value == "0")
                    || set("TERM").is_some_and(|value| value == "dumb");
                stdout_is_terminal && !refused
            }
        }
    };
    let width = set("COLUMNS")
        .and_then(|columns| columns.trim().parse().ok())
        .filter(|&columns| columns > 0)
        .or(terminal_width.filter(|_| stdout_is_terminal))
        .unwrap_or(DEFAULT_WIDTH);
    // POSIX: the first of these that is set and not empty names the encoding.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    let utf8 = locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    HumanOptions {
        color,
        width: width.clamp(*WIDTHS.start(), *WIDTHS.end()),
        github_actions: set("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
        // A file or a pipe is read as UTF-8 wherever it is read; runners of CI often have no locale.
        unicode: utf8 || !stdout_is_terminal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(terminal: bool, env: &[(&str, &str)], width: Option<usize>, choice: ColorChoice) -> HumanOptions {
        let lookup = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        human_options(terminal, &lookup, width, choice)
    }

    #[test]
    fn colours_follow_the_conventions_in_order() {
        let color = |terminal, env: &[(&str, &str)]| options(terminal, env, None, ColorChoice::Auto).color;
        assert!(color(true, &[]));
        assert!(!color(false, &[]));
        assert!(!color(true, &[("NO_COLOR", "1")]));
        assert!(color(true, &[("NO_COLOR", "")]), "empty means unset");
        assert!(!color(true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
        assert!(color(false, &[("CLICOLOR_FORCE", "1")]));
        assert!(color(false, &[("FORCE_COLOR", "1"), ("TERM", "dumb")]));
        assert!(!color(false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!color(true, &[("CLICOLOR", "0")]));
        assert!(!color(true, &[("TERM", "dumb")]));
        assert!(!options(true, &[("CLICOLOR_FORCE", "1")], None, ColorChoice::Never).color);
        assert!(options(false, &[("NO_COLOR", "1")], None, ColorChoice::Always).color);
    }

    #[test]
    fn widths_stay_readable() {
        let width = |terminal, env: &[(&str, &str)], columns| options(terminal, env, columns, ColorChoice::Auto).width;
        assert_eq!(width(true, &[], Some(120)), 120);
        assert_eq!(width(true, &[], Some(20)), 60);
        assert_eq!(width(true, &[], Some(400)), 160);
        assert_eq!(width(true, &[], None), 100);
        assert_eq!(width(false, &[], Some(120)), 100, "a pipe does not depend on the terminal beside it");
        assert_eq!(width(false, &[("COLUMNS", "80")], None), 80);
        assert_eq!(width(true, &[("COLUMNS", "0")], Some(90)), 90);
        assert_eq!(width(true, &[("COLUMNS", "many")], Some(90)), 90);
    }

    #[test]
    fn ascii_only_for_terminals_of_another_encoding() {
        let unicode = |terminal, env: &[(&str, &str)]| options(terminal, env, None, ColorChoice::Auto).unicode;
        assert!(unicode(true, &[]));
        assert!(unicode(true, &[("LANG", "de_DE.UTF-8")]));
        assert!(!unicode(true, &[("LANG", "C")]));
        assert!(!unicode(true, &[("LC_ALL", "POSIX"), ("LANG", "en_US.utf8")]));
        assert!(unicode(false, &[("LANG", "C")]));
    }

    #[test]
    fn the_runner_is_known_by_its_variable() {
        assert!(options(false, &[("GITHUB_ACTIONS", "true")], None, ColorChoice::Auto).github_actions);
        assert!(!options(false, &[("GITHUB_ACTIONS", "false")], None, ColorChoice::Auto).github_actions);
    }
}
