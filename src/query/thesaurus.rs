//! Other words for a term: from the compiled-in groups, from a corpus' own file, and neighbours in meaning.
//!
//! Both tables are sorted lines that are searched in place, so that nothing is read at the start of a process.

mod lines;

use std::path::Path;

use lines::key;

use super::concept::Kind;
use crate::error::{Error, Result};

/// Words of the longest term.
pub const LONGEST: usize = 6;

static COMPILED: &str = include_str!(concat!(env!("OUT_DIR"), "/thesaurus.txt"));
static NEIGHBOURS: &str = include_str!("../data/related.tsv");

/// The groups of words that hold for a query.
#[derive(Debug, Clone, Default)]
pub struct Thesaurus {
    overlay: String,
}

/// What the groups say of a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// How the members stand for the term.
    pub relation: Kind,
    /// The domains that it holds in; empty for all.
    pub domains: &'a str,
    /// Words of which one must stand in the query too; empty for none.
    pub with: &'a str,
    /// The other words.
    pub members: Vec<&'a str>,
}

impl Thesaurus {
    /// Reads groups of a corpus' own, which are laid over the compiled-in ones.
    ///
    /// # Errors
    /// Fails with the line where the text is no such file.
    pub fn with_overlay(text: &str, path: &Path) -> Result<Self> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            Error::Data {
                path: path.to_owned(),
                line: text[..start.min(text.len())].matches('\n').count() + 1,
                reason: error.message().to_owned(),
            }
        })?;
        let titles = table.get("titles").and_then(toml::Value::as_table).cloned();
        let mut sorted = Vec::new();
        lines::lines(&table, &titles.unwrap_or_default(), &mut |line| {
            sorted.push(line);
        });
        if sorted.is_empty() {
            return Err(Error::Data {
                path: path.to_owned(),
                line: 1,
                reason: "no group of words: name an area and its groups, [ours] equal = [[\"one\", \"other\"]]".to_owned(),
            });
        }
        sorted.sort();
        Ok(Self {
            overlay: sorted.join("\n") + "\n",
        })
    }

    /// Returns what the groups say of a run of words, the last of which may stand in the plural.
    pub fn entries(&self, run: &str) -> Vec<Entry<'_>> {
        let mut forms = vec![key(run)];
        for (plural, singular) in [("ies", "y"), ("es", ""), ("s", "")] {
            if let Some(start) = forms[0]
                .strip_suffix(plural)
                .filter(|start| start.len() > 1)
            {
                forms.push(format!("{start}{singular}"));
            }
        }
        for form in &forms {
            let mut entries: Vec<Entry<'_>> = Vec::new();
            for table in [self.overlay.as_str(), COMPILED] {
                entries.extend(lines_of(table, form).filter_map(entry));
            }
            if !entries.is_empty() {
                return entries;
            }
        }
        Vec::new()
    }
}

/// Returns the neighbours of a word in meaning, with their likeness between 0 and 1.
pub fn neighbours(word: &str) -> impl Iterator<Item = (&'static str, f32)> {
    let line = lines_of(NEIGHBOURS, word).next().unwrap_or_default();
    line.split(['\t', ' ']).skip(1).filter_map(|neighbour| {
        let (word, percent) = neighbour.rsplit_once(':')?;
        Some((word, percent.parse::<f32>().ok()? / 100.0))
    })
}

fn entry(line: &str) -> Option<Entry<'_>> {
    let mut parts = line.split('\t').skip(1);
    let relation = match parts.next()? {
        lines::EQUAL => Kind::Synonym,
        lines::BROAD => Kind::Narrower,
        lines::NARROW => Kind::Broader,
        lines::HEAD => Kind::Head,
        lines::NEAR => Kind::NearHead,
        lines::MODIFIER => Kind::Modifier,
        lines::NAME => Kind::Name,
        lines::SHORT => Kind::Short,
        _ => return None,
    };
    Some(Entry {
        relation,
        domains: parts.next()?,
        with: parts.next()?,
        members: parts
            .next()?
            .split('|')
            .filter(|member| !member.is_empty())
            .collect(),
    })
}

