//! Turns a text into a data file of the user's own, an overlay or one of an evaluation, and what must hold of it.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::path::Path;

use bp::error::{Error, Result};
use bp::eval::queries::read_queries;
use bp::eval::trec::{read_qrels, read_run};
use bp::query::thesaurus::Thesaurus;
use bp::ranking::Weights;
use bp::taxonomy::Taxonomy;

/// The path that errors must name.
const PATH: &str = "/here/data.file";

/// Reads the text as a taxonomy over the compiled-in one; what it gives then infers and filters.
pub fn taxonomy(text: &str) -> std::result::Result<u64, String> {
    let read = Taxonomy::new(Some(text), Path::new(PATH));
    if let Ok(taxonomy) = &read {
        for title in ["Senior Cloud Engineer", "Chief of Staff (IC4)", text] {
            let title: String = title.chars().take(300).collect();
            let _ = taxonomy.level_of_title(&title);
            let _ = taxonomy.domains_of_title(&title);
            let _ = taxonomy.level_value(&title);
        }
        let _ = taxonomy.level_of_text("Guide", ["leads a team of five"].into_iter());
        for level in taxonomy.levels() {
            let _ = taxonomy.level_order(&level.id);
            let chosen = taxonomy.select_levels(&[format!("{}+", level.id)], &[]);
            let _ = chosen.map_err(|error| error.to_string());
        }
        for domain in taxonomy.domains() {
            let _ = taxonomy.domain_label(&domain.id);
        }
    }
    told(
        text,
        read.map(|taxonomy| taxonomy.levels().len() + taxonomy.domains().len()),
    )
}

/// Reads the text as synonyms, and asks for what they say.
pub fn synonyms(text: &str) -> std::result::Result<u64, String> {
    let read = Thesaurus::with_overlay(text, Path::new(PATH));
    let known = |thesaurus: Thesaurus| {
        let words = ["blue desk", "service desk", "p&l", "manager", "x"];
        let entries = words.iter().map(|word| thesaurus.entries(word).len());
        entries.sum()
    };
    told(text, read.map(known))
}

/// Reads the text as weights.
pub fn weights(text: &str) -> std::result::Result<u64, String> {
    let read = Weights::with_overlay(text, Path::new(PATH));
    if let Ok(weights) = &read {
        let frequency = weights.frequency(3, 1.0, true);
        if frequency.is_nan() || weights.length_factor(1.0).is_nan() {
            return Err(format!("a frequency: {frequency}"));
        }
    }
    told(text, read.map(|_| 0))
}

/// Reads the text as queries of an evaluation.
pub fn queries(text: &str) -> std::result::Result<u64, String> {
    let read = read_queries(text, Path::new(PATH));
    if let Ok(queries) = &read {
        let lines = text.lines().count();
        let sound = queries
            .iter()
            .all(|query| !query.id.is_empty() && (1..=lines).contains(&query.line));
        if !sound {
            return Err("a query without id or line".to_owned());
        }
    }
    told(text, read.map(|queries| queries.len().min(3)))
}

/// Reads the text as judgements.
pub fn judgements(text: &str) -> std::result::Result<u64, String> {
    told(
        text,
        read_qrels(text, Path::new(PATH)).map(|qrels| qrels.len().min(3)),
    )
}

/// Reads the text as a run; its scores are numbers, the highest first.
pub fn run(text: &str) -> std::result::Result<u64, String> {
    let read = read_run(text, Path::new(PATH));
    if let Ok(run) = &read {
        for found in run.values() {
            if !found
                .iter()
                .map(|one| one.score)
                .is_sorted_by(|a, b| a >= b)
            {
                return Err("scores are not in order".to_owned());
            }
        }
    }
    told(text, read.map(|run| run.len().min(3)))
}

/// The outcome: a number of what was read, or an error that names the file and a line within it.
fn told(text: &str, read: Result<usize>) -> std::result::Result<u64, String> {
    let mut hasher = DefaultHasher::new();
    match read {
        Ok(count) => (true, count).hash(&mut hasher),
        Err(error) => {
            let said = error.to_string();
            if !said.contains(PATH) {
                return Err(format!("the file is not named: {said}"));
            }
            if let Error::Data { line, .. } = &error
                && !(1..=text.split('\n').count()).contains(line)
            {
                return Err(format!("a line out of the text: {line}, {said}"));
            }
            // What is wrong, without the words that are the file's own.
            let words = said.split(['\'', '"', '`']).step_by(2);
            let words: String = words.collect();
            let words = words.replace(|c: char| c.is_ascii_digit(), "");
            words.chars().take(80).collect::<String>().hash(&mut hasher);
        }
    }
    Ok(hasher.finish())
}
