//! What files of each format are understood to say.

use proptest::prelude::*;

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
fn a_page_is_read_by_its_content_whatever_it_is_called() {
    let page = "<!doctype html><nav class=breadcrumb>Home › FinOps › Baker</nav><main><h1>Baker: Role Blueprint</h1><h2>Skills</h2><ul><li>Ovens</ul></main>";
    for name in ["/x/a.html", "/x/a.md", "/x/a"] {
        let reading = read(name, page);
        assert_eq!(reading.container, "html");
        let role = &reading.roles[0].blueprint;
        assert_eq!(
            (
                role.title.as_str(),
                role.domains[0].id.as_str(),
                role.domains[0].found
            ),
            ("Baker", "cloud/finops", Provenance::Category)
        );
        assert_eq!(role.entities().count(), 1);
    }
    let reasons: Vec<_> = read("/x/a.html", "<!doctype html><h1>About us</h1><p>Boots.")
        .problems
        .into_iter()
        .map(|problem| problem.reason())
        .collect();
    assert_eq!(reasons, ["no role in it"]);
}

proptest! {
    #[test]
    fn any_bytes_of_a_page_end(bytes in proptest::collection::vec(any::<u8>(), 0..200), label in "[a-z0-9-]{0,12}") {
        let mut page = format!("<meta charset={label}><h1>Baker: Role Blueprint</h1>").into_bytes();
        page.extend(bytes);
        let _ = read_bytes(&page, "/x/a.html", None, &built_in());
    }
}
