//! `bp query`: ranks roles for words and filters.

use std::io::{self, Read as _};
use std::time::Instant;

use super::args::{Format, Query, Shared};
use super::exit::Exit;
use super::place::{self, shown};
use super::ui::{Stop, Ui};
use crate::error::Error;
use crate::index::OpenIndex;
use crate::query::parse::MAX_QUERY_BYTES;
use crate::render::{self, Answered, Output, Suggestion};
use crate::search::{Answer, Request, search};

/// Runs the command.
pub fn run(ui: &mut Ui, shared: &Shared, args: &Query) -> Result<Exit, Stop> {
    let start = Instant::now();
    let text = text(&args.words)?;
    let output = output(shared, args);
    let ask = |index: &OpenIndex| {
        let mut request = place::request(index, &args.filters, &args.search, &text)?;
        request.limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
        request.limit = if args.count { 0 } else { request.limit };
        request.offset = usize::try_from(args.offset).unwrap_or(usize::MAX);
        request.passages = output.passages();
        let answer = search(index, &request)?;
        Ok((request, answer))
    };
    let (index, (request, mut answer)) = place::ask(ui, shared, ask)?;
    for hit in &mut answer.hits {
        hit.path = shown(&hit.path);
    }
    let suggestions = suggestions(&request, &answer, shared);
    let answered = Answered {
        request: &request,
        answer: &answer,
        header: &index.header,
        suggestions: &suggestions,
        took_ms: start.elapsed().as_millis() as u64,
    };
    if shared.format() != Format::Json {
        answer.notes.iter().for_each(|note| ui.note(note));
        answer
            .remarks
            .iter()
            .for_each(|remark| ui.remark(&request.query.text, remark));
    }
    let style = ui.style();
    ui.result(&render::answer(&answered, output, style))?;
    // The process ends: the system takes the mapped files back at once, which costs less than one by one.
    std::mem::forget(index);
    if answer.counts.total > 0 {
        return Ok(Exit::Done);
    }
    if output.is_for_people() {
        for suggestion in &suggestions {
            ui.tip(&format!("{}:  {}", suggestion.text, suggestion.command));
        }
    }
    Ok(Exit::NothingFound)
}

/// The query's words; `-` alone reads them from standard input, as far as a query is read at all.
fn text(words: &[String]) -> Result<String, Stop> {
    if words != ["-"] {
        return Ok(words.join(" "));
    }
    let mut bytes = Vec::new();
    let limit = 256 * MAX_QUERY_BYTES as u64;
    io::stdin()
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(Error::io("cannot read", "standard input"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn output(shared: &Shared, args: &Query) -> Output {
    if args.count {
        return Output::Count;
    }
    if args.files_with_matches {
        return Output::Paths;
    }
    match shared.format() {
        Format::Text => Output::Text,
        Format::Json => Output::Json,
        Format::Jsonl => Output::JsonLines,
        Format::Csv => Output::Separated(','),
        Format::Tsv => Output::Separated('\t'),
        Format::Md => Output::Markdown,
        Format::Ids => Output::Ids,
    }
}

/// What would help where nothing was found: leaving a filter out, with the number of roles that it gives.
fn suggestions(request: &Request, answer: &Answer, shared: &Shared) -> Vec<Suggestion> {
    let counts = &answer.counts;
    if counts.total > 0 {
        return Vec::new();
    }
    let level = request.levels.applied.join(",");
    let domain = request.domains.applied.join(",");
    let flag = |name: &str, value: &str| {
        if value.is_empty() {
            String::new()
        } else {
            format!(" --{name} {value}")
        }
    };
    let query = if request.query.text.is_empty() {
        String::new()
    } else {
        format!(" {}", shell_quoted(&request.query.text))
    };
    let named = shared
        .index
        .as_ref()
        .map(|index| shell_quoted(&index.to_string_lossy()));
    let index = flag("index", &named.unwrap_or_default());
    let suggestion = |without: &str, rest: String, count: u64| Suggestion {
        text: format!(
            "{count} {} without{without}",
            if count == 1 {
                "role matches"
            } else {
                "roles match"
            }
        ),
        command: format!("bp query{query}{rest}{index}"),
        count,
    };
    let mut suggestions = Vec::new();
    if !level.is_empty() && counts.without_level > 0 {
        suggestions.push(suggestion(
            &flag("level", &level),
            flag("domain", &domain),
            counts.without_level,
        ));
    }
    if !domain.is_empty() && counts.without_domain > 0 {
        suggestions.push(suggestion(
            &flag("domain", &domain),
            flag("level", &level),
            counts.without_domain,
        ));
    }
    if suggestions.is_empty() && counts.unfiltered > 0 {
        suggestions.push(suggestion(
            &format!("{}{}", flag("level", &level), flag("domain", &domain)),
            String::new(),
            counts.unfiltered,
        ));
    }
    suggestions
}

/// Quotes a word for the shell where that is needed.
fn shell_quoted(text: &str) -> String {
    let plain = !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | ':' | '+'));
    if plain {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suggestion_can_be_pasted() {
        assert_eq!(shell_quoted("kubernetes"), "kubernetes");
        assert_eq!(shell_quoted("don't \"x\""), "'don'\\''t \"x\"'");
    }
}
