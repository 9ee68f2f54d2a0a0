//! The fields of the index, and which block of a blueprint goes into which of them: the one table of both.
//!
//! Text fields stand for strength of evidence, not for headings: the engine scores per field and knows no weight per
//! posting, so what must count differently stands in different fields.

use tantivy::schema::{
    FAST, Facet, FacetOptions, Field, IndexRecordOption, STORED, STRING, Schema, SchemaBuilder,
    TextFieldIndexing, TextOptions,
};

use super::analysis::{Analyzer, Form};
use crate::blueprint::{Entity, Section, SectionKind, Weight};

/// The version of schema, analysis and layout together. An index of another version is built anew.
pub const VERSION: u32 = 9;

/// The analyzers' names in the index; they carry the version of the analysis.
const STEM_ANALYZER: &str = "bp_stem_v1";
const EXACT_ANALYZER: &str = "bp_exact_v1";

/// The text fields, the strongest evidence first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum TextField {
    /// The role's name.
    Title,
    /// Its other names.
    Alias,
    /// The names of its KPIs.
    Kpi,
    /// What is said of the KPIs.
    KpiRow,
    /// The names of skills that cannot be missing.
    SkillCritical,
    /// The names of skills that should be there, or whose weight is not said.
    SkillImportant,
    /// The names of skills that are good to have.
    SkillOptional,
    /// Tools.
    Tool,
    /// What the role is for.
    Summary,
    /// What it does.
    Responsibilities,
    /// Where one comes from and goes to.
    Career,
    /// Risks, variants, hiring, neighbours.
    Context,
    /// Everything else.
    Other,
}

impl TextField {
    /// All text fields in their order.
    pub const ALL: [Self; 13] = [
        Self::Title,
        Self::Alias,
        Self::Kpi,
        Self::KpiRow,
        Self::SkillCritical,
        Self::SkillImportant,
        Self::SkillOptional,
        Self::Tool,
        Self::Summary,
        Self::Responsibilities,
        Self::Career,
        Self::Context,
        Self::Other,
    ];

    /// Returns whether its text is prose, rather than names: whether its length counts.
    pub fn is_prose(self) -> bool {
        matches!(
            self,
            Self::KpiRow
                | Self::Summary
                | Self::Responsibilities
                | Self::Career
                | Self::Context
                | Self::Other
        )
    }

    /// Returns the name in the schema and in `ranking.toml`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Alias => "alias",
            Self::Kpi => "kpi",
            Self::KpiRow => "kpi_row",
            Self::SkillCritical => "skill_critical",
            Self::SkillImportant => "skill_important",
            Self::SkillOptional => "skill_optional",
            Self::Tool => "tool",
            Self::Summary => "summary",
            Self::Responsibilities => "responsibilities",
            Self::Career => "career",
            Self::Context => "context",
            Self::Other => "other",
        }
    }
}

/// A set of text fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSet(u16);

impl FieldSet {
    /// All text fields.
    pub const ALL: Self = Self(u16::MAX);

    /// Makes a set.
    pub const fn of(fields: &[TextField]) -> Self {
        let mut set = 0;
        let mut at = 0;
        while at < fields.len() {
            set |= 1 << fields[at] as u16;
            at += 1;
        }
        Self(set)
    }

    /// Returns whether a field belongs to it.
    pub fn contains(self, field: TextField) -> bool {
        self.0 & (1 << field as u16) != 0
    }

    /// Returns the fields that belong to both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Returns its fields in order.
    pub fn fields(self) -> impl Iterator<Item = TextField> {
        TextField::ALL
            .into_iter()
            .filter(move |field| self.contains(*field))
    }
}

/// Where the words of a block go: those of the name of its entity, and the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// The field of the entity's name; equal to `rest` where the block names none.
    pub name: TextField,
    /// The field of the other words.
    pub rest: TextField,
}

