//! Questions and answers.

use insta::assert_snapshot;

use crate::fixture::Fixture;

#[test]
fn bp_alone_introduces_itself() {
    let told = Fixture::new().run(&[]);
    assert!(told.lines().count() < 25);
    assert_snapshot!(told);
}

#[test]
fn an_empty_folder_answers_from_the_shipped_corpus() {
    assert_snapshot!(Fixture::new().run(&["query", "FinOps"]));
}

#[test]
fn help_tells_every_flag() {
    let fixture = Fixture::new();
    assert_snapshot!("help", fixture.run(&["--help"]));
    for command in [
        "index",
        "query",
        "show",
        "explain",
        "facets",
        "eval",
        "status",
        "completions",
        "man",
        "schema",
    ] {
        assert_snapshot!(format!("help_{command}"), fixture.run(&[command, "--help"]));
    }
}

#[test]
fn filters_count_sideways_and_may_stand_anywhere() {
    let fixture = Fixture::new();
    fixture.run(&["status"]);
    assert_snapshot!(
        "filtered",
        fixture.run(&[
            "query",
            "kubernetes",
            "--level",
            "manager+",
            "--domain",
            "cloud"
        ])
    );
    assert_eq!(
        fixture.run(&["query", "kubernetes", "--json", "-n", "0", "-n", "1"]),
        fixture.run(&["--json", "query", "-n", "1", "kubernetes"])
    );
    assert_snapshot!(
        "filters_alone",
        fixture.run(&["query", "--seniority", "head,leader"])
    );
    assert_snapshot!(
        "page",
        fixture.run(&["query", "cloud", "-n", "2", "--offset", "3"])
    );
}

#[test]
fn wrong_words_say_what_would_be_right() {
    let fixture = Fixture::new();
    fixture.run(&["status"]);
    assert_snapshot!(
        "unknown_level",
        fixture.run(&["query", "x", "--level", "senor"])
    );
    assert_snapshot!(
        "unknown_level_json",
        fixture.run(&["query", "x", "--level", "senor", "--json"])
    );
    assert_snapshot!(
        "unknown_domain",
        fixture.run(&["query", "x", "--domain", "clod"])
    );
    assert_snapshot!(
        "across_tracks",
        fixture.run(&["query", "x", "--level", "senior..director"])
    );
    assert_snapshot!("leading_dash", fixture.run(&["query", "finops", "-junior"]));
    assert_snapshot!("unknown_command", fixture.run(&["qeury", "x"]));
    assert_snapshot!("unknown_role", fixture.run(&["show", "director-of-devop"]));
    assert_snapshot!(
        "unknown_section",
        fixture.run(&["show", "devops-manager", "--section", "salary"])
    );
    assert_snapshot!("unknown_schema", fixture.run(&["schema", "x"]));
    assert_snapshot!("unknown_dimension", fixture.run(&["facets", "colour"]));
}

#[test]
fn nothing_found_is_exit_1_with_what_would_help() {
    let fixture = Fixture::new();
    fixture.run(&["status"]);
    assert_snapshot!(
        "nothing_with_filter",
        fixture.run(&["query", "terraform", "--level", "junior"])
    );
    assert_snapshot!("nothing_at_all", fixture.run(&["query", "xqztv"]));
    assert_snapshot!("no_words", fixture.run(&["query", "🚀 ((("]));
}

#[test]
fn typos_and_synonyms_are_said() {
    let fixture = Fixture::new();
    fixture.run(&["status"]);
    assert_snapshot!("typo", fixture.run(&["query", "terrafrm", "-n", "1"]));
    assert_snapshot!("synonym", fixture.run(&["query", "k8s", "-n", "1"]));
    assert_snapshot!(
        "missing",
        fixture.run(&["query", "kubernetes xqztv", "-n", "1"])
    );
}

#[test]
fn scopes_phrases_and_left_out_words() {
    let fixture = Fixture::new();
    fixture.run(&["status"]);
    let ids = |query: &str| fixture.stdout(&["query", query, "-f", "ids", "-n", "30"]);
    assert!(
        ids("kpi:\"change failure rate\"").lines().all(|id| [
            "director-of-devops",
            "backend-engineering-manager"
        ]
        .contains(&id))
    );
    assert!(ids("title:devops").lines().all(|id| id.contains("devops")));
    let all = ids("skill:finops");
    let without = ids("skill:finops -infrastructure");
    assert!(!all.is_empty() && without.lines().count() < all.lines().count());
    assert!(ids("-devops").lines().count() < 30);
    assert!(ids("tool:prometheus").lines().count() > 0);
}

