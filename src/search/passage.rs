//! Finds the passages of a stored body that say why a role is a hit: the block, its line, and what to mark in it.

mod cut;
mod matching;
mod page;
mod standing;

use memchr::memmem::Finder;

use crate::blueprint::{LINE_BREAK, SectionKind, Shape};
use crate::index::analysis::{Word, is_respelled};
use crate::index::layout::{Layout, NOT_INDEXED};
use crate::index::schema::{FieldSet, PLACEMENTS, TextField};
use crate::index::words::beginnings::Beginnings;
use crate::query::{Concept, Matcher, Variant, Via};
use crate::ranking::Weights;
use cut::cut;
use matching::{beginning, is_form_of, parts, runs, stands};
use page::Page;
pub use page::Text;
pub use standing::Standing;

/// How much a section of a chosen level counts before the others of a ladder, and one of another level behind them.
const CHOSEN_LEVEL: f32 = 4.0;
const OTHER_LEVEL: f32 = 0.25;

/// A passage of a role's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// The kind of its section.
    pub section: SectionKind,
    /// The line in the source, of the first marked word.
    pub line: u32,
    /// The words.
    pub text: String,
    /// What to mark, as character offsets into `text`.
    pub marks: Vec<(usize, usize)>,
}

/// Where a concept stands in a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The kind of the section.
    pub section: SectionKind,
    /// The line in the source.
    pub line: u32,
    /// How the word that stands there came about.
    pub via: Via,
}

/// The passages of a body, and the place of each concept in it.
pub type Found = (Vec<Passage>, Vec<Option<Place>>);

/// What is looked for in bodies: prepared once a query.
pub struct Needles<'q> {
    needles: Vec<Needle<'q>>,
    concepts: &'q [Concept],
    rarities: &'q [f32],
    weights: &'q Weights,
    levels: &'q [String],
    limit: usize,
}

struct Needle<'q> {
    concept: usize,
    variant_at: usize,
    variant: &'q Variant,
    /// The most that a place of it could be worth in any field.
    most: f32,
    /// The most that one can be worth in the fields of a body.
    most_alone: f32,
    /// Finds the beginning that the word and its stem share; `None` for letters that have no simple lower case.
    finder: Option<Finder<'static>>,
}

/// A place of a concept in a body.
struct Hit {
    block: usize,
    offset: usize,
    concept: usize,
    variant: usize,
    field: TextField,
    via: Via,
    worth: f32,
}

impl<'q> Needles<'q> {
    /// Prepares the search for concepts, with up to `limit` passages a role; `levels` are those that the user chose.
    pub fn new(
        concepts: &'q [Concept],
        rarities: &'q [f32],
        weights: &'q Weights,
        levels: &'q [String],
        limit: usize,
    ) -> Self {
        let most = TextField::ALL
            .into_iter()
            .map(|field| weights.field(field))
            .fold(0.0, f32::max);
        // Titles and aliases are no part of the body. Beside other concepts a lesser place may still make the better passage.
        let most_in = |fields: FieldSet| {
            let places = PLACEMENTS.iter().flat_map(|place| [place.name, place.rest]);
            let weights = places
                .filter(|field| fields.contains(*field))
                .map(|field| weights.field(field));
            weights.fold(0.0, f32::max)
        };
        let of_level = if levels.is_empty() { 1.0 } else { CHOSEN_LEVEL };
        let mut needles = Vec::new();
        for (at, concept) in concepts.iter().enumerate() {
            for (variant_at, variant) in concept.variants.iter().enumerate() {
                needles.push(Needle {
                    concept: at,
                    variant_at,
                    variant,
                    most: weights.variant(variant) * most * of_level,
                    most_alone: weights.variant(variant) * most_in(variant.fields) * of_level,
                    finder: finder(&variant.matcher),
                });
            }
        }
        // What may be worth most first, so that the rest need not be looked for where it is found.
        needles.sort_by(|a, b| b.most.total_cmp(&a.most));
        Self {
            needles,
            concepts,
            rarities,
            weights,
            levels,
            limit,
        }
    }

    /// Returns the beginnings of the words that are looked for, to be noted when a body is read.
    pub fn beginnings(&self) -> Beginnings {
        let finders = self.needles.iter().flat_map(|needle| &needle.finder);
        Beginnings::new(finders.map(Finder::needle))
    }

