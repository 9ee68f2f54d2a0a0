//! Work that takes long: it shows itself on a terminal and nowhere else, and ends when it is told to, with the index as
//! it was.
#![cfg(unix)]

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::fixture::Fixture;

/// Far more than anything here takes: what is still there then hangs.
const ENDLESS: Duration = Duration::from_secs(60);
/// A process that was told to end is gone by then, on any machine.
const GONE: Duration = Duration::from_secs(10);
/// Small files enough for a run that one can come into the middle of.
const FILES: usize = 3_000;

/// A folder with an index of one role.
fn indexed() -> Fixture {
    let fixture = Fixture::with(&[("corpus/a.md", "# Data Analyst\n\n## Skills\n\n- SQL\n")]);
    assert_eq!(fixture.output(&["index"]).status.code(), Some(0));
    fixture
}

/// Adds thousands of small files.
fn grows(fixture: &Fixture) {
    for number in 0..FILES {
        let text = format!(
            "# Zebra Keeper {number}\n\n## Responsibilities\n\n- Keeps zebra {number} in stable {}\n\n## Skills\n\n- Stripes{}\n- SQL\n",
            number % 97,
            number % 211
        );
        fixture.write(
            &format!("corpus/{}/{number}.md", number % 10),
            text.as_bytes(),
        );
    }
}

/// Holds the right to write, so that a run waits for it.
fn held(fixture: &Fixture) -> File {
    let lock = File::options()
        .write(true)
        .open(fixture.work().join("index/LOCK"))
        .unwrap();
    lock.lock().unwrap();
    lock
}

fn generations(fixture: &Fixture) -> Vec<PathBuf> {
    let entries = fs::read_dir(fixture.work().join("index")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_dir()).collect()
}

fn piped(fixture: &Fixture, args: &[&str]) -> Child {
    let mut command = fixture.command(args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn send(id: &str, signal: &str) {
    let sent = Command::new("kill").args([signal, id]).status().unwrap();
    assert!(sent.success());
}

/// Waits until something is there.
fn comes<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(start.elapsed() < ENDLESS, "{what} does not come");
        sleep(Duration::from_millis(1));
    }
}

/// Waits for the end of a process that was told to end.
fn gone(mut child: Child) -> Output {
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > GONE {
            child.kill().unwrap();
            panic!("it goes on");
        }
        sleep(Duration::from_millis(1));
    }
    child.wait_with_output().unwrap()
}

/// The program on a terminal of its own, which `script` of util-linux makes.
struct Terminal {
    child: Child,
    shown: String,
}

impl Terminal {
    /// Runs a command line of `sh`, in which `bp` is the program; `None` where there is no such `script`.
    fn run(fixture: &Fixture, columns: u16, term: &str, line: &str) -> Option<Self> {
        let version = Command::new("script").arg("--version").output();
        if !version.is_ok_and(|told| String::from_utf8_lossy(&told.stdout).contains("util-linux")) {
            println!("no script of util-linux here: not tried on a terminal");
            return None;
        }
        let program = env!("CARGO_BIN_EXE_bp");
        let line = format!(
            "stty cols {columns} rows 24; {}",
            line.replace("bp ", &format!("'{program}' "))
        );
        let child = Command::new("script")
            .args(["--quiet", "--return", "--command", &line, "/dev/null"])
            .current_dir(fixture.work())
            // What the caller's environment says of colour, as that of a build server does, says nothing of this terminal.
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", fixture.work().with_file_name("home"))
            .env("SHELL", "/bin/sh")
            .env("TERM", term)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Self {
            child,
            shown: String::new(),
        })
    }

    /// Waits until the terminal shows a text.
    fn shows(&mut self, text: &str) {
        let start = Instant::now();
        let mut bytes = [0; 4096];
        while !self.shown.contains(text) {
            let read = self.child.stdout.as_mut().unwrap().read(&mut bytes);
            let read = read.unwrap();
            self.shown
                .push_str(&String::from_utf8_lossy(&bytes[..read]));
            assert!(
                read > 0 && start.elapsed() < ENDLESS,
                "{text}: {:?}",
                self.shown
            );
        }
    }

    fn types(&mut self, keys: &[u8]) {
        self.child.stdin.as_mut().unwrap().write_all(keys).unwrap();
    }

    /// Waits for the end; returns the exit code and all that was shown.
    fn ends(mut self) -> (Option<i32>, String) {
        let mut rest = Vec::new();
        let out = self.child.stdout.as_mut().unwrap();
        out.read_to_end(&mut rest).unwrap();
        self.shown.push_str(&String::from_utf8_lossy(&rest));
        (self.child.wait().unwrap().code(), self.shown)
    }
}

