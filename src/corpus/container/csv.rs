//! Turns a table in text, its columns parted by commas, semicolons, tabs or bars, into one document a row.

use std::borrow::Cow;

use super::records::{self, Field, Record, Value};
use super::{Container, Contents, Input};
use crate::blueprint::{CELL, Shape};
use crate::corpus::bounds;
use crate::corpus::document::{Document, LeftOut, Piece, plain};
use crate::corpus::problem::ProblemKind;

/// The container.
pub const CONTAINER: Container = Container {
    name: "csv",
    endings: ENDINGS,
    recognizes: |input| {
        let named = ENDINGS.contains(&input.ending());
        let plain = ["", "txt", "text"].contains(&input.ending());
        named
            || plain
                && Table::read(input.text(), b",;\t|").is_some_and(|table| table.is_plainly_one())
    },
    reads: read,
};

/// The endings of such files.
const ENDINGS: &[&str] = &["csv", "tsv"];
/// How many rows tell which sign parts the columns.
const MAX_SAMPLE: usize = 8;

fn read(input: &Input<'_>) -> Contents {
    let signs: &[u8] = if input.ending() == "tsv" {
        b"\t,;|"
    } else {
        b",;\t|"
    };
    let Some(table) = Table::read(input.text(), signs) else {
        return no_role(Contents::default());
    };
    if table.header_is_of_records() {
        table.records()
    } else {
        no_role(Contents {
            tables: vec![table.document()],
            ..Contents::default()
        })
    }
}

fn no_role(mut contents: Contents) -> Contents {
    if contents.tables.is_empty() {
        contents.remarks.push((None, ProblemKind::NoRole));
    }
    contents
}

/// A row and its lines.
struct Row {
    cells: Vec<String>,
    lines: (u32, u32),
}

/// A table with its header.
struct Table {
    header: Row,
    rows: Vec<Row>,
    /// The line of a row that has more cells than are read.
    wide: Option<u32>,
}

impl Table {
    /// Reads a text with the sign that fits best; `None` where it has no two columns.
    fn read(text: &str, signs: &[u8]) -> Option<Self> {
        let mut start = 0;
        let mut given = None;
        // A spreadsheet program says so where it is asked to.
        if let Some(rest) = text.strip_prefix("sep=")
            && let Some((sign, _)) = rest.split_once('\n')
            && let [sign] = sign.as_bytes()
        {
            given = Some(*sign);
            start = "sep=".len() + 2;
        }
        let sign = given.or_else(|| best(&text[start..], signs))?;
        let mut rows = rows(text, start, sign, usize::MAX);
        if rows.is_empty() {
            return None;
        }
        let wide = rows
            .iter()
            .find(|row| row.cells.len() > bounds::CELLS.count())
            .map(|row| row.lines.0);
        for row in &mut rows {
            row.cells.truncate(bounds::CELLS.count());
        }
        let header = rows.remove(0);
        Some(Self { header, rows, wide })
    }

    /// Whether the columns have the names of a record's fields.
    fn header_is_of_records(&self) -> bool {
        let told = "what is told of the role in words of its own";
        let field = |name: &String| field(name, self.header.lines.0, told.to_owned());
        let fields: Vec<Field<'_>> = self.header.cells.iter().map(field).collect();
        records::is_record(&fields)
    }

    /// Whether a text that is not called so is a table: all columns are named as fields are, and all rows have as many.
    fn is_plainly_one(&self) -> bool {
        let columns = self.header.cells.len();
        let known = |name: &String| records::is_known(name);
        columns > 2
            && !self.rows.is_empty()
            && self.header.cells.iter().all(known)
            && self.rows.iter().all(|row| row.cells.len() == columns)
            && self.header_is_of_records()
    }

    fn remarks(&self) -> Vec<(Option<u32>, ProblemKind)> {
        let wide = self.wide.iter();
        wide.map(|&line| (Some(line), ProblemKind::Bound(&bounds::CELLS)))
            .collect()
    }

    /// One document a row; a row without a title goes on with the one above.
    fn records(self) -> Contents {
        let mut contents = Contents {
            remarks: self.remarks(),
            ..Contents::default()
        };
        let mut open: Option<Record<'_>> = None;
        for row in self.rows {
            let words = row.cells.iter().map(|cell| plain(cell));
            let words: Vec<String> = words.filter(|cell| !cell.is_empty()).collect();
            if words.is_empty() {
                continue;
            }
            let (first, last) = row.lines;
            let fields = fields(&self.header.cells, row);
            if records::has_title(&fields) {
                let next = Record {
                    fields,
                    lines: (first, last),
                    runs: true,
                    path: Vec::new(),
                };
                let done = open.replace(next);
                contents.documents.extend(done.map(records::document));
            } else if let Some(open) = &mut open {
                open.fields.extend(fields);
                open.lines.1 = last;
            } else {
                contents.left_out.push(LeftOut {
                    line: first,
                    reason: "row without a title",
                    text: words.join(" "),
                });
            }
        }
        contents.documents.extend(open.map(records::document));
        if contents.documents.is_empty() {
            contents.remarks.push((None, ProblemKind::NoRole));
        }
        contents
    }

