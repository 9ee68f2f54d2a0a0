//! Makes role blueprints from a seed: Markdown of about 12 KB, words by Zipf's law among real names of skills and KPIs.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use bp::blueprint::Entity;
use bp::corpus::read_built_in;
use bp::taxonomy::Taxonomy;

/// Words that stand for prose.
const VOCABULARY: usize = 20_000;
/// Files of a folder; a single folder of a million files is slow everywhere.
const FOLDER: usize = 1_000;

const LEVELS: [&str; 10] = [
    "Junior",
    "",
    "Senior",
    "Lead",
    "Staff",
    "Principal",
    "Manager",
    "Senior Manager",
    "Director",
    "Head of",
];
const AREAS: [&str; 16] = [
    "Cloud",
    "Data",
    "Platform",
    "DevOps",
    "Security",
    "Backend",
    "Frontend",
    "Machine Learning",
    "Network",
    "Product",
    "Support",
    "Finance",
    "Sales",
    "Marketing",
    "Quality",
    "Design",
];
const FUNCTIONS: [&str; 8] = [
    "Engineer",
    "Analyst",
    "Architect",
    "Specialist",
    "Consultant",
    "Operations Engineer",
    "Developer",
    "Administrator",
];

/// A generator of numbers that gives the same ones for the same seed everywhere (splitmix64, Steele et al., 2014).
pub struct Numbers(u64);

impl Numbers {
    /// Starts with a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// A rank by Zipf's law, by inverting the integral of 1/x.
    fn rank(&mut self, ranks: usize) -> usize {
        let share = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((ranks as f64 + 1.0).powf(share) - 1.0) as usize % ranks
    }
}

struct Words {
    prose: Vec<String>,
    skills: Vec<String>,
    kpis: Vec<String>,
    tools: Vec<String>,
}

impl Words {
    fn new(numbers: &mut Numbers) -> io::Result<Self> {
        let taxonomy = Taxonomy::new(None, Path::new("taxonomy.toml")).map_err(io::Error::other)?;
        let mut words = Self {
            prose: Vec::new(),
            skills: Vec::new(),
            kpis: Vec::new(),
            tools: Vec::new(),
        };
        for role in read_built_in(&taxonomy)
            .into_iter()
            .flat_map(|reading| reading.roles)
        {
            for (_, entity) in role.blueprint.entities() {
                match entity {
                    Entity::Skills(skills) => words
                        .skills
                        .extend(skills.iter().map(|skill| skill.name.clone())),
                    Entity::Kpi(kpi) => words.kpis.push(kpi.name.clone()),
                    Entity::Tools(tools) => words.tools.extend(tools.clone()),
                    Entity::Career(_) => {}
                }
            }
        }
        for list in [&mut words.skills, &mut words.kpis, &mut words.tools] {
            list.sort();
            list.dedup();
        }
        const SYLLABLES: [&str; 24] = [
            "ar", "ber", "con", "dal", "en", "for", "gra", "hin", "il", "jo", "kel", "lo", "men",
            "nar", "ost", "per", "qui", "ran", "sto", "tel", "ul", "ver", "wi", "zan",
        ];
        while words.prose.len() < VOCABULARY {
            let parts = 2 + numbers.below(3);
            words
                .prose
                .push((0..parts).map(|_| *numbers.pick(&SYLLABLES)).collect());
        }
        Ok(words)
    }

    fn sentence(&self, numbers: &mut Numbers, text: &mut String) {
        for at in 0..8 + numbers.below(10) {
            let name = match numbers.below(40) {
                0 => numbers.pick(&self.skills),
                1 => numbers.pick(&self.kpis),
                _ => &self.prose[numbers.rank(VOCABULARY)],
            };
            text.push_str(if at == 0 { "" } else { " " });
            text.push_str(name);
        }
        text.push('.');
    }
}

/// Writes `count` blueprints into `folder`.
pub fn generate(folder: &Path, count: usize, seed: u64) -> io::Result<()> {
    let mut numbers = Numbers::new(seed);
    let words = Words::new(&mut numbers)?;
    for number in 0..count {
        let part = folder.join(format!("part-{:04}", number / FOLDER));
        if number % FOLDER == 0 {
            fs::create_dir_all(&part)?;
        }
        fs::write(
            part.join(format!("role-{number:07}.md")),
            blueprint(number, &words, &mut numbers),
        )?;
    }
    Ok(())
}

fn blueprint(number: usize, words: &Words, numbers: &mut Numbers) -> String {
    let (level, area, function) = (
        *numbers.pick(&LEVELS),
        *numbers.pick(&AREAS),
        *numbers.pick(&FUNCTIONS),
    );
    let title = match level {
        "Manager" | "Senior Manager" | "Director" => format!("{area} {function} {level}"),
        _ => format!("{level} {area} {function}").trim().to_owned(),
    };
    let mut text = format!(
        "---\nid: role-{number:07}\ntitle: {title}\ndomains: [{}]\n---\n\n# {title}\n\n## Role Summary\n\n",
        area.to_lowercase()
    );
    let prose = |numbers: &mut Numbers, text: &mut String, sentences: usize| {
        for _ in 0..sentences {
            words.sentence(numbers, text);
            text.push(' ');
        }
        text.push_str("\n\n");
    };
    prose(numbers, &mut text, 8);
    text.push_str("## Core Responsibilities\n\n");
    for item in 1..=18 {
        let _ = write!(text, "{item}. ");
        words.sentence(numbers, &mut text);
        text.push('\n');
    }
    text.push_str("\n## KPIs and Productivity Metrics\n\n| Metric | What it measures | Target | Frequency |\n|---|---|---|---|\n");
    for _ in 0..12 {
        let _ = write!(text, "| {} | ", numbers.pick(&words.kpis));
        words.sentence(numbers, &mut text);
        let _ = writeln!(text, " | ≥ {}% | Monthly |", 50 + numbers.below(50));
    }
    text.push_str("\n## Technical Skills\n\n");
    for _ in 0..12 {
        let weight = *numbers.pick(&["Critical", "Important", "Optional"]);
        let _ = write!(text, "- **{}** ({weight}): ", numbers.pick(&words.skills));
        words.sentence(numbers, &mut text);
        text.push('\n');
    }
    text.push_str("\n## Tools and Platforms\n\n| Category | Tools | Use |\n|---|---|---|\n");
    for _ in 0..6 {
        let _ = writeln!(
            text,
            "| Group | {}, {} | use |",
            numbers.pick(&words.tools),
            numbers.pick(&words.tools)
        );
    }
    for heading in [
        "Working Environment",
        "Stakeholders",
        "Career Path",
        "Risks and Failure Modes",
    ] {
        let _ = write!(text, "\n## {heading}\n\n");
        prose(numbers, &mut text, 12);
    }
    text
}