/// What is left on the terminal's lines when all is over, and every text that stood on one for a while.
fn screen(shown: &str) -> (Vec<String>, Vec<String>) {
    let mut passed = Vec::new();
    let lines = shown.split('\n').map(|line| {
        let drawn: Vec<&str> = line.trim_end_matches('\r').split("\r\u{1b}[K").collect();
        let (last, before) = drawn.split_last().unwrap();
        passed.extend(before.iter().map(|text| (*text).to_owned()));
        (*last).to_owned()
    });
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    passed.retain(|text| !text.is_empty());
    (lines, passed)
}

#[test]
fn a_terminal_shows_what_goes_on_and_keeps_nothing_of_it() {
    for (columns, waiting) in [
        (80, "waiting for another bp that writes"),
        (40, "waiting for another bp that writes"),
        (20, "waiting"),
    ] {
        let fixture = indexed();
        let lock = held(&fixture);
        let line = "bp index --lock-wait 60";
        let Some(mut terminal) = Terminal::run(&fixture, columns, "xterm", line) else {
            return;
        };
        terminal.shows(waiting);
        drop(lock);
        let (code, shown) = terminal.ends();
        assert_eq!(code, Some(0), "{shown:?}");
        let (lines, passed) = screen(&shown);
        assert_eq!(lines.len(), 1, "{shown:?}");
        assert!(lines[0].starts_with("1 role from 1 file: 1 unchanged"));
        assert!(passed.iter().any(|text| text.starts_with(waiting)));
        // A Ctrl-C that the terminal shows behind it fits as well.
        let widest = passed.iter().map(|text| text.chars().count()).max();
        assert!(
            widest.unwrap() <= usize::from(columns) - 3,
            "{columns}: {passed:?}"
        );
    }
}

#[test]
fn files_are_counted_as_they_are_read() {
    let fixture = indexed();
    grows(&fixture);
    let Some(terminal) = Terminal::run(&fixture, 80, "xterm", "NO_COLOR=1 bp index") else {
        return;
    };
    let (code, shown) = terminal.ends();
    assert_eq!(code, Some(0), "{shown:?}");
    let (lines, passed) = screen(&shown);
    assert!(
        lines.len() == 1 && lines[0].starts_with("3001 roles from 3001 files"),
        "{shown:?}"
    );
    let without_erasing = shown.replace("\u{1b}[K", "");
    assert!(!without_erasing.contains('\u{1b}'), "{shown:?}");
    let milliseconds = lines[0]
        .split(" ms")
        .next()
        .and_then(|told| told.rsplit(' ').next())
        .unwrap();
    let is_long = milliseconds.parse::<u64>().unwrap() > 1_000;
    let is_count = |text: &String| {
        text.starts_with("reading ") && text.contains(" of 3000 files · ") && text.contains(" MB")
    };
    assert!(!is_long || passed.iter().any(is_count), "{passed:?}");
    assert_eq!(is_long, lines[0].trim_end().ends_with(" roles/s"));
}

#[test]
fn nothing_is_drawn_where_it_could_not_be_erased() {
    let fixture = indexed();
    for (term, line) in [
        ("dumb", "bp index --lock-wait 1"),
        ("", "bp index --lock-wait 1 --color never"),
        ("xterm", "bp index --lock-wait 1 -q --color never"),
        (
            "xterm",
            "bp index --lock-wait 1 --color never 2>log; code=$?; cat log; exit $code",
        ),
    ] {
        let _lock = held(&fixture);
        let Some(terminal) = Terminal::run(&fixture, 80, term, line) else {
            return;
        };
        let (code, shown) = terminal.ends();
        let (lines, passed) = screen(&shown);
        assert_eq!((code, passed.len()), (Some(2), 0), "{line}: {shown:?}");
        assert!(!shown.contains('\u{1b}'), "{line}: {shown:?}");
        assert!(
            lines[0].starts_with("error: another bp is writing the index in "),
            "{line}: {shown:?}"
        );
    }
    let _lock = held(&fixture);
    let output = fixture.output(&["index", "--lock-wait", "1"]);
    assert!(!output.stderr.contains(&b'\r') && output.stderr.starts_with(b"error: another bp"));
}

