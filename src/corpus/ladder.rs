//! Turns a document that is a table of levels into one document a level.
//!
//! In a ladder a column is a level and a row an area ("Junior | Senior", below them "Design", "Delivery"), or the other
//! way round. A blueprint that has such a table beside sections of its own stays one role.

use super::document::{Document, Head, Piece};
use super::entities::cells;
use super::headings::headings;
use super::title;
use crate::blueprint::{SectionKind, Shape};
use crate::taxonomy::{Taxonomy, words};

/// The most levels of a ladder; the text around the table is each one's.
const MAX_LEVELS: usize = 24;
/// The longest name of a level, in words.
const MAX_WORDS: usize = 7;
/// Words of a ladder's title that are none of its role's name.
const OF_LADDERS: [&str; 30] = [
    "career",
    "ladder",
    "ladders",
    "level",
    "levels",
    "leveling",
    "levelling",
    "matrix",
    "competency",
    "competencies",
    "framework",
    "progression",
    "guide",
    "rubric",
    "growth",
    "path",
    "paths",
    "job",
    "family",
    "skill",
    "skills",
    "expectations",
    "grades",
    "track",
    "tracks",
    "the",
    "and",
    "for",
    "of",
    "a",
];
/// Ends of words for those who do something.
const DOERS: [&str; 12] = [
    "er", "or", "ist", "ant", "ian", "yst", "ect", "lead", "ive", "tech", "ary", "ent",
];

/// A level that a cell names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rung {
    /// What the cell says, without a bracket.
    name: String,
    /// The company's code in it.
    code: Option<String>,
    /// Whether it says nothing but the level.
    bare: bool,
}

/// A table of levels in a flow.
struct Ladder {
    /// Where its header stands.
    at: usize,
    /// Where it ends.
    end: usize,
    /// The levels, each with its column, or its row where the levels stand below one another.
    rungs: Vec<(usize, Rung)>,
    /// Whether the levels are rows.
    by_rows: bool,
    /// The column with the names of the areas.
    labels: Option<usize>,
}

/// Returns the documents of a ladder's levels; `None` for a document that is none.
pub fn rungs(document: &Document, stem: &str, taxonomy: &Taxonomy) -> Option<Vec<Document>> {
    let ladders = ladders(&document.flow, taxonomy);
    let first = ladders.first()?;
    if tells_more(&document.flow, &ladders) {
        return None;
    }
    let name = name_of(document, stem);
    let role = role_of(&name);
    let is_named = role.len() < name.len() || is_doer(role);
    let bare = first.rungs.iter().any(|(_, rung)| rung.bare);
    if bare && (role.is_empty() || !is_named) {
        return None;
    }
    let rung = |(_, rung): &(usize, Rung)| of_rung(document, &ladders, rung, role, &name);
    Some(first.rungs.iter().map(rung).collect())
}

/// The tables of levels, those with the same levels as the first.
fn ladders(flow: &[Piece], taxonomy: &Taxonomy) -> Vec<Ladder> {
    let mut found: Vec<Ladder> = Vec::new();
    let mut at = 0;
    while at < flow.len() {
        if flow[at].shape != Shape::Header {
            at += 1;
            continue;
        }
        let rows = flow[at + 1..]
            .iter()
            .take_while(|piece| piece.shape == Shape::Row);
        let end = at + 1 + rows.count();
        let ladder =
            by_columns(flow, at, end, taxonomy).or_else(|| by_rows(flow, at, end, taxonomy));
        if let Some(ladder) = ladder {
            let same = found
                .first()
                .is_none_or(|first| first.names() == ladder.names());
            if same {
                found.push(ladder);
            }
        }
        at = end;
    }
    found
}

impl Ladder {
    fn names(&self) -> Vec<&str> {
        self.rungs.iter().map(|(_, rung)| &*rung.name).collect()
    }
}

