//! Turns an answer that found nothing, or missed a word, into other queries with the number of roles that each was seen to give.

use serde::Serialize;

use super::answer::{Answer, Request};
use super::search;
use crate::error::Result;
use crate::index::OpenIndex;
use crate::index::schema::FieldSet;
use crate::query::thesaurus::neighbours;
use crate::query::tree::{Filter, Leaf, LeafKind};
use crate::query::{Dictionary, Dimension, Scope, Via, nearest_word, parse};
use crate::taxonomy::filter::Selection;

/// The most suggestions.
const MAX_SUGGESTIONS: usize = 4;
/// The most terms of a query that are looked at.
const MAX_TERMS: usize = 16;

/// What is changed in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// A word is spelled as the corpus spells it.
    Spelling,
    /// A filter is left out.
    Filter,
    /// The quotes of a phrase, or the sign of an exact word, are left out.
    Unquoted,
    /// A term is left out.
    Fewer,
    /// A word is replaced by one near it in meaning.
    Word,
}

/// Another query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// What is changed.
    pub change: Change,
    /// What is left out or put in, for people.
    pub about: String,
    /// The query's text.
    pub query: String,
    /// Whether the level filters of flags stay.
    pub level: bool,
    /// The same of the domain filters.
    pub domain: bool,
    /// How many roles it was seen to give.
    pub count: u64,
}

/// Finds what would help: where nothing was found, and where a word was not.
///
/// # Errors
/// Fails where the index proves damaged.
pub fn suggest(index: &OpenIndex, request: &Request, answer: &Answer) -> Result<Vec<Suggested>> {
    let has_missed = answer
        .terms
        .iter()
        .any(|term| matches!(term.via, None | Some(Via::Typo)));
    if answer.counts.total > 0 && !has_missed {
        return Ok(Vec::new());
    }
    let mut seeker = Seeker {
        index,
        request,
        least: answer.counts.total,
        found: Vec::new(),
    };
    let mut leaves: Vec<&Leaf> = Vec::new();
    request
        .query
        .root
        .for_each_leaf(&mut |leaf| leaves.push(leaf));
    leaves.truncate(MAX_TERMS);
    for leaf in &leaves {
        seeker.spelling(leaf)?;
    }
    if answer.counts.total == 0 {
        seeker.filters(answer);
        for leaf in &leaves {
            seeker.unquoted(leaf)?;
        }
        seeker.fewer(&leaves)?;
    }
    for leaf in &leaves {
        seeker.other_word(leaf)?;
    }
    seeker.found.truncate(MAX_SUGGESTIONS);
    Ok(seeker.found)
}

struct Seeker<'a> {
    index: &'a OpenIndex,
    request: &'a Request,
    /// A suggestion that finds no more than the query itself helps nobody.
    least: u64,
    found: Vec<Suggested>,
}

