//! One trial: the corpus changes, a command takes the change in, something happens to it, and the index is asked.

use std::fmt;
use std::fs;
use std::thread;
use std::time::Duration;

use crate::asked::{Answers, answers, calm, catches_up, fresh, sound};
use crate::place::{Ended, Place, ended, entries};
use crate::shim::{Deed, EACCES, EIO, ENOSPC, EROFS, Fault};

/// What takes the change in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// `bp index`.
    Index,
    /// `bp index` where there is none yet.
    First,
    /// `bp query`, on its way.
    Query,
    /// `bp index --watch`, when it sees it.
    Watch,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Harm {
    /// It is killed at some time.
    Killed,
    /// Something happens at some call.
    At(Deed),
    /// The disk is full after some bytes.
    Full,
}

/// How long the watching program is given before the change, and to take it in.
const SETTLED: Duration = Duration::from_millis(600);
const WATCHED: Duration = Duration::from_millis(2_500);

/// A kind of trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    command: Command,
    harm: Harm,
}

const fn error(number: i32, stays: bool) -> Harm {
    Harm::At(Deed::Error { number, stays })
}

const KINDS: &[(Command, Harm)] = &[
    (Command::Index, Harm::Killed),
    (Command::Index, Harm::At(Deed::Before)),
    (Command::Index, error(EIO, false)),
    (Command::Query, Harm::Killed),
    (Command::Index, Harm::At(Deed::Power)),
    (Command::Index, error(ENOSPC, true)),
    (Command::Query, Harm::At(Deed::After)),
    (Command::Index, error(EROFS, true)),
    (Command::First, Harm::At(Deed::Before)),
    (Command::Index, Harm::Full),
    (Command::Index, Harm::At(Deed::Torn)),
    (Command::Query, error(EIO, false)),
    (Command::Watch, Harm::Killed),
    (Command::Index, Harm::At(Deed::After)),
    (Command::First, error(EIO, true)),
    (Command::Query, Harm::At(Deed::Power)),
    (Command::Index, error(EACCES, true)),
    (Command::Query, error(ENOSPC, true)),
    (Command::First, Harm::At(Deed::Power)),
    (Command::Index, error(EIO, true)),
    (Command::Index, Harm::At(Deed::Short)),
];

impl Kind {
    /// All kinds that the program knows.
    pub fn all(has_watch: bool) -> Vec<Self> {
        let known = |(command, _): &&(Command, Harm)| has_watch || *command != Command::Watch;
        let kinds = KINDS.iter().filter(known);
        kinds
            .map(|&(command, harm)| Self { command, harm })
            .collect()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let command = match self.command {
            Command::Index => "index",
            Command::First => "first index",
            Command::Query => "query",
            Command::Watch => "index --watch",
        };
        let harm = match self.harm {
            Harm::Killed => "killed at a time".to_owned(),
            Harm::Full => "full after n bytes".to_owned(),
            Harm::At(Deed::Before) => "killed before a call".to_owned(),
            Harm::At(Deed::After) => "killed behind a call".to_owned(),
            Harm::At(Deed::Torn) => "killed amid a write".to_owned(),
            Harm::At(Deed::Power) => "power cut at a call".to_owned(),
            Harm::At(Deed::Short) => "short writes".to_owned(),
            Harm::At(Deed::Error { number, stays }) => {
                let name = match number {
                    EIO => "EIO",
                    ENOSPC => "ENOSPC",
                    EROFS => "EROFS",
                    _ => "EACCES",
                };
                format!("{name} {}", if stays { "from a call on" } else { "once" })
            }
        };
        f.pad(&format!("{command}, {harm}"))
    }
}

/// What the index answered after the fault.
pub enum Outcome {
    /// As before the change.
    Before,
    /// As after it.
    After,
    /// The fault did not come: the run was over.
    Unharmed,
}

/// A kind of trial and its number within the run: a call, a byte, a microsecond.
pub struct Trial {
    kind: Kind,
    at: u64,
}

impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at {})", self.kind, self.at)
    }
}

impl Trial {
    /// Draws where in the run the fault comes; how long a run is, is looked up on one without a fault.
    pub fn new(kind: Kind, place: &mut Place) -> Self {
        let far = Fault::Call(u64::MAX >> 1, Deed::Before);
        place.changes();
        let args = args(kind.command, place);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let index = place.here().join("index");
        if kind.command == Command::First {
            let _ = fs::remove_dir_all(&index);
        }
        let length = match kind.harm {
            Harm::Killed if kind.command == Command::Watch => {
                place.run(&["index"]);
                WATCHED.as_micros() as u64
            }
            Harm::Killed => place.run(&args).took.as_micros() as u64 * 11 / 10,
            Harm::At(_) => place.run_with(&args, far).1.len() as u64,
            Harm::Full => {
                place.run(&args);
                let size =
                    |name: &String| fs::metadata(index.join(name)).map_or(0, |file| file.len());
                entries(&index).iter().map(size).sum()
            }
        };
        Self {
            kind,
            at: 1 + place.random.below(length),
        }
    }

