//! Turns a role into a document of the engine: terms in their fields, columns, facets, and the stored body.

use serde::{Deserialize, Serialize};
use tantivy::TantivyDocument;
use tantivy::schema::Field;

use super::acronyms;
use super::analysis::{Form, MAX_KEY_BYTES, name_key, sequence, shorten, stems};
use super::layout::{BlockLayout, Layout, NOT_INDEXED, SectionLayout, encode};
use super::manifest::count_words;
use super::schema::{Fields, PLACEMENTS, TextField, domain_facet, level_facet, placement};
use crate::blueprint::{Block, Blueprint, Entity, Provenance, Section, SectionKind, Shape};
use crate::corpus::Role;
use crate::corpus::headings::headings;
use crate::taxonomy::Taxonomy;

/// Words that join the others of a name and are left out of its pairs and initials.
pub const JOINING: [&str; 14] = [
    "a", "an", "and", "as", "at", "by", "for", "in", "of", "on", "per", "the", "to", "with",
];

/// What stands before the terms of the field of whole names: a title, an alias, the name of a KPI, a skill or a tool, the
/// words of a title in any order, the initials of a title.
pub const TITLE: &str = "t:";
/// See [`TITLE`].
pub const ALIAS: &str = "a:";
/// See [`TITLE`].
pub const ENTITY: &str = "n:";
/// See [`TITLE`].
pub const TITLE_WORDS: &str = "c:";
/// See [`TITLE`].
pub const INITIALS: &str = "i:";
/// A short form with the long one that a text gives it, `x:sre=site reliability engineering`.
pub const LONG_FORM: &str = "x:";
/// The same turned round.
pub const SHORT_FORM: &str = "y:";

/// Returns the term under which all documents of one source are filed.
pub fn source_key(path: &str) -> String {
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(path.as_bytes()))
}

/// Returns the key under which the whole name of a KPI, a skill or a tool is found, joining words left out.
pub fn entity_key(name: &str) -> String {
    let key = name_key(name);
    let kept: Vec<&str> = key
        .split(' ')
        .filter(|word| !JOINING.contains(word))
        .collect();
    kept.join(" ")
}

/// Returns the key of a title's words in any order: "Director of Engineering" is "Engineering Director".
pub fn title_words_key(title: &str) -> String {
    let mut stems = sequence(title, Form::Stem);
    stems.retain(|stem| !JOINING.contains(&stem.as_str()));
    stems.sort();
    stems.dedup();
    let mut key = stems.join(" ");
    shorten(&mut key, MAX_KEY_BYTES);
    key
}

/// Returns the neighbouring stems of a name, joining words left out.
pub fn pairs(stems: &[String]) -> Vec<String> {
    let kept: Vec<&String> = stems
        .iter()
        .filter(|stem| !JOINING.contains(&stem.as_str()))
        .collect();
    kept.windows(2)
        .map(|pair| format!("{} {}", pair[0], pair[1]))
        .collect()
}

/// What is known of a role beside its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// How the level was found.
    pub level: Provenance,
    /// The domains, and how each was found.
    pub domains: Vec<(String, Provenance)>,
    /// The job family that the document names.
    pub family: Option<String>,
}

impl Facts {
    fn of(blueprint: &Blueprint) -> Self {
        let domains = blueprint
            .domains
            .iter()
            .map(|domain| (domain.id.clone(), domain.found))
            .collect();
        Self {
            level: blueprint.level.found,
            domains,
            family: blueprint.family.clone(),
        }
    }

