//! Makes role blueprints from a seed: Markdown of about 12 KB with the sections of a real one.
//!
//! Each document depends on the seed and its number alone: a smaller corpus is the beginning of a larger one, and several
//! threads write the same files as one.

mod words;

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use rayon::prelude::*;

use crate::numbers::Numbers;
use words::{Words, coined};

/// Files of a folder; a single folder of a million files is slow everywhere.
const FOLDER: usize = 1_000;
/// How many documents share a name of their own, the rarest words of the corpus.
const NAMESAKES: usize = 3;

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

/// Returns the name that the documents of a number and its neighbours share, and no others.
pub fn programme(number: usize) -> String {
    // Behind the numbers of the tail of common words.
    let name = coined((1 << 22) + number / NAMESAKES);
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// Writes `count` blueprints into `folder`, a thousand to a folder of it.
pub fn generate(folder: &Path, count: usize, seed: u64) -> io::Result<()> {
    let words = Words::new()?;
    (0..count.div_ceil(FOLDER))
        .into_par_iter()
        .try_for_each(|part| {
            let place = folder.join(format!("part-{part:04}"));
            fs::create_dir_all(&place)?;
            for number in part * FOLDER..count.min((part + 1) * FOLDER) {
                fs::write(
                    place.join(format!("role-{number:07}.md")),
                    blueprint(number, &words, seed),
                )?;
            }
            Ok(())
        })
}

/// The text of a blueprint under way, and the numbers that it is made of.
struct Draft<'a> {
    words: &'a Words,
    numbers: Numbers,
    text: String,
}

fn blueprint(number: usize, words: &Words, seed: u64) -> String {
    let mut draft = Draft {
        words,
        numbers: Numbers::of(seed, number as u64),
        text: String::with_capacity(16 << 10),
    };
    draft.head(number);
    draft.responsibilities();
    draft.kpis();
    draft.skills();
    draft.tools();
    draft.rest(number);
    draft.text
}

impl Draft<'_> {
    fn head(&mut self, number: usize) {
        let numbers = &mut self.numbers;
        let (level, area, function) = (
            *numbers.pick(&LEVELS),
            *numbers.pick(&AREAS),
            *numbers.pick(&FUNCTIONS),
        );
        let title = match level {
            "Manager" | "Senior Manager" | "Director" => format!("{area} {function} {level}"),
            _ => format!("{level} {area} {function}").trim().to_owned(),
        };
        let domain = area.to_lowercase();
        let _ = write!(
            self.text,
            "---\nid: role-{number:07}\ntitle: {title}\ndomains: [{domain}]\n---\n\n# {title}\n\n## Role Summary\n\n"
        );
        self.paragraph(8);
    }

    fn sentence(&mut self) {
        self.words.sentence(&mut self.numbers, &mut self.text);
    }

    fn paragraph(&mut self, sentences: usize) {
        for _ in 0..sentences {
            self.sentence();
            self.text.push(' ');
        }
        self.text.push_str("\n\n");
    }

    fn responsibilities(&mut self) {
        self.text.push_str("## Core Responsibilities\n\n");
        for item in 1..=18 {
            let _ = write!(self.text, "{item}. ");
            self.sentence();
            self.text.push('\n');
        }
    }

    fn kpis(&mut self) {
        self.text.push_str("\n## KPIs and Productivity Metrics\n\n| Metric | What it measures | Target | Frequency |\n|---|---|---|---|\n");
        for _ in 0..12 {
            let name = &self.words.kpis[self.numbers.rank(self.words.kpis.len())];
            let _ = write!(self.text, "| {name} | ");
            self.sentence();
            let target = 50 + self.numbers.below(50);
            let _ = writeln!(self.text, " | ≥ {target}% | Monthly |");
        }
    }

    fn skills(&mut self) {
        self.text.push_str("\n## Technical Skills\n\n");
        for _ in 0..12 {
            let weight = *self.numbers.pick(&["Critical", "Important", "Optional"]);
            let name = &self.words.skills[self.numbers.rank(self.words.skills.len())];
            let _ = write!(self.text, "- **{name}** ({weight}): ");
            self.sentence();
            self.text.push('\n');
        }
    }

    fn tools(&mut self) {
        self.text
            .push_str("\n## Tools and Platforms\n\n| Category | Tools | Use |\n|---|---|---|\n");
        for _ in 0..6 {
            let tools = &self.words.tools;
            let (one, other) = (
                &tools[self.numbers.rank(tools.len())],
                &tools[self.numbers.rank(tools.len())],
            );
            let _ = writeln!(self.text, "| Group | {one}, {other} | use |");
        }
    }

    fn rest(&mut self, number: usize) {
        let _ = write!(
            self.text,
            "\n## Working Environment\n\nThe role belongs to the {} programme. ",
            programme(number)
        );
        self.paragraph(12);
        for heading in ["Stakeholders", "Career Path", "Risks and Failure Modes"] {
            let _ = write!(self.text, "## {heading}\n\n");
            self.paragraph(12);
        }
    }
}