#[test]
fn a_ctrl_c_that_is_typed_erases_the_line_and_says_what_is_left() {
    let fixture = indexed();
    let _lock = held(&fixture);
    let Some(mut terminal) = Terminal::run(&fixture, 40, "xterm", "exec bp index --lock-wait 60")
    else {
        return;
    };
    terminal.shows("waiting");
    terminal.types(b"\x03");
    let (code, shown) = terminal.ends();
    let (lines, _) = screen(&shown);
    assert_eq!(code, Some(130), "{shown:?}");
    assert_eq!(lines.len(), 1, "{shown:?}");
    assert!(
        lines[0].ends_with(": stopped; the index in index is as it was"),
        "{shown:?}"
    );
}

#[test]
fn a_run_that_is_stopped_leaves_the_index_of_before() {
    let fixture = indexed();
    grows(&fixture);
    let mut stopped = 0;
    for (attempt, signals) in [
        ["-INT", ""],
        ["-TERM", ""],
        ["-INT", "-INT"],
        ["-INT", "-TERM"],
        ["-INT", ""],
        ["-TERM", "-TERM"],
    ]
    .iter()
    .enumerate()
    {
        let before = generations(&fixture);
        let mut child = piped(&fixture, &["index", "--rebuild"]);
        // Each time a little later in the run.
        comes("a generation", || {
            let has_ended = child.try_wait().unwrap().is_some();
            let begun = generations(&fixture).iter().any(|path| {
                let files = fs::read_dir(path).map_or(0, Iterator::count);
                !before.contains(path) && files > 1
            });
            (has_ended || begun).then_some(())
        });
        sleep(Duration::from_millis(20 * attempt as u64));
        for signal in signals.iter().filter(|signal| !signal.is_empty()) {
            if child.try_wait().unwrap().is_none() {
                let id = child.id().to_string();
                let _ = Command::new("kill").args([signal, &id.as_str()]).output();
            }
        }
        let output = gone(child);
        let told = fixture.tell(&output);
        let code = if signals[0] == "-INT" { 130 } else { 143 };
        let was_stopped = output.status.code() == Some(code);
        // A run that was through before the signal came is none that was stopped.
        assert!(was_stopped || told.starts_with("exit 0\n"), "{told}");
        let is_new = !told.contains("note: stopped; the index in index is as it was\n");
        if !is_new {
            stopped += 1;
            assert!(was_stopped && output.stdout.is_empty(), "{told}");
        }
        let roles = if is_new { "3001\n" } else { "1\n" };
        assert_eq!(
            fixture.stdout(&["query", "-c", "--no-update"]),
            roles,
            "{told}"
        );
        assert_eq!(fixture.output(&["verify"]).status.code(), Some(0), "{told}");
        if is_new {
            break;
        }
    }
    assert!(stopped > 0);
    assert_eq!(fixture.output(&["index"]).status.code(), Some(0));
    assert_eq!(generations(&fixture).len(), 1);
    assert_eq!(fixture.stdout(&["query", "-c", "--no-update"]), "3001\n");
}

#[test]
fn a_first_run_that_is_stopped_leaves_nothing_in_the_way() {
    let fixture = Fixture::with(&[("corpus/a.md", "# Data Analyst\n")]);
    fs::create_dir(fixture.work().join("index")).unwrap();
    fixture.write("index/LOCK", b"");
    let lock = held(&fixture);
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let line = "echo $$ is it; exec bp index --lock-wait 60";
        let Some(mut terminal) = Terminal::run(&fixture, 80, "xterm", line) else {
            return;
        };
        terminal.shows("waiting");
        let id = terminal.shown.split(' ').next().unwrap().to_owned();
        send(&id, signal);
        let (ended, shown) = terminal.ends();
        let (lines, _) = screen(&shown);
        assert_eq!(ended, Some(code), "{shown:?}");
        assert!(
            lines[1].ends_with(": stopped; no index was made in index"),
            "{shown:?}"
        );
    }
    drop(lock);
    assert_eq!(fixture.output(&["index"]).status.code(), Some(0));
    assert_eq!(fixture.stdout(&["query", "-c"]), "1\n");
}

#[test]
fn a_watch_tells_each_run_and_ends_when_it_is_told_to() {
    let fixture = indexed();
    let mut child = piped(&fixture, &["index", "--watch"]);
    let mut first = [0; 64];
    let read = child.stdout.as_mut().unwrap().read(&mut first).unwrap();
    assert!(String::from_utf8_lossy(&first[..read]).starts_with("1 role from 1 file: "));
    send(&child.id().to_string(), "-INT");
    let output = gone(child);
    assert_eq!(output.status.code(), Some(130), "{}", fixture.tell(&output));
    assert!(output.stderr.is_empty(), "{}", fixture.tell(&output));
}
