//! Turns a query's tree into concepts, each with the variants that stand for it, and the formula that says which roles match.
//!
//! The one list of variants feeds matching, score, reasons, marks and the explanation, so that they cannot disagree.

use super::concept::{Concept, Dictionary, Kind, Matcher};
use super::lex::{is_silent_as_typed, is_silent_part};
use super::signed::signed;
use super::thesaurus::{LONGEST, Thesaurus};
use super::tree::{Leaf, LeafKind, Node, Query, Scope};
use super::variants::{self, Piece};
use crate::index::analysis::{Form, Word, sequence, stem_of, terms};
use crate::index::schema::{FieldSet, TextField};

/// The most concepts that are looked for; of a longer text, the rarest decide.
pub const MAX_CONCEPTS: usize = 64;

/// How a query is to be expanded.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Leave typing errors as they are.
    pub no_fuzzy: bool,
    /// Leave other words out.
    pub no_synonyms: bool,
    /// Keep words that say nothing, as plain BM25 does.
    pub keep_silent: bool,
    /// Every concept must be met.
    pub all: bool,
    /// The groups of words.
    pub thesaurus: Thesaurus,
}

/// Which roles match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Formula {
    /// The concept at this place is met.
    Concept(usize),
    /// The left-out concept at this place is met.
    Excluded(usize),
    /// All of them.
    All(Vec<Formula>),
    /// One of them.
    Any(Vec<Formula>),
    /// Not so.
    Not(Box<Formula>),
}

/// A query's concepts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expanded {
    /// What is looked for.
    pub concepts: Vec<Concept>,
    /// What must not be there.
    pub excluded: Vec<Concept>,
    /// Which roles match; `None` where one concept is enough and none is left out.
    pub formula: Option<Formula>,
    /// Neighbouring words, with the places of their concepts, as the stems of both.
    pub pairs: Vec<(usize, usize, [String; 2])>,
    /// What was repaired, for people.
    pub notes: Vec<String>,
}

/// The fields of a scope.
pub fn fields_of(scope: Scope) -> FieldSet {
    use TextField as F;
    match scope {
        Scope::Any => FieldSet::ALL,
        Scope::Title => FieldSet::of(&[F::Title, F::Alias]),
        Scope::Skill => FieldSet::of(&[F::SkillCritical, F::SkillImportant, F::SkillOptional]),
        Scope::Kpi => FieldSet::of(&[F::Kpi, F::KpiRow]),
        Scope::Tool => FieldSet::of(&[F::Tool]),
        Scope::Responsibility => FieldSet::of(&[F::Responsibilities]),
        Scope::Career => FieldSet::of(&[F::Career]),
    }
}

/// Expands a query against an index.
pub fn expand(query: &Query, dictionary: &dyn Dictionary, rules: &Rules) -> Expanded {
    let mut words = 0;
    let mut has_content = false;
    query.root.for_each_leaf(&mut |leaf| {
        words += 1;
        has_content |= leaf.kind != LeafKind::Word
            || leaf.scope != Scope::Any
            || !is_silent_as_typed(bare(&leaf.text));
    });
    let mut expander = Expander {
        dictionary,
        rules,
        has_content: has_content && !rules.keep_silent,
        is_long: words > MAX_CONCEPTS / 4,
        leaves: words,
        required: rules.all,
        expanded: Expanded::default(),
    };
    let formula = expander.node(&query.root, false);
    let Expander { mut expanded, .. } = expander;
    let is_plain = match &formula {
        Some(Formula::Any(parts)) => parts.iter().all(|part| matches!(part, Formula::Concept(_))),
        Some(Formula::Concept(_)) => expanded.concepts.len() == 1,
        None => true,
        _ => false,
    };
    expanded.formula = formula.filter(|_| !is_plain);
    expanded.pairs = pairs(&expanded.concepts);
    expanded
}

/// A word without what stands around it in a sentence.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

