//! Turns bytes under a file's name into what a reading must hold, whatever the bytes are.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::mem::discriminant;

use bp::blueprint::{Block, Blueprint, CELL, Entity, LINE_BREAK};
use bp::corpus::decode::decode;
use bp::corpus::{FileReading, read_bytes};
use bp::taxonomy::Taxonomy;

/// Reads bytes under a name; tells the outcome, or what does not hold of it.
pub fn check(bytes: &[u8], name: &str, taxonomy: &Taxonomy, turn: u64) -> Result<u64, String> {
    let reading = read_bytes(bytes, name, Some("cloud"), taxonomy);
    if turn.is_multiple_of(8) {
        let again = read_bytes(bytes, name, Some("cloud"), taxonomy);
        if format!("{again:?}") != format!("{reading:?}") {
            return Err("a second reading says something else".to_owned());
        }
    }
    // What is packed has lines of its own.
    let is_packed = [&b"PK"[..], b"\x1f\x8b", b"\x28\xb5\x2f\xfd"]
        .iter()
        .any(|sign| bytes.starts_with(sign));
    let lines = match decode(bytes) {
        Some(decoded) if !is_packed => decoded.text.split('\n').count() as u32,
        _ => u32::MAX,
    };
    for role in &reading.roles {
        sound(&role.blueprint, lines)?;
    }
    for left_out in &reading.left_out {
        within(left_out.line, lines, "what is left out")?;
        clean(&left_out.text, "what is left out", &[])?;
    }
    for problem in &reading.problems {
        let reason = problem.reason();
        if reason == "the reader broke off" {
            return Err(reason);
        }
        clean(&reason, "a remark", &[])?;
        problem
            .line
            .map_or(Ok(()), |line| within(line, lines, "a remark"))?;
    }
    Ok(outcome(&reading))
}

fn sound(role: &Blueprint, lines: u32) -> Result<(), String> {
    within(role.lines.0, lines, "a role")?;
    within(role.lines.1, lines, "a role")?;
    if role.lines.0 > role.lines.1 || role.id.is_empty() || role.title.trim().is_empty() {
        return Err(format!(
            "a role without a place or name: {:?} at {:?}",
            role.title, role.lines
        ));
    }
    clean(&role.id, "an id", &[])?;
    clean(&role.title, "a title", &[])?;
    let domains = role.domains.iter().map(|domain| &domain.id);
    let names = role.aliases.iter().chain(&role.levels).chain(domains);
    for name in names.chain(&role.family).chain([&role.level.id]) {
        clean(name, "a name", &[])?;
    }
    for section in &role.sections {
        clean(&section.heading, "a heading", &[])?;
        within(section.line, lines, "a section")?;
        for block in &section.blocks {
            sound_block(block, lines)?;
        }
    }
    Ok(())
}

fn sound_block(block: &Block, lines: u32) -> Result<(), String> {
    clean(&block.text, "a block", &[LINE_BREAK, CELL])?;
    within(block.line, lines, "a block")?;
    let breaks = block.text.matches(LINE_BREAK).count() as u32;
    within(
        block.line.saturating_add(breaks),
        lines,
        "the end of a block",
    )?;
    let names: Vec<&String> = match &block.entity {
        Some(Entity::Skills(skills)) => skills.iter().map(|skill| &skill.name).collect(),
        Some(Entity::Kpi(kpi)) => vec![&kpi.name, &kpi.definition, &kpi.target, &kpi.frequency],
        Some(Entity::Tools(tools)) => tools.iter().collect(),
        Some(Entity::Career(link)) => vec![&link.title],
        None => Vec::new(),
    };
    names
        .into_iter()
        .try_for_each(|name| clean(name, "an entity", &[]))
}

fn within(line: u32, lines: u32, what: &str) -> Result<(), String> {
    if line == 0 || line > lines {
        return Err(format!("{what} out of the text: line {line} of {lines}"));
    }
    Ok(())
}

fn clean(text: &str, what: &str, marks: &[char]) -> Result<(), String> {
    let hides =
        |c: &char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    match text.chars().filter(|c| !marks.contains(c)).find(hides) {
        Some(sign) => Err(format!("{what} holds {sign:?}: {text:?}")),
        None => Ok(()),
    }
}

/// What a reading is like, leaving its words aside.
fn outcome(reading: &FileReading) -> u64 {
    let mut hasher = DefaultHasher::new();
    reading.container.hash(&mut hasher);
    reading.left_out.len().min(3).hash(&mut hasher);
    for problem in reading.problems.iter().take(4) {
        discriminant(&problem.kind).hash(&mut hasher);
    }
    reading.roles.len().min(3).hash(&mut hasher);
    for role in reading.roles.iter().take(2) {
        let role = &role.blueprint;
        discriminant(&role.level.found).hash(&mut hasher);
        let (domains, levels) = (role.domains.len().min(2), role.levels.len().min(2));
        (domains, levels, role.aliases.is_empty()).hash(&mut hasher);
        for section in role.sections.iter().take(4) {
            section.kind.hash(&mut hasher);
            for block in section.blocks.iter().take(2) {
                discriminant(&block.shape).hash(&mut hasher);
                block.entity.as_ref().map(discriminant).hash(&mut hasher);
            }
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reading_must_not_hold_is_told() {
        assert!(clean("a\u{b}b", "x", &[LINE_BREAK]).is_ok());
        for text in ["a\u{b}b", "\u{1b}[31m", "\u{202e}", "\u{7f}", "\u{85}"] {
            assert!(clean(text, "x", &[]).is_err(), "{text:?}");
        }
        assert!(within(1, 1, "x").is_ok());
        assert!(within(0, 1, "x").is_err() && within(2, 1, "x").is_err());
        let mut role = Blueprint {
            id: "a".to_owned(),
            title: "A".to_owned(),
            lines: (1, 2),
            ..Blueprint::default()
        };
        assert!(sound(&role, 2).is_ok() && sound(&role, 1).is_err());
        role.title.clear();
        assert!(sound(&role, 2).is_err());
    }
}
