//! `bp eval`: figures, formats, and what it refuses.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;

use crate::fixture::Fixture;

const QUERIES: &str = "qid\tkind\tquery\tlevel\tdomain\tsplit
k1\tskill\tkubernetes\t\t\tdev
k2\tskill\trust\tdirector+\t\tdev
k3\tfilter\t\t\tcloud\ttest
k4\tkpi\tlead time\t\t\ttest
k5\tkpi\txqztv\t\t\ttest
";

const QRELS: &str =
    "k1 0 a 3\nk1 0 b 1\nk1 0 gone 2\nk2 0 c 2\nk3 0 a 1\nk3 0 c 1\nk5 0 a 1\nk6 0 b 1\n";

const BASELINE: &str = "k1 Q0 b 1 2 old\nk1 Q0 x 2 1 old\nk2 Q0 c 1 1 old\nk5 Q0 a 1 1 old\n";

fn fixture() -> Fixture {
    let role = |title: &str, head: &str, skills: &str| {
        format!("---\n{head}\n---\n# {title}\n\n## Skills\n\n{skills}\n")
    };
    let files = [
        (
            "corpus/a.md",
            role(
                "Cloud Engineer",
                "level: mid\ndomains: [cloud]",
                "- **Kubernetes** (Critical): runs it\n- Rust",
            ),
        ),
        (
            "corpus/b.md",
            role(
                "Data Analyst",
                "level: junior\ndomains: [data]",
                "- SQL\n- Kubernetes",
            ),
        ),
        (
            "corpus/c.md",
            role(
                "Cloud Director",
                "level: director\ndomains: [cloud]",
                "- Rust\n- Lead time",
            ),
        ),
        ("queries.tsv", QUERIES.to_owned()),
        ("qrels.txt", QRELS.to_owned()),
        ("old.run", BASELINE.to_owned()),
    ];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let fixture = Fixture::with(&files);
    fixture.run(&["status"]);
    fixture
}

fn eval<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [
        &["eval", "--queries", "queries.tsv", "--qrels", "qrels.txt"],
        more,
    ]
    .concat()
}

#[test]
fn a_search_is_judged() {
    let fixture = fixture();
    assert_snapshot!("means", fixture.run(&eval(&["-v"])));
    assert_snapshot!(
        "every_query",
        fixture.run(&eval(&["--per-query", "--by", "kind", "-k", "2"]))
    );
    assert_snapshot!(
        "one_split",
        fixture.run(&eval(&["--split", "test", "--gain", "exp2"]))
    );
    assert_snapshot!(
        "no_judgements",
        fixture.run(&["eval", "--queries", "queries.tsv"])
    );
}

#[test]
fn runs_are_compared() {
    let fixture = fixture();
    assert_snapshot!(
        "compared",
        fixture.run(&eval(&[
            "--baseline",
            "old.run",
            "--per-query",
            "--doc-id",
            "stem"
        ]))
    );
    assert_snapshot!(
        "compared_json",
        fixture.run(&eval(&[
            "--baseline",
            "old.run",
            "--per-query",
            "--by",
            "split",
            "--fail-under",
            "0.1",
            "--json"
        ]))
    );
}

#[test]
fn tables_have_machine_forms() {
    let fixture = fixture();
    let args = ["--baseline", "old.run", "--per-query", "-q", "-k", "2"];
    assert_eq!(fixture.stdout(&eval(&args)), "");
    assert_snapshot!(
        "tsv",
        fixture.run(&eval(&[
            "--baseline",
            "old.run",
            "--per-query",
            "-f",
            "tsv"
        ]))
    );
    assert_snapshot!(
        "markdown",
        fixture.run(&eval(&["--by", "level", "-f", "md"]))
    );
}

#[test]
fn a_written_run_is_judged_as_the_search_was() {
    let fixture = fixture();
    let searched = fixture.stdout(&eval(&[
        "--run-out",
        "new.run",
        "--split",
        "dev",
        "--per-query",
        "-f",
        "tsv",
    ]));
    let run = fs::read_to_string(fixture.work().join("new.run")).unwrap();
    assert!(
        run.lines().all(|line| line.split(' ').count() == 6),
        "{run}"
    );
    let judged = fixture.stdout(&eval(&[
        "--run",
        "new.run",
        "--split",
        "dev",
        "--per-query",
        "-f",
        "tsv",
    ]));
    assert_eq!(searched, judged);
    // Roles that nothing ranks are written in their order, too.
    fixture.stdout(&eval(&["--run-out", "all.run"]));
    let run = fs::read_to_string(fixture.work().join("all.run")).unwrap();
    let unranked: Vec<&str> = run.lines().filter(|line| line.starts_with("k3 ")).collect();
    assert_snapshot!("unranked_run", unranked.join("\n"));
}

