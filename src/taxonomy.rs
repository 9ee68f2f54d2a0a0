//! Turns words into levels and domains: what a title, a folder, a head or a filter value means.
//!
//! The values are data (`data/taxonomy.toml`), with a corpus' own `taxonomy.toml` laid over it. [`infer`] reads titles
//! and texts, [`filter`] reads what users type behind `--level` and `--domain`.

pub mod filter;
pub mod infer;
mod phrases;
pub mod present;

use std::path::Path;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::error::{Error, Result};
use phrases::Phrases;
pub use phrases::{as_written, count_words, slug, words};

/// The taxonomy that is compiled in.
const BUILT_IN: &str = include_str!("data/taxonomy.toml");

/// The longest level or domain value that is kept, in bytes: the engine indexes facets of any length.
pub const MAX_VALUE_BYTES: usize = 64;

/// One of the two ladders that levels stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Track {
    /// Without people to lead.
    Individual,
    /// With people to lead.
    Leadership,
}

impl Track {
    /// Returns the name used in filters and facet paths.
    pub fn id(self) -> &'static str {
        match self {
            Self::Individual => "individual",
            Self::Leadership => "leadership",
        }
    }
}

/// A level as the data file gives it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelEntry {
    /// The bare id, `senior`.
    pub id: String,
    /// The label for people, `Senior`.
    pub label: String,
    /// The ladder that it stands on.
    pub track: Track,
    /// What says it.
    #[serde(default)]
    pub words: Vec<String>,
}

