//! Why a role stands where it stands.

use insta::assert_snapshot;
use serde_json::Value;

use crate::fixture::Fixture;

/// Roles that differ in one thing each.
fn roles() -> Fixture {
    let role = |title: &str, sections: &str| {
        format!(
            "---\nlevel: manager\n---\n# {title}\n\n## Role Summary\n\nLeads a team.\n\n{sections}"
        )
    };
    let files = [
        (
            "corpus/ops/alpha.md",
            role(
                "Alpha Manager",
                "## Technical Skills\n\n- **Kubernetes** (Critical): runs clusters\n- **Helm** (Critical): packs them\n",
            ),
        ),
        (
            "corpus/ops/beta.md",
            role(
                "Beta Manager",
                "## Technical Skills\n\n- **Helm** (Critical): packs charts\n\n## Tools\n\n- Kubernetes\n",
            ),
        ),
        (
            "corpus/ops/gamma.md",
            role(
                "Gamma Manager",
                "## Technical Skills\n\n- **Kubernetes** (Critical): runs clusters\n",
            ),
        ),
        (
            "corpus/data/delta.md",
            role(
                "Delta Manager",
                "## Technical Skills\n\n- **SQL** (Critical): reads tables\n",
            ),
        ),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, &**text)).collect();
    let fixture = Fixture::with(&files);
    fixture.run(&["status"]);
    fixture
}

/// The last line of the standard output, and the exit code.
fn verdict(fixture: &Fixture, args: &[&str]) -> (String, Option<i32>) {
    let output = fixture.output(&[&["explain"], args].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let last = text.lines().last().unwrap_or_default().to_owned();
    (last, output.status.code())
}

#[test]
fn explain_names_what_decides() {
    let fixture = roles();
    let says = |args: &[&str], expected: &str| {
        let (told, code) = verdict(&fixture, args);
        assert!(told.contains(expected), "{args:?}: {told}");
        assert_eq!(code, Some(0), "{args:?}: {told}");
    };
    let query = "kubernetes helm";
    let versus = |one, other, expected: &str| says(&[query, one, "--versus", other], expected);
    // Here is the role that was asked for, there the one behind `--versus`.
    versus(
        "beta-manager",
        "alpha-manager",
        "alpha-manager stands 1 rank above beta-manager: kubernetes (+",
    );
    versus(
        "beta-manager",
        "alpha-manager",
        ") is a critical skill there, a tool here",
    );
    versus(
        "alpha-manager",
        "beta-manager",
        ") is a critical skill here, a tool there",
    );
    versus(
        "gamma-manager",
        "beta-manager",
        "beta-manager stands 1 rank above gamma-manager: helm (+",
    );
    versus("gamma-manager", "beta-manager", ") is missing here");
    versus(
        "alpha-manager",
        "alpha-manager",
        "both are alpha-manager, at rank 1",
    );
    says(
        &[query, "alpha-manager"],
        "rank 1 of 3: ahead of beta-manager by ",
    );
    says(
        &[query, "alpha-manager"],
        "is a critical skill here, a tool there",
    );
    says(
        &[query, "beta-manager"],
        "rank 2 of 3: kubernetes counts for less here (-",
    );
    says(
        &[query, "beta-manager"],
        ": as a tool, where alpha-manager has it as a critical skill",
    );
    says(
        &[query, "gamma-manager"],
        "rank 3 of 3: misses helm, which the two above have",
    );
    says(
        &["sql", "delta-manager"],
        "rank 1 of 1: no other role is in the answer",
    );
    says(
        &["--domain", "ops", "", "beta-manager"],
        "by title: the query has no words to rank by",
    );
}

#[test]
fn explain_says_why_a_role_is_not_in_the_answer() {
    let fixture = roles();
    let says = |args: &[&str], expected: &str| {
        let (told, code) = verdict(&fixture, args);
        assert_eq!((told.as_str(), code), (expected, Some(1)), "{args:?}");
    };
    says(
        &["kubernetes", "delta-manager"],
        "delta-manager is not in the answer: no term of the query stands in it",
    );
    says(
        &["kubernetes -helm", "beta-manager"],
        "beta-manager is not in the answer: it has \"helm\" under skills, line 12, which is left out",
    );
    says(
        &["kubernetes AND helm", "gamma-manager"],
        "gamma-manager is not in the answer: it lacks \"helm\", which must be there",
    );
    says(
        &[
            "kubernetes",
            "gamma-manager",
            "--match",
            "all",
            "--level",
            "director",
        ],
        "gamma-manager is not in the answer: its level is manager, not director; without --level it would be rank 1 of 3",
    );
    says(
        &["kubernetes", "beta-manager", "--domain", "data"],
        "beta-manager is not in the answer: its domain is operations, not data; without --domain it would be rank 3 of 3",
    );
    says(
        &["helm", "beta-manager", "--versus", "gamma-manager"],
        "gamma-manager is not in the answer: no term of the query stands in it",
    );
}

#[test]
fn explain_prints_tables() {
    let fixture = Fixture::new();
    fixture.run(&["status"]);
    assert_snapshot!(
        "one_role",
        fixture.run(&[
            "explain",
            "k8s terrafrm helm",
            "cloud-and-infrastructure-leader"
        ])
    );
    assert_snapshot!(
        "two_roles",
        fixture.run(&[
            "explain",
            "change failure rate cloud",
            "director-of-devops",
            "--versus",
            "DevOps Manager"
        ])
    );
    assert_snapshot!(
        "left_out",
        fixture.run(&[
            "explain",
            "kubernetes",
            "devops-manager",
            "--level",
            "director"
        ])
    );
}

#[test]
fn explain_fails_as_show_and_query_do() {
    let fixture = roles();
    assert_snapshot!(
        "no_such_role",
        fixture.run(&["explain", "helm", "alpha-manger"])
    );
    assert_snapshot!(
        "no_such_format",
        fixture.run(&["explain", "helm", "alpha-manager", "-f", "csv"])
    );
    assert_snapshot!("no_role", fixture.run(&["explain", "helm"]));
    assert_snapshot!(
        "strict",
        fixture.run(&["explain", "(helm", "alpha-manager", "--strict"])
    );
    let by_path = fixture.stdout(&["explain", "helm", "corpus/ops/alpha.md"]);
    assert_eq!(
        by_path,
        fixture.stdout(&["explain", "helm", "Alpha Manager"])
    );
}

#[test]
fn explain_adds_up_to_what_query_prints() {
    let fixture = Fixture::new();
    fixture.run(&["status"]);
    let json = |args: &[&str]| -> Value {
        serde_json::from_str(&fixture.stdout(&[args, &["--json"]].concat())).unwrap()
    };
    for query in ["kubernetes terraform helm", "error budget", "head of cloud"] {
        let answer = json(&["query", query, "-n", "5"]);
        for hit in answer["hits"].as_array().unwrap() {
            let role = json(&["explain", query, hit["id"].as_str().unwrap()]);
            let rows = role["role"]["concepts"].as_array().unwrap().iter();
            let rows = rows.flat_map(|concept| concept["rows"].as_array().unwrap());
            let sum: f64 = rows.map(|row| row["contribution"].as_f64().unwrap()).sum();
            let score = hit["score"].as_f64().unwrap();
            assert!(
                (sum - score).abs() <= 1e-3 * score,
                "{query}: {sum}, {score}"
            );
            assert_eq!(role["role"]["rank"], hit["rank"], "{query}");
        }
    }
}
