//! `bp.as-read/1`: what was understood of a file.

use serde::Serialize;

use super::line;
use super::show::{BlockOutput, FoundDomain, FoundOutput, block_output};
use crate::blueprint::{Blueprint, CareerLink, Entity, Kpi, Section, Skill};
use crate::corpus::FileReading;

#[derive(Serialize)]
struct AsReadOutput<'a> {
    schema: &'static str,
    path: &'a str,
    container: Option<&'a str>,
    bytes: u64,
    roles: Vec<RoleOutput<'a>>,
    left_out: Vec<LeftOutOutput<'a>>,
    problems: Vec<ProblemOutput>,
}

#[derive(Serialize)]
struct RoleOutput<'a> {
    id: &'a str,
    title: &'a str,
    level: &'a str,
    levels: &'a [String],
    domains: Vec<&'a str>,
    found: FoundOutput<'a>,
    aliases: &'a [String],
    family: Option<&'a str>,
    line: u32,
    last_line: u32,
    skills: Vec<&'a Skill>,
    kpis: Vec<&'a Kpi>,
    tools: Vec<&'a str>,
    career: Vec<&'a CareerLink>,
    sections: Vec<SectionOutput<'a>>,
}

#[derive(Serialize)]
struct SectionOutput<'a> {
    section: &'static str,
    heading: &'a str,
    level: Option<&'a str>,
    line: u32,
    blocks: Vec<BlockOutput>,
}

#[derive(Serialize)]
struct LeftOutOutput<'a> {
    line: u32,
    reason: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct ProblemOutput {
    line: Option<u32>,
    reason: String,
}

/// Writes a reading; `path` is the file as the user is to see it.
pub fn as_read_json(path: &str, reading: &FileReading) -> String {
    let left_out = reading.left_out.iter().map(|left_out| LeftOutOutput {
        line: left_out.line,
        reason: left_out.reason,
        text: &left_out.text,
    });
    let problems = reading.problems.iter().map(|problem| ProblemOutput {
        line: problem.line,
        reason: problem.reason(),
    });
    line(&AsReadOutput {
        schema: "bp.as-read/1",
        path,
        container: Some(reading.container).filter(|container| !container.is_empty()),
        bytes: reading.bytes,
        roles: reading
            .roles
            .iter()
            .map(|read| role(&read.blueprint))
            .collect(),
        left_out: left_out.collect(),
        problems: problems.collect(),
    })
}

fn role(role: &Blueprint) -> RoleOutput<'_> {
    let (mut skills, mut kpis, mut tools, mut career) = (vec![], vec![], vec![], vec![]);
    for (_, entity) in role.entities() {
        match entity {
            Entity::Skills(named) => skills.extend(named),
            Entity::Kpi(kpi) => kpis.push(kpi),
            Entity::Tools(named) => tools.extend(named.iter().map(String::as_str)),
            Entity::Career(link) => career.push(link),
        }
    }
    RoleOutput {
        id: &role.id,
        title: &role.title,
        level: &role.level.id,
        levels: &role.levels,
        domains: role
            .domains
            .iter()
            .map(|domain| domain.id.as_str())
            .collect(),
        found: FoundOutput {
            level: role.level.found,
            domains: role
                .domains
                .iter()
                .map(|domain| FoundDomain {
                    domain: &domain.id,
                    found: domain.found,
                })
                .collect(),
        },
        aliases: &role.aliases,
        family: role.family.as_deref(),
        line: role.lines.0,
        last_line: role.lines.1,
        skills,
        kpis,
        tools,
        career,
        sections: role.sections.iter().map(section).collect(),
    }
}

fn section(section: &Section) -> SectionOutput<'_> {
    let blocks = section.blocks.iter();
    SectionOutput {
        section: section.kind.id(),
        heading: &section.heading,
        level: section.level.as_deref(),
        line: section.line,
        blocks: blocks
            .map(|block| block_output(block.line, block.shape, &block.text))
            .collect(),
    }
}