fn by_columns(flow: &[Piece], at: usize, end: usize, taxonomy: &Taxonomy) -> Option<Ladder> {
    let header = cells(&flow[at].text);
    let rungs = rungs_of(&header, taxonomy);
    let others = header.len() - rungs.len();
    let first = rungs.first()?.0;
    // One column names the areas, one more may say something to all levels.
    let fits = (2..=MAX_LEVELS).contains(&rungs.len()) && others <= 2 && first <= 1;
    (fits && end > at + 1).then(|| Ladder {
        at,
        end,
        rungs,
        by_rows: false,
        labels: (first == 1).then_some(0),
    })
}

fn by_rows(flow: &[Piece], at: usize, end: usize, taxonomy: &Taxonomy) -> Option<Ladder> {
    let rows = &flow[at + 1..end];
    if !(2..=MAX_LEVELS).contains(&rows.len()) || cells(&flow[at].text).len() < 3 {
        return None;
    }
    let names: Vec<&str> = rows.iter().map(|row| cells(&row.text)[0]).collect();
    let rungs = rungs_of(&names, taxonomy);
    (rungs.len() == rows.len()).then_some(Ladder {
        at,
        end,
        rungs,
        by_rows: true,
        labels: None,
    })
}

/// The levels that cells name. A cell without a level's word is the level between where it ends as others do:
/// "Engineer" beside "Senior Engineer".
fn rungs_of(names: &[&str], taxonomy: &Taxonomy) -> Vec<(usize, Rung)> {
    let last = |name: &str| words(name).pop();
    let own: Vec<Option<Rung>> = names.iter().map(|name| rung(name, taxonomy)).collect();
    let ends: Vec<String> = own
        .iter()
        .flatten()
        .filter(|rung| !rung.bare)
        .filter_map(|rung| last(&rung.name))
        .collect();
    let mut rungs: Vec<(usize, Rung)> = Vec::new();
    for (at, (name, rung)) in names.iter().zip(own).enumerate() {
        let plain = || {
            let same = last(name).is_some_and(|last| ends.contains(&last));
            same.then(|| Rung {
                name: name.trim().to_owned(),
                code: None,
                bare: false,
            })
        };
        let found = rung.or_else(plain);
        let is_new = |rung: &Rung| !rungs.iter().any(|(_, known)| known == rung);
        if let Some(rung) = found.filter(is_new) {
            rungs.push((at, rung));
        }
    }
    rungs
}

/// The level that a cell names: a word for one, a code, a title with one of these or with a number.
fn rung(cell: &str, taxonomy: &Taxonomy) -> Option<Rung> {
    let plain = words(cell);
    if plain.is_empty() || plain.len() > MAX_WORDS {
        return None;
    }
    let number = ["i", "ii", "iii", "iv", "v", "1", "2", "3", "4", "5"];
    let may_be = |word: &String| number.contains(&word.as_str()) || taxonomy.may_name_level(word);
    if !plain.iter().any(may_be) {
        return None;
    }
    let code = plain
        .iter()
        .find(|word| taxonomy.code(word).is_some())
        .cloned();
    let is_code = |word: &str| words(word).iter().any(|word| taxonomy.code(word).is_some());
    let kept: Vec<&str> = cell
        .split_whitespace()
        .filter(|word| !is_code(word) && words(word) != ["level"])
        .collect();
    let name = kept.join(" ");
    let name = name
        .trim_matches([' ', '(', ')', '-', '–', '—', ':', '/', '|'])
        .to_owned();
    let known = |name: &str| taxonomy.level_value(name).is_some_and(|(_, known)| known);
    let numbered = plain.len() > 1
        && plain
            .last()
            .is_some_and(|word| number.contains(&word.as_str()));
    let bare = name.is_empty() || known(&name);
    let is_level = bare && (code.is_some() || known(&name))
        || !bare && (code.is_some() || numbered || taxonomy.level_of_title(&name).is_some());
    is_level.then_some(Rung { name, code, bare })
}

