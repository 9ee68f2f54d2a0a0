//! A folder, a clean environment and the program in it: what it prints becomes one text for a snapshot.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of its own for one test.
pub struct Fixture {
    root: tempfile::TempDir,
}

impl Fixture {
    /// An empty folder.
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("here")).unwrap();
        std::fs::create_dir_all(root.path().join("home")).unwrap();
        Self { root }
    }

    /// A folder with these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let fixture = Self::new();
        files
            .iter()
            .for_each(|(name, text)| fixture.write(name, text.as_bytes()));
        fixture
    }

    /// The current folder of the program.
    pub fn work(&self) -> PathBuf {
        self.root.path().canonicalize().unwrap().join("here")
    }

    /// Writes a file below the current folder.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.work().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// The program, ready to run.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bp"));
        command
            .args(args)
            .current_dir(self.work())
            .env_clear()
            .env("HOME", self.root.path().join("home"))
            .stdin(Stdio::null());
        command
    }

    /// Runs the program.
    pub fn output(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs the program and returns its standard output.
    pub fn stdout(&self, args: &[&str]) -> String {
        String::from_utf8(self.output(args).stdout).unwrap()
    }

    /// Runs the program and tells exit code and both streams, times and places left out.
    pub fn run(&self, args: &[&str]) -> String {
        self.tell(&self.output(args))
    }

    /// Tells exit code and both streams.
    pub fn tell(&self, output: &Output) -> String {
        let text = |bytes: &[u8]| plain(&String::from_utf8_lossy(bytes), self.root.path());
        let mut told = format!(
            "exit {}\n",
            output
                .status
                .code()
                .map_or("by signal".to_owned(), |code| code.to_string())
        );
        for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            if !bytes.is_empty() {
                told.push_str(&format!("-- {name}\n{}", text(bytes)));
            }
        }
        told
    }
}

/// Only a run that took long says how many roles it read a second.
fn without_rate(line: &str) -> String {
    let told = line.strip_suffix(" roles/s\n");
    let before = told.and_then(|told| told.rsplit_once(", "));
    before.map_or_else(|| line.to_owned(), |(before, _)| format!("{before}\n"))
}

/// Replaces what differs from run to run.
pub fn plain(text: &str, root: &Path) -> String {
    let root = root.canonicalize().unwrap();
    let text = text.replace(&*root.to_string_lossy(), "[ROOT]");
    let mut plain = String::new();
    for line in text.split_inclusive('\n') {
        let line = without_rate(line);
        let words: Vec<&str> = line.split(' ').collect();
        let replaced = words.iter().enumerate().map(|(at, word)| {
            let next = words.get(at + 1).map(|next| next.trim_end());
            let is_number = word.trim_start_matches('(').parse::<f64>().is_ok();
            let is_ratio = word.trim_end().starts_with('(')
                && word.trim_end().ends_with(')')
                && word.contains('.');
            if is_number && matches!(next, Some("ms" | "MB" | "s")) {
                "N".to_owned()
            } else if is_ratio && line.starts_with("size") {
                "(N)\n".to_owned()
            } else {
                (*word).to_owned()
            }
        });
        plain.push_str(&replaced.collect::<Vec<_>>().join(" "));
    }
    let without = |text: String, key: &str| match text.find(key) {
        Some(at) => {
            let end = at + key.len();
            let digits = text[end..].chars().take_while(char::is_ascii_digit).count();
            format!("{}N{}", &text[..end], &text[end + digits..])
        }
        None => text,
    };
    [
        "\"took_ms\":",
        "\"age_seconds\":",
        "\"index_bytes\":",
        "builtin-",
    ]
    .iter()
    .fold(plain, |text, key| without(text, key))
}
