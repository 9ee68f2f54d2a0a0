//! Cuts a document's flow into sections, and says of each block what it names.

use super::bounds::{self, Bound};
use super::document::Piece;
use super::entities::{self, Place};
use super::headings::{Below, Column, Meaning, headings};
use super::title;
use crate::blueprint::{
    Block, CELL, Direction, Entity, LINE_BREAK, Section, SectionKind, Shape, Weight,
};
use crate::taxonomy::Taxonomy;

/// A heading that is still open.
#[derive(Debug, Clone, Default)]
struct Open {
    depth: u8,
    meaning: Option<Meaning>,
    weight: Option<Weight>,
    direction: Option<Direction>,
    level: Option<String>,
}

/// Cuts a flow into sections.
pub struct Sections<'a> {
    taxonomy: &'a Taxonomy,
    title: &'a str,
    sections: Vec<Section>,
    open: Vec<Open>,
    columns: Vec<Option<Column>>,
    ladder: Vec<String>,
    aliases: Vec<String>,
    blocks: usize,
    entities: usize,
    bounds: Vec<(u32, &'static Bound)>,
    /// Whether no more is taken.
    full: bool,
}

/// What a flow was cut into.
#[derive(Debug, Default)]
pub struct Cut {
    /// The sections in order.
    pub sections: Vec<Section>,
    /// The levels of a ladder.
    pub ladder: Vec<String>,
    /// The other names that a section of them lists.
    pub aliases: Vec<String>,
    /// The bounds that were met, each once, with the line.
    pub bounds: Vec<(u32, &'static Bound)>,
}

impl<'a> Sections<'a> {
    /// Starts with nothing, for the role of this title.
    pub fn new(taxonomy: &'a Taxonomy, title: &'a str) -> Self {
        Self {
            taxonomy,
            title,
            sections: Vec::new(),
            open: Vec::new(),
            columns: Vec::new(),
            ladder: Vec::new(),
            aliases: Vec::new(),
            blocks: 0,
            entities: 0,
            bounds: Vec::new(),
            full: false,
        }
    }

    /// Returns the sections and what else was found.
    pub fn finish(mut self) -> Cut {
        self.sections
            .retain(|section| !section.blocks.is_empty() || !section.heading.is_empty());
        Cut {
            sections: self.sections,
            ladder: self.ladder,
            aliases: self.aliases,
            bounds: self.bounds,
        }
    }

    /// Remembers that a bound was met.
    fn meet(&mut self, line: u32, bound: &'static Bound) {
        if !self.bounds.iter().any(|(_, known)| *known == bound) {
            self.bounds.push((line, bound));
        }
    }

    /// Adds a section, up to the bound.
    fn push(&mut self, section: Section) {
        if self.sections.len() < bounds::SECTIONS.count() {
            self.sections.push(section);
        } else {
            self.full = true;
            self.meet(section.line, &bounds::SECTIONS);
        }
    }

    fn meaning(&self) -> Option<Meaning> {
        self.open.iter().rev().find_map(|open| open.meaning)
    }

    fn level(&self) -> Option<String> {
        self.open.iter().rev().find_map(|open| open.level.clone())
    }

    fn place(&self) -> Place {
        let below = self.meaning().and_then(|meaning| meaning.below);
        let weight = self.open.iter().rev().find_map(|open| open.weight);
        let direction = self.open.iter().rev().find_map(|open| open.direction);
        Place {
            below,
            weight,
            direction,
        }
    }

    /// Takes the next piece.
    pub fn take(&mut self, piece: &Piece) {
        if self.full {
            return;
        }
        match piece.shape {
            Shape::Header | Shape::Row if is_wide(piece) => {
                self.meet(piece.line, &bounds::CELLS);
                let cells = entities::cells(&piece.text);
                let text = cells[..bounds::CELLS.count()].join(&CELL.to_string());
                let bold = piece.bold.min(text.len());
                self.take(&Piece {
                    text,
                    bold,
                    ..piece.clone()
                });
            }
            Shape::Heading(depth) => self.heading(piece, depth),
            Shape::Header => {
                self.columns = entities::cells(&piece.text)
                    .into_iter()
                    .map(|cell| headings().column(cell))
                    .collect();
                self.block(Block {
                    line: piece.line,
                    shape: piece.shape,
                    text: piece.text.clone(),
                    entity: None,
                });
            }
            Shape::Row => self.row(piece),
            Shape::Code => self.block(Block {
                line: piece.line,
                shape: piece.shape,
                text: piece.text.clone(),
                entity: None,
            }),
            Shape::Paragraph | Shape::Item(_) | Shape::Numbered(_) => self.item(piece),
        }
    }

