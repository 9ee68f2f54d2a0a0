//! Groups of words for one thing, from `data/synonyms.toml`.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// Groups of words for one thing, by the words of each member.
pub struct Synonyms {
    groups: Vec<Vec<String>>,
    by_words: HashMap<String, usize>,
    /// Words of the longest member.
    pub longest: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SynonymFile {
    groups: Vec<Vec<String>>,
}

/// Returns the compiled-in groups, read once a process.
pub fn synonyms() -> &'static Synonyms {
    static SYNONYMS: OnceLock<Synonyms> = OnceLock::new();
    SYNONYMS.get_or_init(|| {
        let file: SynonymFile = match toml::from_str(include_str!("../data/synonyms.toml")) {
            Ok(file) => file,
            // A test reads the compiled-in file, so that no release can come here.
            Err(error) => unreachable!("synonyms.toml: {error}"),
        };
        let members = file
            .groups
            .iter()
            .enumerate()
            .flat_map(|(at, group)| group.iter().map(move |member| (member.clone(), at)));
        let by_words: HashMap<String, usize> = members.collect();
        let longest = file
            .groups
            .iter()
            .flatten()
            .map(|member| member.split(' ').count())
            .max()
            .unwrap_or(1);
        Synonyms {
            groups: file.groups,
            by_words,
            longest,
        }
    })
}

impl Synonyms {
    /// Returns the group of a run of words, the last of which may stand in the plural.
    pub fn group(&self, run: &str) -> Option<&[String]> {
        let singular = || run.strip_suffix('s').and_then(|run| self.by_words.get(run));
        let at = self.by_words.get(run).or_else(singular)?;
        Some(&self.groups[*at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_synonym_stands_in_two_groups() {
        let members: Vec<&String> = synonyms().groups.iter().flatten().collect();
        assert_eq!(members.len(), synonyms().by_words.len());
        assert!(
            members
                .iter()
                .all(|member| **member == member.to_lowercase())
        );
    }
}
