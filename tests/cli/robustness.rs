//! What must not break it: damaged indexes, closed pipes, endless numbers, hostile words.

use std::fs;
use std::process::Stdio;

use crate::fixture::Fixture;

fn indexed() -> Fixture {
    let fixture = Fixture::with(&[
        (
            "corpus/a.md",
            "# Data Analyst\n\n## Skills\n\n- SQL (Critical)\n",
        ),
        (
            "corpus/b.md",
            "# Cloud Analyst\n\n## Skills\n\n- SQL (Optional)\n",
        ),
    ]);
    assert_eq!(fixture.output(&["index"]).status.code(), Some(0));
    fixture
}

fn files(fixture: &Fixture) -> Vec<std::path::PathBuf> {
    let generation = fs::read_dir(fixture.work().join("index"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.is_dir())
        .unwrap();
    let mut files: Vec<_> = fs::read_dir(generation)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none_or(|ending| ending != "lock"))
        .collect();
    files.push(fixture.work().join("index/CURRENT"));
    files.sort();
    files
}

#[test]
fn a_damaged_index_is_built_anew_and_answers() {
    let expected = "data-analyst\ncloud-analyst\n";
    let count = files(&indexed()).len();
    assert!(count >= 8);
    for at in 0..count {
        for damage in ["flip", "cut", "gone", "garbage"] {
            let fixture = indexed();
            let path = files(&fixture).swap_remove(at);
            let mut bytes = fs::read(&path).unwrap();
            match damage {
                "flip" => {
                    let middle = bytes.len() / 2;
                    bytes[middle] ^= 0x10;
                }
                "cut" => bytes.truncate(bytes.len() / 2),
                "garbage" => bytes.iter_mut().for_each(|byte| *byte = 0xa5),
                _ => {}
            }
            if damage == "gone" {
                fs::remove_file(&path).unwrap();
            } else {
                fs::write(&path, bytes).unwrap();
            }
            let told = fixture.run(&["query", "sql", "-f", "ids"]);
            assert!(
                told.starts_with(&format!("exit 0\n-- stdout\n{expected}")),
                "{damage} {}: {told}",
                path.display()
            );
            assert_eq!(
                fixture.run(&["query", "sql", "-f", "ids"]),
                format!("exit 0\n-- stdout\n{expected}"),
                "{damage} {}",
                path.display()
            );
        }
    }
}

#[test]
fn a_damaged_index_is_told_where_it_may_not_be_built() {
    let fixture = indexed();
    fs::write(files(&fixture).swap_remove(2), "x").unwrap();
    let told = fixture.run(&["query", "sql", "--no-update"]);
    assert!(
        told.starts_with("exit 2")
            && told.contains("is damaged")
            && told.contains("tip: build it again"),
        "{told}"
    );
}

#[test]
fn an_index_of_another_version_is_built_anew() {
    let fixture = indexed();
    let header = files(&fixture)
        .into_iter()
        .find(|path| path.ends_with("header.json"))
        .unwrap();
    let text = fs::read_to_string(&header).unwrap();
    let start = text.find("\"made_of\":\"").unwrap() + 11;
    let other = format!("{}0{}", &text[..start], &text[start..]);
    let current = fixture.work().join("index/CURRENT");
    let hash = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(other.as_bytes()));
    let mut now: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&current).unwrap()).unwrap();
    now["header"] = hash.into();
    fs::write(&header, other).unwrap();
    fs::write(&current, now.to_string()).unwrap();
    let told = fixture.run(&["query", "sql", "-c"]);
    assert!(told.contains("made by another version"), "{told}");
    assert_eq!(
        fixture.run(&["query", "sql", "-c"]),
        "exit 0\n-- stdout\n2\n"
    );
}

#[test]
fn an_interrupted_run_leaves_the_index_of_before() {
    let fixture = indexed();
    fs::create_dir(fixture.work().join("index/gen-7")).unwrap();
    fs::write(fixture.work().join("index/gen-7/half.idx"), "x").unwrap();
    fs::write(fixture.work().join("index/.CURRENT.new"), "{").unwrap();
    assert_eq!(
        fixture.run(&["query", "sql", "-c"]),
        "exit 0\n-- stdout\n2\n"
    );
    assert_eq!(fixture.output(&["index"]).status.code(), Some(0));
    let left = fs::read_dir(fixture.work().join("index"))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().is_dir())
        .count();
    assert_eq!(left, 1);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let fixture = indexed();
    let mut child = fixture
        .command(&["completions", "zsh"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

#[test]
fn numbers_and_words_without_measure() {
    let fixture = indexed();
    for (args, code) in [
        (vec!["query", "sql", "-n", "99999999999"], 0),
        (vec!["query", "sql", "--offset", "18446744073709551615"], 0),
        (vec!["query", "sql", "-n", "99999999999999999999999"], 2),
        (vec!["query", "\u{1b}[31m\u{7}\u{202e}"], 1),
        (vec!["query", "\"", "AND", "NOT"], 1),
        (vec!["query", "sql", "AND", "NOT", "cloud"], 0),
        (vec!["query", "--level", "\u{1b}[31m"], 2),
        (vec!["show", "\u{0}".trim_matches('\0'), "x"], 2),
        (vec!["query", "--", "-sql"], 1),
    ] {
        let output = fixture.output(&args);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{args:?}: {}",
            fixture.tell(&output)
        );
        assert!(
            !output.stderr.contains(&0x1b) && !output.stdout.contains(&0x1b),
            "{args:?}"
        );
    }
    let parens = "(".repeat(100_000);
    assert_eq!(fixture.output(&["query", &parens]).status.code(), Some(1));
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_not_followed() {
    let fixture = Fixture::with(&[
        ("corpus/a.md", "# Data Analyst\n"),
        ("secret/b.md", "# Secret Role\n"),
    ]);
    std::os::unix::fs::symlink(
        fixture.work().join("secret"),
        fixture.work().join("corpus/out"),
    )
    .unwrap();
    std::os::unix::fs::symlink(
        fixture.work().join("corpus"),
        fixture.work().join("corpus/loop"),
    )
    .unwrap();
    assert!(
        std::process::Command::new("mkfifo")
            .arg(fixture.work().join("corpus/pipe.md"))
            .status()
            .unwrap()
            .success()
    );
    let told = fixture.run(&["index", "-v"]);
    assert!(
        told.contains("corpus/out: a link")
            && told.contains("corpus/loop: a link")
            && told.contains("corpus/pipe.md: not a regular file"),
        "{told}"
    );
    assert_eq!(fixture.stdout(&["query", "-f", "ids"]), "data-analyst\n");
}