/// Whether a document has sections of a blueprint outside its ladders.
fn tells_more(flow: &[Piece], ladders: &[Ladder]) -> bool {
    let mut kind = None;
    for (at, piece) in flow.iter().enumerate() {
        if is_in(ladders, at) {
            let beside = matches!(kind, Some(SectionKind::Career | SectionKind::Context));
            if beside {
                return true;
            }
        } else if let Shape::Heading(depth) = piece.shape {
            let meaning = headings().meaning(&piece.text).filter(|_| depth > 1);
            kind = meaning.map(|meaning| meaning.kind);
        } else if matches!(
            kind,
            Some(
                SectionKind::Responsibilities
                    | SectionKind::Kpis
                    | SectionKind::Skills
                    | SectionKind::Tools
                    | SectionKind::Deliverables
                    | SectionKind::Qualifications
            )
        ) {
            return true;
        }
    }
    false
}

/// Whether a place of the flow lies in one of the tables, which stand in its order.
fn is_in(ladders: &[Ladder], at: usize) -> bool {
    let next = ladders.partition_point(|ladder| ladder.end <= at);
    ladders.get(next).is_some_and(|ladder| ladder.at <= at)
}

/// What the document is called.
fn name_of(document: &Document, stem: &str) -> String {
    let head = document.head.find(headings().head_names("title"));
    let in_flow = || {
        let heading = |piece: &&Piece| matches!(piece.shape, Shape::Heading(_));
        document.flow.iter().find(heading).map(|piece| &piece.text)
    };
    let found = head
        .map(|entry| &entry.values[0])
        .or_else(|| document.title.as_ref().map(|piece| &piece.text))
        .or_else(in_flow);
    match found {
        Some(name) => title::clean(name),
        None => stem.replace(['-', '_'], " "),
    }
}

/// The role in the name of a ladder: "Backend Engineer" of "Backend Engineer Career Ladder".
fn role_of(name: &str) -> &str {
    let of_ladder = |word: &str| {
        let plain = words(word);
        plain.iter().all(|word| OF_LADDERS.contains(&word.as_str()))
    };
    let mut role = name.trim();
    while let Some(word) = role
        .split_whitespace()
        .next_back()
        .filter(|word| of_ladder(word))
    {
        role = role[..role.len() - word.len()].trim_end();
    }
    while let Some(word) = role
        .split_whitespace()
        .next()
        .filter(|word| of_ladder(word))
    {
        role = role[word.len()..].trim_start();
    }
    role.trim_matches([' ', ':', '-', '–', '—', ',', '(', ')'])
}

fn is_doer(role: &str) -> bool {
    let last = words(role).pop().unwrap_or_default();
    let last = last.strip_suffix('s').unwrap_or(&last);
    DOERS.iter().any(|end| last.ends_with(end))
}

/// The document of one level: what stands around the tables, and of these what they say of it.
fn of_rung(
    document: &Document,
    ladders: &[Ladder],
    rung: &Rung,
    role: &str,
    name: &str,
) -> Document {
    let mut flow = Vec::new();
    let mut depth = 1;
    let mut at = 0;
    while let Some(piece) = document.flow.get(at) {
        if let Ok(place) = ladders.binary_search_by_key(&at, |ladder| ladder.at) {
            let ladder = &ladders[place];
            ladder.say(&document.flow, rung, depth, &mut flow);
            at = ladder.end;
            continue;
        }
        let mut piece = piece.clone();
        if let Shape::Heading(own) = piece.shape {
            depth = own;
            // The ladder's title is no title of the level.
            if own == 1 && title::clean(&piece.text) == name {
                piece.shape = Shape::Paragraph;
            }
        }
        flow.push(piece);
        at += 1;
    }
    let line = ladders
        .first()
        .map_or(1, |ladder| ladder.line(&document.flow, rung));
    let own = ["id", "title", "level", "aliases"];
    let shared = document.head.entries.iter().filter(|entry| {
        let field = headings().head_field(&entry.key);
        !field.is_some_and(|field| own.contains(&field))
    });
    let mut head = Head {
        entries: shared.cloned().collect(),
    };
    head.push("title", [rung.title(role)], line);
    Document {
        head,
        title: None,
        categories: document.categories.clone(),
        flow,
        lines: document.lines,
    }
}

