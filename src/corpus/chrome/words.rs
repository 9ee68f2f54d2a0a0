//! Tells what the markup, the headings and the lines around an article mean, from `data/page.toml`.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use serde::Deserialize;

use crate::taxonomy::{as_written, words};

const BUILT_IN: &str = include_str!("../../data/page.toml");

/// How far what stands below a heading goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Until {
    /// Up to a section of the blueprint.
    End,
    /// Up to the next heading.
    Heading,
    /// As long as there are links.
    Links,
}

/// What a heading that is none of the article's stands over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Over {
    /// What it is called.
    pub reason: &'static str,
    /// How far it goes.
    pub until: Until,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    part: Vec<PartEntry>,
    markup: MarkupEntry,
    over: Vec<OverEntry>,
    lines: LinesEntry,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartEntry {
    reason: String,
    tags: Vec<String>,
    roles: Vec<String>,
    classes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MarkupEntry {
    states: Vec<String>,
    remarks: Vec<String>,
    panels: Vec<String>,
    tabs: Vec<String>,
    layout: Vec<String>,
    content: Vec<String>,
    entries: Vec<String>,
    filed: Vec<String>,
    trails: Vec<String>,
    properties: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OverEntry {
    reason: String,
    until: Until,
    whole: Vec<String>,
    begins: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinesEntry {
    notices: Vec<String>,
    buttons: Vec<String>,
    steps: Vec<String>,
    byline: Vec<String>,
    reading: Vec<String>,
    months: Vec<String>,
    footer: Vec<String>,
    more: Vec<String>,
    home: Vec<String>,
    roles: Vec<String>,
    titles: Vec<String>,
}

/// Phrases that are looked for in running words.
#[derive(Debug, Default)]
pub struct Phrases(HashMap<String, Vec<Vec<String>>>);

impl Phrases {
    fn new(spellings: &[String]) -> Self {
        let mut phrases = Self::default();
        for phrase in spellings.iter().map(|spelling| words(spelling)) {
            if let Some(first) = phrase.first() {
                phrases.0.entry(first.clone()).or_default().push(phrase);
            }
        }
        phrases
    }

    /// Returns whether one of them stands in the words.
    pub fn stand_in(&self, words: &[String]) -> bool {
        (0..words.len()).any(|at| self.begin(&words[at..]))
    }

    /// Returns whether the words begin with one of them.
    pub fn begin(&self, words: &[String]) -> bool {
        let known = words.first().and_then(|first| self.0.get(first));
        known.is_some_and(|known| known.iter().any(|phrase| words.starts_with(phrase)))
    }

    /// Returns how many of the words one of them takes at their beginning, the longest one.
    pub fn length_at(&self, words: &[String]) -> Option<usize> {
        let known = words.first().and_then(|first| self.0.get(first))?;
        let begins = known.iter().filter(|phrase| words.starts_with(phrase));
        begins.map(Vec::len).max()
    }

    /// Returns whether the words are one of them.
    pub fn are(&self, words: &[String]) -> bool {
        let known = words.first().and_then(|first| self.0.get(first));
        known.is_some_and(|known| known.iter().any(|phrase| words == phrase))
    }

    /// Returns whether the words end with one of them.
    pub fn end(&self, words: &[String]) -> bool {
        (0..words.len()).any(|at| self.are(&words[at..]))
    }
}

/// The parts of pages, by their markup.
struct Part {
    reason: &'static str,
    tags: Vec<String>,
    roles: Vec<String>,
    classes: Phrases,
}

/// The words of pages.
pub struct PageWords {
    parts: Vec<Part>,
    states: Vec<String>,
    over: Vec<(Over, Phrases, Phrases)>,
    /// The first words of all of these: most lines begin with another.
    over_begins: HashSet<String>,
    /// Classes of an aside that is a remark of the article.
    pub remarks: Phrases,
    /// Classes of what is folded away and opens.
    pub panels: Phrases,
    /// Classes of the tabs of panels.
    pub tabs: Phrases,
    /// Words that say where something stands or what it looks like, and not what it is.
    layout: Phrases,
    /// Classes of what holds the article, the surest first.
    content: Vec<Phrases>,
    /// Classes of one entry of a list of articles.
    pub entries: Phrases,
    /// Classes of what an entry files itself under.
    pub filed: Phrases,
    /// Classes of trails.
    pub trails: Phrases,
    /// What sentences around an article speak of.
    pub notices: Phrases,
    /// What buttons say.
    pub buttons: Phrases,
    /// Beginnings of links to the pages before and behind.
    pub steps: Phrases,
    /// Classes of tables of named values.
    pub properties: Phrases,
    /// Beginnings of lines that say who wrote a page, and when.
    pub byline: Phrases,
    /// Ends of lines that say how long a page takes to read.
    pub reading: Phrases,
    /// The names of months.
    pub months: Phrases,
    /// What stands in the last lines of pages.
    pub footer: Phrases,
    /// Links to the rest of what is begun.
    pub more: Phrases,
    /// First steps of a trail.
    pub home: Phrases,
    /// What a list of roles calls itself.
    pub roles: Phrases,
    /// Words in the titles of roles.
    pub titles: Phrases,
}

/// Returns the compiled-in words, read once a process, where a page is met.
pub fn page_words() -> &'static PageWords {
    static WORDS: OnceLock<PageWords> = OnceLock::new();
    WORDS.get_or_init(|| match toml::from_str(BUILT_IN) {
        Ok(file) => PageWords::new(file),
        // A test reads the compiled-in file, so that no release can come here.
        Err(error) => unreachable!("page.toml: {error}"),
    })
}

/// The reasons live as long as the process, as the words do.
fn kept(reason: String) -> &'static str {
    Box::leak(reason.into_boxed_str())
}

impl PageWords {
    fn new(file: File) -> Self {
        let parts = file.part.into_iter().map(|part| Part {
            reason: kept(part.reason),
            tags: part.tags,
            roles: part.roles,
            classes: Phrases::new(&part.classes),
        });
        let over = file.over.into_iter().map(|over| {
            let what = Over {
                reason: kept(over.reason),
                until: over.until,
            };
            (what, Phrases::new(&over.whole), Phrases::new(&over.begins))
        });
        let over: Vec<(Over, Phrases, Phrases)> = over.collect();
        let first = |(_, whole, begins): &(Over, Phrases, Phrases)| {
            let words = whole.0.keys().chain(begins.0.keys());
            words.cloned().collect::<Vec<String>>()
        };
        let content = file.markup.content.iter();
        let one = |spelling: &String| Phrases::new(std::slice::from_ref(spelling));
        Self {
            parts: parts.collect(),
            over_begins: over.iter().flat_map(first).collect(),
            over,
            content: content.map(one).collect(),
            states: file.markup.states,
            remarks: Phrases::new(&file.markup.remarks),
            panels: Phrases::new(&file.markup.panels),
            tabs: Phrases::new(&file.markup.tabs),
            layout: Phrases::new(&file.markup.layout),
            entries: Phrases::new(&file.markup.entries),
            filed: Phrases::new(&file.markup.filed),
            trails: Phrases::new(&file.markup.trails),
            properties: Phrases::new(&file.markup.properties),
            notices: Phrases::new(&file.lines.notices),
            buttons: Phrases::new(&file.lines.buttons),
            steps: Phrases::new(&file.lines.steps),
            byline: Phrases::new(&file.lines.byline),
            reading: Phrases::new(&file.lines.reading),
            months: Phrases::new(&file.lines.months),
            footer: Phrases::new(&file.lines.footer),
            more: Phrases::new(&file.lines.more),
            home: Phrases::new(&file.lines.home),
            roles: Phrases::new(&file.lines.roles),
            titles: Phrases::new(&file.lines.titles),
        }
    }

    /// Returns what an element of this name, or of this role, is.
    pub fn part_of_tag(&self, name: &str, role: Option<&str>) -> Option<&'static str> {
        let is = |part: &&Part| {
            part.tags.iter().any(|tag| tag == name)
                || role.is_some_and(|role| part.roles.iter().any(|known| known == role))
        };
        self.parts.iter().find(is).map(|part| part.reason)
    }

    /// Returns what an element of these classes, or of this id, is.
    pub fn part_of_classes(&self, names: &str) -> Option<&'static str> {
        names.split_ascii_whitespace().find_map(|name| {
            let words = self.class_words(name)?;
            let is = |part: &&Part| part.classes.stand_in(&words);
            self.parts.iter().find(is).map(|part| part.reason)
        })
    }

    /// Returns what an element is by classes that say it without doubt: the last word of a compound is its head, so that
    /// "site navigation" is one, and "navigation skills" are none.
    pub fn part_of_sure_classes(&self, names: &str) -> Option<&'static str> {
        names.split_ascii_whitespace().find_map(|name| {
            let words = self.class_words(name)?;
            let is = |part: &&Part| {
                (0..words.len()).any(|at| {
                    let end = part
                        .classes
                        .length_at(&words[at..])
                        .map(|length| at + length);
                    end.is_some_and(|end| words[end..].iter().all(|word| self.is_frame(word)))
                })
            };
            self.parts.iter().find(is).map(|part| part.reason)
        })
    }

    /// Whether a word of a class says nothing of what an element is, or is one more word of its kind.
    fn is_frame(&self, word: &String) -> bool {
        let one = std::slice::from_ref(word);
        word.len() < 3
            || word.contains(|c: char| c.is_ascii_digit())
            || self.layout.are(one)
            || self.parts.iter().any(|part| part.classes.are(one))
    }

    /// Returns whether a class or an id among the names has one of the phrases.
    pub fn has_class(&self, names: &str, phrases: &Phrases) -> bool {
        names.split_ascii_whitespace().any(|name| {
            self.class_words(name)
                .is_some_and(|words| phrases.stand_in(&words))
        })
    }

    /// Returns how sure a sign a class or an id among the names is that its element holds the article; 0 is the surest.
    pub fn content(&self, names: &str) -> Option<usize> {
        let of_name = |name| {
            let words = self.class_words(name)?;
            self.content
                .iter()
                .position(|phrase| phrase.stand_in(&words))
        };
        names.split_ascii_whitespace().filter_map(of_name).min()
    }

    /// The words of a class; `None` for one that tells a state.
    fn class_words(&self, name: &str) -> Option<Vec<String>> {
        let words = class_words(name);
        let first = words.first()?;
        (words.len() == 1 || !self.states.contains(first)).then_some(words)
    }

    /// Returns what a heading, or a line that stands like one, is over, where that is none of the article's.
    pub fn over(&self, heading: &str) -> Option<Over> {
        let is_number = |word: &str| word.chars().all(|c| c.is_ascii_digit());
        let mut written = as_written(heading);
        let mut first = written.next()?;
        let number = is_number(first);
        if number {
            first = written.next()?;
        }
        if !self.over_begins.contains(&first.to_lowercase()) {
            return None;
        }
        let words = words(heading);
        let words = if number { &words[1..] } else { &words[..] };
        let is = |(_, whole, begins): &&(Over, Phrases, Phrases)| {
            whole.are(words) || words.len() <= 12 && begins.begin(words)
        };
        self.over.iter().find(is).map(|(over, ..)| *over)
    }
}

