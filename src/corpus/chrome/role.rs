//! Tells a page that is about a role from one that is not, by its title and its headings.

use super::words::page_words;
use crate::blueprint::{SectionKind, Shape};
use crate::corpus::document::Piece;
use crate::corpus::headings::headings;
use crate::corpus::title::{before_tail, clean};
use crate::taxonomy::words;

/// The longest title that names a role and nothing else, in words.
const MAX_TITLE: usize = 8;
/// The longest label in front of a list, in bytes.
const MAX_LABEL: usize = 40;

/// Returns whether the flow of a page called `title` tells of a role.
pub fn tells_of_role(flow: &[Piece], title: &str) -> bool {
    if before_tail(title).is_some() || names_role(&clean(title)) && !flow.is_empty() {
        return true;
    }
    let mut weak = Vec::new();
    for piece in flow {
        let kind = match piece.shape {
            Shape::Heading(_) => headings().exact(&piece.text).map(|meaning| meaning.kind),
            _ => labelled(&piece.text),
        };
        match kind {
            Some(kind) if is_strong(kind) => return true,
            Some(kind) if !weak.contains(&kind) => weak.push(kind),
            _ => {}
        }
    }
    weak.len() > 1
}

/// Sections that hardly any other text has.
fn is_strong(kind: SectionKind) -> bool {
    matches!(
        kind,
        SectionKind::Responsibilities
            | SectionKind::Kpis
            | SectionKind::Skills
            | SectionKind::Qualifications
            | SectionKind::Career
            | SectionKind::Deliverables
            | SectionKind::Alias
    )
}

/// "Skills: Git, Jenkins".
fn labelled(text: &str) -> Option<SectionKind> {
    let (label, _) = text.split_once(':')?;
    let meaning = (label.len() <= MAX_LABEL).then(|| headings().exact(label))??;
    meaning.below.is_some().then_some(meaning.kind)
}

/// Returns whether a title is that of a role: short, with a head noun of roles at its end, or in front of "of" or a comma.
pub fn names_role(title: &str) -> bool {
    let asks = [
        "how", "what", "why", "meet", "our", "your", "the", "when", "become", "becoming", "hire",
        "hiring",
    ];
    let is_head = |part: &str| {
        let words = words(part);
        words.last().is_some_and(|last| {
            let one = last.strip_suffix('s').unwrap_or(last);
            let titles = &page_words().titles;
            titles.are(std::slice::from_ref(last)) || titles.are(&[one.to_owned()])
        })
    };
    let all = words(title);
    let is_asking = all
        .first()
        .is_some_and(|first| asks.contains(&first.as_str()));
    let front = [" of ", ",", " for ", " (", " - ", " – ", ":"]
        .into_iter()
        .filter_map(|sign| title.split_once(sign))
        .any(|(front, _)| is_head(front));
    (1..=MAX_TITLE).contains(&all.len()) && !is_asking && (is_head(title) || front)
}

/// Returns whether a title ends with a word that says who does something: "Bridge Examiner". Other words end so too, so
/// that it tells only of titles that stand in a list.
pub fn names_agent(title: &str) -> bool {
    let all = words(title);
    let ends = |word: &String| {
        word.len() > 4
            && ["er", "or", "ist", "ian", "ant", "eer"]
                .iter()
                .any(|end| word.ends_with(end))
    };
    (2..=MAX_TITLE).contains(&all.len()) && all.last().is_some_and(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_end_a_title() {
        for (title, is) in [
            ("Bridge Examiner", true),
            ("Seed Vault Custodian", true),
            ("Order", false),
            ("Cloud news", false),
        ] {
            assert_eq!(names_agent(title), is, "{title}");
        }
    }

    #[test]
    fn titles_of_roles_are_told() {
        for (title, is) in [
            ("Release Manager", true),
            ("Director of Cloud", true),
            ("VP, Engineering", true),
            ("Senior Engineer (Payments)", true),
            ("How to become an engineer", false),
            ("About us", false),
            ("Contact", false),
            ("Cloud & Infrastructure", false),
            ("Engineering blog", false),
        ] {
            assert_eq!(names_role(title), is, "{title}");
        }
    }
}