    /// The table as it stands, for those who know what is in it.
    fn document(self) -> Document {
        let remove = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
            cells.join(&CELL.to_string())
        };
        let last = self.rows.last().map_or(1, |row| row.lines.1);
        let piece = |row: &Row, shape| Piece {
            line: row.lines.0,
            shape,
            text: remove(&row.cells),
            bold: 0,
        };
        let mut flow = vec![piece(&self.header, Shape::Header)];
        flow.extend(self.rows.iter().map(|row| piece(row, Shape::Row)));
        Document {
            flow,
            lines: (1, last),
            ..Document::default()
        }
    }
}

fn field(name: &str, line: u32, text: String) -> Field<'static> {
    Field {
        name: Cow::Owned(name.to_owned()),
        line,
        last: line,
        value: Value::Text(Cow::Owned(text)),
        whole: true,
    }
}

/// The cells of a row with the names of their columns; a cell that stands in none has a name of its own.
fn fields(header: &[String], row: Row) -> Vec<Field<'static>> {
    let mut line = row.lines.0;
    let mut fields = Vec::new();
    for (at, cell) in row.cells.into_iter().enumerate() {
        let name = header.get(at).map_or("", |name| name.trim());
        let name = if name.is_empty() { "more" } else { name };
        let next = line + cell.matches('\n').count() as u32;
        let indent = cell.len() - cell.trim_start().len();
        let starts = line + cell[..indent].matches('\n').count() as u32;
        fields.push(field(name, starts, cell));
        line = next;
    }
    fields
}

/// The sign that gives the first rows as many known columns as may be, then as many columns of one number.
fn best(text: &str, signs: &[u8]) -> Option<u8> {
    let fit = |&sign: &u8| {
        let rows = rows(text, 0, sign, MAX_SAMPLE);
        let columns = rows.first()?.cells.len();
        let known = rows[0].cells.iter().filter(|name| records::is_known(name));
        let alike = rows.iter().filter(|row| row.cells.len() == columns).count();
        (columns > 1).then_some(((known.count(), alike, columns), sign))
    };
    let fits: Vec<_> = signs.iter().filter_map(fit).collect();
    let most = fits.iter().map(|(fit, _)| *fit).max()?;
    fits.into_iter()
        .find(|(fit, _)| *fit == most)
        .map(|(_, sign)| sign)
}

/// The rows of a text from a place on, at most `limit` of them.
fn rows(text: &str, start: usize, sign: u8, limit: usize) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(sign)
        .has_headers(false)
        .flexible(true)
        .from_reader(&text.as_bytes()[start..]);
    let mut rows = Vec::new();
    let mut record = csv::ByteRecord::new();
    let mut counted = (0, 1);
    while rows.len() < limit && matches!(reader.read_byte_record(&mut record), Ok(true)) {
        let from = start + record.position().map_or(0, |at| at.byte() as usize);
        let end = start + reader.position().byte() as usize;
        // Empty lines before a row count to it.
        let whole = &text.as_bytes()[from..end];
        let empty = whole.len() - whole.trim_ascii_start().len();
        let first = line_at(text, from + empty, &mut counted);
        let last = line_at(
            text,
            from + whole.trim_ascii_end().len().max(empty),
            &mut counted,
        );
        let cell = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
        rows.push(Row {
            cells: record.iter().map(cell).collect(),
            lines: (first, last),
        });
    }
    rows
}