/// The words of a class: `site-nav`, `siteNav` and `site_nav` have two.
pub fn class_words(name: &str) -> Vec<String> {
    let mut parted = String::with_capacity(name.len() + 8);
    let mut is_lower = false;
    for c in name.chars() {
        if c.is_uppercase() && is_lower {
            parted.push(' ');
        }
        is_lower = c.is_lowercase() || c.is_ascii_digit();
        parted.push(c);
    }
    words(&parted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_told_by_their_words() {
        for (classes, part) in [
            ("site-nav", Some("navigation")),
            ("navigator", None),
            ("siteNav_x7f", Some("navigation")),
            ("has-sidebar wide", None),
            ("widget-area", Some("sidebar")),
            ("category-security post", None),
            ("jp-relatedposts", Some("related posts")),
            ("entry-content", None),
            ("shared-services", None),
            ("adoption roadmap", None),
        ] {
            assert_eq!(page_words().part_of_classes(classes), part, "{classes}");
        }
    }

    #[test]
    fn the_last_word_of_a_class_is_its_head() {
        for (classes, part) in [
            ("wp-block-navigation", Some("navigation")),
            ("navigation-skills", None),
            ("share-buttons", Some("share bar")),
            ("share-price", None),
            ("ad-slot ad-slot--in-content", Some("advertising")),
            ("advert-operations", None),
            ("related-posts-grid", Some("related posts")),
            ("related-roles-in-text", None),
            ("application-notice", None),
        ] {
            assert_eq!(
                page_words().part_of_sure_classes(classes),
                part,
                "{classes}"
            );
        }
    }

    #[test]
    fn headings_over_other_things_are_told() {
        for (heading, reason) in [
            ("Related Posts", Some("related posts")),
            ("3 Comments", Some("comments")),
            ("2 thoughts on “Cloud Director”", Some("comments")),
            ("Leave a Reply Cancel reply", Some("comments")),
            ("Share this:", Some("share bar")),
            ("On this page", Some("navigation")),
            ("More openings at Acme", Some("related posts")),
            ("How to apply", Some("form")),
            ("Updates to this page", Some("byline")),
            ("Applying controls", None),
            ("Related roles", None),
            ("Similar roles", None),
            ("Comments are reviewed by the lead", None),
            ("Share of voice", None),
        ] {
            assert_eq!(
                page_words().over(heading).map(|over| over.reason),
                reason,
                "{heading}"
            );
        }
    }
}
