//! Turns clauses into concepts, each with the variants that stand for it: the word, a synonym, a repaired typo.
//!
//! The one list of variants feeds matching, score, reasons and marks, so that they cannot disagree.

use serde::Serialize;

use super::parse::{Clause, Query, Scope, is_silent};
use super::synonyms;
use crate::index::analysis::{Form, Word, sequence, stem_of, terms};

/// The shortest word that is repaired, in letters.
const MIN_TYPO_LETTERS: usize = 5;
/// The longest word that is repaired, in letters: nobody mistypes what nobody knows.
const MAX_TYPO_LETTERS: usize = 24;

/// One need of a query, and everything that meets it.
#[derive(Debug, Clone, PartialEq)]
pub struct Concept {
    /// The words as typed.
    pub typed: String,
    /// Where it is looked for.
    pub scope: Scope,
    /// What stands for it, the literal first.
    pub variants: Vec<Variant>,
}

/// Something that stands for a concept.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// How it came about.
    pub via: Via,
    /// The words, for people.
    pub shown: String,
    /// How it is found.
    pub matcher: Matcher,
}

/// How a variant is found in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matcher {
    /// A term of the text fields, and the same unstemmed.
    Word {
        /// The stem.
        stem: String,
        /// The word itself.
        exact: String,
    },
    /// Terms that follow each other.
    Phrase(Vec<String>),
}

/// How a variant came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// As typed.
    Literal,
    /// Another word for it.
    Synonym,
    /// A typing error repaired.
    Typo,
}

/// What the expansion asks of an index.
pub trait Dictionary {
    /// Returns in how many roles a stem stands, within a scope.
    fn roles_with(&self, stem: &str, scope: Scope) -> u64;
    /// Returns whether the word itself stands in a text, a title or a name.
    fn is_word(&self, word: &str) -> bool;
    /// Returns whether the word itself stands in a title or a name.
    fn is_name(&self, word: &str) -> bool;
}

/// A query's concepts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expanded {
    /// What is looked for.
    pub concepts: Vec<Concept>,
    /// What must not be there.
    pub excluded: Vec<Concept>,
    /// Stems of neighbouring words, with the places of their concepts.
    pub pairs: Vec<(usize, usize, String)>,
    /// What was repaired, for people.
    pub notes: Vec<String>,
}

/// Expands a query against an index.
pub fn expand(query: &Query, dictionary: &dyn Dictionary) -> Expanded {
    let mut expanded = Expanded::default();
    let mut words: Vec<(Concept, bool)> = Vec::new();
    for clause in &query.clauses {
        let concepts = concepts_of(clause);
        if clause.negated {
            expanded
                .excluded
                .extend(concepts.into_iter().map(|(concept, _)| concept));
        } else {
            words.extend(concepts);
        }
    }
    add_synonyms(&mut words);
    let has_content = words
        .iter()
        .any(|(concept, plain)| !is_silent_concept(concept, *plain));
    for (mut concept, plain) in words {
        if has_content && is_silent_concept(&concept, plain) {
            continue;
        }
        if plain {
            repair(&mut concept, dictionary, &mut expanded.notes);
        }
        if !expanded
            .concepts
            .iter()
            .any(|known| known.scope == concept.scope && known.variants == concept.variants)
        {
            expanded.concepts.push(concept);
        }
    }
    expanded.pairs = pairs(&expanded.concepts);
    expanded
}

fn is_silent_concept(concept: &Concept, plain: bool) -> bool {
    plain && concept.scope == Scope::Any && is_silent(&concept.typed.to_lowercase())
}

/// The concepts of a clause, and whether each is a plain word (not quoted), which may be repaired, replaced and dropped.
fn concepts_of(clause: &Clause) -> Vec<(Concept, bool)> {
    let concept = |typed: &str, variants| Concept {
        typed: typed.to_owned(),
        scope: clause.scope,
        variants,
    };
    if clause.phrase {
        let stems = sequence(&clause.text, Form::Stem);
        let exact = sequence(&clause.text, Form::Exact).concat();
        let matcher = match stems.len() {
            0 => return Vec::new(),
            1 => Matcher::Word {
                stem: stems[0].clone(),
                exact,
            },
            _ => Matcher::Phrase(stems),
        };
        return vec![(
            concept(&clause.text, vec![literal(&clause.text, matcher)]),
            false,
        )];
    }
    let stems = terms(&clause.text, Form::Stem);
    let exact = terms(&clause.text, Form::Exact);
    let mut concepts = Vec::new();
    let mut at = 0;
    while at < stems.len() {
        let typed = &clause.text[stems[at].span.0..stems[at].span.1];
        let mut variants = vec![literal(
            typed,
            Matcher::Word {
                stem: stems[at].term.clone(),
                exact: exact[at].term.clone(),
            },
        )];
        let mut next = at + 1;
        if stems[at].whole {
            // `on-call` is also met by the words "on call".
            let inside = |word: &&Word| word.span.1 <= stems[at].span.1;
            let parts: Vec<String> = stems[next..]
                .iter()
                .take_while(inside)
                .map(|word| word.term.clone())
                .collect();
            next += parts.len();
            if parts.len() > 1 {
                variants.push(literal(typed, Matcher::Phrase(parts)));
            }
        }
        concepts.push((concept(typed, variants), true));
        at = next;
    }
    concepts
}

