//! An index that was kept up to date equals a fresh one over the same files, whatever came in which order, and whatever
//! was killed on the way.
//!
//! `BP_SEQUENCES=1000 cargo test --release --test incremental` is the long form.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that fails says so by a panic"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use bp::index::build::update;
use bp::index::open::{Found, OpenIndex, open};
use bp::index::{Merging, Options, Plan, Sources};
use bp::query::parse;
use bp::search::{Request, Work, find_roles, search};

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

const TITLES: [&str; 8] = [
    "Senior Data Engineer",
    "Cloud Director",
    "FinOps Lead",
    "Platform Engineer",
    "Staff Site Reliability Engineer",
    "Head of Security",
    "Product Manager",
    "Data Engineer IC4",
];
const SKILLS: [&str; 10] = [
    "Kubernetes",
    "Terraform",
    "FinOps",
    "SQL",
    "Rust",
    "C++",
    "CI/CD",
    "Incident response",
    "Python",
    "Helm",
];
const KPIS: [&str; 6] = [
    "Change failure rate",
    "Mean time to restore (MTTR)",
    "Voluntary attrition",
    "Cloud unit cost",
    "Deployment frequency",
    "Net revenue retention",
];
const WORDS: [&str; 16] = [
    "owns",
    "budget",
    "platform",
    "teams",
    "reports",
    "observability",
    "cost",
    "cloud",
    "services",
    "quality",
    "review",
    "security",
    "deploys",
    "kubernets",
    "planning",
    "finops",
];
const NAMES: [&str; 10] = [
    "a.md",
    "b.md",
    "cloud/c.md",
    "cloud/d.txt",
    "data/e.md",
    "data/deep/f.md",
    "security/g.markdown",
    "h.txt",
    "README.md",
    "picture.png",
];
const QUERIES: [&str; 14] = [
    "finops",
    "kubernets",
    "terraform helm",
    "change failure rate",
    "\"incident response\"",
    "mttr",
    "c++",
    "who owns cloud cost?",
    "engineer -senior",
    "plat*",
    "level:senior data",
    "site reliability",
    "zebra",
    "",
];

fn text(random: &mut Random) -> Vec<u8> {
    match random.below(12) {
        0 => return Vec::new(),
        1 => return b"\x89PNG\r\n\x1a\n\0\0\0".to_vec(),
        2 => {
            let roles = (0..2 + random.below(3)).map(|_| {
                let (title, skill, word) = (random.one(&TITLES), random.one(&SKILLS), random.one(&WORDS));
                format!("{title}: Role Blueprint, Skills, and Career Path\nThe {title} {word} {skill}.\n")
            });
            return roles.collect::<String>().into_bytes();
        }
        3 => {
            let title = random.one(&TITLES);
            return format!(
                "---\ntitle: {title}\nlevel: [senior\n---\nText of {}.\n",
                random.one(&WORDS)
            )
            .into_bytes();
        }
        _ => {}
    }
    let mut text = format!("# {}\n\n", random.one(&TITLES));
    for _ in 0..random.below(3) {
        let words: Vec<&str> = (0..8).map(|_| random.one(&WORDS)).collect();
        text += &format!("{}.\n\n", words.join(" "));
    }
    text += "## Skills\n\n";
    for _ in 0..=random.below(4) {
        text += &format!(
            "- {} ({})\n",
            random.one(&SKILLS),
            random.one(&["Critical", "Important", "Optional"])
        );
    }
    text += "\n## KPIs\n\n";
    for _ in 0..=random.below(3) {
        text += &format!("- {}: under {}\n", random.one(&KPIS), random.below(100));
    }
    text.into_bytes()
}

