//! What files of each format are understood to say.

mod bounds;
mod documentation;
mod pages;

use super::*;
use crate::blueprint::{Entity, Provenance, SectionKind, Weight};
use crate::taxonomy::built_in;

fn read(path: &str, text: &str) -> FileReading {
    read_bytes(text.as_bytes(), path, None, &built_in())
}

fn one(text: &str) -> Blueprint {
    let mut roles = read("role.md", text).roles;
    assert_eq!(roles.len(), 1);
    roles.remove(0).blueprint
}

#[test]
fn the_compiled_in_data_can_be_read() {
    assert!(!headings::headings().head_names("title").is_empty());
    assert_eq!(read_built_in(&built_in()).len(), 30);
}

#[test]
fn a_head_wins_over_title_and_folder() {
    let text = "---\nid: x1\ntitle: Senior Cloud Engineer\nlevel: staff\ndomains: [data, finops]\naliases: [Cloudy]\ngrade_code: 7\n---\n# Senior Cloud Engineer\n\nText.\n";
    let role = read_bytes(text.as_bytes(), "/c/cloud/a.md", Some("cloud"), &built_in())
        .roles
        .remove(0)
        .blueprint;
    assert_eq!(
        (
            role.id.as_str(),
            role.title.as_str(),
            role.level.id.as_str()
        ),
        ("x1", "Senior Cloud Engineer", "staff")
    );
    assert_eq!(
        role.domains
            .iter()
            .map(|domain| domain.id.as_str())
            .collect::<Vec<_>>(),
        ["data", "cloud/finops"]
    );
    assert_eq!(role.aliases, ["Cloudy"]);
    let head = role.sections.last().unwrap();
    assert_eq!(
        (
            head.heading.as_str(),
            head.blocks[0].text.as_str(),
            head.line
        ),
        ("Head", "grade code: 7", 7)
    );
}

#[test]
fn title_and_folder_give_domains_and_only_then_the_text() {
    let folder = |folder: Option<&str>, text: &str| {
        let role = read_bytes(text.as_bytes(), "/c/x.md", folder, &built_in())
            .roles
            .remove(0)
            .blueprint;
        role.domains
            .into_iter()
            .map(|domain| (domain.id, domain.found))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        folder(Some("people-ops"), "# Data Analyst\n\ncloud cloud\n"),
        [
            ("data".into(), Provenance::Title),
            ("people".into(), Provenance::Folder)
        ]
    );
    assert_eq!(
        folder(Some("Zoo Keeping"), "# Keeper\n"),
        [("zoo-keeping".into(), Provenance::Folder)]
    );
    assert_eq!(
        folder(None, "# Keeper\n\nRuns the cloud; the cloud is all.\n"),
        [("cloud".into(), Provenance::Text)]
    );
    assert_eq!(folder(None, "# Keeper\n\nKeeps.\n"), []);
}

