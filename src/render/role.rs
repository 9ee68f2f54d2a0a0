//! One role as a page: for a terminal, and as Markdown.

use std::fmt::Write as _;

use super::json::words;
use super::text::{Style, printable};
use crate::blueprint::{CELL, Provenance, Shape};
use crate::index::header::{FacetValue, Header};
use crate::search::{StoredBlock, StoredRole};

/// Writes a role for people.
pub fn text(role: &StoredRole, header: &Header, style: Style) -> String {
    let hit = &role.hit;
    let mut text = format!("{}\n", style.bold(&hit.title));
    let _ = writeln!(text, "{}", facts(role, header));
    let _ = writeln!(
        text,
        "{}",
        style.dim(&format!("{}:{}", printable(&hit.path), hit.line))
    );
    for section in &role.sections {
        let (heading, blocks) = section.heading_and_blocks();
        let heading = heading.map_or_else(
            || section.kind.id().to_owned(),
            |heading| words(&heading.text),
        );
        let _ = writeln!(text, "\n{}", style.bold(&heading));
        for (at, block) in blocks.iter().enumerate() {
            page_block(&mut text, blocks, at, block, style);
        }
    }
    text
}

fn facts(role: &StoredRole, header: &Header) -> String {
    let label = |values: &[FacetValue], id: &String| {
        values
            .iter()
            .find(|value| value.value == *id)
            .map_or_else(|| id.clone(), |value| value.label.clone())
    };
    let found = |how: Provenance| format!(" ({})", how.words());
    let mut levels: Vec<String> = role
        .hit
        .levels
        .iter()
        .map(|level| label(&header.levels, level))
        .collect();
    if let Some(last) = levels.last_mut() {
        last.push_str(&found(role.facts.level));
    }
    let domain =
        |(domain, how): &(String, Provenance)| label(&header.domains, domain) + &found(*how);
    let domains: Vec<String> = role.facts.domains.iter().map(domain).collect();
    let family = role
        .facts
        .family
        .iter()
        .map(|family| format!("family {family}"))
        .collect();
    let parts = [
        levels.join(", "),
        domains.join(", "),
        family,
        role.hit.id.clone(),
    ];
    parts
        .iter()
        .filter(|part| !part.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join(" · ")
}

fn page_block(
    text: &mut String,
    blocks: &[StoredBlock],
    at: usize,
    block: &StoredBlock,
    style: Style,
) {
    let words = words(&block.text);
    match block.shape {
        Shape::Item(depth) => {
            let _ = writeln!(text, "  {}- {words}", "  ".repeat(usize::from(depth)));
        }
        Shape::Numbered(depth) => {
            let _ = writeln!(
                text,
                "  {}{}. {words}",
                "  ".repeat(usize::from(depth)),
                number(blocks, at)
            );
        }
        Shape::Heading(_) => {
            let _ = writeln!(text, "\n  {}", style.bold(&words));
        }
        Shape::Header => {
            let _ = writeln!(text, "  {}", style.dim(&words));
        }
        Shape::Paragraph | Shape::Row | Shape::Code => {
            let _ = writeln!(text, "  {words}");
        }
    }
}

/// The number of an item: it goes on over headings in between, as a numbered list of a blueprint does.
fn number(blocks: &[StoredBlock], at: usize) -> usize {
    let same = |block: &&StoredBlock| block.shape == blocks[at].shape;
    blocks[..=at].iter().filter(same).count()
}

/// Writes a role as Markdown.
pub fn markdown(role: &StoredRole, header: &Header) -> String {
    let mut text = format!("# {}\n\n{}\n", role.hit.title, facts(role, header));
    for section in &role.sections {
        let (heading, blocks) = section.heading_and_blocks();
        let heading = heading.map_or_else(
            || section.kind.id().to_owned(),
            |heading| words(&heading.text),
        );
        let _ = write!(text, "\n## {heading}\n\n");
        for (at, block) in blocks.iter().enumerate() {
            let words = words(&block.text);
            let row = |text: &str| {
                format!(
                    "| {} |",
                    text.split(CELL)
                        .map(|cell| self::words(cell).replace('|', "\\|"))
                        .collect::<Vec<_>>()
                        .join(" | ")
                )
            };
            let _ = match block.shape {
                Shape::Paragraph => writeln!(text, "{words}\n"),
                Shape::Item(depth) => {
                    writeln!(text, "{}- {words}", "  ".repeat(usize::from(depth)))
                }
                Shape::Numbered(depth) => writeln!(
                    text,
                    "{}{}. {words}",
                    "   ".repeat(usize::from(depth)),
                    number(blocks, at)
                ),
                Shape::Heading(depth) => writeln!(
                    text,
                    "\n{} {words}\n",
                    "#".repeat(usize::from(depth.clamp(3, 6)))
                ),
                Shape::Header => writeln!(
                    text,
                    "{}\n|{}",
                    row(&block.text),
                    " --- |".repeat(block.text.split(CELL).count())
                ),
                Shape::Row => writeln!(text, "{}", row(&block.text)),
                Shape::Code => writeln!(
                    text,
                    "```\n{}\n```",
                    block
                        .text
                        .replace(crate::blueprint::LINE_BREAK, "\n")
                        .trim_matches('\n')
                ),
            };
        }
    }
    text
}