    /// Makes the trial; tells what does not hold.
    pub fn made(&self, place: &mut Place) -> Result<Outcome, String> {
        let old = if self.kind.command == Command::First {
            let _ = fs::remove_dir_all(place.here().join("index"));
            None
        } else {
            Some(answers(place, "index")?)
        };
        let (ended, is_harmed) = self.harmed(place);
        let new = fresh(place);
        if old.as_ref() == Some(&new) {
            return Err("the change changes nothing".to_owned());
        }
        self.told(place, &ended, is_harmed)?;
        let outcome = state(place, old.as_ref(), &new)?;
        if ended.code == Some(0)
            && self.kind.command != Command::Query
            && matches!(outcome, Outcome::Before)
        {
            return Err("it ends with 0 and has not taken the change in".to_owned());
        }
        if ended.code == Some(2) && matches!(outcome, Outcome::After) {
            return Err("it ends with 2 and has taken the change in".to_owned());
        }
        if self.kind.command == Command::Query && ended.code.is_some() {
            answered(place, &ended)?;
        }
        catches_up(place, &new)?;
        Ok(if is_harmed {
            outcome
        } else {
            Outcome::Unharmed
        })
    }

    /// Changes the corpus and has the change taken in, with the fault; says whether that came.
    fn harmed(&self, place: &mut Place) -> (Ended, bool) {
        let after = Duration::from_micros(self.at);
        if self.kind.command == Command::Watch {
            let child = place.command(&["index", "--watch"]).spawn().unwrap();
            thread::sleep(SETTLED);
            place.changes_one();
            return (ended(child, Some(after)), true);
        }
        place.changes();
        let args = args(self.kind.command, place);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let fault = match self.kind.harm {
            Harm::Killed => {
                let ended = place.run_killed(&args, after);
                let is_killed = ended.code.is_none();
                return (ended, is_killed);
            }
            Harm::At(deed) => Fault::Call(self.at, deed),
            Harm::Full => Fault::Bytes(self.at),
        };
        let (ended, calls) = place.run_with(&args, fault);
        let is_harmed = match self.kind.harm {
            Harm::At(_) => calls.len() as u64 >= self.at,
            _ => ended.code != Some(0),
        };
        (ended, is_harmed)
    }

    /// An error is told with its path and ends with 2; a kill ends at once; a short write is no error.
    fn told(&self, place: &Place, ended: &Ended, is_harmed: bool) -> Result<(), String> {
        calm(ended)?;
        let is_kill = !matches!(
            self.kind.harm,
            Harm::Full | Harm::At(Deed::Error { .. } | Deed::Short)
        );
        match ended.code {
            None if is_kill => Ok(()),
            None => Err("it was killed by nobody".to_owned()),
            Some(0) if !is_harmed || !is_kill => Ok(()),
            Some(2) if is_harmed && !is_kill && self.kind.harm != Harm::At(Deed::Short) => {
                let folder = place.here().join("index");
                let names = ended.stderr.contains(&*folder.to_string_lossy())
                    || ended.stderr.contains(" index/");
                if names && ended.stderr.starts_with("error: ") {
                    Ok(())
                } else {
                    Err(format!("the error does not say where: {}", ended.stderr))
                }
            }
            code => Err(format!("it ends with {code:?}: {}", ended.stderr)),
        }
    }
}

/// A query on whose way the index could not be written answers all the same, of the corpus as it now is.
fn answered(place: &Place, ended: &Ended) -> Result<(), String> {
    let newest = place.newest_word();
    if ended.code != Some(0) || ended.stdout.lines().count() != 1 {
        return Err(format!(
            "{newest} is in one role, the query ends with {:?}: {} {}",
            ended.code, ended.stdout, ended.stderr
        ));
    }
    Ok(())
}

fn args(command: Command, place: &Place) -> Vec<String> {
    let newest = place.newest_word();
    let args: &[&str] = match command {
        Command::Index | Command::First => &["index"],
        Command::Query => &["query", &newest, "--update", "-f", "ids"],
        Command::Watch => &["index", "--watch"],
    };
    args.iter().map(|arg| (*arg).to_owned()).collect()
}

/// Which state the index answers from: that of before or that of after, whole.
fn state(place: &Place, old: Option<&Answers>, new: &Answers) -> Result<Outcome, String> {
    let now = answers(place, "index");
    match (now, old) {
        (Ok(now), _) if now == *new => Ok(Outcome::After),
        (Ok(now), Some(old)) if now == *old => {
            sound(place)?;
            Ok(Outcome::Before)
        }
        (Ok(_), _) => Err("the answers are neither those of before nor those of after".to_owned()),
        // Where there was no index, there may be none.
        (Err(said), None) if said.contains("no index") => Ok(Outcome::Before),
        (Err(said), _) => Err(said),
    }
}
