//! Tells what a line around an article is: who wrote it and when, a trail from the home page, a footer.

use super::words::page_words;
use crate::blueprint::LINE_BREAK;
use crate::taxonomy::words;

/// The longest line that names an author, a date or a category, in words.
const MAX_BYLINE: usize = 20;
/// The longest step of a trail, in words.
const MAX_STEP: usize = 8;
/// The most categories that a page is filed under.
const MAX_CATEGORIES: usize = 32;
/// The longest line of a footer, in words.
const MAX_FOOTER: usize = 60;

/// Returns whether a line says who wrote a page, when, how long it takes to read, or what it is filed under.
pub fn is_byline(text: &str) -> bool {
    words(text).len() <= MAX_BYLINE && parts(text).any(is_author_or_date)
}

/// The parts of a line that names several things.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let signs = ['·', '|', '•', '∙'];
    let parts = text.split(signs).flat_map(|part| part.split(" / "));
    parts.map(str::trim).filter(|part| !part.is_empty())
}

/// Returns what a line that names an author and a date names beside them: it may be what the page is filed under.
pub fn beside_byline(text: &str) -> Vec<String> {
    let others = parts(text).filter(|part| !is_author_or_date(part) && words(part).len() <= 5);
    others.map(str::to_owned).collect()
}

fn is_author_or_date(text: &str) -> bool {
    let words = words(text);
    if words.is_empty() || words.len() > MAX_BYLINE || text.ends_with('.') && words.len() > 8 {
        return false;
    }
    let page = page_words();
    page.byline.begin(&words) && (words.len() > 1) && !is_sentence(text)
        || page.reading.end(&words) && words.iter().any(|word| is_number(word))
        || is_date(&words)
        || is_dated(&words) && !is_sentence(text)
}

/// Whether a short line begins with a date of day, month and year: "March 3, 2024 by Jo".
fn is_dated(words: &[String]) -> bool {
    let begins = (2..=4).any(|length| words.len() >= length && is_date(&words[..length]));
    begins && words.len() <= 12
}

/// "By the end of the year, costs fall." is no byline.
fn is_sentence(text: &str) -> bool {
    text.ends_with(['.', '!', '?'])
}

fn is_number(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit())
}

/// Whether words are a date, with the time or a weekday, and nothing more.
fn is_date(words: &[String]) -> bool {
    let months = &page_words().months;
    let number = |word: &str| {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
        !digits.is_empty() && is_number(digits) && word.len() - digits.len() <= 2
    };
    let known = |word: &String| {
        number(word)
            || months.are(std::slice::from_ref(word))
            || ["am", "pm", "utc", "gmt", "at", "on", "of"].contains(&word.as_str())
            || word.ends_with("day") && word.len() < 10
    };
    let has_year = words
        .iter()
        .any(|word| word.len() == 4 && is_number(word) && word.starts_with(['1', '2']));
    words.len() >= 3 && has_year && words.iter().all(known)
}

/// Returns the categories that a line names behind a label: "Filed under: Cloud, Security".
pub fn filed(text: &str) -> Vec<String> {
    let Some((label, rest)) = text.split_once(':') else {
        return Vec::new();
    };
    let label = words(label);
    let is_label = [
        "category",
        "categories",
        "filed under",
        "filed in",
        "posted in",
    ]
    .iter()
    .any(|known| words(known) == label);
    let steps = rest.split([',', '|', '·', LINE_BREAK]);
    steps
        .map(|step| step.trim().to_owned())
        .filter(|step| is_label && (1..=MAX_STEP).contains(&words(step).len()))
        .collect()
}

/// Returns the steps of a trail between the home page and the page itself, which may be called `title`; `None` for a
/// line that is no trail.
pub fn trail(text: &str, title: &str) -> Option<Vec<String>> {
    // Bars part the links of menus.
    steps_between(steps(text)?, title)
}

/// Returns the steps of a line in front of a title: it is a trail too where it ends with the page itself.
pub fn trail_before(text: &str, title: &str) -> Option<Vec<String>> {
    let steps = steps(text)?;
    steps_to(steps, title)
}

/// The parts of a line with signs between them that stand in trails.
fn steps(text: &str) -> Option<Vec<String>> {
    let signs: [&[char]; 2] = [&['›', '»', '>', '→', '❯', '⟩', '▸'], &['/', '\\']];
    let text = text.replace(LINE_BREAK, " ");
    let text = text.trim();
    let rest = text.strip_prefix("You are here:").unwrap_or(text);
    let signs = signs.into_iter().find(|signs| rest.contains(*signs))?;
    let steps = rest.split(signs).map(|step| step.trim().to_owned());
    Some(steps.collect())
}

