//! Turns the data in JSON-LD that a page holds, a job posting or a trail, into pieces, names and categories.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::tree::{ROOT, Tree};
use super::{parse, tree};
use crate::blueprint::{LINE_BREAK, Shape};
use crate::corpus::chrome::lines;
use crate::corpus::document::{Head, Piece, plain};
use crate::taxonomy::words;

/// The parts of a posting that are sections, and the headings that they have in blueprints.
const SECTIONS: [(&str, &str); 9] = [
    ("description", ""),
    ("responsibilities", "Responsibilities"),
    ("skills", "Skills"),
    ("qualifications", "Qualifications"),
    ("experienceRequirements", "Required experience"),
    ("educationRequirements", "Education"),
    ("physicalRequirement", "Working conditions"),
    ("workHours", "Work environment"),
    ("jobBenefits", "Benefits"),
];
/// The parts that say what it is filed under.
const FILED: [&str; 3] = ["industry", "occupationalCategory", "articleSection"];
/// How many words that stand side by side tell that the article says the same.
const RUN: usize = 4;
/// How many objects are looked at.
const MAX_OBJECTS: usize = 2000;

/// What the data of a page say.
#[derive(Debug, Default)]
pub struct Posting {
    /// Whether there is a job posting.
    pub is_job: bool,
    /// What it is called, with its line.
    pub names: Vec<(String, u32)>,
    /// The sections of a job posting.
    pub flow: Vec<Piece>,
    /// Other names of the job.
    pub head: Head,
    /// What it is filed under.
    pub categories: Vec<String>,
}

/// Reads the data of a page.
pub fn read(tree: &Tree) -> Posting {
    let mut posting = Posting::default();
    for id in tree.within(ROOT) {
        let node = tree.node(id);
        if node.name != "script" {
            continue;
        }
        let text = tree.text(id);
        let text = text
            .trim()
            .trim_start_matches("<!--")
            .trim_end_matches("-->");
        // A text whose lines are broken inside its strings is no JSON, but pages have it.
        let parsed = serde_json::from_str::<Value>(text)
            .or_else(|_| serde_json::from_str(&text.replace(['\n', '\t'], " ")));
        if let Ok(value) = parsed {
            posting.take(&value, node.line);
        }
    }
    posting
}

impl Posting {
    /// Takes all objects of a value that say what they are.
    fn take(&mut self, value: &Value, line: u32) {
        let mut open = vec![value];
        let mut seen = 0;
        while let Some(value) = open.pop() {
            seen += 1;
            match value {
                Value::Array(values) => open.extend(values.iter().rev().take(MAX_OBJECTS)),
                Value::Object(map) if seen <= MAX_OBJECTS => {
                    if is_a(map, "JobPosting") && !self.is_job {
                        self.job(map, line);
                    } else if is_a(map, "BreadcrumbList") {
                        self.trail(map);
                    } else {
                        if let Some(headline) = map.get("headline").and_then(Value::as_str) {
                            self.names.push((plain(headline), line));
                        }
                        self.filed(map);
                        open.extend(map.get("@graph"));
                        open.extend(map.get("mainEntity"));
                        open.extend(map.get("breadcrumb"));
                    }
                }
                _ => {}
            }
        }
    }

    fn filed(&mut self, map: &Map<String, Value>) {
        for key in FILED {
            let values = map.get(key).map(texts).unwrap_or_default();
            self.categories
                .extend(values.iter().map(|value| plain(value)));
        }
    }

    fn trail(&mut self, map: &Map<String, Value>) {
        let Some(Value::Array(items)) = map.get("itemListElement") else {
            return;
        };
        let step = |item: &Value| {
            let own = item.get("name").and_then(Value::as_str);
            let name = own.or_else(|| item.get("item")?.get("name")?.as_str())?;
            let position = item.get("position");
            let position =
                position.and_then(|at| at.as_u64().or_else(|| at.as_str()?.parse().ok()));
            Some((position.unwrap_or_default(), plain(name)))
        };
        let mut steps: Vec<(u64, String)> = items.iter().take(32).filter_map(step).collect();
        steps.sort_by_key(|&(position, _)| position);
        let steps: Vec<String> = steps.into_iter().map(|(_, step)| step).collect();
        let between = lines::steps_between(steps.clone(), "");
        self.categories.extend(between.unwrap_or(steps));
    }

