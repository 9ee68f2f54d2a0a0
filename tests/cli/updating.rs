//! How an index keeps up with its files: what a run says of them, what it catches, who waits for whom, what is damaged.

use std::fs::{self, File, FileTimes};
use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use insta::assert_snapshot;

use crate::fixture::Fixture;

fn analysts() -> Fixture {
    Fixture::with(&[
        ("roles/data/a.md", "# Data Analyst\n\nReads SQL.\n"),
        ("roles/cloud/b.md", "# Cloud Engineer\n\nRuns Terraform.\n"),
        ("roles/c.md", "# Release Manager\n\nGuards releases.\n"),
    ])
}

fn first_line(text: &str) -> &str {
    text.lines().nth(2).unwrap_or_default()
}

#[test]
fn a_run_says_what_became_of_the_files() {
    let fixture = analysts();
    let work = fixture.work();
    let mut told = String::new();
    let mut step = |what: &str, args: &[&str]| {
        told += &format!("{what}: {}\n", first_line(&fixture.run(args)));
    };
    step("first", &["index", "roles"]);
    step("nothing", &["index"]);
    fixture.write("roles/c.md", b"# Release Director\n\nGuards releases.\n");
    step("dry run", &["index", "--dry-run"]);
    step("changed", &["index"]);
    fs::rename(work.join("roles/data"), work.join("roles/security")).unwrap();
    step("moved", &["index"]);
    fixture.write("roles/d.md", b"# Head of Data\n\nLeads.\n");
    fs::remove_file(work.join("roles/cloud/b.md")).unwrap();
    step("added and removed", &["index"]);
    File::open(work.join("roles/d.md"))
        .unwrap()
        .set_times(FileTimes::new().set_modified(SystemTime::UNIX_EPOCH))
        .unwrap();
    step("touched", &["index"]);
    step("anew", &["index", "--rebuild"]);
    fixture.write(
        "roles/taxonomy.toml",
        b"[[domain]]\nid = \"zoo\"\nlabel = \"Zoo\"\nwords = [\"keeper\"]\n",
    );
    step("other taxonomy", &["index"]);
    assert_snapshot!("became_of_files", told);
    assert_eq!(
        fixture.stdout(&["query", "--no-update", "-f", "ids"]),
        "data-analyst\nhead-of-data\nrelease-director\n"
    );
    assert_eq!(
        fixture.stdout(&[
            "query",
            "analyst",
            "--domain",
            "security",
            "--no-update",
            "-f",
            "ids"
        ]),
        "data-analyst\n"
    );
}

#[test]
fn other_content_of_the_same_size_and_time_is_caught() {
    let fixture = analysts();
    let path = fixture.work().join("roles/data/a.md");
    for (clock, word) in [("back", "NoQ"), ("on", "QoN")] {
        let time = match clock {
            "back" => SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000),
            _ => SystemTime::now() + Duration::from_secs(100_000),
        };
        let times = FileTimes::new().set_modified(time);
        File::open(&path).unwrap().set_times(times).unwrap();
        fixture.run(&["index", "roles"]);
        fs::write(&path, format!("# Data Analyst\n\nReads {word}.\n")).unwrap();
        File::open(&path).unwrap().set_times(times).unwrap();
        assert!(fixture.run(&["index"]).contains("1 changed"), "{clock}");
        assert_eq!(fixture.stdout(&["query", word, "-c"]), "1\n", "{clock}");
    }
}

#[test]
fn globs_choose_among_files_and_are_remembered() {
    let fixture = analysts();
    fixture.write("roles/drafts/x.md", b"# Draft Role\n\nWords.\n");
    let told = fixture.run(&[
        "index",
        "roles",
        "--exclude",
        "drafts/",
        "--include",
        "*.md",
    ]);
    assert!(told.contains("3 roles from 3 files"), "{told}");
    fixture.write("roles/drafts/y.md", b"# Draft Role\n\nWords.\n");
    fixture.write("roles/z.txt", b"Text Role\n\nWords.\n");
    assert!(fixture.run(&["index"]).contains("3 roles from 3 files"));
    assert!(
        fixture
            .run(&["index", "roles"])
            .contains("6 roles from 6 files")
    );
    assert_snapshot!("bad_glob", fixture.run(&["index", "--include", "a[b"]));
}

#[test]
fn a_second_writer_waits_and_says_who_holds_it_and_readers_go_on() {
    let fixture = analysts();
    fixture.run(&["index", "roles"]);
    let lock = File::options()
        .write(true)
        .open(fixture.work().join("index/LOCK"))
        .unwrap();
    lock.lock().unwrap();
    lock.set_len(0).unwrap();
    (&lock).write_all(b"4711 0\n").unwrap();
    let start = Instant::now();
    let told = fixture.run(&["index", "--lock-wait", "0.3"]);
    assert!(start.elapsed() >= Duration::from_millis(300));
    assert!(
        told.starts_with("exit 2") && told.contains("(process 4711, for "),
        "{told}"
    );
    fixture.write("roles/d.md", b"# Head of Data\n\nLeads.\n");
    let told = fixture.run(&["query", "analyst", "-c"]);
    assert!(
        told.starts_with("exit 0") && told.contains("process 4711"),
        "{told}"
    );
    drop(lock);
    assert_eq!(
        fixture.stdout(&["query", "head of data", "-n", "1", "-f", "ids"]),
        "head-of-data\n"
    );
}