/// Returns the steps in front of the page itself, whatever the first is called.
pub fn steps_to(mut steps: Vec<String>, title: &str) -> Option<Vec<String>> {
    steps.retain(|step| !step.is_empty());
    if let Some(between) = steps_between(steps.clone(), title) {
        return Some(between);
    }
    let last = steps.pop()?;
    let is_short = |step: &String| words(step).len() <= MAX_STEP;
    (!steps.is_empty() && steps.iter().all(is_short) && same(&last, title)).then_some(steps)
}

/// Returns the steps between the home page and the page itself.
pub fn steps_between(steps: Vec<String>, title: &str) -> Option<Vec<String>> {
    let mut steps: Vec<String> = steps.into_iter().filter(|step| !step.is_empty()).collect();
    let first = words(steps.first()?);
    let is_long = |step: &String| words(step).len() > MAX_STEP && !same(step, title);
    if steps.len() < 2 || !page_words().home.are(&first) || steps.iter().any(is_long) {
        return None;
    }
    steps.remove(0);
    if steps.last().is_some_and(|last| same(last, title)) {
        steps.pop();
    }
    Some(steps)
}

/// Whether a step, or a line, is the name of the page: a long one may be cut short.
pub fn same(text: &str, title: &str) -> bool {
    let (text, title) = (words(text), words(title));
    !text.is_empty()
        && !title.is_empty()
        && (text == title
            || title.starts_with(&text) && text.len() > 2 && text.len() * 2 >= title.len()
            || text.starts_with(&title))
}

/// Returns whether a line stands at the end of a page: rights, policies, makers.
pub fn is_footer(text: &str) -> bool {
    let words = words(text);
    words.len() <= MAX_FOOTER
        && (text.starts_with(['©', '®'])
            || words.first().is_some_and(|word| word == "copyright")
            || text.contains('©') && words.len() <= 20
            || page_words().footer.stand_in(&words) && words.len() <= 30)
}

/// Returns whether a sentence speaks of the page, of those who may apply, or of what is stored about readers, or a line
/// is what a button says.
pub fn is_notice(text: &str) -> bool {
    let words = words(text);
    let page = page_words();
    let is_button = words.len() <= 4 && page.buttons.are(&words);
    let has_address = || words.len() <= MAX_BYLINE && text.contains('@') && !text.contains(" @");
    words.len() <= MAX_FOOTER && (page.notices.stand_in(&words) || is_button || has_address())
}

/// Returns whether a link leads to the page before or behind.
pub fn is_step(text: &str) -> bool {
    let signs = ['«', '»', '←', '→', '‹', '›'];
    let begins = text.starts_with(signs) || text.ends_with(signs);
    let words = words(text);
    words.len() <= MAX_BYLINE && (begins || page_words().steps.begin(&words))
}

/// Returns whether words lead to the rest of what is begun: "Read more".
pub fn is_more(text: &str) -> bool {
    let words = words(text);
    let more = &page_words().more;
    more.are(&words)
        || words.len() <= 12
            && ["read more", "continue reading", "read the full"]
                .iter()
                .any(|begin| text.to_lowercase().starts_with(begin))
}

/// Keeps each category once, and no more than a page can be filed under.
pub fn once(categories: &mut Vec<String>) {
    categories.truncate(MAX_CATEGORIES);
    let mut seen: Vec<String> = Vec::new();
    categories.retain(|name| {
        let is_new = !name.is_empty() && !seen.contains(name);
        seen.push(name.clone());
        is_new
    });
}

/// Takes the link to the rest off the end of a teaser: "… Read more", "Continue reading".
pub fn cut_more(text: &mut String) {
    let lower = text.to_lowercase();
    let begins = [
        "read more",
        "continue reading",
        "read the full",
        "learn more",
    ];
    let found = begins.iter().filter_map(|begin| lower.rfind(begin)).max();
    if let Some(at) = found
        && lower.len() == text.len()
        && text.is_char_boundary(at)
        && words(&text[at..]).len() <= 12
        && text[..at]
            .trim_end()
            .ends_with(['.', '…', ']', '!', '?', LINE_BREAK])
    {
        text.truncate(at);
    }
    let end = text
        .trim_end_matches([' ', LINE_BREAK, '→', '»'])
        .trim_end_matches("[…]")
        .trim_end_matches("[...]")
        .trim_end()
        .len();
    text.truncate(end);
}