    fn job(&mut self, map: &Map<String, Value>, line: u32) {
        self.is_job = true;
        if let Some(title) = map
            .get("title")
            .or_else(|| map.get("name"))
            .and_then(Value::as_str)
        {
            self.names.insert(0, (plain(title), line));
        }
        if let Some(names) = map.get("alternateName") {
            self.head.push("aliases", texts(names), line);
        }
        for (key, heading) in SECTIONS {
            let texts = map.get(key).map(texts).unwrap_or_default();
            let mut flow: Vec<Piece> = texts.iter().flat_map(|text| pieces(text, line)).collect();
            if flow.is_empty() {
                continue;
            }
            // Several values of one field are a list.
            if texts.len() > 1 {
                for piece in flow
                    .iter_mut()
                    .filter(|piece| piece.shape == Shape::Paragraph)
                {
                    piece.shape = Shape::Item(0);
                }
            }
            if !heading.is_empty() {
                self.flow.push(Piece {
                    line,
                    shape: Shape::Heading(2),
                    text: heading.to_owned(),
                    bold: 0,
                });
            }
            self.flow.extend(flow);
        }
        self.filed(map);
    }

    /// Leaves of the posting what a flow does not say: a section all of which is said goes with its heading.
    pub fn unsaid_in(&mut self, said: &[Piece]) -> Vec<Piece> {
        let mut runs = HashSet::new();
        for piece in said {
            let words = words(&piece.text);
            runs.extend(
                words
                    .windows(RUN.min(words.len()).max(1))
                    .map(<[String]>::to_vec),
            );
        }
        let is_said = |piece: &Piece| {
            let words = words(&piece.text);
            let own: Vec<&[String]> = words.windows(RUN.min(words.len()).max(1)).collect();
            let known = own.iter().filter(|run| runs.contains(**run)).count();
            known * 10 >= own.len() * 7
        };
        let mut flow: Vec<Piece> = Vec::new();
        for piece in std::mem::take(&mut self.flow) {
            let is_heading = matches!(piece.shape, Shape::Heading(_));
            if is_heading || !is_said(&piece) {
                drop_empty(&mut flow, &piece);
                flow.push(piece);
            }
        }
        drop_empty(
            &mut flow,
            &Piece {
                shape: Shape::Heading(1),
                ..Piece::default()
            },
        );
        flow
    }
}

/// Takes back headings that nothing stands below, when a heading of their rank or above follows.
fn drop_empty(flow: &mut Vec<Piece>, next: &Piece) {
    let Shape::Heading(depth) = next.shape else {
        return;
    };
    while let Some(Shape::Heading(last)) = flow.last().map(|piece| piece.shape)
        && last >= depth
    {
        flow.pop();
    }
}

fn is_a(map: &Map<String, Value>, name: &str) -> bool {
    let kinds = map.get("@type").map(texts).unwrap_or_default();
    kinds
        .iter()
        .any(|kind| kind.rsplit(['/', ':']).next() == Some(name))
}

/// The texts of a value: a string, a list of them, or the names and descriptions of objects.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Array(values) => values.iter().take(MAX_OBJECTS).filter_map(one).collect(),
        other => one(other).into_iter().collect(),
    }
}

fn one(value: &Value) -> Option<String> {
    let of = |key: &str| {
        let text = value.get(key)?.as_str()?;
        (!text.starts_with("http")).then(|| text.to_owned())
    };
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(_) => of("name")
            .or_else(|| of("description"))
            .or_else(|| of("credentialCategory")),
        _ => None,
    }
}

/// The pieces of a text that may be HTML, escaped once more or not; its lines are those of its script.
fn pieces(text: &str, line: u32) -> Vec<Piece> {
    let is_escaped = !text.contains('<') && text.contains("&lt;");
    let text = if is_escaped {
        let tree = parse::parse(text, line);
        tree.text(tree::ROOT)
    } else if text.contains('<') {
        text.to_owned()
    } else {
        // Plain text has its paragraphs by empty lines.
        text.replace("\n\n", "<p>").replace('\n', "<br>")
    };
    let pieces = super::fragment(&text, line).into_iter();
    let pieces = pieces.map(|piece| {
        // What is escaped in a string of data stands on one line of the source.
        let text = piece.text.replace(LINE_BREAK, " ");
        let shape = match piece.shape {
            Shape::Heading(depth) => Shape::Heading(depth.max(2)),
            shape => shape,
        };
        Piece {
            line,
            shape,
            bold: 0,
            text,
        }
    });
    pieces.collect()
}