#[test]
fn every_flipped_bit_is_found_and_a_damaged_index_is_built_anew() {
    let fixture = analysts();
    fixture.run(&["index", "roles"]);
    assert_snapshot!("verify_sound", fixture.run(&["verify"]));
    let index = fixture.work().join("index");
    let generation = fs::read_dir(&index).unwrap();
    let generation = generation
        .map(|entry| entry.unwrap().path())
        .find(|path| path.is_dir())
        .unwrap();
    let files = fs::read_dir(&generation)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.chain([index.join("CURRENT")]).collect();
    assert!(files.iter().any(|file| file.ends_with("meta.json")));
    for file in files {
        let bytes = fs::read(&file).unwrap();
        for at in [0, bytes.len() / 2, bytes.len().saturating_sub(1)] {
            let mut damaged = bytes.clone();
            let Some(byte) = damaged.get_mut(at) else {
                continue;
            };
            *byte ^= 1 << (at % 8);
            fs::write(&file, &damaged).unwrap();
            let told = fixture.run(&["verify"]);
            let name = file.file_name().unwrap().to_string_lossy();
            assert!(
                told.starts_with("exit 1") && told.contains(&*name),
                "{name}: {told}"
            );
        }
        fs::write(&file, &bytes).unwrap();
    }
    let store = generation.join("manifest");
    fs::write(&store, b"bp-manifest 1 0\n").unwrap();
    let told = fixture.run(&["query", "terraform", "-f", "ids"]);
    assert!(
        told.starts_with("exit 0\n-- stdout\ncloud-engineer\n") && told.contains("is built anew"),
        "{told}"
    );
    assert!(fixture.run(&["verify"]).contains("sound"));
    assert_snapshot!("verify_stale", {
        fixture.write("roles/d.md", b"# Head of Data\n");
        fs::remove_file(fixture.work().join("roles/c.md")).unwrap();
        fixture.run(&["verify"])
    });
}

#[test]
fn what_comes_by_standard_input_is_kept_until_it_is_replaced() {
    let fixture = Fixture::new();
    let give = |args: &[&str], text: &str| {
        let mut run = fixture
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        run.stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        fixture.tell(&run.wait_with_output().unwrap())
    };
    let analyst = "# Data Analyst\n\n## Skills\n\n- SQL (Critical)\n";
    assert_snapshot!("as_read", give(&["show", "--as-read", "-"], analyst));
    give(&["index", "-"], analyst);
    assert!(fixture.run(&["index"]).contains("1 unchanged"));
    assert_eq!(
        fixture.stdout(&["query", "sql", "-f", "ids"]),
        "data-analyst\n"
    );
    assert!(give(&["index", "-"], "# Cloud Engineer\n").contains("1 changed"));
    assert_eq!(fixture.stdout(&["query", "-f", "ids"]), "cloud-engineer\n");
    fixture.write("roles/a.md", b"# Release Manager\n");
    fixture.write("roles/b.md", b"# Head of Data\n");
    assert!(give(&["index", "roles", "-"], analyst).contains("3 roles from 3 files"));
    fixture.write("roles/b.md", b"# Head of Data\n\nLeads.\n");
    assert!(fixture.run(&["index"]).contains("1 changed, 2 unchanged"));
    assert!(
        fixture
            .run(&["verify"])
            .contains("files    3 as they were read\n")
    );
    let told = fixture.run(&["index", "roles"]);
    assert!(told.contains("1 removed, 2 unchanged"), "{told}");
}

#[test]
fn a_watch_takes_changes_in_and_outlives_a_folder_that_vanishes() {
    let fixture = analysts();
    let work = fixture.work();
    let mut watch = fixture
        .command(&["index", "roles", "--watch"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let comes = |query: &str, count: &str| {
        let start = Instant::now();
        while fixture.stdout(&["query", query, "-c", "--no-update", "--no-fuzzy"]) != count {
            assert!(start.elapsed() < Duration::from_secs(60), "{query}");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    comes("terraform", "1\n");
    // An editor writes beside the file and renames.
    fixture.write(
        "roles/cloud/.b.md.swp",
        b"# Cloud Engineer\n\nRuns Pulumi.\n",
    );
    fs::rename(
        work.join("roles/cloud/.b.md.swp"),
        work.join("roles/cloud/b.md"),
    )
    .unwrap();
    comes("pulumi", "1\n");
    fs::rename(work.join("roles"), work.join("elsewhere")).unwrap();
    std::thread::sleep(Duration::from_millis(600));
    comes("pulumi", "1\n");
    fs::write(
        work.join("elsewhere/e.md"),
        "# Zebra Keeper\n\nKeeps zebras.\n",
    )
    .unwrap();
    fs::rename(work.join("elsewhere"), work.join("roles")).unwrap();
    comes("zebras", "1\n");
    watch.kill().unwrap();
    watch.wait().unwrap();
}