impl Rung {
    /// The title of the role on this level of a ladder of that role.
    fn title(&self, role: &str) -> String {
        let name = match (self.bare, self.name.is_empty()) {
            (true, true) => role.to_owned(),
            (true, false) => format!("{} {role}", self.name),
            (false, _) => self.name.clone(),
        };
        match &self.code {
            Some(code) => format!("{name} ({})", code.to_uppercase()),
            None => name,
        }
    }
}

impl Ladder {
    fn place(&self, rung: &Rung) -> usize {
        let place = self.rungs.iter().find(|(_, own)| own == rung);
        place.map_or(0, |(at, _)| *at)
    }

    /// The line on which a level is named.
    fn line(&self, flow: &[Piece], rung: &Rung) -> u32 {
        let row = if self.by_rows {
            self.place(rung) + 1
        } else {
            0
        };
        flow[self.at + row].line
    }

    /// Says what the table says of a level.
    fn say(&self, flow: &[Piece], rung: &Rung, depth: u8, out: &mut Vec<Piece>) {
        let header = cells(&flow[self.at].text);
        let place = self.place(rung);
        if self.by_rows {
            let row = &flow[self.at + 1 + place];
            let cells = cells(&row.text);
            for (area, text) in header.iter().zip(cells).skip(1) {
                area_of(area, text, row.line, depth, out);
            }
            return;
        }
        let skills = self.labels.is_some() && {
            let said = words(header[0]);
            said.iter().any(|word| {
                [
                    "skill",
                    "skills",
                    "competency",
                    "competencies",
                    "capability",
                ]
                .contains(&word.as_str())
            })
        };
        if skills {
            let line = flow[self.at].line;
            out.push(piece(
                line,
                Shape::Heading(depth.saturating_add(1).min(6)),
                "Skills",
            ));
        }
        for row in &flow[self.at + 1..self.end] {
            let cells = cells(&row.text);
            let label = self
                .labels
                .and_then(|at| cells.get(at))
                .map_or("", |label| label.trim());
            let is_said = |at: &usize| *at == place || self.is_shared(*at, header.len());
            let texts = (0..cells.len()).filter(is_said).map(|at| cells[at].trim());
            let text = texts
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join(" ");
            if skills && !text.is_empty() {
                let mut item = piece(row.line, Shape::Item(0), &format!("{label}: {text}"));
                item.bold = label.len();
                out.push(item);
            } else {
                area_of(label, &text, row.line, depth, out);
            }
        }
    }

    /// Whether a column says something to all levels.
    fn is_shared(&self, at: usize, columns: usize) -> bool {
        at < columns.max(at + 1)
            && self.labels != Some(at)
            && !self.rungs.iter().any(|(rung, _)| *rung == at)
    }
}

/// An area below its heading.
fn area_of(area: &str, text: &str, line: u32, depth: u8, out: &mut Vec<Piece>) {
    let text = text.trim();
    if text.is_empty() {
        return;
    }
    if !area.trim().is_empty() {
        let depth = depth.saturating_add(1).min(6);
        out.push(piece(line, Shape::Heading(depth), area.trim()));
    }
    out.push(piece(line, Shape::Paragraph, text));
}

fn piece(line: u32, shape: Shape, text: &str) -> Piece {
    Piece {
        line,
        shape,
        text: text.to_owned(),
        bold: 0,
    }
}

#[cfg(test)]
mod tests;
