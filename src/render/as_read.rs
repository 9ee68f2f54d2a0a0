//! Writes what was understood of a file: for those whose role is not found.

use std::fmt::Write as _;

use super::text::{Style, printable};
use crate::blueprint::{Blueprint, CareerLink, Direction, Entity, Skill, Weight};
use crate::corpus::{FileReading, LeftOut};

/// The longest piece of what was left out that is shown, in characters.
const MAX_LEFT_OUT: usize = 72;

/// Writes a reading as a page; `path` is the file as the user is to see it.
pub fn text(path: &str, reading: &FileReading, style: Style) -> String {
    let mut text = String::new();
    let container = match reading.container {
        "" => "not read",
        container => container,
    };
    let _ = writeln!(
        text,
        "{path}: {container}, {:.1} KB, {} role{}",
        reading.bytes as f64 / 1e3,
        reading.roles.len(),
        if reading.roles.len() == 1 { "" } else { "s" }
    );
    for problem in &reading.problems {
        let line = problem.line.map(|line| format!("line {line}: "));
        let reason = printable(&problem.reason());
        let _ = writeln!(text, "remark   {}{reason}", line.unwrap_or_default());
    }
    for role in &reading.roles {
        self::role(&mut text, &role.blueprint, style);
    }
    if !reading.left_out.is_empty() {
        let _ = writeln!(text, "\n{}", style.bold("left out"));
    }
    for left_out in &reading.left_out {
        let LeftOut {
            line,
            reason,
            text: words,
        } = left_out;
        let _ = writeln!(text, "{line:>7}  {reason}: {}", cut(words));
    }
    text
}

fn cut(words: &str) -> String {
    let words = printable(words);
    match words.char_indices().nth(MAX_LEFT_OUT) {
        Some((at, _)) => format!("{}…", words[..at].trim_end()),
        None => words,
    }
}

fn role(text: &mut String, role: &Blueprint, style: Style) {
    let (first, last) = role.lines;
    let _ = writeln!(text, "\n{}", style.bold(&printable(&role.title)));
    let mut row = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(text, "{name:<9}{}", printable(&value));
        }
    };
    row("id", format!("{}, lines {first} to {last}", role.id));
    row(
        "level",
        format!("{}, {}", role.level.id, role.level.found.words()),
    );
    if role.levels.len() > 1 {
        row("levels", role.levels.join(", "));
    }
    let domains = role.domains.iter();
    let domains = domains.map(|domain| format!("{}, {}", domain.id, domain.found.words()));
    row("domains", domains.collect::<Vec<_>>().join("; "));
    row("aliases", role.aliases.join(", "));
    row("family", role.family.clone().unwrap_or_default());
    let (mut skills, mut kpis, mut tools, mut career) = (vec![], vec![], vec![], vec![]);
    for (_, entity) in role.entities() {
        match entity {
            Entity::Skills(named) => skills.extend(named.iter().map(skill)),
            Entity::Kpi(kpi) if kpi.target.is_empty() => kpis.push(kpi.name.clone()),
            Entity::Kpi(kpi) => kpis.push(format!("{} ({})", kpi.name, kpi.target)),
            Entity::Tools(named) => tools.extend(named.iter().cloned()),
            Entity::Career(link) => career.push(step(link)),
        }
    }
    row("skills", skills.join(", "));
    row("kpis", kpis.join(", "));
    row("tools", tools.join(", "));
    row("career", career.join(", "));
    for section in &role.sections {
        let heading = if section.heading.is_empty() {
            "–"
        } else {
            &section.heading
        };
        let blocks = section.blocks.len();
        row(
            "section",
            format!(
                "{:<17} line {}: {heading}, {blocks} block{}",
                section.kind.id(),
                section.line,
                if blocks == 1 { "" } else { "s" }
            ),
        );
    }
}

fn skill(skill: &Skill) -> String {
    let weight = skill.weight.map(|weight| match weight {
        Weight::Critical => "critical",
        Weight::Important => "important",
        Weight::Optional => "optional",
    });
    match (weight, skill.soft) {
        (Some(weight), true) => format!("{} ({weight}, soft)", skill.name),
        (Some(weight), false) => format!("{} ({weight})", skill.name),
        (None, true) => format!("{} (soft)", skill.name),
        (None, false) => skill.name.clone(),
    }
}

fn step(link: &CareerLink) -> String {
    match link.direction {
        Direction::From => format!("from {}", link.title),
        Direction::To => format!("to {}", link.title),
        Direction::Beside => link.title.clone(),
    }
}