#[test]
fn a_query_can_come_from_standard_input() {
    let fixture = Fixture::new();
    fixture.run(&["status"]);
    let input = |text: &str| {
        let path = fixture.work().join("query.txt");
        std::fs::write(&path, text).unwrap();
        let mut command = fixture.command(&["query", "-", "-f", "ids", "-n", "1"]);
        fixture.tell(
            &command
                .stdin(std::fs::File::open(path).unwrap())
                .output()
                .unwrap(),
        )
    };
    assert_eq!(
        input("motion-to-photon latency\n").lines().next(),
        Some("exit 0")
    );
    let long = input(&"terraform ".repeat(100_000));
    assert!(
        long.starts_with("exit 0") && long.contains("is read up to"),
        "{long}"
    );
}

#[test]
fn show_prints_a_role_or_its_sections() {
    let fixture = Fixture::new();
    fixture.run(&["status"]);
    assert_snapshot!(
        "show_section",
        fixture.run(&["show", "devops-manager", "--section", "kpis"])
    );
    assert_snapshot!(
        "show_markdown",
        fixture.run(&[
            "show",
            "DevOps Manager",
            "--section",
            "skills,career",
            "-f",
            "md"
        ])
    );
    assert_eq!(
        fixture.stdout(&["show", "devops-manager"]),
        fixture.stdout(&["show", "builtin:devops/devops-manager.md"])
    );
}

#[test]
fn facets_and_status_tell_what_is_there() {
    let fixture = Fixture::new();
    fixture.run(&["status"]);
    assert_snapshot!("facets", fixture.run(&["facets"]));
    assert_snapshot!(
        "facets_filtered",
        fixture.run(&["facets", "domain", "--level", "mid"])
    );
    assert_snapshot!("status", fixture.run(&["status"]));
}

#[test]
fn chosen_values_stay_listed_and_tips_keep_the_index() {
    let fixture = Fixture::with(&[("roles/a.md", "# Junior Analyst\n\nReads.\n")]);
    fixture.run(&["index", "roles", "--index", "here"]);
    let told = fixture.run(&["query", "reads", "--level", "intern", "--index", "here"]);
    assert!(told.contains("level: intern 0✓ · junior 1"), "{told}");
    assert!(
        told.contains("tip: 1 role matches without --level intern:  bp query reads --index here"),
        "{told}"
    );
    assert!(
        fixture
            .stdout(&["facets", "--domain", "cloud", "--index", "here"])
            .contains("✓ cloud       0")
    );
}

#[test]
fn the_variable_names_the_index() {
    let fixture = Fixture::with(&[("roles/a.md", "# Junior Analyst\n\nReads.\n")]);
    let run = |args: &[&str]| {
        fixture
            .command(args)
            .env("BP_INDEX", "there")
            .output()
            .unwrap()
    };
    assert_eq!(run(&["index", "roles"]).status.code(), Some(0));
    assert!(
        fixture.work().join("there/CURRENT").exists() && !fixture.work().join("index").exists()
    );
    assert_eq!(
        String::from_utf8(run(&["query", "-c"]).stdout).unwrap(),
        "1\n"
    );
}

#[test]
fn reasons_stand_where_the_words_do() {
    let fixture = Fixture::with(&[(
        "corpus/a.md",
        "# Data Analyst\n\n## Skills\n\n- Languages: Python, Go\n\n| Area | Skill | Weight |\n|---|---|---|\n| Reporting | R | Critical |\n\nWhere it is going.\n",
    )]);
    let place = |query: &str| {
        let answer: serde_json::Value =
            serde_json::from_str(&fixture.stdout(&["query", query, "--json"])).unwrap();
        let matched = &answer["hits"][0]["matched"][0];
        (
            matched["section"].as_str().map(str::to_owned),
            matched["line"].as_u64(),
        )
    };
    assert_eq!(place("skill:python"), (Some("skills".to_owned()), Some(5)));
    assert_eq!(place("skill:R"), (Some("skills".to_owned()), Some(9)));
    assert_eq!(place("go"), (Some("skills".to_owned()), Some(5)));
    assert_eq!(place("data"), (Some("title".to_owned()), Some(1)));
    // Nothing of a word is filed as a word: "eporting" is a typing error.
    let told = fixture.run(&["query", "eporting", "-c"]);
    assert!(told.contains("using \"reporting\""), "{told}");
}

#[test]
fn a_ladder_answers_from_the_chosen_rung() {
    let fixture = Fixture::with(&[(
        "corpus/a.md",
        "---\nfamily: Crafts\n---\n# Software Engineer\n\n## Career Ladder\n\n### Junior Engineer\n\n- Writes tests in Rust\n\n### Senior Engineer\n\n- Reviews Rust of others\n",
    )]);
    let line = |level: &str| {
        let answer: serde_json::Value =
            serde_json::from_str(&fixture.stdout(&["query", "rust", "--level", level, "--json"]))
                .unwrap();
        answer["hits"][0]["snippets"][0]["line"].as_u64()
    };
    assert_eq!((line("junior"), line("senior")), (Some(10), Some(14)));
    assert_snapshot!("ladder", fixture.run(&["show", "software-engineer"]));
    assert_eq!(fixture.stdout(&["query", "crafts", "-c"]), "1\n");
}
