//! The model of a role blueprint: what a container was understood to say about one job.
//!
//! Plain values without behaviour of their own; `corpus` makes them, `index` files them, `render` shows them.

use serde::{Deserialize, Serialize};

/// A job in depth: what it is called, where it stands, and everything its document says of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Blueprint {
    /// The stable name: explicit in the document, else the slug of the title.
    pub id: String,
    /// The role's name without any constant tail.
    pub title: String,
    /// Other names of the role.
    pub aliases: Vec<String>,
    /// The level of the title itself.
    pub level: Level,
    /// All levels that the document describes, `level` among them, in ascending order.
    pub levels: Vec<String>,
    /// What the role is about: `cloud` or `cloud/finops`, never an ancestor beside its descendant.
    pub domains: Vec<Domain>,
    /// The job family that the document names.
    pub family: Option<String>,
    /// The sections in document order.
    pub sections: Vec<Section>,
    /// First and last line in the source, one-based.
    pub lines: (u32, u32),
}

/// A value and how it was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Level {
    /// The bare id: `senior`, `ic4`.
    pub id: String,
    /// Where it came from.
    pub found: Provenance,
}

/// A domain of a role and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// The path: `cloud`, `cloud/finops`.
    pub id: String,
    /// Where it came from.
    pub found: Provenance,
}

/// Where a level or a domain was found, the stronger first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provenance {
    /// Named in the document's head.
    Head,
    /// Read from the title.
    Title,
    /// Given by the category that a site or a table files the document under.
    Category,
    /// Given by the folder below the corpus' root.
    Folder,
    /// Read from the text.
    Text,
    /// Nothing said it.
    #[default]
    Default,
}

impl Provenance {
    /// Returns what it says to people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Head => "from the head",
            Self::Title => "from the title",
            Self::Category => "from the category",
            Self::Folder => "from the folder",
            Self::Text => "from the text",
            Self::Default => "by default",
        }
    }
}

/// A stretch of a blueprint below one heading.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Section {
    /// What the section is about.
    pub kind: SectionKind,
    /// The heading as written, empty for text before the first one.
    pub heading: String,
    /// The line of the heading (of the first block where there is none).
    pub line: u32,
    /// The depth of the heading, 1 to 6; 0 where there is none.
    pub depth: u8,
    /// The level of a ladder that the section stands under.
    pub level: Option<String>,
    /// The content in order.
    pub blocks: Vec<Block>,
}

/// The kinds of sections; their names are part of the interface.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum SectionKind {
    /// The role's name.
    Title,
    /// The role's other names.
    Alias,
    /// What the role is for.
    Summary,
    /// What it does and answers for.
    Responsibilities,
    /// What it hands over.
    Deliverables,
    /// What it has to reach, and by when.
    Goals,
    /// What it is measured by.
    Kpis,
    /// What one has to be able to do.
    Skills,
    /// What it works with.
    Tools,
    /// Where it works.
    Environment,
    /// Whom it works with and what it decides.
    Organization,
    /// What one has to bring.
    Qualifications,
    /// Where one comes from and goes to.
    Career,
    /// Risks, variants, hiring, neighbours.
    Context,
    /// Anything else.
    #[default]
    Other,
}

impl SectionKind {
    /// All kinds in the order in which a reader wants them.
    pub const ALL: [Self; 15] = [
        Self::Title,
        Self::Alias,
        Self::Summary,
        Self::Responsibilities,
        Self::Deliverables,
        Self::Goals,
        Self::Kpis,
        Self::Skills,
        Self::Tools,
        Self::Environment,
        Self::Organization,
        Self::Qualifications,
        Self::Career,
        Self::Context,
        Self::Other,
    ];

    /// Returns the name that stands in output and behind `--section`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Alias => "alias",
            Self::Summary => "summary",
            Self::Responsibilities => "responsibilities",
            Self::Deliverables => "deliverables",
            Self::Goals => "goals",
            Self::Kpis => "kpis",
            Self::Skills => "skills",
            Self::Tools => "tools",
            Self::Environment => "environment",
            Self::Organization => "organization",
            Self::Qualifications => "qualifications",
            Self::Career => "career",
            Self::Context => "context",
            Self::Other => "other",
        }
    }

    /// Returns the kind of that name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

/// A paragraph, a list item or a table row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Block {
    /// The first line in the source, one-based.
    pub line: u32,
    /// The shape.
    pub shape: Shape,
    /// The words, without marks; [`LINE_BREAK`] stands where the source goes on to its next line, [`CELL`] between cells.
    pub text: String,
    /// What the block was understood to be.
    pub entity: Option<Entity>,
}

/// Stands in a block's text where the source begins a new line, so that each word keeps its own.
pub const LINE_BREAK: char = '\u{b}';

/// Stands in a table row's text between two cells.
pub const CELL: char = '\u{1f}';

/// The shape of a block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shape {
    /// A paragraph.
    #[default]
    Paragraph,
    /// A list item, with its depth from 0.
    Item(u8),
    /// A numbered list item, with its depth from 0.
    Numbered(u8),
    /// A heading inside the section, with its depth.
    Heading(u8),
    /// The header of a table.
    Header,
    /// A row of a table.
    Row,
    /// A block of code.
    Code,
}

/// What a block names.
#[derive(Debug, Clone, PartialEq)]
pub enum Entity {
    /// Skills: one, or several of a comma list.
    Skills(Vec<Skill>),
    /// A KPI.
    Kpi(Kpi),
    /// Tools of one row or list.
    Tools(Vec<String>),
    /// A role before or after this one.
    Career(CareerLink),
}

/// Something that one has to be able to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skill {
    /// The name as written.
    pub name: String,
    /// How much it counts; `None` where the document does not say.
    pub weight: Option<Weight>,
    /// Whether it is a soft skill.
    pub soft: bool,
}

/// How much a skill counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Good to have.
    Optional,
    /// Should be there.
    Important,
    /// Cannot be missing.
    Critical,
}

/// Something that the role is measured by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Kpi {
    /// The name as written.
    pub name: String,
    /// What it measures, or its formula.
    pub definition: String,
    /// The value to reach.
    pub target: String,
    /// How often it is looked at.
    pub frequency: String,
}

/// A step of a career.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CareerLink {
    /// The title of the other role.
    pub title: String,
    /// Which way it leads.
    pub direction: Direction,
    /// Whether the document marks it as outside its corpus.
    pub outside: bool,
}

/// Which way a career link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// One comes from there.
    From,
    /// One goes there.
    To,
    /// Not said, or sideways.
    Beside,
}

impl Blueprint {
    /// Returns the size of the text of all blocks, in bytes.
    pub fn text_bytes(&self) -> usize {
        let blocks = self.sections.iter().flat_map(|section| &section.blocks);
        blocks.map(|block| block.text.len()).sum()
    }

    /// Iterates over all entities with the line that they stand on.
    pub fn entities(&self) -> impl Iterator<Item = (u32, &Entity)> {
        self.sections
            .iter()
            .flat_map(|section| &section.blocks)
            .filter_map(|block| Some((block.line, block.entity.as_ref()?)))
    }
}
