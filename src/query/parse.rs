//! Turns a query's text into clauses: words, "phrases", `-word`, and `title:`, `skill:`, `kpi:`, `tool:` before them.
//!
//! Nothing is a syntax error: what cannot be understood is searched as words, with a remark.

/// The longest query that is read, in bytes.
pub const MAX_QUERY_BYTES: usize = 4096;
/// The most clauses that are read.
pub const MAX_CLAUSES: usize = 64;

/// A query as typed, cut into clauses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The text, trimmed, as far as it was read.
    pub text: String,
    /// The clauses in order.
    pub clauses: Vec<Clause>,
    /// What was not read as it stands.
    pub remarks: Vec<String>,
}

/// A word or a phrase, and how it is meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clause {
    /// The words.
    pub text: String,
    /// Whether they stand in quotes.
    pub phrase: bool,
    /// Whether roles that match are left out.
    pub negated: bool,
    /// Where they are looked for.
    pub scope: Scope,
}

/// The part of a blueprint that a clause is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    #[default]
    Any,
    /// The title and other names.
    Title,
    /// The skills.
    Skill,
    /// The KPIs.
    Kpi,
    /// The tools.
    Tool,
}

impl Scope {
    /// Returns the scope that `data/query.toml` calls so.
    fn from_id(id: &str) -> Option<Self> {
        match id {
            "title" => Some(Self::Title),
            "skill" => Some(Self::Skill),
            "kpi" => Some(Self::Kpi),
            "tool" => Some(Self::Tool),
            _ => None,
        }
    }
}

include!(concat!(env!("OUT_DIR"), "/query.rs"));

/// Returns whether a word asks and says nothing.
pub fn is_silent(word: &str) -> bool {
    SILENT.binary_search(&word).is_ok()
}

/// Reads a query. It cannot fail.
pub fn parse(text: &str) -> Query {
    let mut query = Query::default();
    let text = text.trim();
    let end = (0..=text.len().min(MAX_QUERY_BYTES))
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0);
    if end < text.len() {
        query
            .remarks
            .push(format!("the query is read up to {MAX_QUERY_BYTES} bytes"));
    }
    query.text = text[..end]
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let source = query.text.clone();
    let mut rest = source.as_str();
    let mut negate_next = false;
    while let Some(start) = rest.find(|c: char| !c.is_whitespace()) {
        rest = &rest[start..];
        if query.clauses.len() == MAX_CLAUSES {
            query
                .remarks
                .push(format!("the query is read up to {MAX_CLAUSES} words"));
            break;
        }
        let (mut clause, behind) = next_clause(rest, &mut query.remarks);
        rest = behind;
        match clause.text.as_str() {
            "AND" | "OR" if !clause.phrase && clause.scope == Scope::Any => continue,
            "NOT" if !clause.phrase && clause.scope == Scope::Any && !rest.trim().is_empty() => {
                negate_next = true;
                continue;
            }
            _ => {}
        }
        clause.negated |= std::mem::take(&mut negate_next);
        if clause.text.contains(['*', '^', '~']) {
            remark(
                &mut query.remarks,
                "the signs * ^ ~ are not read; the words are searched as they stand",
            );
        }
        if clause.text.chars().any(char::is_alphanumeric) {
            query.clauses.push(clause);
        }
    }
    if query.clauses.is_empty() && query.text.chars().any(char::is_alphabetic) {
        words_alone(&mut query);
    }
    query
}

/// A lone AND or OR is a word.
fn words_alone(query: &mut Query) {
    remark(
        &mut query.remarks,
        "AND, OR and NOT stand between words; alone they are searched as words",
    );
    let clause = |word: &str| Clause {
        text: word.to_owned(),
        ..Clause::default()
    };
    query.clauses = query
        .text
        .split_whitespace()
        .take(MAX_CLAUSES)
        .map(clause)
        .collect();
}

fn remark(remarks: &mut Vec<String>, text: &str) {
    if !remarks.iter().any(|known| known == text) {
        remarks.push(text.to_owned());
    }
}

