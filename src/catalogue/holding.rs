//! Tests by a text that a matching name holds: one look at a name for all of them, and nothing to compile beforehand.

/// The first bytes of a text, by which it is looked up.
const GRAM: usize = 3;
/// As many classes of them as fit a few cache lines; most names hit none.
const CLASSES: usize = 4096;

/// Texts and the tests that ask for them.
#[derive(Clone, Debug, Default)]
pub(super) struct Holding {
    /// The class of its first bytes, the text, the test: sorted.
    texts: Vec<(u16, Box<[u8]>, u32)>,
    /// A bit for each class in use.
    classes: Box<[u64]>,
    /// Shorter than what is looked up.
    short: Vec<(Box<[u8]>, u32)>,
}

impl Holding {
    pub(super) fn insert(&mut self, text: Box<[u8]>, id: u32) {
        match class(&text) {
            Some(class) => self.texts.push((class, text, id)),
            None => self.short.push((text, id)),
        }
    }

    /// To be called after the last insertion.
    pub(super) fn finish(&mut self) {
        self.texts.sort_unstable();
        if !self.texts.is_empty() {
            let mut classes = vec![0; CLASSES / 64];
            for &(class, ..) in &self.texts {
                classes[usize::from(class) / 64] |= 1 << (class % 64);
            }
            self.classes = classes.into();
        }
    }

    /// Appends the tests whose text `name` holds, each once.
    pub(super) fn candidates(&self, name: &[u8], found: &mut Vec<u32>) {
        for (text, id) in &self.short {
            if text.is_empty() || name.windows(text.len()).any(|part| part == &**text) {
                found.push(*id);
            }
        }
        if self.texts.is_empty() {
            return;
        }
        let before = found.len();
        for at in 0..name.len().saturating_sub(GRAM - 1) {
            let Some(class) = class(&name[at..]) else { break };
            if self.classes[usize::from(class) / 64] & 1 << (class % 64) == 0 {
                continue;
            }
            let from = self.texts.partition_point(|&(known, ..)| known < class);
            for (_, text, id) in self.texts[from..].iter().take_while(|(known, ..)| *known == class) {
                if name[at..].starts_with(text) && !found[before..].contains(id) {
                    found.push(*id);
                }
            }
        }
    }
}

/// The class of a text's first bytes; `None` where there are too few.
fn class(text: &[u8]) -> Option<u16> {
    let &[a, b, c] = text.first_chunk::<GRAM>()?;
    let mixed = u32::from_le_bytes([a, b, c, 0]).wrapping_mul(0x9E37_79B1);
    // The upper twelve bits.
    u16::try_from(mixed >> 20).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_held_text_once() {
        let texts = ["model", "del", "mod", "x", "", "lm", "modelling", "dim"];
        let mut holding = Holding::default();
        for (id, text) in (0..).zip(texts) {
            holding.insert(text.as_bytes().into(), id);
        }
        holding.finish();
        for name in ["", "m", "mo", "mod", "a_model.py", "model_model", "delmodlm", "xx", "dimmodelling", "no"] {
            let mut found = vec![99];
            holding.candidates(name.as_bytes(), &mut found);
            assert_eq!(found.remove(0), 99);
            found.sort_unstable();
            let expected: Vec<u32> =
                (0..).zip(texts).filter(|(_, text)| name.contains(text)).map(|(id, _)| id).collect();
            assert_eq!(found, expected, "{name}");
        }
    }
}