/// Takes the sign that links to a heading off its end: "Skills ¶", "Skills#". "C#" keeps its own.
pub fn cut_sign(heading: &mut String) {
    loop {
        let end = heading
            .trim_end_matches([' ', '¶', '§', '🔗', LINE_BREAK])
            .len();
        heading.truncate(end);
        let Some(rest) = heading.strip_suffix('#') else {
            return;
        };
        let last = rest.rsplit(' ').next().unwrap_or_default();
        let is_name = (1..3).contains(&last.len()) || last.ends_with('#');
        if is_name || rest.trim().is_empty() {
            return;
        }
        heading.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bylines_are_told_from_sentences() {
        for (text, is) in [
            ("By Jo Weaver", true),
            ("Posted on March 3, 2024 by Jo Weaver", true),
            ("March 3rd, 2024", true),
            ("2024-03-03", true),
            ("March 3rd, 2024 by Jo", true),
            ("2024 March goals are met in full.", false),
            ("7 min read", true),
            ("7 min read · Updated 2024-03-03", true),
            ("Skills | Tools", false),
            ("Filed under: Cloud, Security", true),
            ("Last updated: 3 March 2024", true),
            ("By month six, costs are visible to every team.", false),
            ("Updated weekly.", false),
            ("Location: Leeds", false),
            ("Guards releases.", false),
            ("2024", false),
        ] {
            assert_eq!(is_byline(text), is, "{text}");
        }
    }

    #[test]
    fn trails_are_steps_between_home_and_page() {
        for (text, steps) in [
            ("Home › AI & ML › Prompt Engineer", Some("AI & ML")),
            (
                "Home » Roles » Cloud » Prompt Engineer: Role Blueprint",
                Some("Roles|Cloud"),
            ),
            ("You are here: Home / Cloud", Some("Cloud")),
            ("Home > Cloud", Some("Cloud")),
            ("AWS / Azure / GCP", None),
            ("Home | Jobs | About", None),
            ("Home", None),
            ("Home office and travel", None),
        ] {
            assert_eq!(
                trail(text, "Prompt Engineer")
                    .map(|steps| steps.join("|"))
                    .as_deref(),
                steps,
                "{text}"
            );
        }
    }

    #[test]
    fn notices_speak_of_the_page_and_its_readers() {
        for (text, is) in [
            ("Acme is an equal opportunity employer.", true),
            ("This site uses cookies.", true),
            ("Report a problem with this page", true),
            ("Dismiss", true),
            ("Mail jo@acme.example", true),
            ("Pages are answered within @ten minutes.", false),
            ("Opportunity cost per employer served", false),
            ("Dismiss alarms that repeat", false),
        ] {
            assert_eq!(is_notice(text), is, "{text}");
        }
    }

    #[test]
    fn headings_lose_the_sign_of_their_link() {
        for (heading, text) in [
            ("Skills ¶", "Skills"),
            ("Skills#", "Skills"),
            ("Skills #", "Skills"),
            ("Senior C#", "Senior C#"),
            ("F#", "F#"),
            ("#", "#"),
        ] {
            let mut name = heading.to_owned();
            cut_sign(&mut name);
            assert_eq!(name, text, "{heading}");
        }
    }

    #[test]
    fn links_to_the_pages_beside_are_told() {
        for (text, is) in [
            ("« Prev Baker", true),
            ("Miller →", true),
            ("Next post", true),
            ("Nextflow Engineer", false),
        ] {
            assert_eq!(is_step(text), is, "{text}");
        }
    }

    #[test]
    fn what_stands_beside_a_byline_may_file_the_page() {
        assert_eq!(
            beside_byline("1 Comment / Finance / By Jo Weaver / March 3, 2024"),
            ["1 Comment", "Finance"]
        );
    }

    #[test]
    fn a_trail_in_front_may_end_with_the_page() {
        for (text, steps) in [
            ("Acme/People/Baker", Some("Acme|People")),
            ("Home › People › Baker", Some("People")),
            ("Acme/People/Miller", None),
            ("AWS / Azure", None),
        ] {
            let found = trail_before(text, "Baker").map(|steps| steps.join("|"));
            assert_eq!(found.as_deref(), steps, "{text}");
        }
    }

    #[test]
    fn footers_are_told() {
        for (text, is) in [
            ("© 2024 Acme Ltd. All rights reserved.", true),
            ("Privacy Policy | Terms of Service", true),
            ("Copyright 2024 Acme", true),
            ("Writes the privacy notice of each product.", false),
        ] {
            assert_eq!(is_footer(text), is, "{text}");
        }
    }
}
