//! `bp.show/1`: one role with its sections.

use serde::Serialize;

use super::{line, words};
use crate::blueprint::{CELL, Provenance, Shape};
use crate::search::StoredRole;

#[derive(Serialize)]
struct ShowOutput<'a> {
    schema: &'static str,
    id: &'a str,
    title: &'a str,
    level: &'a str,
    levels: &'a [String],
    domains: &'a [String],
    found: FoundOutput<'a>,
    family: Option<&'a str>,
    path: &'a str,
    line: u32,
    sections: Vec<SectionOutput<'a>>,
}

#[derive(Serialize)]
pub struct FoundOutput<'a> {
    pub level: Provenance,
    pub domains: Vec<FoundDomain<'a>>,
}

#[derive(Serialize)]
pub struct FoundDomain<'a> {
    pub domain: &'a str,
    pub found: Provenance,
}

#[derive(Serialize)]
struct SectionOutput<'a> {
    section: &'static str,
    heading: String,
    level: Option<&'a str>,
    line: u32,
    blocks: Vec<BlockOutput>,
}

#[derive(Serialize)]
pub struct BlockOutput {
    line: u32,
    kind: &'static str,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cells: Option<Vec<String>>,
}

/// Writes a role as `bp.show/1`.
pub fn show_json(role: &StoredRole) -> String {
    let hit = &role.hit;
    let sections = role.sections.iter().map(|section| {
        let (heading, blocks) = section.heading_and_blocks();
        SectionOutput {
            section: section.kind.id(),
            heading: heading
                .map(|heading| words(&heading.text))
                .unwrap_or_default(),
            level: section.level.as_deref(),
            line: section.blocks.first().map_or(hit.line, |block| block.line),
            blocks: blocks
                .iter()
                .map(|block| block_output(block.line, block.shape, &block.text))
                .collect(),
        }
    });
    line(&ShowOutput {
        schema: "bp.show/1",
        id: &hit.id,
        title: &hit.title,
        level: &hit.level,
        levels: &hit.levels,
        domains: &hit.domains,
        found: FoundOutput {
            level: role.facts.level,
            domains: role
                .facts
                .domains
                .iter()
                .map(|(domain, found)| FoundDomain {
                    domain,
                    found: *found,
                })
                .collect(),
        },
        family: role.facts.family.as_deref(),
        path: &hit.path,
        line: hit.line,
        sections: sections.collect(),
    })
}

pub fn block_output(line: u32, shape: Shape, text: &str) -> BlockOutput {
    let kind = match shape {
        Shape::Paragraph => "paragraph",
        Shape::Item(_) => "item",
        Shape::Numbered(_) => "numbered",
        Shape::Heading(_) => "heading",
        Shape::Header => "header",
        Shape::Row => "row",
        Shape::Code => "code",
    };
    let cells = text
        .contains(CELL)
        .then(|| text.split(CELL).map(words).collect());
    BlockOutput {
        line,
        kind,
        text: words(text),
        cells,
    }
}