fn literal(shown: &str, matcher: Matcher) -> Variant {
    Variant {
        via: Via::Literal,
        shown: shown.to_owned(),
        matcher,
    }
}

/// Gives each concept of a known run of words the other members of the run's group.
fn add_synonyms(words: &mut [(Concept, bool)]) {
    let typed: Vec<Option<String>> = words
        .iter()
        .map(|(concept, plain)| plain.then(|| concept.typed.to_lowercase()))
        .collect();
    for start in 0..words.len() {
        let mut run = String::new();
        for end in start..(start + synonyms::LONGEST).min(words.len()) {
            let (Some(word), true) = (&typed[end], words[end].0.scope == words[start].0.scope)
            else {
                break;
            };
            run.push_str(if run.is_empty() { "" } else { " " });
            run.push_str(word);
            let Some(group) = synonyms::group(&run) else {
                continue;
            };
            let own = sequence(&run, Form::Stem);
            for member in group {
                let stems = sequence(member, Form::Stem);
                if stems == own {
                    continue;
                }
                let variant = Variant {
                    via: Via::Synonym,
                    shown: (*member).to_owned(),
                    matcher: matcher_of(member, stems),
                };
                for (concept, _) in &mut words[start..=end] {
                    if !concept
                        .variants
                        .iter()
                        .any(|known| known.matcher == variant.matcher)
                    {
                        concept.variants.push(variant.clone());
                    }
                }
            }
        }
    }
}

fn matcher_of(member: &str, stems: Vec<String>) -> Matcher {
    match terms(member, Form::Stem).first() {
        Some(word) if word.span == (0, member.len()) => Matcher::Word {
            stem: word.term.clone(),
            exact: terms(member, Form::Exact).swap_remove(0).term,
        },
        _ => Matcher::Phrase(stems),
    }
}

/// Repairs one typing error in a word that stands nowhere and has no synonym that does.
fn repair(concept: &mut Concept, dictionary: &dyn Dictionary, notes: &mut Vec<String>) {
    let stands = |variant: &Variant| match &variant.matcher {
        Matcher::Word { stem, .. } => dictionary.roles_with(stem, concept.scope) > 0,
        Matcher::Phrase(stems) => stems
            .iter()
            .all(|stem| dictionary.roles_with(stem, concept.scope) > 0),
    };
    let [
        Variant {
            matcher: Matcher::Word { exact, .. },
            ..
        },
        ..,
    ] = concept.variants.as_slice()
    else {
        return;
    };
    let letters = exact.chars().count();
    let is_word = exact.chars().all(char::is_alphabetic)
        && (MIN_TYPO_LETTERS..=MAX_TYPO_LETTERS).contains(&letters);
    if !is_word || concept.variants.iter().any(stands) {
        return;
    }
    let Some((word, stem)) = nearest_word(exact, concept.scope, dictionary) else {
        return;
    };
    notes.push(format!(
        "no role mentions \"{}\"; using \"{word}\"",
        concept.typed
    ));
    concept.variants.push(Variant {
        via: Via::Typo,
        shown: word.clone(),
        matcher: Matcher::Word { stem, exact: word },
    });
}

/// The best word at one edit: a name before a mere word, then the more frequent one, then by alphabet.
fn nearest_word(word: &str, scope: Scope, dictionary: &dyn Dictionary) -> Option<(String, String)> {
    // Hardly anyone mistypes the first letter, but for changing it with the second.
    let begins = |candidate: &String| {
        candidate.chars().next() == word.chars().next()
            || candidate.chars().nth(1) == word.chars().next()
    };
    let candidates: Vec<String> = one_edit_away(word).into_iter().filter(begins).collect();
    let among = |known: &dyn Fn(&str) -> bool| {
        let words = candidates
            .iter()
            .filter(|candidate| known(candidate))
            .cloned()
            .collect();
        most_frequent(words, scope, dictionary)
    };
    among(&|word| dictionary.is_name(word)).or_else(|| among(&|word| dictionary.is_word(word)))
}

