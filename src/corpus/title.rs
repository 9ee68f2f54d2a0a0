//! Turns a title line into the role's name: without marks, list numbers and constant tail.

use super::document::plain;
use super::headings::headings;

/// The longest title that is kept, in characters.
pub const MAX_TITLE_CHARS: usize = 300;
/// The longest tail that is cut off, in bytes: of a line with signs without end, each would be looked behind to the end.
const MAX_TAIL_BYTES: usize = 256;

/// Returns the role's name that a title line holds; it may be empty.
pub fn clean(line: &str) -> String {
    trimmed(without_tail(&without_marks(line)))
}

/// Returns whether a title line says that it is one of a blueprint: it has a constant tail, or a constant beginning.
pub fn is_of_blueprint(line: &str) -> bool {
    let line = without_marks(line);
    trimmed(without_tail(&line)) != trimmed(&line)
}

fn without_marks(line: &str) -> String {
    let line = plain(&line.replace("**", "").replace("__", "").replace('`', ""));
    let line = without_link(&line);
    without_number(line.trim_start_matches(['#', ' ', '>', '*', '-', '•'])).to_owned()
}

fn trimmed(name: &str) -> String {
    name.trim_matches([' ', '*', '_', ':', '-', '–', '—', '|', ','])
        .to_owned()
}

/// Returns the name in front of a constant tail, if the line has one.
pub fn before_tail(line: &str) -> Option<&str> {
    let signs = [": ", " | ", " – ", " — ", " - ", "- ", ", "];
    let cuts = signs.iter().flat_map(|sign| {
        line.match_indices(sign)
            .map(move |(at, sign)| (at, at + sign.len()))
    });
    let mut cuts: Vec<(usize, usize)> = cuts
        .chain(
            line.match_indices(" (")
                .map(|(at, sign)| (at, at + sign.len())),
        )
        .collect();
    cuts.sort_unstable();
    cuts.into_iter()
        .filter(|&(at, end)| at > 0 && line.len() - end <= MAX_TAIL_BYTES)
        .find(|&(_, end)| headings().is_tail(&line[end..]))
        .map(|(at, _)| &line[..at])
}

fn without_tail(line: &str) -> &str {
    let line = before_tail(line).unwrap_or(line);
    let lower = line.to_lowercase();
    for word in [
        " role blueprint",
        " job description",
        " role profile",
        " role description",
    ] {
        if lower.ends_with(word) && lower.len() == line.len() {
            return &line[..line.len() - word.len()];
        }
    }
    for word in [
        "role blueprint: ",
        "job title: ",
        "title: ",
        "role: ",
        "job description: ",
        "position: ",
    ] {
        if lower.starts_with(word) && lower.len() == line.len() {
            return &line[word.len()..];
        }
    }
    line
}

/// `1. `, `12) `, `IV. ` in front of a title.
fn without_number(line: &str) -> &str {
    let Some(end) = line.find(['.', ')']) else {
        return line;
    };
    let number = &line[..end];
    let is_number = !number.is_empty()
        && number.len() <= 4
        && (number.chars().all(|c| c.is_ascii_digit())
            || number.chars().all(|c| "IVX".contains(c)));
    if is_number && line[end + 1..].starts_with(' ') {
        line[end + 1..].trim_start()
    } else {
        line
    }
}

/// `[Title](address)` as `Title`.
fn without_link(line: &str) -> String {
    let trimmed = line.trim_start_matches(['#', ' ', '-']);
    match (trimmed.strip_prefix('['), trimmed.find("](")) {
        (Some(_), Some(end)) if trimmed.ends_with(')') => trimmed[1..end].to_owned(),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_names() {
        for (line, name) in [
            (
                "Director of DevOps: Role Blueprint, Responsibilities, Skills, KPIs, and Career Path",
                "Director of DevOps",
            ),
            (
                "**XR Platform Engineer** – Role Blueprint",
                "XR Platform Engineer",
            ),
            ("## 12. Cloud Director | Job Description", "Cloud Director"),
            ("Cloud Director Role Blueprint", "Cloud Director"),
            ("Backend Engineer (Skills, KPIs)", "Backend Engineer"),
            (
                "[Data Engineer](https://example.org): Role Blueprint",
                "[Data Engineer](https://example.org)",
            ),
            ("[Data Engineer](https://example.org/a)", "Data Engineer"),
            ("Job Title: VP, Engineering", "VP, Engineering"),
            (
                "Director, Skills Development",
                "Director, Skills Development",
            ),
            ("C++ Developer", "C++ Developer"),
            (": Role Blueprint", ""),
            ("***", ""),
        ] {
            assert_eq!(clean(line), name, "{line}");
        }
    }

    #[test]
    fn a_line_of_signs_without_end_is_read_in_time() {
        let line = format!("Keeper{}: Role Blueprint", " - Gate".repeat(100_000));
        assert_eq!(before_tail(&line), line.strip_suffix(": Role Blueprint"));
    }
}
