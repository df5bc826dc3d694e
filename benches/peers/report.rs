//! The tables, as Markdown, and their place in a page.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// A Markdown table.
pub struct Table {
    text: String,
}

impl Table {
    pub fn new(columns: &[&str]) -> Self {
        let mut table = Self { text: String::new() };
        table.row(columns.iter().map(|&column| column.to_owned()));
        table.row(columns.iter().map(|_| "---".to_owned()));
        table
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        for cell in cells {
            let _ = write!(self.text, "| {} ", cell.replace('|', "\\|"));
        }
        self.text.push_str("|\n");
    }

    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Replaces what stands between `<!-- NAME: begin -->` and `<!-- NAME: end -->`.
pub fn replace(page: &Path, name: &str, tables: &str) -> io::Result<()> {
    let text = std::fs::read_to_string(page)?;
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
    let (Some(from), Some(to)) = (text.find(&begin), text.find(&end)) else {
        return Err(io::Error::other(format!("{}: no place for `{name}`", page.display())));
    };
    std::fs::write(page, format!("{}\n{}\n\n{}", &text[..from + begin.len()], tables.trim(), &text[to..]))
}

/// The machine, by what counts for a time.
pub fn machine() -> String {
    let field = |file: &str, name: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let model = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "an unknown processor".to_owned());
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let kilobytes: u64 = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .unwrap_or_default();
    format!("{cores} cores of {model}, {} GiB of memory", kilobytes.div_ceil(1024 * 1024))
}