/// The lines of a sorted table whose first column is `key`.
fn lines_of<'a>(table: &'a str, key: &str) -> impl Iterator<Item = &'a str> {
    let (mut low, mut high) = (0, table.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        // The line that the middle lies in.
        let start = table.as_bytes()[..middle]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let line = table[start..].split('\n').next().unwrap_or_default();
        if line.split('\t').next().unwrap_or_default() < key {
            low = start + line.len() + 1;
        } else {
            high = start;
        }
    }
    let key = key.to_owned();
    table[low.min(table.len())..]
        .lines()
        .take_while(move |line| line.split('\t').next() == Some(key.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::analysis::{Form, sequence};

    fn members(thesaurus: &Thesaurus, term: &str) -> Vec<String> {
        let entries = thesaurus.entries(term);
        let of = |entry: &Entry<'_>| {
            let relation = entry.relation;
            entry
                .members
                .iter()
                .map(|member| format!("{relation:?} {member}"))
                .collect::<Vec<_>>()
        };
        entries.iter().flat_map(of).collect()
    }

    #[test]
    fn control_characters_in_a_member_are_spaces() {
        let text =
            "[a]\nequal = [[\"blue\\tdesk\\r\", \"service\\ndesk\"], [\"x\\u001b\", \"y\\r\"]]\n";
        let own = Thesaurus::with_overlay(text, Path::new("s.toml")).unwrap();
        assert_eq!(members(&own, "blue desk"), ["Synonym service desk"]);
        assert_eq!(members(&own, "y"), ["Synonym x"]);
        assert!(members(&own, "zz").is_empty());
    }

    #[test]
    fn every_line_of_the_tables_is_found_by_its_term() {
        assert!(COMPILED.lines().count() > 1_000);
        for line in COMPILED.lines() {
            let term = line.split('\t').next().unwrap();
            assert!(
                lines_of(COMPILED, term).any(|found| found == line),
                "{line}"
            );
            assert!(entry(line).is_some(), "{line}");
            assert!(term.split(' ').count() <= LONGEST, "{line}");
        }
        for line in NEIGHBOURS.lines().step_by(97) {
            let term = line.split('\t').next().unwrap();
            assert!(neighbours(term).count() > 0, "{line}");
        }
        assert_eq!(lines_of(COMPILED, "zzzz").count(), 0);
        assert_eq!(lines_of(COMPILED, "").count(), 0);
    }

    #[test]
    fn groups_are_many_and_no_member_stands_twice_or_is_joined_without_them() {
        let table: toml::Table = include_str!("../data/synonyms.toml").parse().unwrap();
        let areas = table.values().filter_map(toml::Value::as_table);
        let groups = areas.flat_map(|area| area["equal"].as_array().unwrap());
        let (mut seen, mut count) = (std::collections::BTreeSet::new(), 0);
        for group in groups {
            let members: Vec<&str> = group
                .as_array()
                .unwrap()
                .iter()
                .filter_map(toml::Value::as_str)
                .collect();
            // Other signs than the hyphen join nothing.
            let joined =
                |member: &&str| sequence(&member.replace('/', " of "), Form::Stem).concat();
            let forms: std::collections::BTreeSet<String> = members.iter().map(joined).collect();
            assert!(
                forms.len() == members.len() && members.len() > 1,
                "{members:?}"
            );
            for member in members {
                assert_eq!(member, member.to_lowercase());
                assert!(seen.insert(key(member)), "{member}");
            }
            count += 1;
        }
        assert!(count >= 400, "{count} groups");
    }

    #[test]
    fn a_plural_and_a_hyphen_find_their_group() {
        let thesaurus = Thesaurus::default();
        assert!(members(&thesaurus, "k8s").contains(&"Synonym kubernetes".to_owned()));
        assert_eq!(members(&thesaurus, "SLOs"), members(&thesaurus, "slo"));
        assert!(members(&thesaurus, "no such thing").is_empty());
    }

    #[test]
    fn a_corpus_has_words_of_its_own() {
        let path = Path::new("words.toml");
        let text = "[ours]\nequal = [[\"Blue-Desk\", \"service desk\"]]\nkinds = [[\"ledger\", \"bookworm 3\"]]\n";
        let thesaurus = Thesaurus::with_overlay(text, path).unwrap();
        assert_eq!(members(&thesaurus, "blue desk"), ["Synonym service desk"]);
        assert_eq!(members(&thesaurus, "bookworm 3"), ["Broader ledger"]);
        let error = Thesaurus::with_overlay("[ours]\nequal = [[", path).unwrap_err();
        assert!(error.to_string().starts_with("words.toml:2:"), "{error}");
        assert!(Thesaurus::with_overlay("", path).is_err());
    }
}