    /// Finds the passages of a body, and for each concept the place where it stands best; `None` for a body that cannot be read.
    pub fn find(&self, text: Text<'_>, layout: &Layout) -> Option<Found> {
        let page = Page::new(text, layout);
        let hits = self.hits(&page, true);
        let mut places: Vec<Option<(f32, Place)>> = vec![None; self.concepts.len()];
        for hit in &hits {
            let known = &mut places[hit.concept];
            if known.is_none_or(|(worth, _)| hit.worth > worth) {
                *known = Some((hit.worth, page.place(hit)));
            }
        }
        let passages = self.choose(&page, &hits);
        let places = places
            .into_iter()
            .map(|place| place.map(|(_, place)| place));
        (!page.is_unreadable()).then(|| (passages, places.collect()))
    }

    /// The places of the needles; where only the best count, those that can be none are not looked for.
    fn hits(&self, page: &Page<'_>, only_best: bool) -> Vec<Hit> {
        let mut hits = Vec::new();
        let needles = if page.blocks.is_empty() {
            &[]
        } else {
            self.needles.as_slice()
        };
        let mut best = vec![0.0_f32; self.concepts.len()];
        let is_alone = self.concepts.len() == 1;
        // What the best block counts for a concept alone: a block counts what its first hit is worth.
        let mut counted = 0.0_f32;
        for needle in needles {
            let is_behind = is_alone && counted > needle.most_alone;
            if only_best && (best[needle.concept] >= needle.most || is_behind) {
                continue;
            }
            let known = hits.len();
            match &needle.finder {
                Some(finder) => page.places(finder, |offset| {
                    self.look(page, needle, page.block_at(offset), offset, &mut hits);
                }),
                None => (0..page.blocks.len()).for_each(|block| {
                    self.look(page, needle, block, page.starts[block], &mut hits);
                }),
            }
            let found = hits[known..].iter().map(|hit| hit.worth);
            best[needle.concept] = found.fold(best[needle.concept], f32::max);
            for at in (known..hits.len()).filter(|_| is_alone) {
                if !hits[..at].iter().any(|hit| hit.block == hits[at].block) {
                    counted = counted.max(hits[at].worth);
                }
            }
        }
        hits
    }

    /// Checks a place where a needle may stand, and says what it is worth.
    fn look(
        &self,
        page: &Page<'_>,
        needle: &Needle<'_>,
        block: usize,
        offset: usize,
        hits: &mut Vec<Hit>,
    ) {
        let (section, layout) = page.blocks[block];
        if layout.placement == NOT_INDEXED {
            return;
        }
        let Some(place) = PLACEMENTS.get(usize::from(layout.placement)) else {
            return;
        };
        let within = offset - page.starts[block];
        let found = match needle.variant.matcher {
            // Words that stand together do so wherever in the block one of them was met.
            Matcher::Together(_) => {
                page.once(needle, block, || stands(needle, page, block, within))
            }
            _ => stands(needle, page, block, within),
        };
        let Some(via) = found else {
            return;
        };
        let covers = |(start, end): (u32, u32)| (start as usize..end as usize).contains(&within);
        let is_name = layout.name.is_some_and(covers);
        let field = if is_name { place.name } else { place.rest };
        if !needle.variant.fields.contains(field) {
            return;
        }
        let level = page.layout.sections[section].level.as_ref();
        let of_level = match level {
            Some(level) if self.levels.contains(level) => CHOSEN_LEVEL,
            Some(_) if !self.levels.is_empty() => OTHER_LEVEL,
            _ => 1.0,
        };
        let heading = if matches!(layout.shape, Shape::Heading(_)) {
            0.5
        } else {
            1.0
        };
        let weights = self.weights;
        let worth = weights.field(field) * weights.variant(needle.variant) * of_level * heading;
        hits.push(Hit {
            block,
            offset: within,
            concept: needle.concept,
            variant: needle.variant_at,
            field,
            via,
            worth,
        });
    }

    /// The block that says most, then those that say what it does not.
    fn choose(&self, page: &Page<'_>, hits: &[Hit]) -> Vec<Passage> {
        let mut missing = vec![true; self.concepts.len()];
        let mut passages = Vec::new();
        while passages.len() < self.limit && missing.contains(&true) {
            let mut worths: Vec<(usize, f32, Vec<usize>)> = Vec::new();
            for hit in hits.iter().filter(|hit| missing[hit.concept]) {
                let worth = hit.worth * (self.rarities[hit.concept] + 0.2);
                match worths.iter_mut().find(|(block, ..)| *block == hit.block) {
                    Some((_, _, concepts)) if concepts.contains(&hit.concept) => {}
                    Some((_, sum, concepts)) => {
                        *sum += worth;
                        concepts.push(hit.concept);
                    }
                    None => worths.push((hit.block, worth, vec![hit.concept])),
                }
            }
            let best = worths
                .into_iter()
                .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
            let Some((block, _, concepts)) = best else {
                break;
            };
            for concept in concepts {
                missing[concept] = false;
            }
            passages.push(self.passage(page, block));
        }
        passages
    }