#[test]
fn figures_of_a_run_are_those_of_trec_eval() {
    let fixture = Fixture::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/eval");
    for name in ["qrels.txt", "run.txt", "baseline.txt"] {
        fixture.write(name, &fs::read(folder.join(name)).unwrap());
    }
    let args = [
        "eval",
        "--run",
        "run.txt",
        "--qrels",
        "qrels.txt",
        "--baseline",
        "baseline.txt",
        "-k",
        "5",
    ];
    assert_snapshot!("trec_eval", fixture.run(&args));
}

#[test]
fn a_floor_decides_the_exit_code() {
    let fixture = fixture();
    let told = fixture.run(&eval(&["--fail-under", "0.99", "-f", "tsv"]));
    assert!(told.starts_with("exit 1\n"), "{told}");
    assert!(told.contains("note: nDCG@10 is 0."), "{told}");
    let told = fixture.run(&eval(&["--fail-under", "0.1"]));
    assert!(told.starts_with("exit 0\n"), "{told}");
}

#[test]
fn documents_go_by_file_stem_where_more_are_known_by_it() {
    let fixture = fixture();
    let named = |args: &[&str]| {
        let answer: serde_json::Value = serde_json::from_str(&fixture.stdout(args)).unwrap();
        answer["applied"]["doc_id"].as_str().map(str::to_owned)
    };
    assert_eq!(named(&eval(&["--json"])), Some("stem".to_owned()));
    fixture.write("qrels.txt", b"k1 0 nobody 1\n");
    assert!(
        fixture
            .run(&eval(&[]))
            .contains("warning: the judged documents are taken as role ids: of 1, 0 are ids")
    );
    fixture.write("qrels.txt", b"k1 0 cloud-engineer 1\n");
    assert_eq!(named(&eval(&["--json"])), Some("id".to_owned()));
    assert_eq!(
        named(&eval(&["--json", "--doc-id", "stem"])),
        Some("stem".to_owned())
    );
}

#[test]
fn a_run_may_be_empty() {
    let fixture = fixture();
    fixture.write("empty.run", b"");
    let told = fixture.run(&[
        "eval",
        "--run",
        "empty.run",
        "--qrels",
        "qrels.txt",
        "--baseline",
        "empty.run",
    ]);
    assert!(told.starts_with("exit 0\n"), "{told}");
    assert!(told.contains("all    5        0.0000"), "{told}");
}

#[test]
fn what_cannot_be_read_is_named() {
    let fixture = fixture();
    fixture.write(
        "level.tsv",
        b"qid\tquery\tlevel\nq1\tgo\tmid\nq2\tgo\tsenor\n",
    );
    fixture.write("bad.qrels", b"k1 0 a 1\nk1 0 b\n");
    fixture.write("other.qrels", b"z1 0 a 1\n");
    fixture.write("other.run", b"z1 Q0 a 1 1 x\n");
    fixture.write("bad.run", b"k1 Q0 a 1 high x\n");
    fixture.write(
        "latin.jsonl",
        b"{\"id\":1,\"text\":\"go\"}\n{\"id\":2,\"text\":\"\xfcber\"}\n",
    );
    let told: Vec<String> = [
        &["eval"][..],
        &["eval", "--queries", "level.tsv"],
        &["eval", "--queries", "latin.jsonl"],
        &["eval", "--queries", "gone.tsv"],
        &["eval", "--queries", "queries.tsv", "--qrels", "bad.qrels"],
        &["eval", "--queries", "queries.tsv", "--qrels", "other.qrels"],
        &[
            "eval",
            "--queries",
            "queries.tsv",
            "--qrels",
            "qrels.txt",
            "--baseline",
            "other.run",
        ],
        &["eval", "--queries", "queries.tsv", "--split", "train"],
        &["eval", "--run", "bad.run", "--qrels", "qrels.txt"],
        &["eval", "--run", "old.run"],
        &["eval", "--queries", "queries.tsv", "-k", "0"],
        &[
            "eval",
            "--queries",
            "queries.tsv",
            "--qrels",
            "qrels.txt",
            "--fail-under",
            "90",
        ],
        &["eval", "--queries", "queries.tsv", "-f", "ids"],
        &[
            "eval",
            "--queries",
            "queries.tsv",
            "--run-out",
            "no/such/folder",
        ],
    ]
    .iter()
    .map(|args| format!("$ bp {}\n{}", args.join(" "), fixture.run(args)))
    .collect();
    assert!(told.iter().all(|told| told.contains("\nexit 2\n")));
    assert_snapshot!("refused", told.join("\n"));
}
