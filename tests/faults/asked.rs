//! Turns an index into its answers to a handful of questions, so that two can be compared; and tells whether it is sound.

use crate::place::{Ended, Place, entries};

/// The answers of an index, as one text.
pub type Answers = String;

/// Asks the index in `folder`, as it is.
///
/// Fails with what a command said where it gave no answer.
pub fn answers(place: &Place, folder: &str) -> Result<Answers, String> {
    let questions: [&[&str]; 6] = [
        &["query", "change failure rate", "--json", "-n", "5"],
        &[
            "query",
            "kubernetes clusters",
            "--level",
            "senior",
            "--json",
        ],
        &["query", "w17 plan", "--json", "-n", "1000"],
        &["query", "change*", "--json", "-n", "1000"],
        &["query", "-f", "ids", "-n", "1000"],
        &["facets", "--json"],
    ];
    let mut told = String::new();
    for question in questions {
        let ended = place.run(&[question, &["--no-update", "--index", folder]].concat());
        calm(&ended)?;
        if !matches!(ended.code, Some(0 | 1)) {
            return Err(format!("{question:?} gives no answer: {}", ended.stderr));
        }
        told.push_str(&timeless(&ended.stdout));
    }
    Ok(told)
}

/// Answers without the time that they took.
pub fn timeless(text: &str) -> String {
    let mut kept = String::new();
    let mut parts = text.split("\"took_ms\":");
    kept.push_str(parts.next().unwrap_or_default());
    for part in parts {
        kept.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    kept
}

/// The answers of an index that is built of the corpus as it now is.
pub fn fresh(place: &Place) -> Answers {
    let folder = place.here().join("fresh");
    let _ = std::fs::remove_dir_all(&folder);
    let ended = place.run(&["index", "corpus", "--index", "fresh"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    answers(place, "fresh").unwrap()
}

/// No command says that something panicked.
pub fn calm(ended: &Ended) -> Result<(), String> {
    if ended.stderr.contains("panicked") || ended.stderr.contains("RUST_BACKTRACE") {
        return Err(format!("a panic is told: {}", ended.stderr));
    }
    Ok(())
}

/// After a fault the next run catches up, the index is sound, and nothing piles up.
pub fn catches_up(place: &Place, wanted: &Answers) -> Result<(), String> {
    let ended = place.run(&["index"]);
    calm(&ended)?;
    if ended.code != Some(0) {
        return Err(format!(
            "the next run ends with {:?}: {}",
            ended.code, ended.stderr
        ));
    }
    if answers(place, "index")? != *wanted {
        return Err("after the next run the answers are not those of a fresh index".to_owned());
    }
    sound(place)?;
    let (found, fresh) = (
        entries(&place.here().join("index")),
        entries(&place.here().join("fresh")),
    );
    let folders = |entries: &[String]| entries.iter().filter(|name| name.ends_with('/')).count();
    let is_left = |name: &&String| name.contains(".tmp") || name.contains(".new");
    // An index that is brought up to date bit by bit may have more files than a fresh one, but not ever more.
    if folders(&found) != folders(&fresh)
        || found.len() > 4 * fresh.len() + 64
        || found.iter().any(|name| is_left(&name))
    {
        return Err(format!("something is left: {found:?}"));
    }
    let left = entries(&place.tmp());
    if !left.is_empty() {
        return Err(format!("temporary files are left: {left:?}"));
    }
    Ok(())
}

/// The program itself finds nothing wrong, where it can be asked.
pub fn sound(place: &Place) -> Result<(), String> {
    if !place.has_verify() {
        return Ok(());
    }
    let ended = place.run(&["verify"]);
    calm(&ended)?;
    if ended.code != Some(0) {
        return Err(format!(
            "it is not sound: {} {}",
            ended.stdout, ended.stderr
        ));
    }
    Ok(())
}
