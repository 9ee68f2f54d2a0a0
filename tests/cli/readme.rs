//! The README is true: its commands run and print what stands there.

use std::fs;
use std::path::Path;

use crate::fixture::Fixture;

fn root(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// A command of the README and what it prints.
fn examples() -> Vec<(String, String)> {
    let readme = root("README.md");
    let blocks = readme
        .split("```console\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default().to_owned());
    let mut examples: Vec<(String, String)> = Vec::new();
    for line in blocks.collect::<Vec<_>>().concat().lines() {
        match (line.strip_prefix("$ "), examples.last_mut()) {
            (Some(command), _) => examples.push((command.to_owned(), String::new())),
            (None, Some((_, output))) => {
                output.push_str(line);
                output.push('\n');
            }
            (None, None) => panic!("output before a command: {line}"),
        }
    }
    examples
}

/// Splits a command as a shell does, as far as quotes go.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in command.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == ' ' => words.push(String::new()),
            _ => words.last_mut().unwrap().push(c),
        }
    }
    words
}

#[test]
fn commands_print_what_the_readme_says() {
    let fixture = Fixture::new();
    fixture.run(&["status"]);
    let examples = examples();
    assert!(examples.len() >= 6);
    for (command, expected) in examples {
        let words = words(&command);
        assert_eq!(words[0], "bp", "{command}");
        let args: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        let output = fixture.output(&args);
        let printed =
            String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap();
        let plain = |text: &str| crate::fixture::plain(text, &fixture.work());
        assert_eq!(plain(&printed), plain(&expected), "{command}");
    }
}

#[test]
fn the_check_runs_the_command_of_the_readme() {
    let readme = root("README.md");
    let test = readme
        .lines()
        .find(|line| line.starts_with("cargo test"))
        .unwrap();
    assert!(root(".ci/run").contains(test));
    assert!(readme.contains("\ncargo run --release -- query \"FinOps\"\n"));
}
