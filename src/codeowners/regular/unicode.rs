//! Classes to sets of characters.

use std::sync::{LazyLock, Mutex, PoisonError};

use regex_syntax::hir::{Class as HirClass, ClassUnicode, ClassUnicodeRange, HirKind};
use rustc_hash::FxHashMap;

use super::node::{Class, Fold, Item, Named};

/// Digits.
pub(super) const DIGIT: &[(char, char)] = &[('0', '9')];
/// Go's `\s`, which lacks the vertical tab.
pub(super) const SPACE: &[(char, char)] = &[('\t', '\n'), ('\x0c', '\r'), (' ', ' ')];
/// Go's `\w`.
pub(super) const WORD: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];

/// The names of `[[:name:]]`.
pub(super) const POSIX: &[(&str, &[(char, char)])] = &[
    ("alnum", &[('0', '9'), ('A', 'Z'), ('a', 'z')]),
    ("alpha", &[('A', 'Z'), ('a', 'z')]),
    ("ascii", &[('\0', '\x7f')]),
    ("blank", &[('\t', '\t'), (' ', ' ')]),
    ("cntrl", &[('\0', '\x1f'), ('\x7f', '\x7f')]),
    ("digit", DIGIT),
    ("graph", &[('!', '~')]),
    ("lower", &[('a', 'z')]),
    ("print", &[(' ', '~')]),
    ("punct", &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')]),
    ("space", &[('\t', '\r'), (' ', ' ')]),
    ("upper", &[('A', 'Z')]),
    ("word", WORD),
    ("xdigit", &[('0', '9'), ('A', 'F'), ('a', 'f')]),
];

/// The categories whose names every version of Go knows, and reads alike (`C` gained the unassigned ones).
const CATEGORIES: &str = "Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So \
                          Z Zl Zp Zs";

/// The scripts of Unicode 13, which Go has known by these names since 1.16.
const SCRIPTS: &str = "Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak \
    Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham \
    Cherokee Chorasmian Common Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan \
    Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gunjala_Gondi \
    Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited \
    Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kayah_Li Kharoshthi \
    Khitan_Small_Script Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani \
    Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui \
    Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean Nandinagari New_Tai_Lue \
    Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian Old_Permic \
    Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Oriya Osage Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau \
    Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham SignWriting Sinhala \
    Sogdian Sora_Sompeng Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil \
    Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Ugaritic Vai Wancho Warang_Citi Yezidi Yi Zanabazar_Square";

/// What `\p{name}` means, where all versions of the host agree.
pub(super) fn property(name: &str) -> Option<Named> {
    let among = |names: &'static str| names.split(' ').find(|known| *known == name);
    among(CATEGORIES).map(Named::Category).or_else(|| among(SCRIPTS).map(Named::Script))
}

/// Whether the name means something in Unicode, so that some version of the host may know it.
pub(super) fn may_be_property(name: &str) -> bool {
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | ' ');
    !name.is_empty()
        && name.chars().all(plain)
        && (matches!(name, "LC" | "C")
            || [name.to_owned(), format!("sc={name}")].iter().any(|name| parsed(name).is_some()))
}

impl Class {
    /// The characters of the class.
    ///
    /// As Go does it: each item is completed with the other cases of its characters before it is negated.
    pub(super) fn resolve(&self) -> ClassUnicode {
        let mut all = ClassUnicode::empty();
        for item in &self.items {
            match item {
                Item::Range(start, end) => {
                    let set = ClassUnicode::new(range(*start, *end));
                    all.union(&self.folded(set));
                }
                Item::Named(named, negated) => {
                    let mut set = self.folded(named.resolve());
                    if *negated {
                        set.negate();
                    }
                    all.union(&set);
                }
            }
        }
        if self.negated {
            all.negate();
        }
        all
    }

    fn folded(&self, set: ClassUnicode) -> ClassUnicode {
        fold(set, self.fold)
    }
}

/// A character with those that are equal to it.
pub(super) fn folded_character(character: char, how: Fold) -> ClassUnicode {
    fold(ClassUnicode::new([ClassUnicodeRange::new(character, character)]), how)
}

