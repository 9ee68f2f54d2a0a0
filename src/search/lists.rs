//! Turns concepts into posting lists of a segment, each with the weight that a hit in it has.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{EnableScoring, PhraseQuery, Query as _, Scorer};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

use crate::index::OpenIndex;
use crate::index::analysis::name_key;
use crate::index::document::entity_key;
use crate::index::schema::TextField;
use crate::query::{Concept, Dictionary, Expanded, Matcher, Scope};
use crate::ranking::{idf, weights};

/// A posting list of one segment.
pub struct List {
    postings: Source,
    /// The place of the concept that it speaks for.
    pub concept: usize,
    /// What a hit in it is worth, before its frequency.
    pub weight: f32,
    /// What it says, for the reason of a hit.
    pub evidence: Evidence,
}

/// Where a list's hits come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// The field; the title's for lists that only add to what others have found.
    pub field: TextField,
    /// The place of the variant in its concept.
    pub variant: usize,
    /// Whether the list finds roles, or only adds to their score.
    pub finds: bool,
}

enum Source {
    Terms(Box<SegmentPostings>),
    Phrase(Box<dyn Scorer>),
}

impl List {
    /// Returns the document that the list stands at.
    pub fn doc(&self) -> DocId {
        match &self.postings {
            Source::Terms(postings) => postings.doc(),
            Source::Phrase(scorer) => scorer.doc(),
        }
    }

    /// Goes through the documents from `start` to before `end`, with how often the word stands in the field of each.
    pub fn read(&mut self, start: DocId, end: DocId, each: impl FnMut(DocId, u32)) {
        match &mut self.postings {
            Source::Terms(postings) => drive(
                postings.as_mut(),
                start,
                end,
                SegmentPostings::term_freq,
                each,
            ),
            Source::Phrase(scorer) => drive(scorer.as_mut(), start, end, |_| 1, each),
        }
    }
}

fn drive<D: DocSet + ?Sized>(
    docs: &mut D,
    start: DocId,
    end: DocId,
    count: impl Fn(&D) -> u32,
    mut each: impl FnMut(DocId, u32),
) {
    let mut doc = docs.doc();
    while doc < start {
        doc = docs.advance();
    }
    while doc < end {
        each(doc, count(docs));
        doc = docs.advance();
    }
}

/// The fields of a scope.
pub fn fields_of(scope: Scope) -> &'static [TextField] {
    use TextField::{
        Alias, Kpi, KpiRow, SkillCritical, SkillImportant, SkillOptional, Title, Tool,
    };
    match scope {
        Scope::Any => &TextField::ALL,
        Scope::Title => &[Title, Alias],
        Scope::Skill => &[SkillCritical, SkillImportant, SkillOptional],
        Scope::Kpi => &[Kpi, KpiRow],
        Scope::Tool => &[Tool],
    }
}

/// Returns how rare a concept is, in the whole blueprint. One that stands nowhere is as rare as can be.
pub fn concept_rarity(index: &OpenIndex, concept: &Concept) -> f32 {
    let in_field = |&field: &TextField| {
        let variants = concept.variants.iter();
        variants
            .map(|variant| roles_with(index, field, &variant.matcher))
            .max()
            .unwrap_or(0)
    };
    let with = fields_of(concept.scope)
        .iter()
        .map(in_field)
        .max()
        .unwrap_or(0);
    idf(with.max(1), index.searcher.num_docs())
}

/// In how many roles a variant stands in a field; for a phrase, at most as many as its rarest word.
fn roles_with(index: &OpenIndex, field: TextField, matcher: &Matcher) -> u64 {
    let field = index.fields.of(field);
    let frequency = |stem: &str| {
        index
            .searcher
            .doc_freq(&Term::from_field_text(field, stem))
            .unwrap_or(0)
    };
    match matcher {
        Matcher::Word { stem, .. } => frequency(stem),
        Matcher::Phrase(stems) => stems.iter().map(|stem| frequency(stem)).min().unwrap_or(0),
    }
}

impl Dictionary for OpenIndex {
    fn roles_with(&self, stem: &str, scope: Scope) -> u64 {
        let matcher = |field: &TextField| {
            self.searcher
                .doc_freq(&Term::from_field_text(self.fields.of(*field), stem))
                .unwrap_or(0)
        };
        fields_of(scope).iter().map(matcher).max().unwrap_or(0)
    }

    fn is_word(&self, word: &str) -> bool {
        let term = Term::from_field_text(self.fields.text_exact, word);
        self.is_name(word) || self.searcher.doc_freq(&term).unwrap_or(0) > 0
    }

    fn is_name(&self, word: &str) -> bool {
        let stands = |field: Field| {
            self.searcher
                .doc_freq(&Term::from_field_text(field, word))
                .unwrap_or(0)
                > 0
        };
        stands(self.fields.title_exact) || stands(self.fields.name_exact)
    }
}

/// Opens all lists of a query in one segment; those of left-out concepts come second.
pub fn open(
    index: &OpenIndex,
    segment: &SegmentReader,
    expanded: &Expanded,
    rarities: &[f32],
) -> tantivy::Result<(Vec<List>, Vec<List>)> {
    let opener = Opener { index, segment };
    let mut lists = Vec::new();
    for (at, (concept, &rarity)) in expanded.concepts.iter().zip(rarities).enumerate() {
        opener.concept(at, concept, rarity, &mut lists)?;
        opener.exact(at, concept, rarity, &mut lists)?;
    }
    for (first, second, pair) in &expanded.pairs {
        let weight = weights().score.pair * (rarities[*first] + rarities[*second]) / 2.0;
        opener.bonus(index.fields.pair, pair, *first, weight, &mut lists)?;
    }
    let mut excluded = Vec::new();
    for (at, concept) in expanded.excluded.iter().enumerate() {
        opener.concept(at, concept, 1.0, &mut excluded)?;
    }
    Ok((lists, excluded))
}

