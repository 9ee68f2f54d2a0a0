//! The command line: what was typed becomes a command's work, its outcome an exit code.

mod args;
mod as_read;
mod eval;
mod exit;
mod explain;
mod facets;
mod generate;
mod index;
mod place;
mod progress;
mod query;
mod show;
mod status;
#[cfg(unix)]
mod stop;
mod ui;
mod verify;
mod watch;

use std::ffi::OsString;

use clap::Parser as _;
use clap::error::ErrorKind;

use args::{Args, Ask, Command};
pub use exit::Exit;
use ui::Ui;

use crate::error::Error;

/// Runs the program with these arguments, the program's own name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    if args.len() < 2 {
        return Ui::plain().finish(|ui| {
            ui.result(args::INTRODUCTION)?;
            Ok(Exit::Done)
        });
    }
    let is_query = ["query", "search", "find"]
        .iter()
        .any(|name| args[1] == *name);
    if let Some(Args { command, shared }) = is_query
        .then(|| Args::<Ask>::try_parse_from(&args).ok())
        .flatten()
    {
        let Ask::Query(command) = command;
        return Ui::new(&shared).finish(|ui| query::run(ui, &shared, &command));
    }
    let parsed = match Args::<Command>::try_parse_from(&args) {
        Ok(parsed) => parsed,
        Err(error) => return refuse(&args, &error),
    };
    Ui::new(&parsed.shared).finish(|ui| match &parsed.command {
        Command::Index(command) => index::run(ui, &parsed.shared, command),
        Command::Query(command) => query::run(ui, &parsed.shared, command),
        Command::Show(command) => show::run(ui, &parsed.shared, command),
        Command::Explain(command) => explain::run(ui, &parsed.shared, command),
        Command::Facets(command) => facets::run(ui, &parsed.shared, command),
        Command::Eval(command) => eval::run(ui, &parsed.shared, command),
        Command::Status => status::run(ui, &parsed.shared),
        Command::Verify => verify::run(ui, &parsed.shared),
        Command::Completions { shell } => generate::completions(ui, *shell),
        Command::Man { command } => generate::man(ui, command.as_deref()),
        Command::Schema { name } => generate::schema(ui, name.as_deref()),
    })
}

/// Help and version are results; everything else that clap says is an error of ours.
fn refuse(args: &[OsString], error: &clap::Error) -> Exit {
    let is_json = |arg: &OsString| {
        ["--json", "--format=json", "-fjson"]
            .iter()
            .any(|json| arg == *json)
    };
    let is_pair =
        |pair: &[OsString]| (pair[0] == "--format" || pair[0] == "-f") && pair[1] == "json";
    let wants_json = args.iter().any(is_json) || args.windows(2).any(is_pair);
    let ui = if wants_json { Ui::json() } else { Ui::plain() };
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        return ui.finish(|ui| {
            ui.result(&error.render().to_string())?;
            Ok(Exit::Done)
        });
    }
    ui.finish(|_| Err(ui::Stop::Failed(usage(args, error))))
}

fn usage(args: &[OsString], error: &clap::Error) -> Error {
    let rendered = error.render().to_string();
    let message = rendered
        .lines()
        .next()
        .unwrap_or_default()
        .trim_start_matches("error: ")
        .trim_end_matches('.')
        .to_owned();
    let hint = rendered
        .lines()
        .map(str::trim)
        .find_map(|line| line.strip_prefix("tip: "))
        .map(str::to_owned);
    let tip = if error.kind() == ErrorKind::UnknownArgument {
        quoted_query(args).or(hint)
    } else {
        hint
    };
    let possible = rendered
        .lines()
        .map(str::trim)
        .find_map(|line| line.strip_prefix("[possible values: "));
    let possible = possible.map(|values| format!("known: {}", values.trim_end_matches(']')));
    let missing: Vec<&str> = rendered
        .lines()
        .skip(1)
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    let message = if error.kind() == ErrorKind::MissingRequiredArgument {
        format!("{message} {}", missing.join(" "))
    } else {
        message
    };
    Error::Usage {
        message,
        tip: possible
            .or(tip)
            .or_else(|| Some("say more with:  bp --help".to_owned())),
    }
}

/// A word to leave out that was taken for a flag: the tip is the query in quotes.
fn quoted_query(args: &[OsString]) -> Option<String> {
    let words: Vec<String> = args
        .iter()
        .skip(1)
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect();
    let command = words
        .iter()
        .position(|word| matches!(word.as_str(), "query" | "search" | "find"))?;
    let is_flag =
        |word: &&str| word.starts_with("--") || (word.len() == 2 && word.starts_with('-'));
    let query: Vec<&str> = words[command + 1..]
        .iter()
        .map(String::as_str)
        .skip_while(is_flag)
        .take_while(|word| !is_flag(word))
        .collect();
    let negated = query.iter().any(|word| {
        word.len() > 2 && word.starts_with('-') && word[1..].chars().all(char::is_alphanumeric)
    });
    let dashes = if query.first()?.starts_with('-') {
        "-- "
    } else {
        ""
    };
    negated.then(|| {
        format!(
            "to leave a word out, quote the query:  bp query {dashes}'{}'",
            query.join(" ")
        )
    })
}