    fn to_text(&self) -> String {
        // Strings alone: nothing here can fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A role as a document of the engine, and its text, which the store does not take as it is.
pub struct Prepared {
    /// The document without its text.
    pub document: TantivyDocument,
    /// The text, a line each block; empty once it is in the document.
    pub body: String,
    /// Whether the text is in the document.
    pub has_body: bool,
    /// The size of the text, in bytes.
    pub bytes: usize,
}

/// Makes the document of a role.
pub fn document(role: &Role, fields: &Fields, taxonomy: &Taxonomy) -> Prepared {
    let blueprint = &role.blueprint;
    let mut writer = Writer {
        fields,
        document: TantivyDocument::default(),
        body: String::new(),
        lines: 0,
        layout: Layout::default(),
    };
    writer.names(blueprint);
    for section in &blueprint.sections {
        writer.section(section);
    }
    if let Some(family) = &blueprint.family {
        writer.add(fields.of(TextField::Other), family);
    }
    let length = count_words(&writer.body) as u64;
    let Writer {
        mut document,
        body,
        layout,
        ..
    } = writer;
    document.add_text(fields.source, source_key(&role.path));
    document.add_text(fields.id, &blueprint.id);
    document.add_text(fields.title_column, &blueprint.title);
    document.add_text(fields.sort_column, blueprint.title.to_lowercase());
    document.add_text(fields.facts, Facts::of(blueprint).to_text());
    document.add_text(fields.path_column, &role.path);
    document.add_text(fields.level_column, &blueprint.level.id);
    document.add_u64(fields.line_column, u64::from(blueprint.lines.0));
    document.add_u64(fields.length_column, length);
    for level in &blueprint.levels {
        document.add_facet(fields.level, level_facet(taxonomy.track(level).id(), level));
    }
    for domain in &blueprint.domains {
        document.add_facet(fields.domain, domain_facet(&domain.id));
    }
    document.add_bytes(fields.layout, &encode(&layout));
    Prepared {
        document,
        bytes: body.len(),
        has_body: false,
        body,
    }
}

struct Writer<'a> {
    fields: &'a Fields,
    document: TantivyDocument,
    body: String,
    lines: usize,
    layout: Layout,
}

impl Writer<'_> {
    fn names(&mut self, blueprint: &Blueprint) {
        self.document
            .add_text(self.fields.of(TextField::Title), &blueprint.title);
        self.document
            .add_text(self.fields.title_exact, &blueprint.title);
        self.whole(TITLE, &name_key(&blueprint.title));
        self.whole(TITLE_WORDS, &title_words_key(&blueprint.title));
        if let Some(initials) = acronyms::initials(&blueprint.title) {
            self.whole(INITIALS, &initials);
        }
        self.pairs(&blueprint.title);
        for alias in &blueprint.aliases {
            self.document
                .add_text(self.fields.of(TextField::Alias), alias);
            self.document.add_text(self.fields.title_exact, alias);
            self.whole(ALIAS, &name_key(alias));
            self.whole(TITLE_WORDS, &title_words_key(alias));
            self.pairs(alias);
        }
        if !blueprint.aliases.is_empty() {
            // Aliases of a head are no section of the text; as a stored one they can be shown.
            let text = blueprint.aliases.join(", ");
            self.store(SectionKind::Alias, blueprint.lines.0, &text);
        }
    }

    fn whole(&mut self, sign: &str, key: &str) {
        self.document
            .add_text(self.fields.whole, format!("{sign}{key}"));
    }

    /// Notes the short forms that a text explains.
    fn explanations(&mut self, text: &str) {
        for (short, long) in acronyms::explained(text) {
            self.whole(LONG_FORM, &format!("{short}={long}"));
            self.whole(SHORT_FORM, &format!("{long}={short}"));
        }
    }

    fn store(&mut self, kind: SectionKind, line: u32, text: &str) {
        let block = BlockLayout {
            line,
            shape: Shape::Paragraph,
            placement: NOT_INDEXED,
            name: None,
        };
        self.layout.sections.push(SectionLayout {
            kind,
            level: None,
            blocks: vec![block],
        });
        self.push_line(text);
    }

    fn section(&mut self, section: &Section) {
        let mut layout = SectionLayout {
            kind: section.kind,
            level: section.level.clone(),
            blocks: Vec::new(),
        };
        if !section.heading.is_empty() {
            let shape = Shape::Heading(section.depth.max(1));
            layout
                .blocks
                .push(self.heading(section, &section.heading, section.line, shape));
        }
        for block in &section.blocks {
            layout.blocks.push(match block.shape {
                Shape::Heading(_) => self.heading(section, &block.text, block.line, block.shape),
                _ => self.block(section, block),
            });
        }
        self.layout.sections.push(layout);
    }