/// A domain as the data file gives it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DomainEntry {
    /// The path, up to two deep: `cloud/finops`.
    pub id: String,
    /// The label for people.
    pub label: String,
    /// What names it.
    #[serde(default)]
    pub words: Vec<String>,
    /// What names it only where nothing else in a title names a domain.
    #[serde(default)]
    pub weak: Vec<String>,
    /// Names of folders that mean it.
    #[serde(default)]
    pub folders: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Function {
    phrases: Vec<String>,
    leads: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    words: [String; 2],
    level: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Codes {
    individual: Vec<String>,
    leadership: Vec<String>,
    max: u32,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct TextSigns {
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    sign: Vec<TextSign>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct TextSign {
    level: String,
    phrases: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct TaxonomyFile {
    #[serde(default)]
    level: Vec<LevelEntry>,
    #[serde(default)]
    domain: Vec<DomainEntry>,
    #[serde(default)]
    function: Vec<Function>,
    #[serde(default)]
    pair: Vec<Pair>,
    codes: Option<Codes>,
    text: Option<TextSigns>,
}

/// What a phrase of a title says about the level.
#[derive(Debug, Clone, PartialEq)]
enum LevelSign {
    Level(usize),
    Function { leads: Option<usize> },
}

/// Levels and domains with the phrases that name them.
#[derive(Debug)]
pub struct Taxonomy {
    levels: Vec<LevelEntry>,
    domains: Vec<DomainEntry>,
    pairs: Vec<([usize; 2], usize)>,
    codes: Codes,
    unless: Vec<String>,
    level_phrases: Phrases<LevelSign>,
    /// The words of the ids and labels of the levels, once they are asked for.
    level_names: OnceLock<Vec<[Vec<String>; 2]>>,
    /// The domain that a phrase names, and whether only where nothing else does.
    domain_phrases: Phrases<(usize, bool)>,
    text_signs: Phrases<usize>,
}

impl Taxonomy {
    /// Reads the compiled-in taxonomy, with `overlay` laid over it.
    ///
    /// # Errors
    /// Fails where the overlay is not of the form that the compiled-in file has; `origin` is the path to name then.
    pub fn new(overlay: Option<&str>, origin: &Path) -> Result<Self> {
        let mut file = parse(BUILT_IN, Path::new("builtin:taxonomy.toml"))?;
        if let Some(overlay) = overlay {
            file.lay_over(parse(overlay, origin)?);
        }
        Self::build(file, origin)
    }

    fn build(file: TaxonomyFile, origin: &Path) -> Result<Self> {
        let mut levels = file.level;
        levels.sort_by_key(|level| level.track);
        let find = |id: &str| {
            levels
                .iter()
                .position(|level| level.id == id)
                .ok_or_else(|| Error::Data {
                    path: origin.to_owned(),
                    line: 1,
                    reason: format!("the level '{id}' is used and not defined"),
                })
        };
        let mut level_phrases = Phrases::default();
        for (at, level) in levels.iter().enumerate() {
            for phrase in level.words.iter().chain([&level.id]) {
                level_phrases.insert(phrase, LevelSign::Level(at));
            }
        }
        for function in &file.function {
            let leads = function.leads.as_deref().map(&find).transpose()?;
            for phrase in &function.phrases {
                level_phrases.insert(phrase, LevelSign::Function { leads });
            }
        }
        let mut pairs = Vec::new();
        for pair in &file.pair {
            pairs.push((
                [find(&pair.words[0])?, find(&pair.words[1])?],
                find(&pair.level)?,
            ));
        }
        let text = file.text.unwrap_or_default();
        let mut text_signs = Phrases::default();
        for sign in &text.sign {
            let level = find(&sign.level)?;
            for phrase in &sign.phrases {
                text_signs.insert(phrase, level);
            }
        }
        let mut domain_phrases = Phrases::default();
        for (at, domain) in file.domain.iter().enumerate() {
            for (phrases, weak) in [(&domain.words, false), (&domain.weak, true)] {
                for phrase in phrases {
                    domain_phrases.insert(phrase, (at, weak));
                }
            }
        }
        Ok(Self {
            levels,
            domains: file.domain,
            pairs,
            codes: file.codes.unwrap_or_default(),
            unless: text.unless,
            level_phrases,
            level_names: OnceLock::new(),
            domain_phrases,
            text_signs,
        })
    }

    /// Returns the levels, one track after the other, each in ascending order.
    pub fn levels(&self) -> &[LevelEntry] {
        &self.levels
    }

    /// Returns the domains in the order of the data.
    pub fn domains(&self) -> &[DomainEntry] {
        &self.domains
    }

    /// Returns the label of a level, the value itself where it is not in the taxonomy (`ic4` as `IC4`).
    pub fn level_label(&self, id: &str) -> String {
        match self.levels.iter().find(|level| level.id == id) {
            Some(level) => level.label.clone(),
            None if self.code(id).is_some() => id.to_uppercase(),
            None => id.to_owned(),
        }
    }

    /// Returns the label of a domain, the value itself where it is not in the taxonomy.
    pub fn domain_label(&self, id: &str) -> String {
        self.domains
            .iter()
            .find(|domain| domain.id == id)
            .map_or_else(|| id.to_owned(), |domain| domain.label.clone())
    }

    /// Returns the track of a level: the taxonomy's, a code's by its letter, individual for unknown values.
    pub fn track(&self, id: &str) -> Track {
        if let Some(level) = self.levels.iter().find(|level| level.id == id) {
            return level.track;
        }
        self.code(id).map_or(Track::Individual, |code| code.track)
    }

    /// Returns a key that sorts levels: track, then the ladder's order, then codes by number, then unknown values.
    pub fn level_order(&self, id: &str) -> (Track, usize, u32, String) {
        if let Some(at) = self.levels.iter().position(|level| level.id == id) {
            return (self.levels[at].track, at, 0, String::new());
        }
        match self.code(id) {
            Some(code) => (
                code.track,
                self.levels.len(),
                code.number,
                code.letters.to_owned(),
            ),
            None => (Track::Individual, self.levels.len() + 1, 0, id.to_owned()),
        }
    }

    /// Reads a company's code: `ic4`, `M5`.
    pub fn code<'a>(&self, value: &'a str) -> Option<Code<'a>> {
        let digits = value.find(|c: char| c.is_ascii_digit())?;
        let (letters, number) = value.split_at(digits);
        let number: u32 = number
            .parse()
            .ok()
            .filter(|number| (1..=self.codes.max).contains(number))?;
        let is = |list: &[String]| list.iter().any(|known| known.eq_ignore_ascii_case(letters));
        let track = if is(&self.codes.individual) {
            Track::Individual
        } else if is(&self.codes.leadership) {
            Track::Leadership
        } else {
            return None;
        };
        Some(Code {
            letters,
            number,
            track,
        })
    }
}

/// A level of a company's own ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code<'a> {
    /// The letters before the number.
    pub letters: &'a str,
    /// The number.
    pub number: u32,
    /// The track that the letters say.
    pub track: Track,
}

impl TaxonomyFile {
    fn lay_over(&mut self, over: Self) {
        for level in over.level {
            match self.level.iter_mut().find(|known| known.id == level.id) {
                Some(known) => *known = level,
                None => self.level.push(level),
            }
        }
        for domain in over.domain {
            match self.domain.iter_mut().find(|known| known.id == domain.id) {
                Some(known) => *known = domain,
                None => self.domain.push(domain),
            }
        }
        self.function.extend(over.function);
        self.pair.extend(over.pair);
        if let Some(codes) = over.codes {
            self.codes = Some(codes);
        }
        if let Some(text) = over.text {
            self.text.get_or_insert_default().sign.extend(text.sign);
        }
    }
}

fn parse(text: &str, origin: &Path) -> Result<TaxonomyFile> {
    toml::from_str(text).map_err(|error| Error::Data {
        path: origin.to_owned(),
        line: error.span().map_or(1, |span| {
            1 + text[..span.start.min(text.len())].matches('\n').count()
        }),
        reason: error.message().to_owned(),
    })
}

#[cfg(test)]
pub(crate) fn built_in() -> Taxonomy {
    Taxonomy::new(None, Path::new("")).unwrap_or_else(|error| panic!("{error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_phrase_means_two_things() {
        let file = parse(BUILT_IN, Path::new("")).unwrap();
        let mut seen = std::collections::BTreeMap::new();
        for domain in &file.domain {
            for word in domain.words.iter().chain(&domain.weak) {
                if let Some(other) = seen.insert(words(word), &domain.id) {
                    assert_eq!(other, &domain.id, "'{word}'");
                }
            }
        }
    }

    #[test]
    fn an_overlay_replaces_adds_and_is_told_where_it_is_wrong() {
        let overlay = "[[domain]]\nid = 'games'\nlabel = 'Games'\nwords = ['level design']\n[[level]]\nid = 'lead'\nlabel = 'Lead'\ntrack = 'individual'\nwords = ['captain']\n";
        let taxonomy = Taxonomy::new(Some(overlay), Path::new("taxonomy.toml")).unwrap();
        assert_eq!(taxonomy.domain_label("games"), "Games");
        assert_eq!(taxonomy.level_of_title("Captain").unwrap().id, "lead");
        let error =
            Taxonomy::new(Some("\n\n[[level]]\nid = 3\n"), Path::new("taxonomy.toml")).unwrap_err();
        assert!(
            error.to_string().starts_with("taxonomy.toml:4: "),
            "{error}"
        );
    }

    #[test]
    fn codes_stand_on_the_track_of_their_letter() {
        let taxonomy = built_in();
        for (value, track) in [
            ("ic4", Some(Track::Individual)),
            ("M5", Some(Track::Leadership)),
            ("L3", Some(Track::Individual)),
            ("x3", None),
            ("ic99", None),
            ("ic", None),
        ] {
            assert_eq!(
                taxonomy.code(value).map(|code| code.track),
                track,
                "{value}"
            );
        }
    }
}