    fn heading(&mut self, piece: &Piece, depth: u8) {
        while self.open.last().is_some_and(|open| open.depth >= depth) {
            self.open.pop();
        }
        let inherited = self.meaning();
        let exact = headings().exact(&piece.text);
        let beside = inherited.or(exact).is_some_and(|meaning| {
            matches!(meaning.kind, SectionKind::Career | SectionKind::Context)
        });
        let level = if exact.is_some() || beside {
            None
        } else {
            self.taxonomy.level_of_heading(&piece.text, self.title)
        };
        let own = exact.or_else(|| {
            if inherited.is_some() || level.is_some() {
                None
            } else {
                headings().meaning(&piece.text)
            }
        });
        self.ladder.extend(level.clone());
        let of_career = own
            .or(inherited)
            .is_some_and(|meaning| meaning.kind == SectionKind::Career);
        let is_part = level.is_none()
            && inherited.is_some()
            && own.is_none_or(|own| {
                inherited.is_some_and(|outer| outer.kind == own.kind && outer.below == own.below)
            });
        self.open.push(Open {
            depth,
            meaning: own,
            weight: headings().weight(&piece.text),
            direction: if of_career {
                entities::direction_of(&piece.text)
            } else {
                None
            },
            level,
        });
        if is_part {
            self.block(Block {
                line: piece.line,
                shape: piece.shape,
                text: piece.text.clone(),
                entity: None,
            });
        } else {
            self.begin(&piece.text, piece.line, depth);
        }
    }

    fn begin(&mut self, heading: &str, line: u32, depth: u8) {
        let kind = self
            .meaning()
            .map_or(SectionKind::Other, |meaning| meaning.kind);
        self.push(Section {
            kind,
            // A heading stands on one line, where its source does not.
            heading: heading.replace(LINE_BREAK, " "),
            line,
            depth,
            level: self.level(),
            blocks: Vec::new(),
        });
    }

    /// Adds a block to the open section, up to the bounds.
    pub fn block(&mut self, mut block: Block) {
        if self.sections.is_empty() {
            self.push(Section {
                kind: SectionKind::Summary,
                line: block.line,
                ..Section::default()
            });
        }
        if self.full {
            return;
        }
        if self.blocks == bounds::BLOCKS.count() {
            self.full = true;
            return self.meet(block.line, &bounds::BLOCKS);
        }
        self.blocks += 1;
        let named = block.entity.as_ref().map_or(0, entities::count);
        if self.entities + named > bounds::ENTITIES.count() {
            self.meet(block.line, &bounds::ENTITIES);
            block.entity = None;
        } else {
            self.entities += named;
        }
        if let Some(section) = self.sections.last_mut() {
            section.blocks.push(block);
        }
    }

    /// A paragraph or an item: an entity, a label with a list behind it, or prose.
    fn item(&mut self, piece: &Piece) {
        if let Some((label, rest)) = label_of(piece) {
            // "Skills: Python, SQL" in running text is a section of one line.
            let depth = self
                .open
                .last()
                .map_or(6, |open| open.depth.saturating_add(1));
            self.heading(
                &Piece {
                    line: piece.line,
                    shape: Shape::Heading(depth),
                    text: label.to_owned(),
                    bold: 0,
                },
                depth,
            );
            let rest = Piece {
                line: piece.line,
                shape: piece.shape,
                text: rest.to_owned(),
                bold: 0,
            };
            let entity = self.entity(&rest);
            self.block(Block {
                line: piece.line,
                shape: Shape::Paragraph,
                text: rest.text,
                entity,
            });
            let outer = self.open.pop();
            if self.sections.len() > 1 && outer.is_some_and(|outer| outer.meaning.is_some()) {
                self.reopen(piece.line);
            }
            return;
        }
        let entity = self.entity(piece);
        self.block(Block {
            line: piece.line,
            shape: piece.shape,
            text: piece.text.clone(),
            entity,
        });
    }