    fn passage(&self, page: &Page<'_>, block: usize) -> Passage {
        let (section, layout) = page.blocks[block];
        let text = page.text(block);
        let marks = self.marks(page.words(block));
        let first = marks.first().map_or(0, |(start, _)| *start);
        let line = layout.line + text[..first].matches(LINE_BREAK).count() as u32;
        let (text, marks) = cut(text, &marks);
        Passage {
            section: page.layout.sections[section].kind,
            line,
            text,
            marks,
        }
    }

    /// Everything among the words of a text that some variant of some concept matches, as byte offsets.
    fn marks(&self, words: &[Word]) -> Vec<(usize, usize)> {
        let parts: Vec<&Word> = parts(words).collect();
        let mut marks: Vec<(usize, usize)> = Vec::new();
        for needle in &self.needles {
            match &needle.variant.matcher {
                Matcher::Exact { exact, .. } => marks.extend(
                    words
                        .iter()
                        .filter(|word| word.term == *exact)
                        .map(|word| word.span),
                ),
                Matcher::Together(stems) => {
                    let is_one =
                        |word: &&&Word| stems.iter().any(|stem| is_form_of(&word.term, stem));
                    marks.extend(parts.iter().filter(is_one).map(|word| word.span));
                }
                Matcher::Initials(_) => {}
                Matcher::Word { stem, exact } => marks.extend(
                    words
                        .iter()
                        .filter(|word| word.term == *exact || is_form_of(&word.term, stem))
                        .map(|word| word.span),
                ),
                Matcher::Phrase { stems, slop } => {
                    for run in runs(&parts, stems, *slop) {
                        marks.push((run[0].span.0, run[run.len() - 1].span.1));
                    }
                }
            }
        }
        marks.sort_unstable_by_key(|&(start, end)| (start, std::cmp::Reverse(end)));
        let mut merged: Vec<(usize, usize)> = Vec::new();
        for (start, end) in marks {
            match merged.last_mut() {
                Some(last) if start < last.1 => last.1 = last.1.max(end),
                _ => merged.push((start, end)),
            }
        }
        merged
    }
}

fn finder(matcher: &Matcher) -> Option<Finder<'static>> {
    let common = |word: &str, stem: &str| {
        word.bytes()
            .zip(stem.bytes())
            .take_while(|(a, b)| a == b)
            .count()
    };
    let prefix = match matcher {
        Matcher::Word { stem, exact } => {
            let shared = common(exact, stem).min(exact.len());
            // Another spelling may differ from the stem's end on: centre, center.
            let shared = if is_respelled(exact) || stem.ends_with(['r', 'z', 'g']) {
                shared.saturating_sub(2).max(2.min(shared))
            } else {
                shared
            };
            // Within a letter of several bytes there is no beginning to look for.
            exact.get(..shared)?
        }
        Matcher::Exact { exact, .. } => exact,
        Matcher::Initials(_) => return None,
        // A stem may end in another letter than its word ("deliveri").
        Matcher::Phrase { stems, .. } | Matcher::Together(stems) => beginning(stems.first()?),
    };
    (prefix.is_ascii() && !prefix.is_empty()).then(|| Finder::new(prefix).into_owned())
}

/// Returns the section that a field stands for, for evidence that is no passage.
pub fn section_of(field: TextField) -> SectionKind {
    match field {
        TextField::Title => SectionKind::Title,
        TextField::Alias => SectionKind::Alias,
        TextField::Kpi | TextField::KpiRow => SectionKind::Kpis,
        TextField::SkillCritical | TextField::SkillImportant | TextField::SkillOptional => {
            SectionKind::Skills
        }
        TextField::Tool => SectionKind::Tools,
        TextField::Summary => SectionKind::Summary,
        TextField::Responsibilities => SectionKind::Responsibilities,
        TextField::Career => SectionKind::Career,
        TextField::Context => SectionKind::Context,
        TextField::Other => SectionKind::Other,
    }
}

#[cfg(test)]
mod tests;
