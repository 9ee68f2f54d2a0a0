//! Turns the parts with styles and numberings into what a paragraph of each is: a heading, an item, text.

use std::collections::HashMap;

use super::xml::{self, Attributes, Node};
use crate::corpus::problem::ProblemKind;

/// How far styles are followed to those that they are based on.
const MAX_BASES: usize = 16;

/// What the style of a paragraph says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Nothing.
    #[default]
    Text,
    /// It is the document's title.
    Title,
    /// It is a heading, of this depth from 1.
    Heading(u8),
    /// It is an item of a list with bullets, of this depth from 0.
    Bullet(u8),
    /// It is an item of a list with numbers.
    Number(u8),
    /// It is a line of a table of contents.
    Contents,
}

#[derive(Debug, Default)]
struct Style {
    name: String,
    base: Option<String>,
    outline: Option<u8>,
    numbering: Option<String>,
    depth: Option<u8>,
    bold: bool,
}

/// The styles and numberings of a document.
#[derive(Debug, Default)]
pub struct Styles {
    styles: HashMap<String, Style>,
    /// For each numbering, the list that it stands for.
    lists: HashMap<String, String>,
    /// For each list and depth, whether it has bullets.
    bullets: HashMap<(String, u8), bool>,
}

impl Styles {
    /// Reads the part with the styles.
    pub fn read_styles(&mut self, text: &str) -> Result<(), ProblemKind> {
        let mut open: Option<(String, Style)> = None;
        xml::read(text, &mut |node| match node {
            Node::Open("style", attributes) => {
                open = Some((
                    attributes.get("styleId").unwrap_or_default(),
                    Style::default(),
                ));
            }
            Node::Close("style") => {
                if let Some((id, style)) = open.take() {
                    self.styles.insert(id, style);
                }
            }
            Node::Open(name, attributes) => {
                if let Some((_, style)) = &mut open {
                    style.take(name, attributes);
                }
            }
            _ => {}
        })
    }

    /// Reads the part with the numberings.
    pub fn read_numbering(&mut self, text: &str) -> Result<(), ProblemKind> {
        let (mut list, mut number, mut depth) = (String::new(), String::new(), 0);
        xml::read(text, &mut |node| {
            let Node::Open(name, attributes) = node else {
                return;
            };
            match name {
                "abstractNum" => list = attributes.get("abstractNumId").unwrap_or_default(),
                "num" => number = attributes.get("numId").unwrap_or_default(),
                "abstractNumId" => {
                    let list = attributes.get("val").unwrap_or_default();
                    self.lists.insert(number.clone(), list);
                }
                "lvl" => depth = number_of(attributes, "ilvl").unwrap_or(0),
                "numFmt" => {
                    let format = attributes.get("val").unwrap_or_default();
                    let bullet = matches!(format.as_str(), "bullet" | "none");
                    self.bullets.entry((list.clone(), depth)).or_insert(bullet);
                }
                _ => {}
            }
        })
    }

    /// Returns the item that a numbering makes of a paragraph; `None` for the one that takes a style's numbering away.
    pub fn item(&self, numbering: &str, depth: u8) -> Option<Kind> {
        if numbering == "0" {
            return None;
        }
        let list = self.lists.get(numbering).cloned().unwrap_or_default();
        let bullet = self.bullets.get(&(list, depth)).copied().unwrap_or(true);
        let depth = depth.min(16);
        Some(if bullet {
            Kind::Bullet(depth)
        } else {
            Kind::Number(depth)
        })
    }

    /// Returns what a style makes of a paragraph.
    pub fn kind(&self, id: &str) -> Kind {
        let mut next = Some(id);
        let mut first = None;
        for _ in 0..MAX_BASES {
            let Some(id) = next else { break };
            let style = self.styles.get(id);
            let name = style.map_or(id, |style| &style.name);
            let own = named(name).or_else(|| named(id)).or_else(|| {
                let style = style?;
                let numbering = style.numbering.as_deref()?;
                self.item(numbering, style.depth.unwrap_or(0))
            });
            if let Some(outline) = style.and_then(|style| style.outline) {
                return match own {
                    Some(Kind::Title) => Kind::Title,
                    _ => heading(outline),
                };
            }
            first = first.or(own);
            next = style.and_then(|style| style.base.as_deref());
        }
        first.unwrap_or_default()
    }

    /// Returns whether a style of characters sets them in bold.
    pub fn is_bold(&self, id: &str) -> bool {
        self.styles
            .get(id)
            .map_or(id == "Strong", |style| style.bold)
    }
}

impl Style {
    fn take(&mut self, name: &str, attributes: Attributes<'_>) {
        match name {
            "name" => self.name = attributes.get("val").unwrap_or_default(),
            "basedOn" => self.base = attributes.get("val"),
            "outlineLvl" => self.outline = number_of(attributes, "val").filter(|&depth| depth < 9),
            "numId" => self.numbering = attributes.get("val"),
            "ilvl" => self.depth = number_of(attributes, "val"),
            "b" => self.bold = attributes.is_on(),
            _ => {}
        }
    }
}

/// Returns the number that an attribute holds.
pub fn number_of(attributes: Attributes<'_>, name: &str) -> Option<u8> {
    attributes.get(name)?.parse().ok()
}

/// Returns the heading of an outline's depth, counted from 0.
pub fn heading(outline: u8) -> Kind {
    Kind::Heading(outline.saturating_add(1).min(6))
}

/// What the names of Word's own styles say; programs in other languages keep them, or give the depth of the outline.
fn named(name: &str) -> Option<Kind> {
    let name = name.to_lowercase().replace(' ', "");
    let number = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let depth: Option<u8> = name[number.len()..].parse().ok();
    let below = depth.map_or(0, |depth| depth.saturating_sub(1).min(16));
    match (number, depth) {
        ("title" | "titel" | "titre" | "título" | "titolo", None) => Some(Kind::Title),
        (
            "heading" | "überschrift" | "berschrift" | "titre" | "título" | "titolo" | "kop"
            | "rubrik" | "nagłówek",
            Some(depth @ 1..=9),
        ) => Some(heading(depth - 1)),
        ("listbullet", _) => Some(Kind::Bullet(below)),
        ("listnumber", _) => Some(Kind::Number(below)),
        ("toc", Some(_)) => Some(Kind::Contents),
        _ => None,
    }
}