fn next_clause<'a>(text: &'a str, remarks: &mut Vec<String>) -> (Clause, &'a str) {
    let mut clause = Clause::default();
    let mut rest = text;
    if let Some(behind) = rest
        .strip_prefix('-')
        .filter(|behind| behind.starts_with(|c: char| c.is_alphanumeric() || c == '"' || c == '.'))
    {
        clause.negated = true;
        rest = behind;
    }
    if let Some((scope, behind)) = scope_of(rest) {
        clause.scope = scope;
        rest = behind;
    }
    if let Some(opened) = rest.strip_prefix(['"', '“', '”', '„']) {
        if let Some(end) = opened.find(['"', '”', '“']) {
            clause.phrase = true;
            clause.text = opened[..end].trim().to_owned();
            let quote = opened[end..].chars().next().map_or(0, char::len_utf8);
            return (clause, &opened[end + quote..]);
        }
        remark(remarks, "a quotation mark has no partner and is not read");
        rest = opened;
    }
    let end = rest
        .find(|c: char| c.is_whitespace() || c == '"')
        .unwrap_or(rest.len());
    clause.text = rest[..end].to_owned();
    (clause, &rest[end..])
}

/// The scope in front of a colon, if a word or a phrase follows at once.
fn scope_of(text: &str) -> Option<(Scope, &str)> {
    let (name, rest) = text.split_once(':')?;
    let name = name.to_lowercase();
    let at = SCOPES
        .binary_search_by_key(&name.as_str(), |(known, _)| known)
        .ok()?;
    let scope = Scope::from_id(SCOPES[at].1)?;
    rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '"' | '“' | '.'))
        .then_some((scope, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn show(text: &str) -> String {
        let clause = |clause: &Clause| {
            let scope = if clause.scope == Scope::Any {
                String::new()
            } else {
                format!("{:?}:", clause.scope)
            };
            let quote = if clause.phrase { "'" } else { "" };
            format!(
                "{}{scope}{quote}{}{quote}",
                if clause.negated { "-" } else { "" },
                clause.text
            )
        };
        parse(text)
            .clauses
            .iter()
            .map(clause)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn people_mean_what_they_type() {
        for (text, expected) in [
            ("FinOps", "FinOps"),
            ("  change   failure rate ", "change failure rate"),
            ("\"error budget\" -junior", "'error budget' -junior"),
            (
                "skill:kubernetes kpis:\"lead time\" Title:lead tools:-x",
                "Skill:kubernetes Kpi:'lead time' Title:lead tools:-x",
            ),
            ("skill: kubernetes", "skill: kubernetes"),
            (
                "don't 12:30 http://x C++ CI/CD",
                "don't 12:30 http://x C++ CI/CD",
            ),
            ("a AND NOT b", "a -b"),
            ("on-call -", "on-call"),
            ("\"unbalanced quote", "unbalanced quote"),
            ("NOT", "NOT"),
            ("AND", "AND"),
            ("fin* AND", "fin*"),
            ("((((", ""),
            ("🚀 \u{7}x\u{1b}", "x"),
            ("“smart quotes”", "'smart quotes'"),
            ("a\"b c\"d", "a 'b c' d"),
        ] {
            assert_eq!(show(text), expected, "{text}");
        }
    }

    #[test]
    fn long_queries_are_cut_with_a_remark() {
        let query = parse(&"word ".repeat(100_000));
        assert_eq!((query.clauses.len(), query.remarks.len()), (MAX_CLAUSES, 2));
        assert!(parse(&"(".repeat(100_000)).clauses.is_empty());
        assert!(is_silent("which") && !is_silent("it"));
        assert!(
            SCOPES
                .iter()
                .all(|(_, scope)| Scope::from_id(scope).is_some())
        );
    }

    proptest! {
        #[test]
        fn any_text_is_a_query(text in "(\\PC|[\"“”: a-c-]|NOT |skill:){0,80}") {
            let query = parse(&text);
            prop_assert!(query.clauses.iter().all(|clause| query.text.contains(&clause.text)));
        }
    }
}
