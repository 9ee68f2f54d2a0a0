//! Answers for people: two lines a hit on a terminal, one in a pipe, then the counts.

use std::fmt::Write as _;

use super::Answered;
use crate::index::header::FacetValue;
use crate::search::{Counted, Hit, Passage, counted};
use crate::taxonomy::filter::Selection;

/// How many values of a facet the last line names.
const FACET_VALUES: usize = 8;
/// Characters that are shown of a query before a remark's place, and from it on.
const CARET_BEFORE: usize = 40;
const CARET_BEHIND: usize = 40;

/// How text looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether escapes colour it.
    pub color: bool,
    /// Whether it goes to a terminal.
    pub terminal: bool,
    /// The width of the terminal, in columns.
    pub width: usize,
}

impl Style {
    /// Sets text in bold.
    pub fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// Sets text in the background.
    pub fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.color && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Makes text safe to print: what stands in a file's name or a query never moves the cursor or colours the screen.
pub fn printable(text: &str) -> String {
    let hides =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .map(|c| if hides(c) { '\u{fffd}' } else { c })
        .collect()
}

/// The widths of the columns of a result list.
struct Widths {
    number: usize,
    columns: [usize; 3],
    section: usize,
}

/// The widest that a column gets, in characters.
const MAX_COLUMN: usize = 48;

impl Widths {
    fn of(answered: &Answered<'_>, rows: &[[String; 3]]) -> Self {
        let hits = &answered.answer.hits;
        let widest = |column: usize| {
            rows.iter()
                .map(|row| width(&row[column]))
                .max()
                .unwrap_or(0)
        };
        let sections = hits.iter().filter_map(|hit| hit.passages.first());
        Self {
            number: (answered.request.offset + hits.len()).to_string().len(),
            columns: [0, 1, 2].map(|column| widest(column).min(MAX_COLUMN)),
            section: sections
                .map(|passage| passage.section.id().len())
                .max()
                .unwrap_or(0),
        }
    }
}

/// Writes an answer.
pub fn answer(answered: &Answered<'_>, style: Style) -> String {
    let mut text = String::new();
    let hits = &answered.answer.hits;
    let row = |hit: &Hit| [hit.title.clone(), facets_of(hit), coverage(hit)];
    let rows: Vec<[String; 3]> = hits.iter().map(row).collect();
    let widths = Widths::of(answered, &rows);
    for (at, (hit, row)) in hits.iter().zip(&rows).enumerate() {
        let rank = answered.request.offset + at + 1;
        let _ = write!(text, "{rank:>0$}", widths.number);
        for (column, (cell, to)) in row
            .iter()
            .zip(widths.columns)
            .enumerate()
            .filter(|(_, (_, to))| *to > 0)
        {
            let shown = if column == 0 {
                style.bold(cell)
            } else {
                cell.clone()
            };
            let _ = write!(text, "  {shown}{}", pad(cell, to));
        }
        let _ = write!(text, "  {}", style.dim(&hit.id));
        reason(&mut text, hit, &widths, style);
    }
    text.push_str(&summary(answered));
    if style.terminal
        && let Some(hit) = hits.first()
    {
        let _ = writeln!(text, "next: bp show {}", hit.id);
    }
    text
}

/// The passage of a hit with its section and place, on a line of its own where there is a terminal.
fn reason(text: &mut String, hit: &Hit, widths: &Widths, style: Style) {
    text.push_str(&if style.terminal {
        format!("\n{:1$}  ", "", widths.number)
    } else {
        "  ".to_owned()
    });
    let passage = hit.passages.first();
    let line = passage.map_or(hit.line, |passage| passage.line);
    let place = format!("{}:{line}", printable(&hit.path));
    if let Some(passage) = passage {
        let taken = widths.number + widths.section + width(&place) + 8;
        let room = style
            .terminal
            .then(|| style.width.saturating_sub(taken).max(24));
        let words = marked(passage, style, room);
        let _ = write!(
            text,
            "{:1$}  {words}  ",
            passage.section.id(),
            widths.section
        );
    }
    let _ = writeln!(text, "{}", style.dim(&place));
}

fn facets_of(hit: &Hit) -> String {
    let mut parts = vec![if hit.levels.len() > 1 {
        hit.levels.join(", ")
    } else {
        hit.level.clone()
    }];
    if !hit.domains.is_empty() {
        parts.push(hit.domains.join(", "));
    }
    parts.join(" · ")
}

fn coverage(hit: &Hit) -> String {
    let of = hit.matched.len() + hit.missing.len();
    match (of, hit.missing.len()) {
        (0, _) => String::new(),
        (_, 0) => format!("{of}/{of}"),
        (_, _) => format!(
            "{}/{of} (missing: {})",
            hit.matched.len(),
            hit.missing.join(", ")
        ),
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn pad(text: &str, to: usize) -> String {
    " ".repeat(to.saturating_sub(width(text)))
}

/// A passage with its marks in bold, cut to a number of characters around the first of them.
fn marked(passage: &Passage, style: Style, room: Option<usize>) -> String {
    let chars: Vec<char> = passage.text.chars().collect();
    let first = passage.marks.first().map_or(0, |mark| mark.0);
    let room = room.unwrap_or(chars.len());
    let from = if chars.len() <= room {
        0
    } else {
        first.saturating_sub(room / 3).min(chars.len() - room)
    };
    let to = (from + room).min(chars.len());
    let mut text = String::new();
    let mut at = from;
    for &(start, end) in passage
        .marks
        .iter()
        .filter(|(start, end)| *start >= from && *end <= to)
    {
        text.extend(&chars[at..start]);
        let word: String = chars[start..end].iter().collect();
        text.push_str(&style.bold(&word));
        at = end;
    }
    text.extend(&chars[at..to]);
    let before = if from > 0 { "…" } else { "" };
    let behind = if to < chars.len() { "…" } else { "" };
    format!("{before}{text}{behind}")
}

/// Shows where in a query something stands: its surroundings on one line, carets on the next.
pub fn caret(query: &str, span: (usize, usize)) -> String {
    let start = query[..span.0.min(query.len())].chars().count();
    let chars: Vec<char> = query.chars().collect();
    let length = query
        .get(span.0..span.1)
        .map_or(0, |text| text.chars().count());
    let from = start.saturating_sub(CARET_BEFORE);
    let to = chars.len().min(start + CARET_BEHIND);
    let shown = printable(&chars[from..to].iter().collect::<String>());
    let before = if from > 0 { "…" } else { "" };
    let carets = "^".repeat(length.clamp(1, (to - start.min(to)).max(1)));
    let indent = " ".repeat(start - from + before.chars().count());
    format!("  {before}{shown}\n  {indent}{carets}\n")
}

/// The totals and the counts of both facets on one line.
fn summary(answered: &Answered<'_>) -> String {
    let request = answered.request;
    let counts = &answered.answer.counts;
    let mut text = format!(
        "{} {}",
        counts.total,
        if counts.total == 1 { "role" } else { "roles" }
    );
    if counts.total == 0 && !request.query.text.is_empty() {
        let _ = write!(
            text,
            " {}  {}",
            if answered.answer.ranked {
                "match"
            } else {
                "for"
            },
            request.query.text.chars().take(100).collect::<String>()
        );
        for (name, selection) in [("level", &request.levels), ("domain", &request.domains)] {
            if !selection.is_empty() {
                let _ = write!(text, "  in  {name}={}", selection.applied.join(","));
            }
        }
    }
    let filters: Vec<&str> = [("--level", &request.levels), ("--domain", &request.domains)]
        .iter()
        .filter(|(_, selection)| !selection.is_empty())
        .map(|(name, _)| *name)
        .collect();
    if !filters.is_empty() && counts.total > 0 {
        let _ = write!(
            text,
            " ({} without {})",
            counts.unfiltered,
            filters.join(" and ")
        );
    }
    for (name, values, counts, selection) in [
        (
            "level",
            &answered.header.levels,
            &counts.levels,
            &request.levels,
        ),
        (
            "domain",
            &answered.header.domains,
            &counts.domains,
            &request.domains,
        ),
    ] {
        let values = facet_values(values, counts, selection, name == "domain");
        if !values.is_empty() {
            let _ = write!(text, " · {name}: {values}");
        }
    }
    let _ = writeln!(text, " · {} ms", answered.took_ms);
    text
}

/// Levels come in their order, domains by their counts; the chosen ones are never among those left out.
fn facet_values(
    values: &[FacetValue],
    counts: &[u64],
    selection: &Selection,
    by_count: bool,
) -> String {
    let mut counted = counted(values, counts, selection);
    if by_count {
        counted.sort_by_key(|value| (!value.selected, std::cmp::Reverse(value.count)));
    }
    let more = counted.len().saturating_sub(FACET_VALUES);
    let mut room =
        FACET_VALUES.saturating_sub(counted.iter().filter(|value| value.selected).count());
    counted.retain(|value| {
        let stays = value.selected || room > 0;
        room -= usize::from(stays && !value.selected);
        stays
    });
    let shown = |value: &Counted<'_>| {
        format!(
            "{} {}{}",
            value.value,
            value.count,
            if value.selected { "✓" } else { "" }
        )
    };
    let mut parts: Vec<String> = counted.iter().map(shown).collect();
    if more > 0 {
        parts.push(format!("{more} more"));
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blueprint::SectionKind;

    #[test]
    fn marks_stand_out_and_long_passages_are_cut() {
        let passage = Passage {
            section: SectionKind::Skills,
            line: 1,
            text: "aaaa bbbb cccc dddd eeee".to_owned(),
            marks: vec![(10, 14)],
        };
        let style = Style {
            color: true,
            terminal: true,
            width: 80,
        };
        assert_eq!(
            marked(&passage, style, None),
            "aaaa bbbb \u{1b}[1mcccc\u{1b}[0m dddd eeee"
        );
        assert_eq!(marked(&passage, Style::default(), Some(10)), "…bb cccc dd…");
    }
}