    /// Goes on with the section that a label interrupted.
    fn reopen(&mut self, line: u32) {
        let kind = self.meaning().map_or(
            if self.open.is_empty() {
                SectionKind::Summary
            } else {
                SectionKind::Other
            },
            |meaning| meaning.kind,
        );
        self.push(Section {
            kind,
            line,
            level: self.level(),
            ..Section::default()
        });
    }

    fn entity(&mut self, piece: &Piece) -> Option<Entity> {
        let place = self.place();
        if place.below == Some(Below::Aliases) {
            let names = entities::comma_list(&piece.text)
                .unwrap_or_else(|| vec![title::clean(&piece.text)]);
            self.aliases.extend(names);
            return None;
        }
        match piece.shape {
            // Lines below an item ("Use: …") say more of it and name nothing of their own.
            Shape::Item(depth) | Shape::Numbered(depth) if depth > 0 => self.nested(piece, place),
            Shape::Item(_) | Shape::Numbered(_) => entities::item(&piece.text, piece.bold, place),
            _ => entities::comma_list(&piece.text)
                .and_then(|list| entities::item(&list.join(", "), 0, place)),
        }
    }

    fn nested(&self, piece: &Piece, place: Place) -> Option<Entity> {
        let last = self.sections.last()?.blocks.last()?;
        let says_more = [
            "use",
            "why",
            "use and why",
            "used for",
            "description",
            "example",
            "note",
            "how",
        ];
        let label = piece
            .text
            .split(':')
            .next()
            .unwrap_or_default()
            .to_lowercase();
        let below_entity = self
            .sections
            .last()?
            .blocks
            .iter()
            .rev()
            .find(|block| matches!(block.shape, Shape::Item(0) | Shape::Numbered(0)))
            .is_some_and(|block| block.entity.is_some());
        (!says_more.contains(&label.as_str()) && !below_entity && last.line > 0)
            .then(|| entities::item(&piece.text, piece.bold, place))?
    }

    fn row(&mut self, piece: &Piece) {
        // A cell may go on over lines; what it names does not.
        let text = piece.text.replace(LINE_BREAK, " ");
        let cells = entities::cells(&text);
        let is_scorecard = self.meaning().is_some_and(|meaning| meaning.scorecard);
        if is_scorecard && cells.len() > 1 {
            self.scorecard_row(piece, &cells);
            return;
        }
        let entity = entities::row(&cells, &self.columns, self.place());
        self.block(Block {
            line: piece.line,
            shape: piece.shape,
            text: piece.text.clone(),
            entity,
        });
    }

    /// A row of a scorecard is a section of its own, of the kind that its first cell names.
    fn scorecard_row(&mut self, piece: &Piece, cells: &[&str]) {
        let meaning = headings().meaning(cells[0]);
        let place = Place {
            below: meaning.and_then(|meaning| meaning.below),
            ..Place::default()
        };
        let entity = entities::item(cells[1..].join(", ").trim(), 0, place);
        self.push(Section {
            kind: meaning.map_or(SectionKind::Context, |meaning| meaning.kind),
            heading: cells[0].trim().to_owned(),
            line: piece.line,
            depth: 6,
            level: self.level(),
            blocks: Vec::new(),
        });
        self.block(Block {
            line: piece.line,
            shape: Shape::Row,
            text: piece.text.clone(),
            entity: entity.filter(|entity| !matches!(entity, Entity::Kpi(_))),
        });
    }
}

/// Whether a row has more cells than are read.
fn is_wide(piece: &Piece) -> bool {
    piece.text.matches(CELL).count() >= bounds::CELLS.count()
}

/// A known heading with a colon at the beginning of a paragraph or item, and the words behind it.
fn label_of(piece: &Piece) -> Option<(&str, &str)> {
    let (label, rest) = piece.text.split_once(':')?;
    let known = label.len() <= 40
        && headings()
            .exact(label)
            .is_some_and(|meaning| meaning.below.is_some() || piece.bold >= label.len());
    let rest = rest.trim_matches([' ', LINE_BREAK]);
    (known && !rest.is_empty()).then_some((label, rest))
}
