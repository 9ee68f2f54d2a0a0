//! The only place that writes to the terminal: results to stdout, everything else to stderr.

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::sync::{Mutex, PoisonError};

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

/// How things are said beside the result.
#[derive(Debug, Clone, Copy)]
pub struct Voice {
    color: bool,
    quiet: bool,
}

impl Voice {
    /// Whether there is a terminal for a passing line, and anything to be said.
    pub fn can_draw(self) -> bool {
        let term = std::env::var_os("TERM");
        let is_dumb = term
            .as_ref()
            .is_none_or(|term| term.is_empty() || term == "dumb");
        // Only the terminals of Unix always name themselves.
        let can_move = !is_dumb || (cfg!(not(unix)) && term.is_none());
        !self.quiet && can_move && io::stderr().is_terminal()
    }

    /// Says something beside the result.
    pub fn note(self, text: &str) {
        if !self.quiet {
            self.say("note", "36", text);
        }
    }

    fn say(self, kind: &str, color: &str, text: &str) {
        let text = printable(text);
        let line = if self.color {
            format!("\u{1b}[1;{color}m{kind}\u{1b}[0m: {text}\n")
        } else {
            format!("{kind}: {text}\n")
        };
        // Where even stderr is gone there is nobody left to tell.
        let _ = io::stderr().write_all(line.as_bytes());
    }
}

/// Columns at the end of a passing line that stay free: the terminal shows a Ctrl-C behind it.
const FREE_COLUMNS: usize = 3;

/// A line of the terminal that is drawn over again and again, and erased in the end.
#[derive(Default)]
pub struct PassingLine(Mutex<Drawn>);

#[derive(Default)]
struct Drawn {
    text: String,
    is_over: bool,
}

impl PassingLine {
    /// Draws what is to stand in at most so many columns, unless it stands there.
    pub fn draw(&self, text: impl FnOnce(usize) -> String) {
        let mut drawn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let size = terminal_size::terminal_size_of(io::stderr());
        let width = size.map_or(80, |(width, _)| usize::from(width.0));
        let text = text(width.saturating_sub(FREE_COLUMNS));
        if !drawn.is_over && text != drawn.text {
            let _ = io::stderr().write_all(format!("\r\u{1b}[K{text}").as_bytes());
            drawn.text = text;
        }
    }

    /// Erases it for good.
    pub fn erase(&self) {
        let mut drawn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drawn.is_over = true;
        if !std::mem::take(&mut drawn.text).is_empty() {
            let _ = io::stderr().write_all(b"\r\x1b[K");
        }
    }
}

/// The way to the user.
pub struct Ui {
    out: BufWriter<io::Stdout>,
    style: Style,
    voice: Voice,
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
            voice: Voice {
                color: wants(anstream::AutoStream::choice(&io::stderr())),
                quiet: shared.quiet,
            },
            json: shared.format() == Format::Json,
            verbose: shared.verbose,
        }
    }

    /// How results look.
    pub fn style(&self) -> Style {
        self.style
    }

    /// How things are said beside the result, for another thread.
    pub fn voice(&self) -> Voice {
        self.voice
    }

    /// Writes a part of the result.
    pub fn result(&mut self, text: &str) -> io::Result<()> {
        if self.voice.quiet {
            Ok(())
        } else {
            self.out.write_all(text.as_bytes())
        }
    }

    /// Hands on what was written of a result that never ends.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Says something beside the result.
    pub fn note(&self, text: &str) {
        self.voice.note(text);
    }

    /// Says what would help.
    pub fn tip(&self, text: &str) {
        if !self.voice.quiet {
            let _ = io::stderr().write_all(format!("  tip: {}\n", printable(text)).as_bytes());
        }
    }

    /// Says that something was not as it should be.
    pub fn warn(&self, text: &str) {
        if !self.voice.quiet {
            self.voice.say("warning", "33", text);
        }
    }

    /// Says what was not read of a query, and where it stands.
    pub fn remark(&self, query: &str, remark: &Remark) {
        self.warn(&remark.text);
        if !self.voice.quiet {
            let _ = io::stderr().write_all(caret(query, remark.span).as_bytes());
        }
    }

    /// Says what could not be done, though the run goes on.
    pub fn problem(&self, text: &str) {
        self.voice.say("error", "31", text);
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
