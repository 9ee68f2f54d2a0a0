//! Tells what a list item or a table row names: skills, a KPI, tools, a step of a career.

use std::borrow::Cow;

use super::headings::{Below, Column, headings};
use crate::blueprint::{CELL, CareerLink, Direction, Entity, Kpi, LINE_BREAK, Skill, Weight};
use crate::taxonomy::{count_words, words};

/// The longest name of a skill, a KPI or a tool, in words; what is longer is prose.
const MAX_NAME_WORDS: usize = 12;
/// The longest entry of a comma list, in words.
const MAX_LIST_WORDS: usize = 5;

/// What is known where a block stands.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    /// What the items of the section are.
    pub below: Option<Below>,
    /// The weight that the nearest heading gives.
    pub weight: Option<Weight>,
    /// The way that the nearest heading of a career gives.
    pub direction: Option<Direction>,
}

/// Reads a list item or a paragraph of a section whose heading says what it lists.
///
/// `bold` is the length of the bold beginning of `text`, in bytes.
pub fn item(text: &str, bold: usize, place: Place) -> Option<Entity> {
    let text = on_one_line(text);
    let bold = if text.is_char_boundary(bold) { bold } else { 0 };
    match place.below? {
        Below::Skills => skills(&text, bold, place.weight, false),
        Below::SoftSkills => skills(&text, bold, place.weight, true),
        Below::Kpis => kpi(&text, bold),
        Below::Tools => tools(&text),
        Below::Career => career(&text, bold, place.direction),
        Below::Aliases => None,
    }
}

/// Reads a paragraph that is a comma list: "Python, SQL and dbt".
pub fn comma_list(text: &str) -> Option<Vec<String>> {
    let bytes = text.as_bytes();
    if memchr::memchr3(b',', b';', b'|', bytes).is_none() && !text.contains('•') {
        return None;
    }
    let text = on_one_line(text);
    let mut entries = Vec::new();
    for entry in list_entries(text.trim_end_matches('.')) {
        // Most of what is asked about is prose, which ends here with its first words.
        if !(1..=MAX_LIST_WORDS).contains(&count_words(entry, MAX_LIST_WORDS)) {
            return None;
        }
        entries.push(entry.to_owned());
    }
    (entries.len() > 1).then_some(entries)
}

/// A text without breaks of lines.
fn on_one_line(text: &str) -> Cow<'_, str> {
    if text.contains(LINE_BREAK) {
        text.replace(LINE_BREAK, " ").into()
    } else {
        text.into()
    }
}

/// Reads a row of a table, with what its columns hold.
pub fn row(cells: &[&str], columns: &[Option<Column>], place: Place) -> Option<Entity> {
    let named = |column| {
        columns
            .iter()
            .position(|held| *held == Some(column))
            .and_then(|at| cells.get(at))
            .map(|cell| cell.trim())
    };
    let name = named(Column::Name)
        .or_else(|| cells.first().map(|cell| cell.trim()))
        .filter(|name| !name.is_empty())?;
    let text = |column| named(column).unwrap_or_default().to_owned();
    let weight = || {
        named(Column::Weight)
            .and_then(|cell| headings().weight(cell))
            .or(place.weight)
    };
    match place.below? {
        below @ (Below::Skills | Below::SoftSkills) => Some(Entity::Skills(vec![Skill {
            name: short(name)?,
            weight: weight(),
            soft: below == Below::SoftSkills,
        }])),
        Below::Kpis => Some(Entity::Kpi(Kpi {
            name: short(name)?,
            definition: text(Column::Definition),
            target: text(Column::Target),
            frequency: text(Column::Frequency),
        })),
        Below::Tools => {
            let list = named(Column::Tools)
                .or_else(|| named(Column::Name))
                .unwrap_or(name);
            let tools = split_tools(list);
            (!tools.is_empty()).then_some(Entity::Tools(tools))
        }
        Below::Career => career(name, 0, place.direction),
        Below::Aliases => None,
    }
}

/// Returns how many things a block names.
pub fn count(entity: &Entity) -> usize {
    match entity {
        Entity::Skills(skills) => skills.len(),
        Entity::Tools(tools) => tools.len(),
        Entity::Kpi(_) | Entity::Career(_) => 1,
    }
}

/// Splits a row's text into its cells.
pub fn cells(text: &str) -> Vec<&str> {
    text.split(CELL).collect()
}

/// Returns the way that a heading of a career gives.
pub fn direction_of(heading: &str) -> Option<Direction> {
    let words = words(heading);
    let says = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if says(&["feeder", "previous", "prior", "from", "entry", "before"]) {
        Some(Direction::From)
    } else if says(&["next", "to", "future", "progression", "promotion", "after"]) {
        Some(Direction::To)
    } else if says(&["adjacent", "lateral", "sideways"]) {
        Some(Direction::Beside)
    } else {
        None
    }
}

