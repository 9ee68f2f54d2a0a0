//! What becomes of files: formats, freshness, and indexes in odd places.

use insta::assert_snapshot;

use crate::fixture::Fixture;

const LISTING: &str = "Cloud Director: Role Blueprint, Skills, KPIs, and Career Path\nThe **Cloud Director** leads.\nData Analyst: Role Blueprint, Skills, KPIs, and Career Path\nReads data.\n";

#[test]
fn good_files_beside_bad_ones_are_found() {
    let fixture = Fixture::with(&[
        (
            "roles/finance/controller.md",
            "---\ntitle: Controller\nlevel: guru\n---\n\n## KPIs\n\n- Close cycle time: days to close\n",
        ),
        (
            "roles/people/recruiter.txt",
            "Recruiter\n\nHires people.\n\nSkills: sourcing, interviewing\n",
        ),
        ("roles/all.md", LISTING),
        (
            "roles/toml.md",
            "+++\ntitle = \"Toml Role\"\n+++\n\nText.\n",
        ),
        (
            "roles/broken.md",
            "---\ntitle: Broken [\nlevel: [\n---\n\nStill words.\n",
        ),
        ("roles/empty.md", ""),
        ("roles/README.md", "not a role"),
        ("roles/picture.png", "x"),
        ("roles/twin/one.md", "# Data Analyst\n\nAgain.\n"),
    ]);
    fixture.write("roles/latin.md", b"# R\xf4le of latin\n\nWords.\n");
    fixture.write("roles/binary.md", b"\0\x01\x02\0\0");
    let wide: Vec<u8> = "# Wide Role\n\nWords.\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    fixture.write("roles/wide.md", &wide);
    assert_snapshot!("bad_beside_good", fixture.run(&["index", "roles"]));
    assert_snapshot!(
        "all_roles",
        fixture.run(&["query", "-f", "tsv", "-n", "20"])
    );
    assert_snapshot!("same_id", fixture.run(&["show", "data-analyst"]));
    assert_eq!(
        fixture.stdout(&["show", "roles/all.md:3", "-f", "ids"]),
        "data-analyst\n"
    );
    assert_snapshot!("status_verbose", fixture.run(&["status", "-v"]));
    assert_eq!(
        fixture.stdout(&["query", "--domain", "people", "-f", "ids"]),
        "recruiter\n"
    );
    assert_eq!(
        fixture.stdout(&["query", "--level", "guru", "-f", "ids"]),
        "controller\n"
    );
}

#[test]
fn what_cannot_be_read_is_exit_2_and_the_rest_is_committed() {
    let fixture = Fixture::with(&[("roles/a.md", "# Data Analyst\n\nReads.\n")]);
    fixture.write("roles/huge.md", "x".repeat(5 << 20).as_bytes());
    assert_snapshot!("too_big", fixture.run(&["index", "roles"]));
    assert_eq!(
        fixture.stdout(&["query", "analyst", "-f", "ids"]),
        "data-analyst\n"
    );
    assert_snapshot!("missing_path", fixture.run(&["index", "nowhere"]));
    std::fs::create_dir(fixture.work().join("void")).unwrap();
    assert_snapshot!("nothing_in_it", fixture.run(&["index", "void"]));
    assert_eq!(
        fixture.stdout(&["query", "analyst", "-f", "ids"]),
        "data-analyst\n"
    );
}

#[test]
fn changes_are_taken_in_on_the_way() {
    let fixture = Fixture::with(&[("corpus/a.md", "# Data Analyst\n\nReads.\n")]);
    assert_snapshot!(
        "first_query",
        fixture.run(&["query", "analyst", "-f", "ids"])
    );
    assert_eq!(
        fixture.run(&["query", "analyst", "-f", "ids"]),
        "exit 0\n-- stdout\ndata-analyst\n"
    );
    fixture.write("corpus/deep/b.md", b"# Cloud Analyst\n\nCounts.\n");
    assert_eq!(
        fixture
            .run(&["query", "cloud", "--no-update", "-c"])
            .lines()
            .next(),
        Some("exit 1")
    );
    assert_snapshot!(
        "after_adding",
        fixture.run(&["query", "cloud", "-f", "ids"])
    );
    std::fs::remove_file(fixture.work().join("corpus/a.md")).unwrap();
    assert_eq!(fixture.stdout(&["query", "-c"]).trim(), "1");
    std::fs::remove_file(fixture.work().join("corpus/deep/b.md")).unwrap();
    assert_snapshot!("sources_empty", fixture.run(&["query", "-c"]));
    std::fs::remove_dir_all(fixture.work().join("corpus")).unwrap();
    assert_snapshot!("sources_gone", fixture.run(&["query", "-c"]));
    assert_snapshot!("index_without_sources", fixture.run(&["index"]));
}

#[test]
fn an_index_holds_exactly_the_named_paths() {
    let fixture = Fixture::with(&[
        ("one/a.md", "# Data Analyst\n"),
        ("two/b.md", "# Cloud Analyst\n"),
    ]);
    fixture.run(&["index", "one"]);
    assert_snapshot!("other_paths", fixture.run(&["index", "two"]));
    assert_eq!(fixture.stdout(&["query", "-f", "ids"]), "cloud-analyst\n");
}

#[test]
fn a_taxonomy_of_ones_own_is_laid_over() {
    let fixture = Fixture::with(&[
        (
            "corpus/taxonomy.toml",
            "[[domain]]\nid = \"zoo\"\nlabel = \"Zoo\"\nwords = [\"keeper\"]\n",
        ),
        ("corpus/a.md", "# Senior Keeper\n\nKeeps.\n"),
    ]);
    assert_eq!(
        fixture.stdout(&["query", "--domain", "zoo", "--level", "senior", "-f", "ids"]),
        "senior-keeper\n"
    );
    fixture.write("corpus/taxonomy.toml", b"[[domain]]\nid = 3\n");
    assert_snapshot!("broken_taxonomy", fixture.run(&["index"]));
}

#[test]
fn an_index_inside_its_corpus_is_no_part_of_it() {
    let fixture = Fixture::with(&[("a.md", "# Data Analyst\n")]);
    assert!(
        fixture
            .run(&["index", "."])
            .contains("1 role from 1 file: 1 added; in index")
    );
    assert_eq!(
        fixture.run(&["query", "analyst", "-c"]),
        "exit 0\n-- stdout\n1\n"
    );
}

#[test]
fn foreign_folders_are_left_alone() {
    let fixture = Fixture::with(&[
        ("corpus/a.md", "# Data Analyst\n"),
        ("thesis/chapter.doc", "mine"),
        ("index/README.md", "the index lands here"),
    ]);
    assert_snapshot!(
        "foreign_folder",
        fixture.run(&["query", "analyst", "--index", "thesis"])
    );
    assert_eq!(
        std::fs::read_dir(fixture.work().join("thesis"))
            .unwrap()
            .count(),
        1
    );
    let output = fixture.output(&["query", "analyst"]);
    assert_eq!(output.status.code(), Some(0), "{}", fixture.tell(&output));
    assert_snapshot!(
        "no_index",
        fixture.run(&["query", "x", "--no-update", "--index", "nowhere"])
    );
}
