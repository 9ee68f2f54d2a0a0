//! Turns text into plain words and finds known phrases among them, the longest first.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

/// Phrases by their first word, the longest first.
#[derive(Debug)]
pub(super) struct Phrases<T> {
    by_first: HashMap<String, Vec<(Vec<String>, T)>>,
}

impl<T> Default for Phrases<T> {
    fn default() -> Self {
        Self {
            by_first: HashMap::new(),
        }
    }
}

/// A phrase that stands in a text.
pub(super) struct Found<'a, T> {
    /// The place of its first word.
    pub at: usize,
    /// What it means.
    pub value: &'a T,
}

impl<T> Phrases<T> {
    /// Adds a phrase; of two equal ones the first stays.
    pub fn insert(&mut self, phrase: &str, value: T) {
        let mut words = words(phrase);
        if words.is_empty() {
            return;
        }
        let first = words.remove(0);
        let list = self.by_first.entry(first).or_default();
        if list.iter().any(|(known, _)| *known == words) {
            return;
        }
        let place = list.partition_point(|(known, _)| known.len() >= words.len());
        list.insert(place, (words, value));
    }

    /// Returns whether some phrase begins with a word.
    pub fn begin_with(&self, word: &str) -> bool {
        self.by_first.contains_key(word)
    }

    /// Finds all phrases from left to right, each word used once.
    pub fn find<'a>(&'a self, words: &[String]) -> Vec<Found<'a, T>> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            match self.starting(&words[at..]) {
                Some((length, value)) => {
                    found.push(Found { at, value });
                    at += length;
                }
                None => at += 1,
            }
        }
        found
    }

    /// Returns the value of the phrase that these words are as a whole.
    pub fn whole(&self, words: &[String]) -> Option<&T> {
        let (first, rest) = words.split_first()?;
        self.by_first
            .get(first)?
            .iter()
            .find(|(known, _)| known == rest)
            .map(|(_, value)| value)
    }

    fn starting(&self, words: &[String]) -> Option<(usize, &T)> {
        let (first, rest) = words.split_first()?;
        let list = self.by_first.get(first)?;
        list.iter()
            .find(|(known, _)| rest.starts_with(known))
            .map(|(known, value)| (known.len() + 1, value))
    }
}

/// Splits text into words in lower case; `&` stays inside a word, every other sign parts words.
pub fn words(text: &str) -> Vec<String> {
    as_written(text).map(str::to_lowercase).collect()
}

/// Splits text into the same words, as they are written.
pub fn as_written(text: &str) -> impl Iterator<Item = &str> {
    let inner = |c: char| c.is_alphanumeric() || c == '&';
    text.split(move |c: char| !inner(c))
        .map(|word| word.trim_matches('&'))
        .filter(|word| !word.is_empty())
}

/// Returns how many words a text has, and one more than `most` for all that have more than that.
pub fn count_words(text: &str, most: usize) -> usize {
    as_written(text).take(most + 1).count()
}

/// Turns text into an id: words in lower case without accents, joined by hyphens, at most `limit` bytes.
pub fn slug(text: &str, limit: usize) -> String {
    let text = text
        .replace('&', " ")
        .replace("++", "pp")
        .replace('#', "-sharp ");
    let plain: String = text
        .nfd()
        .filter(|c| !matches!(c, '\u{300}'..='\u{36f}'))
        .collect();
    let mut slug = words(&plain).join("-");
    if slug.len() > limit {
        let end = (0..=limit)
            .rev()
            .find(|&at| slug.is_char_boundary(at))
            .unwrap_or(0);
        slug.truncate(end);
    }
    slug.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_phrase_uses_its_words_up() {
        let mut phrases = Phrases::default();
        phrases.insert("cloud", 1);
        phrases.insert("cloud operations", 2);
        phrases.insert("operations", 3);
        let meaning = |text: &str| {
            phrases
                .find(&words(text))
                .iter()
                .map(|found| *found.value)
                .collect::<Vec<i32>>()
        };
        assert_eq!(meaning("Director of Cloud Operations"), [2]);
        assert_eq!(meaning("operations, cloud"), [3, 1]);
        assert_eq!(phrases.whole(&words("cloud")), Some(&1));
        assert_eq!(phrases.whole(&words("cloud director")), None);
    }

    #[test]
    fn slugs_are_plain() {
        for (text, expected) in [
            ("Director of DevOps", "director-of-devops"),
            ("C++ / C# Engineer", "cpp-c-sharp-engineer"),
            ("R&D", "r-d"),
            ("  ", ""),
            ("Ärzte", "arzte"),
        ] {
            assert_eq!(slug(text, 64), expected);
        }
        assert_eq!(slug("ЖЖЖ", 5), "жж");
    }
}
