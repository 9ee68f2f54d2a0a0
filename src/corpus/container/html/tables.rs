//! Turns a table of a page into what it is: rows of data with a header, or a frame that holds other things.

use super::tree::{Id, Tree};
use crate::blueprint::Shape;

/// How many cells are looked at to tell what a table is.
const LOOKED_AT: usize = 400;
/// The longest text that cells of data have on the average, in characters.
const MAX_CELL: usize = 400;

/// A table of data that is being read.
#[derive(Debug)]
pub struct Table {
    /// Its element.
    pub id: Id,
    rows: usize,
}

impl Table {
    /// Starts in front of the first row.
    pub fn new(id: Id) -> Self {
        Self { id, rows: 0 }
    }

    /// Returns the shape of the next row: cells of a header, or in bold where it is the first, make it one.
    pub fn shape(&mut self, tree: &Tree, row: Id) -> Shape {
        self.rows += 1;
        let in_head = tree
            .parent(row)
            .is_some_and(|parent| tree.node(parent).name == "thead");
        let cells: Vec<Id> = tree
            .children(row)
            .filter(|&id| tree.node(id).is_any(&["td", "th"]))
            .collect();
        let all_heads = cells.iter().all(|&id| tree.node(id).name == "th");
        let all_bold = || self.rows == 1 && cells.iter().all(|&id| is_bold(tree, id));
        if !cells.is_empty() && (in_head || all_heads || cells.len() > 1 && all_bold()) {
            Shape::Header
        } else {
            Shape::Row
        }
    }
}

/// Whether all words of a cell are in bold.
fn is_bold(tree: &Tree, cell: Id) -> bool {
    let plain = |id: Id| tree.node(id).is_any(&["b", "strong"]);
    let has_plain = tree.walk(cell, plain).any(|step| match step {
        super::tree::Step::Enter(id) => !tree.node(id).text.trim().is_empty(),
        super::tree::Step::Leave(_) => false,
    });
    !has_plain && tree.within(cell).any(plain)
}

/// Returns whether a table holds rows of data; else it is a frame, and what lies in it stands for itself.
pub fn is_data(tree: &Tree, table: Id) -> bool {
    let role = tree.node(table).attribute("role");
    if matches!(role, Some("presentation" | "none")) {
        return false;
    }
    let (mut heads, mut cells, mut length) = (0, 0, 0);
    let mut rows: Vec<usize> = Vec::new();
    for id in tree.within(table) {
        let node = tree.node(id);
        match node.name.as_str() {
            "table" | "h1" | "h2" | "h3" | "form" if id != table => return false,
            "thead" | "caption" => heads += 1,
            "th" => {
                heads += 1;
                cells += 1;
                rows.last_mut().into_iter().for_each(|row| *row += 1);
            }
            "td" => {
                cells += 1;
                rows.last_mut().into_iter().for_each(|row| *row += 1);
            }
            "tr" => rows.push(0),
            _ => length += node.text.trim().chars().count(),
        }
        if cells > LOOKED_AT {
            break;
        }
    }
    let columns = rows.iter().copied().max().unwrap_or_default();
    let wide = rows.iter().filter(|&&row| row > 1).count();
    heads > 0 && cells > 1
        || columns > 1 && wide > 1 && wide * 2 > rows.len() && length <= MAX_CELL * cells
}
