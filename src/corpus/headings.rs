//! Tells what a heading, a table's column or a bracketed word means, from `data/headings.toml`.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::blueprint::{SectionKind, Weight};
use crate::taxonomy::words;

const BUILT_IN: &str = include_str!("../data/headings.toml");

/// What the items and rows below a heading are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Below {
    /// Technical skills.
    Skills,
    /// Soft skills.
    SoftSkills,
    /// KPIs.
    Kpis,
    /// Tools.
    Tools,
    /// Roles before and after.
    Career,
    /// Other names of the role.
    Aliases,
}

/// What a heading says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// The kind of the section.
    pub kind: SectionKind,
    /// What stands below, where that is more than text.
    pub below: Option<Below>,
    /// Whether the section is a scorecard, whose rows belong to the sections that they name.
    pub scorecard: bool,
}

/// What a column of a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Column {
    Name,
    Definition,
    Target,
    Frequency,
    Weight,
    Tools,
    Category,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    section: Vec<SectionEntry>,
    weight: Vec<WeightEntry>,
    column: Vec<ColumnEntry>,
    head: HashMap<String, Vec<String>>,
    title: TitleEntry,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionEntry {
    kind: String,
    below: Option<Below>,
    headings: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightEntry {
    weight: Weight,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnEntry {
    role: Column,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TitleEntry {
    tail: Vec<String>,
}

/// The spellings of headings, weights, columns, head fields and title tails.
pub struct Headings {
    sections: HashMap<Vec<String>, Meaning>,
    longest: usize,
    weights: Vec<(Vec<String>, Weight)>,
    columns: HashMap<Vec<String>, Column>,
    head: HashMap<String, Vec<String>>,
    tail: Vec<Vec<String>>,
}

/// Returns the compiled-in spellings, read once a process.
pub fn headings() -> &'static Headings {
    static HEADINGS: OnceLock<Headings> = OnceLock::new();
    HEADINGS.get_or_init(|| match toml::from_str(BUILT_IN) {
        Ok(file) => Headings::new(file),
        // A test reads the compiled-in file, so that no release can come here.
        Err(error) => unreachable!("headings.toml: {error}"),
    })
}

impl Headings {
    fn new(file: File) -> Self {
        let mut sections = HashMap::new();
        for entry in file.section {
            let scorecard = entry.kind == "scorecard";
            let kind = SectionKind::from_id(&entry.kind).unwrap_or(SectionKind::Context);
            for spelling in entry.headings {
                sections.entry(heading_words(&spelling)).or_insert(Meaning {
                    kind,
                    below: entry.below,
                    scorecard,
                });
            }
        }
        let longest = sections.keys().map(Vec::len).max().unwrap_or(0);
        let mut weights: Vec<(Vec<String>, Weight)> = file
            .weight
            .into_iter()
            .flat_map(|entry| {
                entry
                    .words
                    .into_iter()
                    .map(move |word| (words(&word), entry.weight))
            })
            .collect();
        weights.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        let columns = file
            .column
            .into_iter()
            .flat_map(|entry| {
                entry
                    .words
                    .into_iter()
                    .map(move |word| (words(&word), entry.role))
            })
            .collect();
        let mut tail: Vec<Vec<String>> =
            file.title.tail.iter().map(|phrase| words(phrase)).collect();
        tail.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
        Self {
            sections,
            longest,
            weights,
            columns,
            head: file.head,
            tail,
        }
    }

    /// Returns what the heading says as a whole.
    pub fn exact(&self, heading: &str) -> Option<Meaning> {
        self.sections.get(&heading_words(heading)).copied()
    }

    /// Returns what the heading says: as a whole, else by the longest spelling that stands in it.
    pub fn meaning(&self, heading: &str) -> Option<Meaning> {
        let words = heading_words(heading);
        if let Some(meaning) = self.sections.get(&words) {
            return Some(*meaning);
        }
        if words.len() > 12 {
            return None;
        }
        for length in (1..=self.longest.min(words.len())).rev() {
            // A single word says what a heading is about at its ends only: "software engineering basics" are no tools.
            let at_end = |at: usize| length > 1 || at == 0 || at + 1 == words.len();
            let mut windows = words
                .windows(length)
                .enumerate()
                .filter(|&(at, _)| at_end(at));
            if let Some(meaning) = windows.find_map(|(_, window)| self.sections.get(window)) {
                return Some(*meaning);
            }
        }
        None
    }

    /// Returns the weight that the words give: those of a heading ("Must-have") or of a bracket ("Critical").
    pub fn weight(&self, text: &str) -> Option<Weight> {
        let plain = words(text);
        let stands = |phrase: &[String]| plain.windows(phrase.len()).any(|window| window == phrase);
        self.weights
            .iter()
            .find(|(phrase, _)| stands(phrase))
            .map(|(_, weight)| *weight)
    }

    /// Returns what a column holds, by its header.
    pub fn column(&self, header: &str) -> Option<Column> {
        let exact = |header: &str| self.columns.get(&words(header)).copied();
        // "Tool / platform", "Common / Optional / Context-specific": the first part that is known.
        let part = || header.split(['/', ',', '(']).find_map(exact);
        let weight = || self.weight(header).map(|_| Column::Weight);
        exact(header).or_else(part).or_else(weight)
    }

    /// Returns the spellings of a field of the head.
    pub fn head_names(&self, field: &str) -> &[String] {
        self.head.get(field).map_or(&[], Vec::as_slice)
    }

    /// Returns the field of the head that a spelling stands for.
    pub fn head_field(&self, key: &str) -> Option<&str> {
        let has = |names: &[String]| names.iter().any(|name| name == key);
        let mut fields = self.head.iter();
        fields.find_map(|(field, names)| has(names).then_some(field.as_str()))
    }

    /// Returns whether some field of the head has this spelling.
    pub fn is_head_name(&self, key: &str) -> bool {
        self.head_field(key).is_some()
    }

    /// Returns whether the text consists of phrases of a title's constant tail.
    pub fn is_tail(&self, text: &str) -> bool {
        let words = words(text);
        let mut rest = words.as_slice();
        while let Some(first) = rest.first() {
            rest = match self.tail.iter().find(|phrase| rest.starts_with(phrase)) {
                Some(phrase) => &rest[phrase.len()..],
                None if first == "and" || first == "&" => &rest[1..],
                None => return false,
            };
        }
        !words.is_empty()
    }
}

/// The words of a heading: without numbering, `&` as `and`.
fn heading_words(heading: &str) -> Vec<String> {
    let mut words = words(&heading.replace('&', " and "));
    if words.first().is_some_and(|word| is_number(word))
        && words.len() > 1
        && !heading.trim_start().starts_with("30")
    {
        words.remove(0);
    }
    words
}

fn is_number(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit())
        || (word.len() < 6 && word.chars().all(|c| "ivx".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_a_meaning() {
        for (heading, kind) in [
            ("7) KPIs and Productivity Metrics", Some(SectionKind::Kpis)),
            ("VII. Key Performance Indicators:", Some(SectionKind::Kpis)),
            ("What you’ll do", Some(SectionKind::Responsibilities)),
            ("Tools & Technologies", Some(SectionKind::Tools)),
            (
                "Core Technical Skills of the Role",
                Some(SectionKind::Skills),
            ),
            ("Career Ladder", Some(SectionKind::Other)),
            ("Career Path", Some(SectionKind::Career)),
            (
                "Risks, Challenges, and Failure Modes",
                Some(SectionKind::Context),
            ),
            ("30/60/90 day plan", Some(SectionKind::Goals)),
            ("Folklore", None),
        ] {
            assert_eq!(
                headings().meaning(heading).map(|meaning| meaning.kind),
                kind,
                "{heading}"
            );
        }
        assert_eq!(
            headings()
                .meaning("Soft Skills")
                .and_then(|meaning| meaning.below),
            Some(Below::SoftSkills)
        );
    }

    #[test]
    fn a_spelling_stands_for_one_field() {
        let mut all: Vec<&String> = headings().head.values().flatten().collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn weights_and_tails_are_recognised() {
        for (text, weight) in [
            ("Must-have", Some(Weight::Critical)),
            ("Critical", Some(Weight::Critical)),
            ("Good-to-have", Some(Weight::Optional)),
            ("Importance: Important", Some(Weight::Important)),
            ("Key skills", None),
        ] {
            assert_eq!(headings().weight(text), weight, "{text}");
        }
        assert!(
            headings().is_tail("Role Blueprint, Responsibilities, Skills, KPIs, and Career Path")
        );
        assert!(!headings().is_tail("Cloud Operations"));
    }
}