fn skills(text: &str, bold: usize, heading: Option<Weight>, soft: bool) -> Option<Entity> {
    let (name, rest) = name_and_rest(text, bold);
    let own = bracket(rest)
        .or_else(|| bracket(name))
        .and_then(|bracket| headings().weight(bracket));
    let weight = own.or(heading);
    let skill = |name: String| Skill { name, weight, soft };
    let rest = rest.trim_start_matches([':', ' ']);
    if own.is_none()
        && let Some(list) = comma_list(if rest.is_empty() { text } else { rest })
    {
        return Some(Entity::Skills(list.into_iter().map(skill).collect()));
    }
    Some(Entity::Skills(vec![skill(short(without_bracket(name))?)]))
}

fn kpi(text: &str, bold: usize) -> Option<Entity> {
    let (name, rest) = name_and_rest(text, bold);
    let name = short(without_bracket(name))?;
    let definition = rest
        .trim_start_matches([':', ' ', '–', '—', '-'])
        .trim()
        .to_owned();
    Some(Entity::Kpi(Kpi {
        name,
        definition,
        ..Kpi::default()
    }))
}

fn tools(text: &str) -> Option<Entity> {
    let list = match text.split_once(": ") {
        Some((category, list)) if count_words(category, MAX_LIST_WORDS) <= MAX_LIST_WORDS => list,
        _ => text,
    };
    let tools: Vec<String> = split_tools(list);
    let short = tools
        .iter()
        .all(|tool| count_words(tool, MAX_LIST_WORDS) <= MAX_LIST_WORDS);
    (short && !tools.is_empty()).then_some(Entity::Tools(tools))
}

fn career(text: &str, bold: usize, direction: Option<Direction>) -> Option<Entity> {
    let (name, rest) = name_and_rest(text, bold);
    let outside = bracket(rest)
        .or_else(|| bracket(name))
        .is_some_and(|bracket| words(bracket).iter().any(|word| word == "outside"));
    let title = short(without_bracket(name))?;
    Some(Entity::Career(CareerLink {
        title,
        direction: direction.unwrap_or(Direction::Beside),
        outside,
    }))
}

/// Splits an item into its name and what is said of it: at the end of the bold beginning, a bracket, a colon or a dash.
fn name_and_rest(text: &str, bold: usize) -> (&str, &str) {
    if bold > 0 && bold <= text.len() {
        return (text[..bold].trim_end_matches([':', ' ']), &text[bold..]);
    }
    let cut = [" (", ": ", " – ", " — ", " - "]
        .iter()
        .filter_map(|sign| text.find(sign))
        .min();
    let cut = cut
        .or_else(|| text.strip_suffix(':').map(str::len))
        .unwrap_or(text.len());
    (&text[..cut], &text[cut..])
}

/// The words of a bracket that the text begins or ends with.
fn bracket(text: &str) -> Option<&str> {
    let text = text.trim_start_matches([' ', ':']);
    if let Some(inner) = text.strip_prefix('(') {
        return inner.split(')').next();
    }
    let inner = text.trim_end().strip_suffix(')')?;
    inner.rsplit_once('(').map(|(_, inner)| inner)
}

fn without_bracket(name: &str) -> &str {
    let cut = name
        .trim_end()
        .strip_suffix(')')
        .and_then(|inner| inner.rfind(" ("));
    let weighted = cut
        .filter(|&at| headings().weight(&name[at..]).is_some() || name[at..].contains("outside"));
    weighted.map_or(name, |at| &name[..at]).trim()
}

fn short(name: &str) -> Option<String> {
    let name = name.trim_matches([' ', '.', ';', ',', '*']);
    let is_name = (1..=MAX_NAME_WORDS).contains(&count_words(name, MAX_NAME_WORDS))
        || matches!(name, "C++" | "C#");
    is_name.then(|| name.to_owned())
}

/// The entries of a list, without the "and" in front of the last.
fn list_entries(text: &str) -> impl Iterator<Item = &str> {
    pieces_outside_brackets(text, &[',', ';', '•', '|'])
        .map(|entry| entry.trim().trim_start_matches("and ").trim())
        .filter(|entry| !entry.is_empty())
}

/// Tools are alternatives with ` / ` as well; the slash of `CI/CD` stays.
fn split_tools(text: &str) -> Vec<String> {
    list_entries(&text.replace(" / ", ", ").replace(" or ", ", "))
        .map(|tool| without_bracket(tool).trim_end_matches('.'))
        .filter(|tool| !tool.is_empty() && count_words(tool, MAX_LIST_WORDS) <= MAX_LIST_WORDS)
        .map(str::to_owned)
        .collect()
}

