//! The only place that writes to the terminal: results to stdout, everything else to stderr.

use std::io::{self, BufWriter, IsTerminal as _, Write};

use anstream::ColorChoice;

use super::args::{Color, Format, Shared};
use super::exit::Exit;
use crate::error::Error;
use crate::query::tree::Remark;
use crate::render::json::error_json;
use crate::render::text::{Style, caret, printable};

/// Why a command stopped before its end.
pub enum Stop {
    /// An error of ours.
    Failed(Error),
    /// Nobody reads on.
    Closed,
    /// Standard output refused.
    Output(io::Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Closed
        } else {
            Self::Output(error)
        }
    }
}

/// The way to the user.
pub struct Ui {
    out: BufWriter<io::Stdout>,
    style: Style,
    error_color: bool,
    quiet: bool,
    json: bool,
    /// Whether more is to be said.
    pub verbose: bool,
}

impl Ui {
    /// A way without flags.
    pub fn plain() -> Self {
        Self::new(&Shared::default())
    }

    /// A way for a program that asked for JSON.
    pub fn json() -> Self {
        Self::new(&Shared {
            json: true,
            ..Shared::default()
        })
    }

    /// The way that the flags ask for.
    pub fn new(shared: &Shared) -> Self {
        let wants = |automatic: ColorChoice| match shared.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => automatic != ColorChoice::Never,
        };
        let terminal = io::stdout().is_terminal();
        let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
        let style = Style {
            color: wants(anstream::AutoStream::choice(&io::stdout())),
            terminal,
            width: width.max(40),
        };
        Self {
            out: BufWriter::new(io::stdout()),
            style,
            error_color: wants(anstream::AutoStream::choice(&io::stderr())),
            quiet: shared.quiet,
            json: shared.format() == Format::Json,
            verbose: shared.verbose,
        }
    }

    /// How results look.
    pub fn style(&self) -> Style {
        self.style
    }

    /// Writes a part of the result.
    pub fn result(&mut self, text: &str) -> io::Result<()> {
        if self.quiet {
            Ok(())
        } else {
            self.out.write_all(text.as_bytes())
        }
    }

    /// Says something beside the result.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.say("note", "36", text);
        }
    }

    /// Says what would help.
    pub fn tip(&self, text: &str) {
        if !self.quiet {
            let _ = io::stderr().write_all(format!("  tip: {}\n", printable(text)).as_bytes());
        }
    }

    /// Says that something was not as it should be.
    pub fn warn(&self, text: &str) {
        if !self.quiet {
            self.say("warning", "33", text);
        }
    }

    /// Says what was not read of a query, and where it stands.
    pub fn remark(&self, query: &str, remark: &Remark) {
        self.warn(&remark.text);
        if !self.quiet {
            let _ = io::stderr().write_all(caret(query, remark.span).as_bytes());
        }
    }

    /// Says what could not be done, though the run goes on.
    pub fn problem(&self, text: &str) {
        self.say("error", "31", text);
    }

    fn say(&self, kind: &str, color: &str, text: &str) {
        let text = printable(text);
        let line = if self.error_color {
            format!("\u{1b}[1;{color}m{kind}\u{1b}[0m: {text}\n")
        } else {
            format!("{kind}: {text}\n")
        };
        // Where even stderr is gone there is nobody left to tell.
        let _ = io::stderr().write_all(line.as_bytes());
    }

    /// Runs a command and shows its failure, if it has one.
    pub fn finish(mut self, run: impl FnOnce(&mut Self) -> Result<Exit, Stop>) -> Exit {
        let stopped = match run(&mut self) {
            Ok(exit) => match self.out.flush() {
                Ok(()) => return exit,
                Err(error) => Stop::from(error),
            },
            Err(stop) => stop,
        };
        match stopped {
            Stop::Closed => Exit::Done,
            Stop::Output(error) => {
                self.problem(&format!("cannot write the result: {error}"));
                Exit::Failed
            }
            Stop::Failed(error) => {
                self.problem(&error.to_string());
                if let Error::Query { query, span, .. } = &error {
                    let _ = io::stderr().write_all(caret(query, *span).as_bytes());
                }
                if let Some(tip) = error.tip() {
                    let _ =
                        io::stderr().write_all(format!("  tip: {}\n", printable(&tip)).as_bytes());
                }
                if self.json {
                    let _ = self.out.write_all(error_json(&error).as_bytes());
                    let _ = self.out.flush();
                }
                Exit::Failed
            }
        }
    }
}