    /// Headings that stand in every document are shown and not searched.
    fn heading(&mut self, section: &Section, text: &str, line: u32, shape: Shape) -> BlockLayout {
        self.push_line(text);
        if headings().exact(text).is_some() || headings().weight(text).is_some() {
            return BlockLayout {
                line,
                shape,
                placement: NOT_INDEXED,
                name: None,
            };
        }
        let placement = placement(section, None);
        self.add_words(PLACEMENTS[usize::from(placement)].rest, text);
        BlockLayout {
            line,
            shape,
            placement,
            name: None,
        }
    }

    fn block(&mut self, section: &Section, block: &Block) -> BlockLayout {
        self.push_line(&block.text);
        self.explanations(&block.text);
        if block.shape == Shape::Header {
            return BlockLayout {
                line: block.line,
                shape: block.shape,
                placement: NOT_INDEXED,
                name: None,
            };
        }
        let index = placement(section, block.entity.as_ref());
        let place = PLACEMENTS[usize::from(index)];
        let name = name_of(block);
        match name {
            Some((start, end)) if (start, end) != (0, block.text.len()) => {
                self.name(place.name, &block.text[start..end]);
                self.add_words(place.rest, &block.text[..start]);
                self.add_words(place.rest, &block.text[end..]);
            }
            _ => {
                self.add_words(place.name, &block.text);
                self.listed_names(block.entity.as_ref());
            }
        }
        let name = name.map(|(start, end)| (start as u32, end as u32));
        BlockLayout {
            line: block.line,
            shape: block.shape,
            placement: index,
            name,
        }
    }

    fn name(&mut self, field: TextField, name: &str) {
        self.add_words(field, name);
        self.entity_name(name);
    }

    fn entity_name(&mut self, name: &str) {
        self.add(self.fields.name_exact, name);
        self.whole(ENTITY, &entity_key(name));
        self.pairs(name);
    }

    fn listed_names(&mut self, entity: Option<&Entity>) {
        let names: Vec<&String> = match entity {
            Some(Entity::Skills(skills)) => skills.iter().map(|skill| &skill.name).collect(),
            Some(Entity::Tools(tools)) => tools.iter().collect(),
            _ => Vec::new(),
        };
        for name in names {
            self.entity_name(name);
        }
    }

    fn pairs(&mut self, name: &str) {
        for pair in pairs(&stems(name)) {
            self.document.add_text(self.fields.pair, pair);
        }
    }

    fn add(&mut self, field: Field, text: &str) {
        if !text.is_empty() {
            self.document.add_text(field, text);
        }
    }

    /// Files words of the text in a field, and as they stand.
    fn add_words(&mut self, field: TextField, text: &str) {
        self.add(self.fields.of(field), text);
        self.add(self.fields.text_exact, text);
    }

    /// Adds a line to the body: one for each block, empty ones too, so that block `n` is line `n`.
    fn push_line(&mut self, text: &str) {
        if self.lines > 0 {
            self.body.push('\n');
        }
        self.body.push_str(text);
        self.lines += 1;
    }
}

/// Where the name of a block's one entity stands as whole words; all of the text for a list of names; `None` for prose.
fn name_of(block: &Block) -> Option<(usize, usize)> {
    let name = match block.entity.as_ref()? {
        Entity::Kpi(kpi) => &kpi.name,
        Entity::Skills(skills) if skills.len() == 1 => &skills[0].name,
        Entity::Skills(_) | Entity::Tools(_) => return Some((0, block.text.len())),
        Entity::Career(_) => return None,
    };
    let is_apart = |at: usize| {
        let before = block.text[..at].chars().next_back();
        let behind = block.text[at + name.len()..].chars().next();
        before.is_none_or(|c| !c.is_alphanumeric()) && behind.is_none_or(|c| !c.is_alphanumeric())
    };
    let mut places = block.text.match_indices(name.as_str()).map(|(at, _)| at);
    places
        .find(|&at| is_apart(at))
        .map(|at| (at, at + name.len()))
}