/// Returns the documents whose whole title, or a whole alias, the query is, or one of whose entities the words that say
/// something name as a whole: with the factor that they get, the greatest of several.
pub fn whole_names(
    index: &OpenIndex,
    segment: &SegmentReader,
    text: &str,
    expanded: &Expanded,
) -> tantivy::Result<Vec<(DocId, f32)>> {
    let score = weights().score;
    let typed: Vec<&str> = expanded
        .concepts
        .iter()
        .map(|concept| concept.typed.as_str())
        .collect();
    let mut found: Vec<(DocId, f32)> = Vec::new();
    for (sign, key, factor) in [
        ("t", name_key(text), score.whole_title),
        ("a", name_key(text), score.whole_alias),
        ("n", entity_key(&typed.join(" ")), score.whole_name),
    ] {
        let term = Term::from_field_text(index.fields.whole, &format!("{sign}:{key}"));
        let inverted = segment.inverted_index(index.fields.whole)?;
        if let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? {
            while postings.doc() != TERMINATED {
                found.push((postings.doc(), factor));
                postings.advance();
            }
        }
    }
    found.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    found.dedup_by_key(|(doc, _)| *doc);
    Ok(found)
}

struct Opener<'a> {
    index: &'a OpenIndex,
    segment: &'a SegmentReader,
}

impl Opener<'_> {
    fn concept(
        &self,
        at: usize,
        concept: &Concept,
        rarity: f32,
        lists: &mut Vec<List>,
    ) -> tantivy::Result<()> {
        let all = self.index.searcher.num_docs();
        for (variant_at, variant) in concept.variants.iter().enumerate() {
            for &field in fields_of(concept.scope) {
                let with = roles_with(self.index, field, &variant.matcher);
                if with == 0 {
                    continue;
                }
                let rarity = weights().score.rarity(rarity, idf(with, all));
                let weight = weights().field(field) * weights().variant(variant.via) * rarity;
                let evidence = Evidence {
                    field,
                    variant: variant_at,
                    finds: true,
                };
                if let Some(postings) = self.source(field, &variant.matcher)? {
                    lists.push(List {
                        postings,
                        concept: at,
                        weight,
                        evidence,
                    });
                }
            }
        }
        Ok(())
    }

    fn source(&self, field: TextField, matcher: &Matcher) -> tantivy::Result<Option<Source>> {
        let field = self.index.fields.of(field);
        match matcher {
            Matcher::Word { stem, .. } => {
                let term = Term::from_field_text(field, stem);
                let postings = self
                    .segment
                    .inverted_index(field)?
                    .read_postings(&term, IndexRecordOption::WithFreqs)?;
                Ok(postings
                    .filter(|postings| postings.doc() != TERMINATED)
                    .map(|postings| Source::Terms(Box::new(postings))))
            }
            Matcher::Phrase(stems) => {
                let terms = stems
                    .iter()
                    .map(|stem| Term::from_field_text(field, stem))
                    .collect();
                let query = PhraseQuery::new(terms);
                let weight =
                    query.weight(EnableScoring::disabled_from_searcher(&self.index.searcher))?;
                let scorer = weight.scorer(self.segment, 1.0)?;
                Ok((scorer.doc() != TERMINATED).then_some(Source::Phrase(scorer)))
            }
        }
    }

    /// The words as typed, unstemmed, in titles and names.
    fn exact(
        &self,
        at: usize,
        concept: &Concept,
        rarity: f32,
        lists: &mut Vec<List>,
    ) -> tantivy::Result<()> {
        let fields: &[(Field, TextField)] = match concept.scope {
            Scope::Any => &[
                (self.index.fields.title_exact, TextField::Title),
                (self.index.fields.name_exact, TextField::SkillCritical),
            ],
            Scope::Title => &[(self.index.fields.title_exact, TextField::Title)],
            Scope::Skill | Scope::Kpi | Scope::Tool => {
                &[(self.index.fields.name_exact, TextField::SkillCritical)]
            }
        };
        for variant in &concept.variants {
            if let Matcher::Word { exact, .. } = &variant.matcher {
                let share = weights().score.exact * weights().variant(variant.via);
                for &(field, like) in fields {
                    let weight = share * weights().field(like) * rarity;
                    self.bonus(field, exact, at, weight, lists)?;
                }
                if concept.scope == Scope::Any {
                    // The form that was typed may be much rarer than its stem.
                    let field = self.index.fields.text_exact;
                    let with = self
                        .index
                        .searcher
                        .doc_freq(&Term::from_field_text(field, exact))?;
                    let rarity = idf(with, self.index.searcher.num_docs());
                    let weight = share * weights().field(TextField::Summary) * rarity;
                    self.bonus(field, exact, at, weight, lists)?;
                }
            }
        }
        Ok(())
    }

    fn bonus(
        &self,
        field: Field,
        text: &str,
        concept: usize,
        weight: f32,
        lists: &mut Vec<List>,
    ) -> tantivy::Result<()> {
        let term = Term::from_field_text(field, text);
        let postings = self
            .segment
            .inverted_index(field)?
            .read_postings(&term, IndexRecordOption::Basic)?;
        if let Some(postings) = postings.filter(|postings| postings.doc() != TERMINATED) {
            let evidence = Evidence {
                field: TextField::Title,
                variant: 0,
                finds: false,
            };
            lists.push(List {
                postings: Source::Terms(Box::new(postings)),
                concept,
                weight,
                evidence,
            });
        }
        Ok(())
    }
}
