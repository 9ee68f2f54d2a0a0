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
use crate::search::{Change, Request, Suggested, search, suggest};

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
        let suggested = suggest(index, &request, &answer)?;
        Ok((request, answer, suggested))
    };
    let (index, (request, mut answer, suggested)) = place::ask(ui, shared, ask)?;
    for hit in &mut answer.hits {
        hit.path = shown(&hit.path);
    }
    let suggestions = suggestions(shared, args, &request, suggested);
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
    let has_found = answer.counts.total > 0;
    if output.is_for_people() {
        for suggestion in &suggestions {
            // Where roles were found, a repaired word is said already.
            if !has_found || suggestion.kind != Change::Spelling {
                ui.tip(&format!("{}:  {}", suggestion.text, suggestion.command));
            }
        }
    }
    Ok(if has_found {
        Exit::Done
    } else {
        Exit::NothingFound
    })
}

/// The query's words; `-` alone reads them from standard input, as far as a query is read at all.
pub fn text(words: &[String]) -> Result<String, Stop> {
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

/// What would help where nothing was found, or a word was not, as it is typed.
fn suggestions(
    shared: &Shared,
    args: &Query,
    request: &Request,
    suggested: Vec<Suggested>,
) -> Vec<Suggestion> {
    suggested
        .into_iter()
        .map(|suggested| suggestion(shared, args, request, suggested))
        .collect()
}

fn suggestion(
    shared: &Shared,
    args: &Query,
    request: &Request,
    suggested: Suggested,
) -> Suggestion {
    let mut flags = Vec::new();
    let mut flag = |name: &str, value: String| flags.extend([format!("--{name}"), value]);
    // Filters within the query stay there; those of flags are typed again.
    if suggested.level && !args.filters.level.is_empty() {
        flag("level", args.filters.level.join(","));
    }
    if suggested.domain && !args.filters.domain.is_empty() {
        flag("domain", args.filters.domain.join(","));
    }
    if request.rules.all {
        flag("match", "all".to_owned());
    }
    if let Some(index) = &shared.index {
        flag("index", index.to_string_lossy().into_owned());
    }
    let mut typed = vec!["query".to_owned()];
    let words = Some(suggested.query.clone()).filter(|query| !query.is_empty());
    if suggested.query.starts_with('-') {
        typed.append(&mut flags);
        typed.push("--".to_owned());
        typed.extend(words);
    } else {
        typed.extend(words);
        typed.append(&mut flags);
    }
    let roles = if suggested.count == 1 {
        "role matches"
    } else {
        "roles match"
    };
    let how = match suggested.change {
        Change::Filter | Change::Fewer => format!("without {}", suggested.about),
        Change::Unquoted => format!("without the signs of {}", suggested.about),
        Change::Spelling | Change::Word => format!("with \"{}\"", suggested.about),
    };
    let quoted: Vec<String> = typed.iter().map(|arg| shell_quoted(arg)).collect();
    Suggestion {
        kind: suggested.change,
        text: format!("{} {roles} {how}", suggested.count),
        query: suggested.query,
        command: format!("bp {}", quoted.join(" ")),
        args: typed,
        count: suggested.count,
    }
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
