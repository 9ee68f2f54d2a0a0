//! Answers what the expansion of a query asks of an index, from the engine's own dictionaries.

use tantivy::Term;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;

use super::beside::count_phrase;
use crate::index::OpenIndex;
use crate::index::document::{INITIALS, LONG_FORM, SHORT_FORM};
use crate::index::schema::{FieldSet, TextField};
use crate::query::Dictionary;

/// The most terms that are looked at behind a beginning.
const MAX_TERMS: usize = 4096;
/// The most explanations of one term that are taken.
const MAX_EXPLAINED: usize = 4;
/// A short form of a corpus counts only if it is explained so at least by this share of those who explain it.
const MIN_SHARE: f32 = 0.25;

impl OpenIndex {
    /// The terms of a field that begin so, without the beginning, with their numbers of documents.
    fn behind(&self, field: Field, start: &str, most: usize) -> Vec<(String, u64)> {
        let mut found: Vec<(String, u64)> = Vec::new();
        for segment in self.searcher.segment_readers() {
            let Ok(inverted) = segment.inverted_index(field) else {
                continue;
            };
            let Ok(mut stream) = inverted.terms().range().ge(start).into_stream() else {
                continue;
            };
            let mut seen = 0;
            while seen < most && stream.advance() {
                let Some(rest) = stream.key().strip_prefix(start.as_bytes()) else {
                    break;
                };
                let rest = String::from_utf8_lossy(rest).into_owned();
                add(&mut found, &rest, u64::from(stream.value().doc_freq));
                seen += 1;
            }
        }
        if self.has_deleted() {
            for (rest, roles) in &mut found {
                *roles = self.roles_with_term(field, &format!("{start}{rest}"));
            }
            found.retain(|(_, roles)| *roles > 0);
        }
        found
    }
}

fn add(found: &mut Vec<(String, u64)>, term: &str, roles: u64) {
    match found.iter_mut().find(|(known, _)| known == term) {
        Some((_, sum)) => *sum += roles,
        None => found.push((term.to_owned(), roles)),
    }
}

impl Dictionary for OpenIndex {
    fn roles_with(&self, stem: &str, fields: FieldSet) -> u64 {
        fields
            .fields()
            .map(|field| self.roles_with_term(self.fields.of(field), stem))
            .max()
            .unwrap_or(0)
    }

    fn roles_with_phrase(&self, stems: &[String], fields: FieldSet, most: u64) -> u64 {
        // Where the rarest of the words is frequent, so many roles are found soonest; where one is missing, there is none.
        let bound = |field: TextField| {
            let stems = stems.iter();
            let roles = stems.map(|stem| self.roles_with_term(self.fields.of(field), stem));
            (roles.min().unwrap_or(0), field)
        };
        if stems.len() < 2 {
            return 0;
        }
        let mut bounds: Vec<(u64, TextField)> = fields.fields().map(bound).collect();
        bounds.retain(|(roles, _)| *roles > 0);
        bounds.sort_unstable_by(|a, b| b.cmp(a));
        let mut roles = 0;
        for (bound, field) in bounds {
            if roles >= most.min(bound) {
                break;
            }
            let found = count_phrase(self, self.fields.of(field), stems, most);
            roles = found.unwrap_or(0).max(roles);
        }
        roles
    }

    fn is_word(&self, word: &str) -> bool {
        self.roles_with_term(self.fields.text_exact, word) > 0 || self.is_name(word)
    }

    fn is_name(&self, word: &str) -> bool {
        [self.fields.title_exact, self.fields.name_exact]
            .into_iter()
            .any(|field| self.roles_with_term(field, word) > 0)
    }

    fn is_entity(&self, word: &str) -> bool {
        self.roles_with_term(self.fields.name_exact, word) > 0
    }

    fn starting_with(&self, prefix: &str, limit: usize) -> Vec<String> {
        let mut words: Vec<(String, u64)> = Vec::new();
        for field in [
            self.fields.title_exact,
            self.fields.name_exact,
            self.fields.text_exact,
        ] {
            for (rest, roles) in self.behind(field, prefix, MAX_TERMS) {
                let word = format!("{prefix}{rest}");
                match words.iter_mut().find(|(known, _)| *known == word) {
                    Some((_, most)) => *most = roles.max(*most),
                    None => words.push((word, roles)),
                }
            }
        }
        words.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        words.truncate(limit);
        words.into_iter().map(|(word, _)| word).collect()
    }

    fn within_edits(&self, word: &str, edits: u8, of_names: bool) -> Vec<String> {
        let fields: &[Field] = if of_names {
            &[self.fields.title_exact, self.fields.name_exact]
        } else {
            &[self.fields.text_exact]
        };
        let mut words = Vec::new();
        for &field in fields {
            let query = FuzzyTermQuery::new(Term::from_field_text(field, word), edits, true);
            for segment in self.searcher.segment_readers() {
                let (Ok(automaton), Ok(inverted)) =
                    (query.automaton(), segment.inverted_index(field))
                else {
                    continue;
                };
                let mut search = inverted.terms().search(automaton);
                // At two edits the first letter stands fast, which also keeps the walk short.
                let first = word.chars().next().map(String::from).unwrap_or_default();
                let next = first
                    .chars()
                    .next()
                    .and_then(|c| char::from_u32(c as u32 + 1))
                    .map(String::from);
                if let (2.., Some(next)) = (edits, next) {
                    search = search.ge(&first).lt(&next);
                }
                let Ok(mut stream) = search.into_stream() else {
                    continue;
                };
                while words.len() < MAX_TERMS && stream.advance() {
                    words.push((field, String::from_utf8_lossy(stream.key()).into_owned()));
                }
            }
        }
        // A word that only roles have that are gone is none.
        let is_gone = |(field, word): &(Field, String)| {
            self.has_deleted() && self.roles_with_term(*field, word) == 0
        };
        words.retain(|word| !is_gone(word));
        let mut words: Vec<String> = words.into_iter().map(|(_, word)| word).collect();
        words.sort();
        words.dedup();
        words
    }

    fn explained(&self, term: &str) -> Vec<String> {
        let mut found = Vec::new();
        for sign in [LONG_FORM, SHORT_FORM] {
            let start = format!("{sign}{term}=");
            found.extend(self.behind(self.fields.whole, &start, 64));
        }
        let all: u64 = found.iter().map(|(_, roles)| roles).sum();
        found.retain(|(_, roles)| *roles as f32 >= MIN_SHARE * all as f32);
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        found.truncate(MAX_EXPLAINED);
        found.into_iter().map(|(other, _)| other).collect()
    }

    fn has_initials(&self, initials: &str) -> bool {
        self.roles_with_term(self.fields.whole, &format!("{INITIALS}{initials}")) > 0
    }
}