struct World {
    corpus: PathBuf,
    index: PathBuf,
    _folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        // In memory, where there is such a place: what is tested is not the disk.
        let shared = Path::new("/dev/shm");
        let folder = if shared.is_dir() {
            tempfile::tempdir_in(shared)
        } else {
            tempfile::tempdir()
        }
        .unwrap();
        let corpus = folder.path().canonicalize().unwrap().join("corpus");
        fs::create_dir(&corpus).unwrap();
        fs::write(
            corpus.join("stays.md"),
            "# Release Manager\n\nGuards releases.\n",
        )
        .unwrap();
        Self {
            index: folder.path().join("index"),
            corpus,
            _folder: folder,
        }
    }

    fn plan(&self) -> Plan {
        Plan {
            sources: Sources::Paths(vec![self.corpus.clone()]),
            ..Plan::default()
        }
    }

    fn change(&self, random: &mut Random) -> String {
        let path = self.corpus.join(random.one(&NAMES));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let shown = path
            .strip_prefix(&self.corpus)
            .unwrap()
            .display()
            .to_string();
        match random.below(8) {
            0 => {
                let _ = fs::remove_file(&path);
                format!("delete {shown}")
            }
            1 => {
                let to = self.corpus.join(random.one(&NAMES));
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                let _ = fs::rename(&path, &to);
                format!("move {shown} to {}", to.display())
            }
            2 => {
                let _ = fs::File::options()
                    .append(true)
                    .open(&path)
                    .map(|mut file| {
                        std::io::Write::write_all(&mut file, b"\n- Cobol (Optional)\n")
                    });
                format!("append to {shown}")
            }
            3 if random.below(4) == 0 => {
                let _ = fs::remove_dir_all(
                    path.parent()
                        .filter(|parent| **parent != self.corpus)
                        .unwrap_or(&path),
                );
                format!("delete the folder of {shown}")
            }
            _ => {
                fs::write(&path, text(random)).unwrap();
                format!("write {shown}")
            }
        }
    }

    /// Runs the program and kills it at some moment.
    fn kill(&self, random: &mut Random) {
        let mut run = Command::new(env!("CARGO_BIN_EXE_bp"))
            .args(["index", "--index"])
            .args([&self.index, &self.corpus])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(random.below(60_000) as u64));
        let _ = run.kill();
        run.wait().unwrap();
    }

    fn opened(folder: &Path) -> OpenIndex {
        match open(folder).unwrap() {
            Found::Index(index) => *index,
            Found::Stale(_, error) => panic!("{error}"),
            Found::OtherVersion(_) | Found::Nothing => panic!("no index"),
        }
    }

    /// Everything that an index says: roles, terms with their numbers of roles, counts, answers.
    fn told(folder: &Path) -> Vec<String> {
        let index = Self::opened(folder);
        let mut told = vec![format!(
            "{} roles, {} files, {} skipped, {} bytes, {} words, {:?} {:?}",
            index.header.roles,
            index.header.files,
            index.header.skipped,
            index.header.text_bytes,
            index.header.mean_length,
            index.header.levels,
            index.header.domains,
        )];
        told.extend(
            index
                .problems()
                .unwrap()
                .iter()
                .map(|problem| format!("{problem:?}")),
        );
        let mut terms = BTreeSet::new();
        for segment in index.searcher.segment_readers() {
            for (field, _) in index.fields.schema.fields() {
                if !index.fields.schema.get_field_entry(field).is_indexed() {
                    continue;
                }
                let inverted = segment.inverted_index(field).unwrap();
                let mut stream = inverted.terms().stream().unwrap();
                while stream.advance() {
                    let term = std::str::from_utf8(stream.key()).unwrap();
                    let roles = index.roles_with_term(field, term);
                    if roles > 0 {
                        terms.insert(format!(
                            "{field:?} {:?} {roles}",
                            String::from_utf8_lossy(stream.key())
                        ));
                    }
                }
            }
        }
        told.extend(terms);
        for query in QUERIES {
            for limit in [3, 1000] {
                let request = Request {
                    query: parse(query),
                    limit,
                    ..Request::default()
                };
                let mut answer = search(&index, &request).unwrap();
                // Several segments have several lists.
                answer.work = Work::default();
                for hit in answer.hits.iter().filter(|_| query.is_empty()) {
                    let name = format!("{}:{}", hit.path, hit.line);
                    for role in find_roles(&index, &name, Path::new(&name)).unwrap() {
                        told.push(format!(
                            "{:?} {:?} {:?}",
                            role.hit, role.facts, role.sections
                        ));
                    }
                }
                told.push(format!("{query}: {answer:?}"));
            }
        }
        told
    }
}

#[test]
fn what_is_kept_up_to_date_equals_what_is_made_anew() {
    let sequences = std::env::var("BP_SEQUENCES")
        .ok()
        .and_then(|number| number.parse().ok());
    let sequences: u64 = sequences.unwrap_or(12);
    let mut runs = 0;
    for sequence in 0..sequences {
        let mut random =
            Random(0x9e37_79b9_7f4a_7c15 ^ (sequence + 1).wrapping_mul(0xbf58_476d_1ce4_e5b9));
        let world = World::new();
        let mut steps = Vec::new();
        // As few segments as usual, or as many as runs, so that roles that are gone stay in them.
        let merging = if sequence % 2 == 0 {
            Merging {
                small: 0,
                segments: 100,
                worn: 1,
            }
        } else {
            Merging::default()
        };
        let options = Options {
            merging,
            ..Options::default()
        };
        for _ in 0..2 + random.below(5) {
            for _ in 0..=random.below(4) {
                steps.push(world.change(&mut random));
            }
            if random.below(4) == 0 {
                world.kill(&mut random);
                steps.push("kill".to_owned());
            }
            update(&world.index, &world.plan(), &options).unwrap();
            steps.push("update".to_owned());
            runs += 1;
        }
        let fresh = world.index.with_file_name("fresh");
        update(&fresh, &world.plan(), &Options::default()).unwrap();
        let (kept, fresh) = (World::told(&world.index), World::told(&fresh));
        for (kept, fresh) in kept.iter().zip(&fresh) {
            assert_eq!(kept, fresh, "sequence {sequence}: {}", steps.join(", "));
        }
        assert_eq!(kept.len(), fresh.len(), "sequence {sequence}");
        let folders = fs::read_dir(&world.index).unwrap().count();
        assert_eq!(
            folders, 3,
            "sequence {sequence}: CURRENT, LOCK and one generation"
        );
    }
    println!("{sequences} sequences, {runs} runs: equal");
}
