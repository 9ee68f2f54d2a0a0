//! Turns the shipped corpus into sentences like its own: each word follows one that it follows there, and now and then
//! comes the name of a skill or a KPI, or a rarer word from a tail that has no end in practice.
//!
//! Common words are as frequent as in the corpus, which is Zipf's law; the tail follows the same law over
//! [`TAIL`] ranks, so that the dictionary of an index goes on growing with the corpus (Heaps' law).

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use bp::blueprint::{Entity, Shape};
use bp::corpus::{Role, read_built_in};
use bp::taxonomy::Taxonomy;

use crate::numbers::Numbers;

/// English words beside those of the corpus, the first of each line; they are the head of the tail.
const RELATED: &str = include_str!("../../../src/data/related.tsv");
/// How many words the tail has; those behind the English ones are made of syllables.
const TAIL: usize = 1 << 22;
/// One word in so many is of the tail.
const TAIL_SHARE: usize = 40;
/// One word in so many gives way to the name of a skill, and one to that of a KPI.
const NAME_SHARE: usize = 60;
/// One word in so many does not follow from the one before it.
const JUMP_SHARE: usize = 4;

/// Each stands for six bits.
const SYLLABLES: [&str; 64] = [
    "ba", "be", "bi", "bo", "bu", "da", "de", "di", "do", "du", "fa", "fe", "fi", "fo", "ga", "ge",
    "gi", "go", "ha", "he", "hi", "ho", "ja", "jo", "ka", "ke", "ki", "ko", "ku", "la", "le", "li",
    "lo", "lu", "ma", "me", "mi", "mo", "mu", "na", "ne", "ni", "no", "nu", "pa", "pe", "pi", "po",
    "ra", "re", "ri", "ro", "sa", "se", "si", "so", "ta", "te", "ti", "to", "va", "ve", "vo", "za",
];

/// Makes a word that no other number below 2^24 has.
pub fn coined(number: usize) -> String {
    // An odd factor turns neighbours into words that do not look alike.
    let mixed = number.wrapping_mul(0x5b_d1e9) & 0xff_ffff;
    (0..4)
        .map(|at| SYLLABLES[(mixed >> (6 * at)) & 63])
        .collect()
}

/// What sentences are made of.
pub struct Words {
    /// The distinct words of the corpus.
    words: Vec<String>,
    /// Its running text, as places in `words`.
    text: Vec<u32>,
    /// Where each word stands in `text`.
    places: Vec<Vec<u32>>,
    /// English words that the corpus does not have.
    rarer: Vec<&'static str>,
    /// The names of skills, in an order that has nothing to do with them.
    pub skills: Vec<String>,
    /// The names of KPIs.
    pub kpis: Vec<String>,
    /// The names of tools.
    pub tools: Vec<String>,
}

impl Words {
    /// Reads them from the shipped corpus.
    pub fn new() -> io::Result<Self> {
        let taxonomy = Taxonomy::new(None, Path::new("taxonomy.toml")).map_err(io::Error::other)?;
        let mut words = Self {
            words: Vec::new(),
            text: Vec::new(),
            places: Vec::new(),
            rarer: Vec::new(),
            skills: Vec::new(),
            kpis: Vec::new(),
            tools: Vec::new(),
        };
        let mut known = BTreeMap::new();
        let readings = read_built_in(&taxonomy);
        for role in readings.iter().flat_map(|reading| &reading.roles) {
            words.take_names(role);
            words.take_text(role, &mut known);
        }
        let mut numbers = Numbers::new(1);
        for list in [&mut words.skills, &mut words.kpis, &mut words.tools] {
            list.sort();
            list.dedup();
            numbers.shuffle(list);
        }
        let rarer = RELATED.lines().filter_map(|line| line.split('\t').next());
        words.rarer = rarer.filter(|word| !known.contains_key(*word)).collect();
        numbers.shuffle(&mut words.rarer);
        Ok(words)
    }

    fn take_names(&mut self, role: &Role) {
        for (_, entity) in role.blueprint.entities() {
            match entity {
                Entity::Skills(skills) => self
                    .skills
                    .extend(skills.iter().map(|skill| skill.name.clone())),
                Entity::Kpi(kpi) => self.kpis.push(kpi.name.clone()),
                Entity::Tools(tools) => self.tools.extend(tools.clone()),
                Entity::Career(_) => {}
            }
        }
    }

    fn take_text(&mut self, role: &Role, known: &mut BTreeMap<String, u32>) {
        let sections = role.blueprint.sections.iter();
        let blocks = sections.flat_map(|section| &section.blocks);
        let prose = blocks.filter(|block| !matches!(block.shape, Shape::Header | Shape::Code));
        for block in prose {
            let raw = block.text.split(|c: char| !is_of_word(c));
            for word in raw.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())) {
                if !word.chars().any(char::is_alphabetic) {
                    continue;
                }
                // Capitals of names stay, those of beginnings do not.
                let is_name = word.chars().skip(1).any(char::is_uppercase);
                let word = if is_name {
                    word.to_owned()
                } else {
                    word.to_lowercase()
                };
                let next = self.words.len() as u32;
                let place = *known.entry(word.clone()).or_insert(next);
                if place == next {
                    self.words.push(word);
                    self.places.push(Vec::new());
                }
                self.places[place as usize].push(self.text.len() as u32);
                self.text.push(place);
            }
        }
    }

    /// Appends a sentence of 8 to 21 words or names.
    pub fn sentence(&self, numbers: &mut Numbers, text: &mut String) {
        let start = text.len();
        let mut at = numbers.below(self.text.len());
        let length = 8 + numbers.below(14);
        for place in 0..length {
            text.push_str(if place == 0 { "" } else { " " });
            if numbers.below(TAIL_SHARE) == 0 {
                self.rare_word(numbers, text);
            } else if numbers.below(NAME_SHARE) == 0 {
                text.push_str(&self.skills[numbers.rank(self.skills.len())]);
            } else if numbers.below(NAME_SHARE) == 0 {
                text.push_str(&self.kpis[numbers.rank(self.kpis.len())]);
            } else {
                at = self.next(at, numbers);
                text.push_str(&self.words[self.text[at] as usize]);
                if place + 1 < length && numbers.below(12) == 0 {
                    text.push(',');
                }
            }
        }
        if let Some(first) = text.get_mut(start..=start) {
            first.make_ascii_uppercase();
        }
        text.push('.');
    }

    /// A place whose word follows the one at a place somewhere in the corpus, or any place.
    fn next(&self, at: usize, numbers: &mut Numbers) -> usize {
        if numbers.below(JUMP_SHARE) == 0 {
            return numbers.below(self.text.len());
        }
        let same = numbers.pick(&self.places[self.text[at] as usize]);
        (*same as usize + 1) % self.text.len()
    }

    fn rare_word(&self, numbers: &mut Numbers, text: &mut String) {
        let rank = numbers.rank(TAIL);
        match self.rarer.get(rank) {
            Some(word) => text.push_str(word),
            None => text.push_str(&coined(rank)),
        }
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '\'' | '’' | '/' | '+' | '#' | '&')
}