fn most_frequent(
    mut candidates: Vec<String>,
    scope: Scope,
    dictionary: &dyn Dictionary,
) -> Option<(String, String)> {
    candidates.sort();
    let mut best: Option<(u64, String, String)> = None;
    for candidate in candidates {
        let stem = stem_of(&candidate);
        let roles = dictionary.roles_with(&stem, scope);
        if roles > best.as_ref().map_or(0, |(roles, ..)| *roles) {
            best = Some((roles, candidate, stem));
        }
    }
    best.map(|(_, candidate, stem)| (candidate, stem))
}

/// All words at one edit: a letter left out, added, replaced, or two changed places.
fn one_edit_away(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let mut words = Vec::with_capacity(letters.len() * 54);
    let joined = |parts: &[&[char]]| parts.concat().into_iter().collect::<String>();
    for at in 0..=letters.len() {
        let (before, behind) = letters.split_at(at);
        if let [_, rest @ ..] = behind {
            words.push(joined(&[before, rest]));
        }
        if let [first, second, rest @ ..] = behind {
            words.push(joined(&[before, &[*second, *first], rest]));
        }
        for letter in 'a'..='z' {
            words.push(joined(&[before, &[letter], behind]));
            if let [_, rest @ ..] = behind {
                words.push(joined(&[before, &[letter], rest]));
            }
        }
    }
    words
}

/// Neighbouring plain words of one scope, for the bonus of standing side by side in a name.
fn pairs(concepts: &[Concept]) -> Vec<(usize, usize, String)> {
    let stem = |concept: &Concept| {
        let variant = concept
            .variants
            .iter()
            .find(|variant| variant.via == Via::Typo)
            .or(concept.variants.first())?;
        match &variant.matcher {
            Matcher::Word { stem, .. } => Some(stem.clone()),
            Matcher::Phrase(_) => None,
        }
    };
    let stems: Vec<Option<String>> = concepts.iter().map(stem).collect();
    let neighbours = stems.windows(2).enumerate();
    neighbours
        .filter_map(|(at, pair)| {
            Some((
                at,
                at + 1,
                format!("{} {}", pair[0].as_ref()?, pair[1].as_ref()?),
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    struct Words(&'static [&'static str]);

    impl Dictionary for Words {
        fn roles_with(&self, stem: &str, _: Scope) -> u64 {
            self.0
                .iter()
                .filter(|word| sequence(word, Form::Stem).concat() == stem)
                .count() as u64
        }

        fn is_name(&self, word: &str) -> bool {
            self.0.contains(&word)
        }

        fn is_word(&self, word: &str) -> bool {
            self.is_name(word)
        }
    }

    fn show(text: &str) -> String {
        let words = Words(&[
            "kubernetes",
            "terraform",
            "finops",
            "cloud",
            "financial",
            "management",
            "sre",
            "site",
            "reliability",
            "engineer",
            "manager",
        ]);
        let expanded = expand(&parse(text), &words);
        let variant = |variant: &Variant| match &variant.matcher {
            Matcher::Word { stem, .. } => format!("{:?} {stem}", variant.via),
            Matcher::Phrase(stems) => format!("{:?} '{}'", variant.via, stems.join(" ")),
        };
        expanded
            .concepts
            .iter()
            .map(|concept| {
                concept
                    .variants
                    .iter()
                    .map(variant)
                    .collect::<Vec<_>>()
                    .join(", ")
            })
            .collect::<Vec<_>>()
            .join(" | ")
    }

    #[test]
    fn concepts_have_variants() {
        for (text, expected) in [
            ("terrafrm", "Literal terrafrm, Typo terraform"),
            ("kuberentes", "Literal kuberent, Typo kubernet"),
            ("terraforming p95x", "Literal terraform | Literal p95x"),
            ("who owns the terraform", "Literal terraform"),
            ("the who", "Literal the | Literal who"),
            ("cost-based", "Literal cost-based, Literal 'cost base'"),
            ("\"cloud manager\"", "Literal 'cloud manag'"),
            ("k8s", "Literal k8s, Synonym kubernet"),
            ("cloud cloud", "Literal cloud"),
        ] {
            assert_eq!(show(text), expected, "{text}");
        }
        assert!(
            show("site reliability engineering")
                .split(" | ")
                .all(|concept| concept.contains("Synonym sre"))
        );
    }

    #[test]
    fn replaced_words_are_said() {
        let expanded = expand(&parse("terrafrm k8s"), &Words(&["terraform", "kubernetes"]));
        assert_eq!(
            expanded.notes,
            ["no role mentions \"terrafrm\"; using \"terraform\""]
        );
        assert_eq!(expanded.pairs, [(0, 1, "terraform k8s".to_owned())]);
    }
}