struct Expander<'a> {
    dictionary: &'a dyn Dictionary,
    rules: &'a Rules,
    has_content: bool,
    is_long: bool,
    /// Number of terms of the query.
    leaves: usize,
    /// Whether what is read must be met.
    required: bool,
    expanded: Expanded,
}

impl Expander<'_> {
    fn node(&mut self, node: &Node, excluded: bool) -> Option<Formula> {
        match node {
            Node::Leaf(leaf) => any(self.run(&[leaf], excluded)),
            Node::Sequence(nodes) => self.sequence(nodes, excluded),
            Node::All(nodes) => {
                let around = std::mem::replace(&mut self.required, true);
                let parts = nodes.iter().filter_map(|node| self.node(node, excluded));
                let formula = all(parts.collect());
                self.required = around;
                formula
            }
            Node::Any(nodes) => self.alternatives(nodes, excluded),
            Node::Must(node) => {
                let around = std::mem::replace(&mut self.required, true);
                let formula = self.node(node, excluded);
                self.required = around;
                formula
            }
            Node::Not(node) => self
                .node(node, true)
                .map(|formula| Formula::Not(Box::new(formula))),
        }
    }

    /// Things side by side: what is signed must hold, and of the others one, where nothing is signed for.
    fn sequence(&mut self, nodes: &[Node], excluded: bool) -> Option<Formula> {
        let (mut must, mut optional) = (Vec::new(), Vec::new());
        let mut at = 0;
        while at < nodes.len() {
            let run = leaves_side_by_side(&nodes[at..]);
            if run.is_empty() {
                let formula = self.node(&nodes[at], excluded);
                match nodes[at] {
                    Node::Must(_) | Node::Not(_) | Node::All(_) => must.extend(formula),
                    _ => optional.extend(formula),
                }
                at += 1;
            } else {
                optional.extend(self.run(&run, excluded));
                at += run.len();
            }
        }
        if self.rules.all && !excluded {
            must.append(&mut optional);
        }
        let is_only_not = must
            .iter()
            .all(|formula| matches!(formula, Formula::Not(_)));
        if is_only_not {
            must.extend(any(optional));
        }
        all(must)
    }

    /// Single words joined by OR are one concept: meeting one of them meets it.
    fn alternatives(&mut self, nodes: &[Node], excluded: bool) -> Option<Formula> {
        let leaves = leaves_side_by_side(nodes);
        if leaves.len() < nodes.len() || excluded {
            let parts = nodes.iter().filter_map(|node| self.node(node, excluded));
            return any(parts.collect());
        }
        let mut joined: Option<Concept> = None;
        for leaf in leaves {
            for concept in self.concepts(&[leaf], false) {
                match &mut joined {
                    None => joined = Some(concept),
                    Some(joined) => {
                        joined.typed = format!("{} OR {}", joined.typed, concept.typed);
                        joined.span.1 = concept.span.1;
                        joined.parts.extend(concept.parts);
                        for variant in concept.variants {
                            variants::push(&mut joined.variants, variant);
                        }
                    }
                }
            }
        }
        joined.map(|concept| self.add(concept, false))
    }

    /// The concepts of words side by side.
    fn run(&mut self, leaves: &[&Leaf], excluded: bool) -> Vec<Formula> {
        let concepts = self.concepts(leaves, excluded);
        let mut formulas = Vec::new();
        for concept in concepts {
            let formula = self.add(concept, excluded);
            if !formulas.contains(&formula) {
                formulas.push(formula);
            }
        }
        formulas
    }

    fn add(&mut self, concept: Concept, excluded: bool) -> Formula {
        let list = if excluded {
            &mut self.expanded.excluded
        } else {
            &mut self.expanded.concepts
        };
        let at = list
            .iter()
            .position(|known| known.variants == concept.variants)
            .unwrap_or(list.len());
        if at == list.len() {
            list.push(concept);
        }
        if excluded {
            Formula::Excluded(at)
        } else {
            Formula::Concept(at)
        }
    }

    fn concepts(&mut self, leaves: &[&Leaf], excluded: bool) -> Vec<Concept> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut concepts = Vec::new();
        for leaf in leaves {
            match leaf.kind {
                LeafKind::Word => {
                    for piece in pieces_of(leaf) {
                        pieces.extend(self.known_parts(piece));
                    }
                }
                _ => concepts.extend(signed(leaf, self.dictionary)),
            }
        }
        self.drop_silent(&mut pieces);
        let mut at = 0;
        while at < pieces.len() {
            let context = variants::Context {
                dictionary: self.dictionary,
                rules: self.rules,
                is_long: self.is_long,
                excluded,
                required: self.required,
                words: pieces.len(),
                query: leaves,
            };
            let mut longest = (2..=LONGEST.min(pieces.len() - at)).rev();
            let known = longest.find_map(|length| {
                context
                    .term(&pieces[at..at + length])
                    .map(|term| (length, term))
            });
            let (length, term) = known.map_or((1, None), |(length, term)| (length, Some(term)));
            let is_alone = length == pieces.len() && leaves.len() == self.leaves;
            match term {
                Some(term) if is_alone => concepts.push(term),
                term => {
                    let words = pieces[at..at + length].iter();
                    let others = length > 1;
                    for piece in words.filter(|piece| !others || !piece.is_silent()) {
                        let mut concept = context.word(piece, &mut self.expanded.notes);
                        let same = term.iter().flat_map(|term| &term.variants);
                        for variant in same.filter(|variant| variant.kind.is_other_word()) {
                            variants::push(&mut concept.variants, variant.clone());
                        }
                        concepts.push(concept);
                    }
                }
            }
            at += length;
        }
        concepts
    }

    /// A hyphened word that stands nowhere as a whole is searched as its parts.
    fn known_parts(&self, piece: Piece) -> Vec<Piece> {
        let stems: Vec<String> = piece.parts.iter().map(|part| stem_of(part)).collect();
        let stands = |stem: &String| self.dictionary.roles_with(stem, piece.fields) > 0;
        if stems.len() < 2
            || stands(&piece.stem)
            || !stems.iter().any(stands)
            || self.dictionary.roles_with_phrase(&stems, piece.fields, 1) > 0
            || !self.rules.thesaurus.entries(&piece.exact).is_empty()
        {
            return vec![piece];
        }
        let part = |(part, stem): (&String, String)| Piece {
            typed: part.clone(),
            stem,
            exact: part.clone(),
            parts: Vec::new(),
            ..piece.clone()
        };
        piece.parts.iter().zip(stems).map(part).collect()
    }

    /// Words that say nothing fall away where others remain, but not from the middle of a term; of a long text, the rarest stay.
    fn drop_silent(&mut self, pieces: &mut Vec<Piece>) {
        let known: Vec<bool> = (0..pieces.len())
            .map(|at| self.is_within_term(pieces, at))
            .collect();
        let mut at = 0;
        pieces.retain(|piece| {
            at += 1;
            !(self.has_content && piece.is_silent()) || known[at - 1]
        });
        if pieces.len() > MAX_CONCEPTS {
            let mut order: Vec<(u64, usize)> = pieces
                .iter()
                .enumerate()
                .map(|(at, piece)| (self.dictionary.roles_with(&piece.stem, piece.fields), at))
                .filter(|(roles, _)| *roles > 0)
                .collect();
            order.sort_unstable();
            let mut seen: Vec<&str> = Vec::new();
            let mut kept = vec![false; pieces.len()];
            for (_, at) in order {
                if seen.len() < MAX_CONCEPTS && !seen.contains(&pieces[at].stem.as_str()) {
                    seen.push(&pieces[at].stem);
                    kept[at] = true;
                }
            }
            let note = format!(
                "of {} words, the {} rarest are looked for",
                pieces.len(),
                seen.len()
            );
            let mut kept = kept.into_iter();
            pieces.retain(|_| kept.next().unwrap_or_default());
            self.expanded.notes.push(note);
        }
    }

    /// Whether a silent word belongs to a known term: `as` in `infrastructure as code`, `owner` in `product owner`.
    fn is_within_term(&self, pieces: &[Piece], at: usize) -> bool {
        if !pieces[at].is_silent() || self.rules.no_synonyms {
            return false;
        }
        let first = at.saturating_sub(LONGEST - 1);
        (first..=at).any(|start| {
            (at.max(start + 1) + 1..=(start + LONGEST).min(pieces.len())).any(|end| {
                !self
                    .rules
                    .thesaurus
                    .entries(&variants::key_of(&pieces[start..end]))
                    .is_empty()
            })
        }) || (at + 1 < pieces.len()
            && !pieces[at + 1].is_silent()
            && self
                .dictionary
                .is_word(&variants::hyphened(&pieces[at..at + 2])))
    }
}