/// The line of a place, counted on from the last one.
fn line_at(text: &str, at: usize, counted: &mut (usize, u32)) -> u32 {
    let at = at.max(counted.0);
    let new = memchr::memchr_iter(b'\n', &text.as_bytes()[counted.0..at]).count();
    *counted = (at, counted.1 + new as u32);
    counted.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn contents(name: &str, text: &str) -> Contents {
        read(&Input {
            bytes: text.as_bytes(),
            text: Some(text),
            name,
        })
    }

    fn show(name: &str, text: &str) -> Vec<String> {
        let mut shown = Vec::new();
        for document in contents(name, text).documents {
            let head = document.head.entries.iter();
            let head: Vec<String> = head
                .map(|entry| format!("{}={}", entry.key, entry.values.join("|")))
                .collect();
            shown.push(format!("{:?} {}", document.lines, head.join(" ")));
            let piece = |piece: &Piece| {
                let text = piece.text.replace(CELL, "¦").replace('\u{b}', "↵");
                format!("{}|{:?}|{text}", piece.line, piece.shape)
            };
            shown.extend(document.flow.iter().map(piece));
        }
        shown
    }

    #[test]
    fn a_row_is_a_role() {
        let text = "Job Title,Level,Skills,Responsibilities,Notes\n\nCloud Director,director,\"Terraform (critical); Go\",\"Plans.\n\n- one\n- two\",\"a\nb\"\nData Analyst,mid,\"SQL, dbt\",,,beyond\n,,Python,,\n";
        assert_eq!(
            show("a.csv", text),
            [
                "(3, 7) job_title=Cloud Director level=director",
                "3|Heading(2)|Skills",
                "3|Item(0)|Terraform (critical)",
                "3|Item(0)|Go",
                "3|Heading(2)|Responsibilities",
                "3|Paragraph|Plans.",
                "5|Item(0)|one",
                "6|Item(0)|two",
                "6|Heading(2)|Notes",
                "6|Paragraph|a↵b",
                "(8, 9) job_title=Data Analyst level=mid more=beyond",
                "8|Heading(2)|Skills",
                "8|Paragraph|SQL, dbt",
                "9|Heading(2)|Skills",
                "9|Item(0)|Python",
            ]
        );
    }

    #[test]
    fn signs_are_found_out() {
        let expected = [
            "(2, 2) title=A, B level=x",
            "2|Heading(2)|Skills",
            "2|Item(0)|s",
            "2|Item(0)|t",
        ];
        for (name, text) in [
            ("a.csv", "title,level,skills\n\"A, B\",x,s;t\n"),
            ("a.csv", "title;level;skills\nA, B;x;\"s;t\"\n"),
            ("a.csv", "title\tlevel\tskills\nA, B\tx\ts;t\n"),
            ("a.tsv", "title\tlevel\tskills\nA, B\tx\ts;t\n"),
            ("a.csv", "title|level|skills\nA, B|x|s;t\n"),
            ("a.tsv", "title,level,skills\n\"A, B\",x,s;t\n"),
        ] {
            assert_eq!(show(name, text), expected, "{text}");
        }
        assert_eq!(
            show("a.csv", "sep=;\ntitle;level\nA;x\n"),
            ["(3, 3) title=A level=x"]
        );
    }

    #[test]
    fn other_tables_tell_of_no_role() {
        for text in [
            "name,email\nAnn,a@b\n",
            "title,author\nA,B\n",
            "a,b\n1,2\n",
            "x\ny\n",
            "title,level\n,\n",
        ] {
            let contents = contents("a.csv", text);
            assert_eq!(contents.documents, [], "{text}");
            let table = contents.tables.len();
            let none = (None, ProblemKind::NoRole);
            assert!(table == 1 || contents.remarks == [none], "{text}");
        }
        let lost = contents("a.csv", "title,level\n,x\nA,y\n");
        assert_eq!(
            (lost.left_out[0].line, lost.left_out[0].text.as_str()),
            (2, "x")
        );
    }

    #[test]
    fn a_table_of_another_name_is_one_where_it_is_plain() {
        let is = |name, text: &str| {
            (CONTAINER.recognizes)(&Input {
                bytes: text.as_bytes(),
                text: Some(text),
                name,
            })
        };
        let table = "title,level,skills\nA,x,y\n";
        assert!(is("a.txt", table) && is("a", table) && is("a.csv", "no table"));
        assert!(!is("a.md", table));
        assert!(!is("a.txt", "Title, level and skills\n\nA, b, c\n"));
        assert!(!is("a.txt", "Skills, tools, level\n"));
    }

    #[test]
    fn wide_rows_are_cut_at_the_bound() {
        let text = format!("title,level\nA,x\nB,y{}\n", ",z".repeat(300));
        let contents = contents("a.csv", &text);
        assert_eq!(contents.documents.len(), 2);
        assert_eq!(
            contents.remarks,
            [(Some(3), ProblemKind::Bound(&bounds::CELLS))]
        );
    }

    proptest! {
        #[test]
        fn any_text_ends_with_lines_within_it(text in "(\\PC|\n|[,;\"|\t]|title|level|skills|- ){0,120}") {
            let lines = text.lines().count() as u32 + 1;
            for text in [text.clone(), format!("title,level,skills\n{text}")] {
                for document in contents("a.csv", &text).documents {
                    prop_assert!(document.lines.0 <= document.lines.1);
                    for piece in &document.flow {
                        prop_assert!(piece.line <= lines + 1);
                    }
                }
            }
        }
    }
}
