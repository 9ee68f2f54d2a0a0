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
        .filter(|path| {
            path.extension().is_none_or(|ending| ending != "lock")
                && !path.ends_with(".bp-generation")
        })
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
    let text = fs::read_to_string(&current).unwrap();
    let mut now: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    now["header"] = hash.into();
    fs::write(&header, other).unwrap();
    let now = now.to_string();
    let own = xxhash_rust::xxh3::xxh3_64(now.as_bytes());
    fs::write(&current, format!("{now}\n{own:016x}\n")).unwrap();
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
    fs::write(fixture.work().join("index/gen-7/.bp-generation"), "").unwrap();
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

#[test]
fn folders_that_only_look_like_ours_are_left_alone() {
    let fixture = indexed();
    fixture.write("index/gen-99/mine.txt", b"x");
    fixture.write("other/gen-7/mine.txt", b"x");
    assert_eq!(fixture.output(&["index"]).status.code(), Some(0));
    assert!(fixture.work().join("index/gen-99/mine.txt").exists());
    let told = fixture.run(&["index", "corpus", "--index", "other"]);
    assert!(
        told.contains("is not empty and not an index of bp"),
        "{told}"
    );
    assert!(fixture.work().join("other/gen-7/mine.txt").exists());
    let told = fixture.run(&["query", "sql", "--index", "corpus/a.md"]);
    assert!(
        told.starts_with("exit 2") && told.contains("is not a folder"),
        "{told}"
    );
}

#[test]
fn a_lost_current_never_swaps_the_corpus() {
    for damage in ["gone", "cut", "garbage"] {
        let fixture = indexed();
        fs::rename(fixture.work().join("corpus"), fixture.work().join("roles")).unwrap();
        assert_eq!(fixture.output(&["index", "roles"]).status.code(), Some(0));
        let current = fixture.work().join("index/CURRENT");
        match damage {
            "gone" => fs::remove_file(current).unwrap(),
            "cut" => fs::write(current, "{\"generation\":\"gen-").unwrap(),
            _ => fs::write(current, [0xa5; 40]).unwrap(),
        }
        let told = fixture.run(&["query", "-c", "--index", "index"]);
        assert!(
            told.starts_with("exit 0\n-- stdout\n2\n") && told.contains("is built anew"),
            "{damage}: {told}"
        );
        assert!(
            fixture.run(&["status"]).contains("sources  roles"),
            "{damage}"
        );
    }
}

#[test]
fn a_damaged_store_of_a_large_index_is_built_anew() {
    let fixture = Fixture::new();
    for number in 0..150 {
        let words: String = (0..4_000)
            .map(|word| format!("w{}{word} ", number * 7))
            .collect();
        fixture.write(
            &format!("corpus/r{number}.md"),
            format!("# Role {number}\n\nSpeaks of zebras. {words}\n").as_bytes(),
        );
    }
    assert_eq!(fixture.output(&["index"]).status.code(), Some(0));
    let store = files(&fixture)
        .into_iter()
        .find(|path| path.extension().is_some_and(|ending| ending == "store"))
        .unwrap();
    let size = fs::metadata(&store).unwrap().len() as usize;
    assert!(size > 1 << 20);
    fs::write(&store, vec![0xa5; size]).unwrap();
    let told = fixture.run(&["query", "zebras", "-n", "1"]);
    assert!(
        told.starts_with("exit 0") && told.contains("is built anew"),
        "{told}"
    );
    assert!(
        !fixture
            .run(&["query", "zebras", "-n", "1"])
            .contains("built anew")
    );
}

#[cfg(unix)]
#[test]
fn names_of_any_bytes_are_kept_and_never_reach_the_terminal() {
    use std::os::unix::ffi::OsStrExt as _;
    let fixture = indexed();
    for name in [&b"bad\xff.md"[..], b"esc\x1b[31m\n\x07.md"] {
        fs::write(
            fixture
                .work()
                .join("corpus")
                .join(std::ffi::OsStr::from_bytes(name)),
            "# Odd Analyst\n\nSQL\n",
        )
        .unwrap();
    }
    for format in ["text", "tsv", "csv", "md", "json", "ids"] {
        let output = fixture.output(&["query", "sql", "-f", format]);
        assert_eq!(output.status.code(), Some(0), "{}", fixture.tell(&output));
        assert!(
            !output.stdout.contains(&0x1b) && !output.stdout.contains(&0x07),
            "{format}"
        );
    }
    assert_eq!(fixture.stdout(&["query", "sql", "-l"]).lines().count(), 4);
}

#[cfg(unix)]
#[test]
fn pipes_in_place_of_files_hold_nothing_up() {
    for name in [
        "corpus/taxonomy.toml",
        "corpus/.gitignore",
        "corpus/deep/.ignore",
    ] {
        let fixture = indexed();
        fs::create_dir_all(fixture.work().join("corpus/deep")).unwrap();
        assert!(
            std::process::Command::new("mkfifo")
                .arg(fixture.work().join(name))
                .status()
                .unwrap()
                .success()
        );
        let output = fixture.output(&["index"]);
        assert!(
            matches!(output.status.code(), Some(0 | 2)),
            "{name}: {}",
            fixture.tell(&output)
        );
    }
    let fixture = indexed();
    assert!(
        std::process::Command::new("mkfifo")
            .arg(fixture.work().join("pipe"))
            .status()
            .unwrap()
            .success()
    );
    for args in [vec!["index", "pipe"], vec!["index", "--taxonomy", "pipe"]] {
        let output = fixture.output(&args);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{args:?}: {}",
            fixture.tell(&output)
        );
    }
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

#[test]
fn without_a_home_the_answer_comes_from_memory() {
    let fixture = Fixture::new();
    for home in [None, Some("relative"), Some("")] {
        let mut command = fixture.command(&["query", "finops", "-c"]);
        command.env_remove("HOME");
        if let Some(home) = home {
            command.env("HOME", home);
        }
        let told = fixture.tell(&command.output().unwrap());
        assert!(
            told.starts_with("exit 0\n-- stdout\n6\n") && told.contains("comes from memory"),
            "{told}"
        );
        assert_eq!(fs::read_dir(fixture.work()).unwrap().count(), 0);
    }
}
