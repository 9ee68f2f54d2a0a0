//! Turns the name of a field or a column, however it is written, into what it stands for and into a heading.

use crate::blueprint::SectionKind;
use crate::corpus::headings::{Below, headings};

/// What a field of a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A named value of the head: "title", "level".
    Head(&'static str),
    /// A section, with what is listed in it.
    Section(SectionKind, Option<Below>),
    /// The text of the whole document.
    Body,
    /// What no spelling is known for.
    Unknown,
}

/// Fields of the head that are values; the others of them are sections.
const VALUES: [&str; 6] = ["id", "title", "level", "domains", "aliases", "family"];
/// Fields that hold the whole document, whose headings are its own.
const BODIES: [&str; 6] = [
    "content",
    "body",
    "markdown",
    "html",
    "body_html",
    "full_text",
];

/// Returns the field in lower case with `_` between its words: `jobTitle`, `Job-Title` and `job title` are `job_title`.
pub fn normal(name: &str) -> String {
    parts(name).join("_").to_lowercase()
}

/// Returns the name as a heading: as it stands where somebody wrote it to be read, else its words.
pub fn heading(name: &str) -> String {
    let name = name.trim();
    if name.contains(' ') {
        return name.to_owned();
    }
    let words = parts(name);
    let mut heading = String::new();
    for word in words {
        if !heading.is_empty() {
            heading.push(' ');
        }
        match word.to_lowercase().as_str() {
            "kpi" => heading.push_str("KPI"),
            "kpis" => heading.push_str("KPIs"),
            "okrs" => heading.push_str("OKRs"),
            _ if word.chars().all(char::is_uppercase) => heading.push_str(word),
            lower if heading.is_empty() => {
                let mut chars = lower.chars();
                heading.extend(chars.next().into_iter().flat_map(char::to_uppercase));
                heading.push_str(chars.as_str());
            }
            lower => heading.push_str(lower),
        }
    }
    heading
}

/// Returns what a field of this name holds.
pub fn meaning(name: &str) -> Meaning {
    let normal = normal(name);
    if let Some(field) = headings().head_field(&normal) {
        if let Some(value) = VALUES.iter().find(|value| **value == field) {
            return Meaning::Head(value);
        }
        if let Some(meaning) = headings().exact(&field.replace('-', " ")) {
            return Meaning::Section(meaning.kind, meaning.below);
        }
    }
    if BODIES.contains(&normal.as_str()) {
        return Meaning::Body;
    }
    match headings().meaning(&heading(name)) {
        Some(meaning) if !meaning.scorecard => Meaning::Section(meaning.kind, meaning.below),
        _ => Meaning::Unknown,
    }
}

/// Returns the heading under which the section stands: one that says by itself what the field holds.
pub fn section_heading(name: &str, kind: SectionKind, below: Option<Below>) -> String {
    let own = heading(name);
    let says = headings().meaning(&own);
    if says.is_some_and(|says| says.kind == kind && says.below == below) {
        return own;
    }
    let field = headings().head_field(&normal(name));
    field.map_or(own, |field| heading(&field.replace('-', " ")))
}

/// The words of a name: cut at signs, and where a capital follows a small letter. `KPIs` stays one.
fn parts(name: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for part in name.split(|c: char| !c.is_alphanumeric() && c != '&' && c != '\'' && c != '’') {
        let mut start = 0;
        let mut last = ' ';
        for (at, c) in part.char_indices() {
            let next = part[at..].chars().nth(1);
            let after_next = part[at..].chars().nth(2);
            let begins = c.is_uppercase()
                && (last.is_lowercase()
                    || last.is_uppercase()
                        && next.is_some_and(char::is_lowercase)
                        && !(next == Some('s') && after_next.is_none_or(char::is_uppercase)));
            if begins && at > start {
                parts.push(&part[start..at]);
                start = at;
            }
            last = c;
        }
        parts.push(&part[start..]);
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_in_many_ways() {
        for (name, field, title) in [
            ("jobTitle", "job_title", "Job title"),
            ("JobTitle", "job_title", "Job title"),
            ("job-title", "job_title", "Job title"),
            ("Job Title", "job_title", "Job Title"),
            ("job_title", "job_title", "Job title"),
            ("KPIs", "kpis", "KPIs"),
            ("keyKPIs", "key_kpis", "Key KPIs"),
            ("kpis", "kpis", "KPIs"),
            ("seniorityLevel", "seniority_level", "Seniority level"),
            ("mustHaveSkills", "must_have_skills", "Must have skills"),
            ("APIName", "api_name", "API name"),
            ("", "", ""),
            ("__", "", ""),
        ] {
            assert_eq!(
                (normal(name), heading(name)),
                (field.into(), title.into()),
                "{name}"
            );
        }
    }

    #[test]
    fn names_have_a_meaning() {
        let skills = Meaning::Section(SectionKind::Skills, Some(Below::Skills));
        for (name, expected) in [
            ("jobTitle", Meaning::Head("title")),
            ("Seniority Level", Meaning::Head("level")),
            ("mustHaveSkills", skills),
            ("technical-skills", skills),
            (
                "softSkills",
                Meaning::Section(SectionKind::Skills, Some(Below::SoftSkills)),
            ),
            (
                "techStack",
                Meaning::Section(SectionKind::Tools, Some(Below::Tools)),
            ),
            (
                "keyResponsibilities",
                Meaning::Section(SectionKind::Responsibilities, None),
            ),
            (
                "next_roles",
                Meaning::Section(SectionKind::Career, Some(Below::Career)),
            ),
            ("body", Meaning::Body),
            ("favouriteColour", Meaning::Unknown),
        ] {
            assert_eq!(meaning(name), expected, "{name}");
        }
        assert_eq!(
            section_heading("techStack", SectionKind::Tools, Some(Below::Tools)),
            "Tools"
        );
    }
}