/// All placements; a stored block holds an index into this table.
pub const PLACEMENTS: [Placement; 12] = [
    Placement {
        name: TextField::Kpi,
        rest: TextField::KpiRow,
    },
    Placement {
        name: TextField::KpiRow,
        rest: TextField::KpiRow,
    },
    Placement {
        name: TextField::SkillCritical,
        rest: TextField::Responsibilities,
    },
    Placement {
        name: TextField::SkillImportant,
        rest: TextField::Responsibilities,
    },
    Placement {
        name: TextField::SkillOptional,
        rest: TextField::Responsibilities,
    },
    Placement {
        name: TextField::SkillImportant,
        rest: TextField::SkillImportant,
    },
    Placement {
        name: TextField::Tool,
        rest: TextField::Tool,
    },
    Placement {
        name: TextField::Summary,
        rest: TextField::Summary,
    },
    Placement {
        name: TextField::Responsibilities,
        rest: TextField::Responsibilities,
    },
    Placement {
        name: TextField::Career,
        rest: TextField::Career,
    },
    Placement {
        name: TextField::Context,
        rest: TextField::Context,
    },
    Placement {
        name: TextField::Other,
        rest: TextField::Other,
    },
];

/// Returns the index of the placement of a block in [`PLACEMENTS`].
pub fn placement(section: &Section, entity: Option<&Entity>) -> u8 {
    let skill = |weight: Option<Weight>| match weight {
        Some(Weight::Critical) => 2,
        Some(Weight::Important) | None => 3,
        Some(Weight::Optional) => 4,
    };
    match entity {
        Some(Entity::Kpi(_)) => 0,
        Some(Entity::Skills(skills)) => skill(skills.first().and_then(|skill| skill.weight)),
        Some(Entity::Tools(_)) => 6,
        Some(Entity::Career(_)) => 9,
        None => match section.kind {
            SectionKind::Kpis => 1,
            SectionKind::Skills => 5,
            SectionKind::Tools => 6,
            SectionKind::Summary | SectionKind::Title => 7,
            SectionKind::Responsibilities | SectionKind::Deliverables | SectionKind::Goals => 8,
            SectionKind::Career => 9,
            SectionKind::Context => 10,
            SectionKind::Alias
            | SectionKind::Environment
            | SectionKind::Organization
            | SectionKind::Qualifications
            | SectionKind::Other => 11,
        },
    }
}

/// The schema and its fields.
#[derive(Debug, Clone)]
pub struct Fields {
    /// The schema itself.
    pub schema: Schema,
    /// The text fields, in the order of [`TextField::ALL`].
    pub text: [Field; 13],
    /// The title unstemmed.
    pub title_exact: Field,
    /// Names of skills, tools and KPIs unstemmed.
    pub name_exact: Field,
    /// All words of the text unstemmed: the form that was typed counts more than another form of it.
    pub text_exact: Field,
    /// Whole titles (`t:…`), aliases (`a:…`) and names of KPIs, skills and tools (`n:…`) as one term each.
    pub whole: Field,
    /// Neighbouring stems in titles and names of entities, `change failur`.
    pub pair: Field,
    /// Hash of the source's path: what is deleted and added as one.
    pub source: Field,
    /// The id, indexed for `show`.
    pub id: Field,
    /// The facets.
    pub level: Field,
    /// The domain facet.
    pub domain: Field,
    /// Columns for result lists; stored as well, since a hit whose text is fetched has them at hand then.
    pub title_column: Field,
    /// The title in lower case, by which lists without words are ordered.
    pub sort_column: Field,
    /// How level and domains were found, and the family: stored for `show`.
    pub facts: Field,
    /// The path of the source.
    pub path_column: Field,
    /// The title's own level.
    pub level_column: Field,
    /// The first line of the role in its source.
    pub line_column: Field,
    /// The number of words.
    pub length_column: Field,
    /// The text of all blocks, a line each, as [`super::words`] writes it.
    pub body: Field,
    /// The sections and blocks of the body.
    pub layout: Field,
}

/// What becomes of the values of a field.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Words, stemmed, with positions.
    Stemmed,
    /// Words as they stand.
    Exact,
    /// One term.
    Term,
    /// One term, in a column and stored.
    Id,
    /// A facet.
    Facet,
    /// Text in a column, and stored.
    Column,
    /// Text in a column.
    Order,
    /// Text that is stored.
    StoredText,
    /// Bytes that are stored.
    StoredBytes,
    /// A number in a column.
    Number,
}