fn fold(mut set: ClassUnicode, how: Fold) -> ClassUnicode {
    match how {
        Fold::None => {}
        Fold::Simple => {
            // The tables of simple case folding are compiled in, so this cannot fail.
            let _ = set.try_case_fold_simple();
        }
        Fold::Lower => {
            // Only ever asked of one character: those of equal lower case are among its fellows of simple folding,
            // and the one with a dot above, which Go's mapping takes to a plain `i`.
            let lower: Vec<char> = set.iter().map(|range| lower(range.start())).collect();
            let _ = set.try_case_fold_simple();
            set.union(&ClassUnicode::new([ClassUnicodeRange::new('İ', 'İ')]));
            let fellows = set.iter().flat_map(|range| range.start()..=range.end());
            let equal = fellows.filter(|&fellow| lower.contains(&self::lower(fellow)));
            set = ClassUnicode::new(equal.map(|one| ClassUnicodeRange::new(one, one)));
        }
    }
    set
}

/// Go's `unicode.ToLower`: one character to one.
fn lower(character: char) -> char {
    character.to_lowercase().next().unwrap_or(character)
}

/// A range of code points without those of surrogates, which no text holds.
fn range(start: u32, end: u32) -> Option<ClassUnicodeRange> {
    let start = char::from_u32(start).unwrap_or('\u{e000}');
    let end = char::from_u32(end).unwrap_or('\u{d7ff}');
    (start <= end).then(|| ClassUnicodeRange::new(start, end))
}

impl Named {
    fn resolve(self) -> ClassUnicode {
        let known = |name: &str| parsed(name).unwrap_or_else(ClassUnicode::empty);
        match self {
            Self::Ascii(ranges) => {
                ClassUnicode::new(ranges.iter().map(|&(start, end)| ClassUnicodeRange::new(start, end)))
            }
            Self::Any => ClassUnicode::new([ClassUnicodeRange::new('\0', char::MAX)]),
            // Surrogates.
            Self::Category("Cs") => ClassUnicode::empty(),
            Self::Category(name) => known(&format!("gc={name}")),
            Self::Script(name) => known(&format!("sc={name}")),
            Self::Space => known("White_Space"),
            Self::Word => {
                let mut word = ClassUnicode::new([ClassUnicodeRange::new('\u{200c}', '\u{200d}')]);
                for category in ["L", "Mn", "Nd", "Pc"] {
                    word.union(&known(&format!("gc={category}")));
                }
                word
            }
        }
    }
}

/// The set that the library's tables have for a property, each read once.
fn parsed(name: &str) -> Option<ClassUnicode> {
    static READ: LazyLock<Mutex<FxHashMap<String, ClassUnicode>>> = LazyLock::new(Mutex::default);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(set) = read.get(name) {
        return Some(set.clone());
    }
    let hir = regex_syntax::parse(&format!(r"\p{{{name}}}")).ok()?;
    let set = match hir.into_kind() {
        HirKind::Class(HirClass::Unicode(set)) => set,
        // A set of one character is a literal.
        HirKind::Literal(literal) => {
            let one = std::str::from_utf8(&literal.0).ok()?.chars().next()?;
            ClassUnicode::new([ClassUnicodeRange::new(one, one)])
        }
        _ => return None,
    };
    // Only names of Unicode come this far, in some hundred spellings that matter.
    if read.len() < 1_000 {
        read.insert(name.to_owned(), set.clone());
    }
    Some(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_is_accepted_has_a_set() {
        for name in CATEGORIES.split(' ').chain(SCRIPTS.split(' ')).filter(|name| *name != "Cs") {
            let named = property(name).unwrap();
            assert!(!named.resolve().ranges().is_empty(), "{name}");
        }
        for name in ["Lc", "Greek ", "greek", "Grek", "", "Any", "C", "LC"] {
            assert_eq!(property(name), None, "{name}");
        }
        for name in ["LC", "C", "greek", "Uppercase_Letter", "Cn", "Kawi"] {
            assert!(may_be_property(name), "{name}");
        }
        for name in ["", "Foo", "Lx", "{", "L}|a"] {
            assert!(!may_be_property(name), "{name}");
        }
    }
}