impl Seeker<'_> {
    /// Takes a changed text where it finds more than the query does, or repairs it.
    fn take(&mut self, change: Change, about: &str, query: String) -> Result<()> {
        if query.trim().is_empty()
            || self.found.len() == MAX_SUGGESTIONS
            || self.found.iter().any(|known| known.query == query)
        {
            return Ok(());
        }
        // A repaired word was searched as repaired already.
        let count = if change == Change::Spelling && self.least > 0 {
            self.least
        } else {
            let changed = Request {
                query: parse(&query),
                limit: 0,
                ..self.request.clone()
            };
            search(self.index, &changed)?.counts.total
        };
        if count > 0 && (count > self.least || change == Change::Spelling) {
            self.found.push(Suggested {
                change,
                about: about.to_owned(),
                query,
                level: true,
                domain: true,
                count,
            });
        }
        Ok(())
    }

    /// The text with a term replaced.
    fn with(&self, leaf: &Leaf, replacement: &str) -> String {
        let text = &self.request.query.text;
        let (start, end) = leaf.span;
        let joined = format!("{}{replacement}{}", &text[..start], &text[end..]);
        joined.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The query without a term, and without the signs that joined it.
    fn without(&self, leaf: &Leaf) -> String {
        let query = &self.request.query;
        let mut parts: Vec<String> = query
            .root
            .without(leaf.span)
            .iter()
            .map(ToString::to_string)
            .collect();
        let filters = query.filters.iter();
        parts.extend(filters.map(|filter| query.text[filter.span.0..filter.span.1].to_owned()));
        parts.join(" ")
    }

    fn is_missed(&self, word: &str) -> bool {
        !self.index.is_word(word)
    }

    fn spelling(&mut self, leaf: &Leaf) -> Result<()> {
        let words: Vec<String> = leaf
            .text
            .to_lowercase()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        let mut repaired = false;
        let respelled: Vec<String> = words
            .into_iter()
            .map(|word| {
                if !self.is_missed(&word) {
                    return word;
                }
                let near = nearest_word(&word, FieldSet::ALL, self.index);
                repaired |= near.is_some();
                near.unwrap_or(word)
            })
            .collect();
        if !repaired {
            return Ok(());
        }
        let text = respelled.join(" ");
        let changed = Leaf {
            text: text.clone(),
            ..leaf.clone()
        };
        self.take(
            Change::Spelling,
            &text,
            self.with(leaf, &changed.to_string()),
        )
    }

    /// What the counts of the answer already say of leaving a filter out.
    fn filters(&mut self, answer: &Answer) {
        let counts = &answer.counts;
        let without = |dimension: Dimension, filters: &[Filter]| {
            let spans = filters
                .iter()
                .filter(|filter| filter.dimension == dimension && !filter.negated);
            spans.map(|filter| filter.span).collect::<Vec<_>>()
        };
        let query = &self.request.query;
        let level = (Dimension::Level, &self.request.levels, counts.without_level);
        let domain = (
            Dimension::Domain,
            &self.request.domains,
            counts.without_domain,
        );
        for (dimension, selection, count) in [level, domain] {
            if count > 0 && !selection.is_empty() {
                self.found.push(Suggested {
                    change: Change::Filter,
                    about: flag(dimension, selection),
                    query: cut(&query.text, &without(dimension, &query.filters)),
                    level: dimension != Dimension::Level,
                    domain: dimension != Dimension::Domain,
                    count,
                });
            }
        }
        if self
            .found
            .iter()
            .all(|known| known.change != Change::Filter)
            && counts.unfiltered > 0
        {
            let mut spans = without(Dimension::Level, &query.filters);
            spans.extend(without(Dimension::Domain, &query.filters));
            let flags = [flag(level.0, level.1), flag(domain.0, domain.1)];
            self.found.push(Suggested {
                change: Change::Filter,
                about: flags.join(" ").trim().to_owned(),
                query: cut(&query.text, &spans),
                level: false,
                domain: false,
                count: counts.unfiltered,
            });
        }
    }

    fn unquoted(&mut self, leaf: &Leaf) -> Result<()> {
        if !matches!(leaf.kind, LeafKind::Phrase { .. } | LeafKind::Exact) {
            return Ok(());
        }
        let plain = if leaf.scope == Scope::Any {
            leaf.text.clone()
        } else {
            format!("{}({})", leaf.scope.prefix(), leaf.text)
        };
        self.take(Change::Unquoted, &leaf.to_string(), self.with(leaf, &plain))
    }

    /// Leaves out the term that fewest roles have, of those without which something is found.
    fn fewer(&mut self, leaves: &[&Leaf]) -> Result<()> {
        if leaves.len() < 2 {
            return Ok(());
        }
        let mut order: Vec<(u64, &Leaf)> = leaves
            .iter()
            .map(|leaf| {
                let alone = Request {
                    query: parse(&leaf.to_string()),
                    levels: Selection::default(),
                    domains: Selection::default(),
                    limit: 0,
                    ..self.request.clone()
                };
                Ok((search(self.index, &alone)?.counts.total, *leaf))
            })
            .collect::<Result<_>>()?;
        order.sort_by_key(|(roles, _)| *roles);
        for (_, leaf) in order {
            let before = self.found.len();
            let query = self.without(leaf);
            self.take(Change::Fewer, &leaf.to_string(), query)?;
            if self.found.len() > before {
                break;
            }
        }
        Ok(())
    }

    fn other_word(&mut self, leaf: &Leaf) -> Result<()> {
        let word = leaf.text.to_lowercase();
        if leaf.kind != LeafKind::Word || !self.is_missed(&word) {
            return Ok(());
        }
        let near = neighbours(&word)
            .find(|(near, _)| self.index.is_name(near))
            .or_else(|| neighbours(&word).find(|(near, _)| self.index.is_word(near)));
        match near {
            Some((near, _)) => self.take(Change::Word, near, self.with(leaf, near)),
            None => Ok(()),
        }
    }
}

fn flag(dimension: Dimension, selection: &Selection) -> String {
    let name = match dimension {
        Dimension::Level => "level",
        Dimension::Domain => "domain",
    };
    if selection.is_empty() {
        String::new()
    } else {
        format!("--{name} {}", selection.applied.join(","))
    }
}

/// A text without some of its parts.
fn cut(text: &str, spans: &[(usize, usize)]) -> String {
    let mut spans = spans.to_vec();
    spans.sort_unstable();
    let (mut kept, mut at) = (String::new(), 0);
    for (start, end) in spans {
        kept.push_str(&text[at..start.max(at)]);
        at = end.max(at);
    }
    kept.push_str(&text[at..]);
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}