impl Kind {
    fn add(self, name: &str, builder: &mut SchemaBuilder) -> Field {
        let words = |analyzer: &str, record: IndexRecordOption| {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer(analyzer)
                .set_index_option(record)
                .set_fieldnorms(false);
            TextOptions::default().set_indexing_options(indexing)
        };
        let column = TextOptions::default().set_fast("raw");
        match self {
            Self::Stemmed => {
                let positions = IndexRecordOption::WithFreqsAndPositions;
                builder.add_text_field(name, words(STEM_ANALYZER, positions))
            }
            Self::Exact => {
                builder.add_text_field(name, words(EXACT_ANALYZER, IndexRecordOption::Basic))
            }
            Self::Term => builder.add_text_field(name, words("raw", IndexRecordOption::Basic)),
            Self::Id => builder.add_text_field(name, STRING | FAST | STORED),
            Self::Facet => builder.add_facet_field(name, FacetOptions::default()),
            Self::Column => builder.add_text_field(name, column.set_stored()),
            Self::Order => builder.add_text_field(name, column),
            Self::StoredText => builder.add_text_field(name, STORED),
            Self::StoredBytes => builder.add_bytes_field(name, STORED),
            Self::Number => builder.add_u64_field(name, FAST),
        }
    }
}

impl Default for Fields {
    fn default() -> Self {
        Self::new()
    }
}

impl Fields {
    /// Makes the schema.
    pub fn new() -> Self {
        let mut builder = Schema::builder();
        let mut fields = Self::each(|name, kind| kind.add(name, &mut builder));
        fields.schema = builder.build();
        fields
    }

    /// Takes the fields of an index that was made with this schema: they stand in it in the order in which they were added, so
    /// that it need not be made again.
    pub fn of_index(schema: Schema) -> Self {
        let mut ids = 0..;
        let next = |_, _| Field::from_field_id(ids.next().unwrap_or_default());
        Self {
            schema,
            ..Self::each(next)
        }
    }

    /// Calls `add` for each field in order.
    fn each(mut add: impl FnMut(&'static str, Kind) -> Field) -> Self {
        Self {
            text: TextField::ALL.map(|field| add(field.id(), Kind::Stemmed)),
            title_exact: add("title_exact", Kind::Exact),
            name_exact: add("name_exact", Kind::Exact),
            text_exact: add("text_exact", Kind::Exact),
            whole: add("whole", Kind::Term),
            pair: add("pair", Kind::Term),
            source: add("source", Kind::Term),
            id: add("id", Kind::Id),
            level: add("level", Kind::Facet),
            domain: add("domain", Kind::Facet),
            title_column: add("title_column", Kind::Column),
            sort_column: add("sort_column", Kind::Order),
            facts: add("facts", Kind::StoredText),
            path_column: add("path_column", Kind::Column),
            level_column: add("level_column", Kind::Column),
            line_column: add("line_column", Kind::Number),
            length_column: add("length_column", Kind::Number),
            body: add("body", Kind::StoredBytes),
            layout: add("layout", Kind::StoredBytes),
            schema: Schema::builder().build(),
        }
    }

    /// Returns the engine's field of a text field.
    pub fn of(&self, field: TextField) -> Field {
        self.text[field as usize]
    }

    /// Makes the analyzers known to an index; needed after every creation and opening.
    pub fn register_analyzers(index: &tantivy::Index) {
        index
            .tokenizers()
            .register(STEM_ANALYZER, Analyzer::new(Form::Stem));
        index
            .tokenizers()
            .register(EXACT_ANALYZER, Analyzer::new(Form::Exact));
    }
}

/// The facet of a level: `/leadership/director`.
pub fn level_facet(track: &str, level: &str) -> Facet {
    Facet::from_path([track, level])
}

/// The facet of a domain: `/cloud/finops`.
pub fn domain_facet(domain: &str) -> Facet {
    Facet::from_path(domain.split('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_an_index_are_those_that_were_added() {
        let made = Fields::new();
        let taken = Fields::of_index(made.schema.clone());
        assert_eq!(format!("{made:?}"), format!("{taken:?}"));
        for (field, name) in [(taken.layout, "layout"), (taken.text[12], "other")] {
            assert_eq!(made.schema.get_field_name(field), name);
        }
    }
}