/// Splits a text at signs that stand outside brackets.
pub fn split_outside_brackets<'a>(text: &'a str, signs: &[char]) -> Vec<&'a str> {
    pieces_outside_brackets(text, signs).collect()
}

fn pieces_outside_brackets<'a>(text: &'a str, signs: &[char]) -> impl Iterator<Item = &'a str> {
    let mut depth = 0_u32;
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        for (at, c) in text.char_indices() {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                c if depth == 0 && signs.contains(&c) => {
                    rest = Some(&text[at + c.len_utf8()..]);
                    return Some(&text[..at]);
                }
                _ => {}
            }
        }
        rest.take()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str, bold: usize, below: Below) -> String {
        match item(
            text,
            bold,
            Place {
                below: Some(below),
                weight: Some(Weight::Optional),
                direction: None,
            },
        ) {
            Some(Entity::Skills(skills)) => skills
                .iter()
                .map(|skill| format!("{}:{:?}", skill.name, skill.weight.unwrap()))
                .collect::<Vec<_>>()
                .join("|"),
            Some(Entity::Kpi(kpi)) => format!("{}={}", kpi.name, kpi.definition),
            Some(Entity::Tools(tools)) => tools.join("|"),
            Some(Entity::Career(link)) => format!("{} {}", link.title, link.outside),
            None => "-".to_owned(),
        }
    }

    #[test]
    fn items_name_their_entities() {
        for (text, bold, below, expected) in [
            (
                "Kubernetes (Critical): runs clusters, upgrades",
                10,
                Below::Skills,
                "Kubernetes:Critical",
            ),
            (
                "Kubernetes (Critical): runs clusters",
                0,
                Below::Skills,
                "Kubernetes:Critical",
            ),
            (
                "Kubernetes (Critical)",
                21,
                Below::Skills,
                "Kubernetes:Critical",
            ),
            ("CI/CD", 0, Below::Skills, "CI/CD:Optional"),
            ("C++", 0, Below::Skills, "C++:Optional"),
            (
                "Languages: Python, Go, C#",
                0,
                Below::Skills,
                "Python:Optional|Go:Optional|C#:Optional",
            ),
            (
                "Languages: Python, Go",
                10,
                Below::Skills,
                "Python:Optional|Go:Optional",
            ),
            (
                "Python, SQL, and dbt",
                0,
                Below::Skills,
                "Python:Optional|SQL:Optional|dbt:Optional",
            ),
            (
                "Identity and access management (IAM)",
                0,
                Below::Skills,
                "Identity and access management:Optional",
            ),
            (
                "A long sentence that tells at length of many things one should be able to do here",
                0,
                Below::Skills,
                "-",
            ),
            (
                "MTTR: time to restore service (< 1 h)",
                0,
                Below::Kpis,
                "MTTR=time to restore service (< 1 h)",
            ),
            (
                "Rework rate – share of unplanned work",
                0,
                Below::Kpis,
                "Rework rate=share of unplanned work",
            ),
            ("Cloud: AWS / Azure / GCP", 0, Below::Tools, "AWS|Azure|GCP"),
            (
                "Jenkins (optional), Argo CD",
                0,
                Below::Tools,
                "Jenkins|Argo CD",
            ),
            (
                "Staff Engineer (outside): deeper",
                14,
                Below::Career,
                "Staff Engineer true",
            ),
            ("Staff Engineer", 0, Below::Career, "Staff Engineer false"),
        ] {
            assert_eq!(show(text, bold, below), expected, "{text}");
        }
    }

    #[test]
    fn rows_follow_their_columns() {
        let columns = [
            Some(Column::Name),
            Some(Column::Definition),
            None,
            Some(Column::Target),
            Some(Column::Frequency),
        ];
        let place = Place {
            below: Some(Below::Kpis),
            ..Place::default()
        };
        let Some(Entity::Kpi(kpi)) = row(
            &["MTTR", "hours", "why", "< 1 h", "weekly"],
            &columns,
            place,
        ) else {
            panic!("no KPI")
        };
        assert_eq!(
            (
                kpi.name.as_str(),
                kpi.definition.as_str(),
                kpi.target.as_str(),
                kpi.frequency.as_str()
            ),
            ("MTTR", "hours", "< 1 h", "weekly")
        );
        let place = Place {
            below: Some(Below::Skills),
            ..Place::default()
        };
        let Some(Entity::Skills(skills)) = row(
            &["Rust", "Optional"],
            &[Some(Column::Name), Some(Column::Weight)],
            place,
        ) else {
            panic!("no skill")
        };
        assert_eq!(skills[0].weight, Some(Weight::Optional));
    }
}