#[test]
fn tables_and_bullets_become_entities() {
    let role = one(
        "# SRE Lead\n\n## 7) KPIs\n\n| KPI name | Definition | Why | Example target | Cadence |\n|---|---|---|---|---|\n| MTTR | hours to restore | trust | < 1 h | weekly |\n\n## Technical Skills\n### Must-have\n- **Kubernetes** (Important): runs\n- Go\n### Good-to-have\n- Rust\n\n## Tools\nTerraform, Vault\n\n## Career Path\n### Feeder roles\n- **SRE** (outside): grows\n",
    );
    let entities: Vec<String> = role
        .entities()
        .map(|(line, entity)| match entity {
            Entity::Kpi(kpi) => format!(
                "{line} kpi {} | {} | {} | {}",
                kpi.name, kpi.definition, kpi.target, kpi.frequency
            ),
            Entity::Skills(skills) => format!(
                "{line} {}",
                skills
                    .iter()
                    .map(|skill| format!(
                        "{} {:?}",
                        skill.name,
                        skill.weight.unwrap_or(Weight::Optional)
                    ))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            Entity::Tools(tools) => format!("{line} tools {}", tools.join(", ")),
            Entity::Career(link) => format!(
                "{line} {:?} {} {}",
                link.direction, link.title, link.outside
            ),
        })
        .collect();
    assert_eq!(
        entities,
        [
            "7 kpi MTTR | hours to restore | < 1 h | weekly",
            "11 Kubernetes Important",
            "12 Go Critical",
            "14 Rust Optional",
            "17 tools Terraform, Vault",
            "21 From SRE true"
        ]
    );
}

#[test]
fn a_ladder_has_levels_and_its_sections_know_theirs() {
    let role = one(
        "# Software Engineer\n\nBuilds.\n\n## Junior Software Engineer\n\n### Skills\n\n- Git\n\n## Senior Software Engineer\n\nLeads design.\n\n## Career Path\n\n### Director of Engineering\n",
    );
    assert_eq!(
        (role.level.id.as_str(), role.levels.join(" ")),
        ("mid", "junior mid senior".to_owned())
    );
    let levels: Vec<_> = role
        .sections
        .iter()
        .map(|section| (section.kind, section.level.as_deref()))
        .collect();
    assert_eq!(
        levels,
        [
            (SectionKind::Summary, None),
            (SectionKind::Other, Some("junior")),
            (SectionKind::Skills, Some("junior")),
            (SectionKind::Other, Some("senior")),
            (SectionKind::Career, None)
        ]
    );
}

#[test]
fn a_heading_over_two_lines_is_one() {
    let role = one("# Analyst\n\nOld tales\nof the sea\n---\n\nText.\n");
    let headings: Vec<_> = role
        .sections
        .iter()
        .map(|section| &section.heading)
        .collect();
    assert_eq!(headings, ["Old tales of the sea"]);
}

#[test]
fn unknown_headings_keep_their_text_and_scorecards_go_where_they_belong() {
    let role = one(
        "# Analyst\n\n## Folklore\n\nOld tales.\n\n## Final Role Scorecard Summary\n\n| Field | Value |\n|---|---|\n| Top KPIs | Churn, NRR |\n| Top 10 technical skills | SQL, dbt |\n",
    );
    let kinds: Vec<_> = role
        .sections
        .iter()
        .map(|section| (section.kind, section.heading.as_str()))
        .collect();
    assert_eq!(
        kinds,
        [
            (SectionKind::Other, "Folklore"),
            (SectionKind::Context, "Final Role Scorecard Summary"),
            (SectionKind::Kpis, "Top KPIs"),
            (SectionKind::Skills, "Top 10 technical skills")
        ]
    );
}

#[test]
fn plain_text_and_listings_are_read() {
    let role = read(
        "/x/release-manager.txt",
        "Release Manager\n\nGuards releases.\n\nSkills: Git, Jenkins\n",
    )
    .roles
    .remove(0)
    .blueprint;
    assert_eq!(
        (
            role.title.as_str(),
            role.level.id.as_str(),
            role.entities().count()
        ),
        ("Release Manager", "manager", 1)
    );
    let listing = read(
        "/x/all.txt",
        "Cloud Director: Role Blueprint, Skills\nOne.\nData Analyst: Role Blueprint, Skills\nTwo.\n",
    );
    assert_eq!(
        listing
            .roles
            .iter()
            .map(|role| (role.blueprint.id.as_str(), role.blueprint.lines))
            .collect::<Vec<_>>(),
        [("cloud-director", (1, 2)), ("data-analyst", (3, 4))]
    );
}

#[test]
fn odd_files_are_told_and_good_parts_read() {
    let kinds = |bytes: &[u8]| {
        read_bytes(bytes, "a-role.md", None, &built_in())
            .problems
            .into_iter()
            .map(|problem| problem.reason())
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds(b""), ["empty"]);
    assert_eq!(kinds(b"\0\0\x01\x02"), ["not text"]);
    assert_eq!(
        kinds(b"# R\xf4le\n\nWords in Latin one.\n"),
        ["read as Latin-1"]
    );
    assert_eq!(
        kinds(b"---\nlevel: guru\n---\n# A\n"),
        ["unknown level 'guru' is kept as it stands"]
    );
    let long = one(&format!("# {}\n", "long ".repeat(14_000)));
    assert!(long.title.chars().count() <= title::MAX_TITLE_CHARS && long.id.len() <= 200);
    assert_eq!(one("***\n\nText without any title.\n").title, "role");
}

#[test]
fn a_packed_file_is_read_by_the_name_below() {
    let packed = encoded(b"Release Manager\n\nSkills:\nGit\n\n***\n");
    let reading = read_bytes(&packed, "/x/guard.txt.gz", None, &built_in());
    assert_eq!(
        (reading.container, reading.roles[0].blueprint.lines),
        ("text", (1, 6))
    );
    let broken = read_bytes(&packed[..20], "/x/guard.txt.gz", None, &built_in());
    assert_eq!(broken.problems[0].severity(), Severity::Error);
    assert!(broken.roles.is_empty() && broken.problems[0].is_skip());
    let nameless = read_bytes(
        &encoded(b"***\n\nText.\n"),
        "/x/guard.md.gz",
        None,
        &built_in(),
    );
    assert_eq!(nameless.roles[0].blueprint.title, "guard");
}

fn encoded(text: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn what_is_told_of_a_file_is_plain() {
    let quoted = "expected `</w:\u{1b}[31mr>`\n".to_owned();
    for kind in [
        ProblemKind::Unreadable(quoted.clone()),
        ProblemKind::Cut(quoted.clone()),
        ProblemKind::BrokenHead(quoted.clone()),
    ] {
        let reason = Problem::new("a.md", None, kind).reason();
        assert!(
            reason.contains("`</w: [31mr>`") && !reason.contains(char::is_control),
            "{reason}"
        );
    }
    let page = "<main><h1>Analyst</h1><p>Reads.</p></main><h3>Related posts</h3><table><tr><th>Metric</th><th>Target</th></tr></table>";
    let page = read("page.html", page);
    let words: String = page
        .left_out
        .iter()
        .map(|left| left.text.as_str())
        .collect();
    assert!(words.contains("Metric Target"), "{words:?}");
}

#[test]
fn what_a_cell_over_two_lines_names_is_one_line() {
    let page = "<h1>Analyst</h1><h2>KPIs</h2><table><tr><th>Metric</th><th>Target</th></tr><tr><td>Churn<br>\nrate</td><td>low\n<p>always</td></tr></table>";
    let role = read("page.html", page).roles.remove(0).blueprint;
    let kpis: Vec<_> = role
        .entities()
        .filter_map(|(_, entity)| match entity {
            Entity::Kpi(kpi) => Some((kpi.name.as_str(), kpi.target.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(kpis, [("Churn rate", "low always")]);
}

#[test]
fn what_is_left_out_has_no_marks_whatever_left_it_out() {
    for page in [
        ">\n><h1>N",
        "><table><r><th><th>><tr/>Related post",
        "<main><h1>Analyst</h1><p>Reads.</p></main><h3>Related posts</h3><table><tr><th>Metric</th><th>Target</th></tr></table>",
    ] {
        let page = read("page.html", page);
        assert!(!page.left_out.is_empty());
        for left_out in page.left_out {
            assert!(!left_out.text.contains(char::is_control), "{left_out:?}");
        }
    }
}