fn any(mut parts: Vec<Formula>) -> Option<Formula> {
    match parts.len() {
        0 | 1 => parts.pop(),
        _ => Some(Formula::Any(parts)),
    }
}

fn all(mut parts: Vec<Formula>) -> Option<Formula> {
    match parts.len() {
        0 | 1 => parts.pop(),
        _ => Some(Formula::All(parts)),
    }
}

/// The terms of one scope that stand side by side at the beginning of a sequence.
fn leaves_side_by_side(nodes: &[Node]) -> Vec<&Leaf> {
    let mut leaves: Vec<&Leaf> = Vec::new();
    for node in nodes {
        match node {
            Node::Leaf(leaf) if leaves.first().is_none_or(|first| first.scope == leaf.scope) => {
                leaves.push(leaf);
            }
            _ => break,
        }
    }
    leaves
}

/// The words of a leaf: `CI/CD` is one with parts, `a,b` are two.
fn pieces_of(leaf: &Leaf) -> Vec<Piece> {
    let stems = terms(&leaf.text, Form::Stem);
    let exact = terms(&leaf.text, Form::Exact);
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < stems.len() {
        let (start, end) = stems[at].span;
        let mut piece = Piece {
            typed: leaf.text[start..end].to_owned(),
            span: leaf.span,
            stem: stems[at].term.clone(),
            exact: exact[at].term.clone(),
            parts: Vec::new(),
            scope: leaf.scope,
            fields: fields_of(leaf.scope),
        };
        let mut next = at + 1;
        if stems[at].whole {
            let inside = |word: &&Word| word.span.1 <= end;
            let parts = exact[next..].iter().take_while(inside);
            piece.parts = parts.map(|word| word.term.clone()).collect();
            next += piece.parts.len();
            // `director-level` is `director`.
            let content: Vec<&String> = piece
                .parts
                .iter()
                .filter(|part| !is_silent_part(part))
                .collect();
            if let ([part], true) = (content.as_slice(), piece.parts.len() > 1) {
                piece.exact = (*part).clone();
                piece.stem = sequence(part, Form::Stem).concat();
                piece.parts = Vec::new();
            }
        }
        pieces.push(piece);
        at = next;
    }
    pieces
}

/// Neighbouring plain words, for the bonus of standing side by side.
fn pairs(concepts: &[Concept]) -> Vec<(usize, usize, [String; 2])> {
    let stem = |concept: &Concept| {
        let variant = concept
            .variants
            .iter()
            .find(|variant| variant.kind == Kind::Typo)
            .or(concept.variants.first())?;
        match &variant.matcher {
            Matcher::Word { stem, .. } => Some(stem.clone()),
            _ => None,
        }
    };
    let stems: Vec<Option<String>> = concepts.iter().map(stem).collect();
    let neighbours = stems.windows(2).enumerate();
    neighbours
        .filter_map(|(at, pair)| Some((at, at + 1, [pair[0].clone()?, pair[1].clone()?])))
        .collect()
}

#[cfg(test)]
mod tests;
