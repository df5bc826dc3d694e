//! The code cells of a Jupyter notebook.

use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The number of each code cell among all cells, from 1, and its text; up to where the notebook is cut off. Nothing for
/// any other JSON.
pub(super) fn code_cells(bytes: &[u8]) -> Vec<(u32, String)> {
    let mut cells = Cells::default();
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    // An error is where a bounded read cut the text off; the cells before it count.
    let _ = Part::Notebook.of(&mut cells).deserialize(&mut reader);
    cells.code
}

#[derive(Default)]
struct Cells {
    code: Vec<(u32, String)>,
    /// How many cells were begun.
    count: u32,
    is_code: bool,
    source: String,
}

/// A part of a notebook.
#[derive(Clone, Copy)]
enum Part {
    Notebook,
    Cells,
    Cell,
    Type,
    Source,
}

impl Part {
    fn of(self, cells: &mut Cells) -> Scan<'_> {
        Scan { part: self, cells }
    }

    /// What stands under a key.
    fn under(self, key: &str) -> Option<Self> {
        match (self, key) {
            (Self::Notebook, "cells") => Some(Self::Cells),
            (Self::Cell, "cell_type") => Some(Self::Type),
            (Self::Cell, "source") => Some(Self::Source),
            _ => None,
        }
    }
}

struct Scan<'s> {
    part: Part,
    cells: &'s mut Cells,
}

impl<'de> DeserializeSeed<'de> for Scan<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scan<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a notebook")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        match self.part {
            Part::Type => self.cells.is_code = text == "code",
            Part::Source => self.cells.source.push_str(text),
            _ => {}
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = match self.part {
            Part::Cells => Part::Cell,
            // A source is a text or a list of lines.
            Part::Source => Part::Source,
            _ => {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(());
            }
        };
        while items.next_element_seed(inner.of(self.cells))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        if matches!(self.part, Part::Cell) {
            self.cells.count = self.cells.count.saturating_add(1);
            self.cells.is_code = false;
            self.cells.source.clear();
        }
        while let Some(key) = entries.next_key::<std::borrow::Cow<'_, str>>()? {
            match self.part.under(&key) {
                Some(part) => entries.next_value_seed(part.of(self.cells))?,
                None => drop(entries.next_value::<IgnoredAny>()?),
            }
        }
        if matches!(self.part, Part::Cell) && self.cells.is_code {
            self.cells.code.push((self.cells.count, std::mem::take(&mut self.cells.source)));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::code_cells;

    #[test]
    fn only_code_is_code_however_it_is_written() {
        let notebook = br#"{"cells": [
            {"cell_type": "markdown", "source": ["import kfp\n"]},
            {"cell_type": "code", "source": ["import a\n", "a.b()"], "outputs": [{"text": ["import c"]}]},
            {"source": "x = 1", "metadata": {"cell_type": "markdown"}, "cell_type": "code"},
            {"cell_type": "raw", "source": "import d"}
        ], "metadata": {"cells": [{"cell_type": "code", "source": "import e"}]}}"#;
        assert_eq!(code_cells(notebook), [(2, "import a\na.b()".to_owned()), (3, "x = 1".to_owned())]);
    }

    #[test]
    fn a_notebook_that_is_cut_off_counts_up_to_there() {
        let start = br#"{"cells": [{"cell_type": "code", "source": "x"}, {"cell_type": "code", "source": "y"#;
        assert_eq!(code_cells(start), [(1, "x".to_owned())]);
        for other in [&b"{}"[..], b"[1, 2]", b"", b"{\"cells\": 3}", b"{\"cells\": [[{}]]}", b"import a"] {
            assert!(code_cells(other).is_empty());
        }
        assert!(code_cells(&br#"{"cells":["#.repeat(5_000)).is_empty(), "depth is bounded");
    }
}
