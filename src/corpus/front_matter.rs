//! Turns the head of a document, YAML between `---` or TOML between `+++`, into named values.

use serde_json::Value;

use super::bounds;
use super::document::{Head, HeadEntry};

/// A head, what is wrong with it, and where the text begins.
#[derive(Debug, Default, PartialEq)]
pub struct FrontMatter {
    /// The named values.
    pub head: Head,
    /// Byte offset of the text behind the head.
    pub end: usize,
    /// Line of the text behind the head, one-based.
    pub line: u32,
    /// What the parser said, with the line; the lines of the form `key: value` were read all the same.
    pub broken: Option<(u32, String)>,
    /// Whether it is longer than what is parsed, and read as text.
    pub too_long: bool,
}

/// Reads the head of a text; without one, `end` is 0.
pub fn read(text: &str) -> FrontMatter {
    let none = FrontMatter {
        line: 1,
        ..FrontMatter::default()
    };
    let Some(fence) = text
        .lines()
        .next()
        .map(str::trim_end)
        .filter(|fence| ["---", "+++"].contains(fence))
    else {
        return none;
    };
    let mut start = 0;
    let mut line = 1;
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        at += raw.len();
        line += 1;
        if line == 2 {
            start = at;
            continue;
        }
        let closes = raw.trim_end() == fence || (fence == "---" && raw.trim_end() == "...");
        if closes {
            let source = &text[start..at - raw.len()];
            let (head, broken) = parse(source, fence);
            return FrontMatter {
                head,
                end: at,
                line,
                broken,
                too_long: false,
            };
        }
        if at > bounds::HEAD.count() {
            return FrontMatter {
                too_long: unclosed(text, start).is_some(),
                ..none
            };
        }
    }
    unclosed(text, start).unwrap_or(none)
}

/// A fence that nothing closes is a rule, unless lines of `key: value` follow it.
fn unclosed(text: &str, start: usize) -> Option<FrontMatter> {
    let (head, lines) = salvage(&text[start..]);
    if head.entries.is_empty() {
        return None;
    }
    let end = start
        + text[start..]
            .split_inclusive('\n')
            .take(lines)
            .map(str::len)
            .sum::<usize>();
    Some(FrontMatter {
        head,
        end,
        line: 2 + lines as u32,
        broken: Some((1, "the head is not closed".to_owned())),
        too_long: false,
    })
}

fn parse(source: &str, fence: &str) -> (Head, Option<(u32, String)>) {
    let parsed = if fence == "---" {
        parse_yaml(source)
    } else {
        parse_toml(source)
    };
    match parsed {
        Ok(Value::Object(map)) => {
            let mut head = Head::default();
            for (key, value) in map {
                let line = line_of(source, &key);
                head.push(&key, flatten(&value), line);
            }
            head.entries.sort_by_key(|entry| entry.line);
            (head, None)
        }
        Ok(Value::Null) => (Head::default(), None),
        Ok(_) => (
            Head::default(),
            Some((2, "the head holds no named values".to_owned())),
        ),
        Err((line, reason)) => (salvage(source).0, Some((line + 1, reason))),
    }
}

fn parse_yaml(source: &str) -> Result<Value, (u32, String)> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        budget: serde_saphyr::budget! { max_depth: 32, max_nodes: 10_000, max_aliases: 100, max_anchors: 100, },
    };
    serde_saphyr::from_str_with_options(source, options).map_err(|error| {
        let line = error
            .location()
            .map_or(1, |location| location.line() as u32);
        let text = error.without_snippet().to_string();
        (line, text.lines().next().unwrap_or("not YAML").to_owned())
    })
}

fn parse_toml(source: &str) -> Result<Value, (u32, String)> {
    toml::from_str(source).map_err(|error| {
        let line = error.span().map_or(1, |span| {
            1 + source[..span.start.min(source.len())].matches('\n').count() as u32
        });
        (
            line,
            error
                .message()
                .lines()
                .next()
                .unwrap_or("not TOML")
                .to_owned(),
        )
    })
}

fn flatten(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(flatten).collect(),
        Value::Object(map) => named(map),
        other => vec![other.to_string()],
    }
}

/// An object with a name becomes a line as a list would have it: "Rust (critical): services".
fn named(map: &serde_json::Map<String, Value>) -> Vec<String> {
    let Some(name) = map.get("name").or_else(|| map.get("title")) else {
        return map.values().flat_map(flatten).collect();
    };
    let one = |key: &str| {
        map.get(key)
            .map(|value| flatten(value).join(", "))
            .filter(|text| !text.is_empty())
    };
    let weight = one("weight")
        .or_else(|| one("importance"))
        .map(|weight| format!(" ({weight})"))
        .unwrap_or_default();
    let apart = ["name", "title", "weight", "importance"];
    let rest = map.iter().filter(|(key, _)| !apart.contains(&key.as_str()));
    let rest: Vec<String> = rest.flat_map(|(_, value)| flatten(value)).collect();
    let rest = if rest.is_empty() {
        String::new()
    } else {
        format!(": {}", rest.join(", "))
    };
    vec![format!("{}{weight}{rest}", flatten(name).join(" "))]
}

fn line_of(source: &str, key: &str) -> u32 {
    let is_key = |line: &str| {
        line.trim_start_matches(['"', '\''])
            .strip_prefix(key)
            .is_some_and(|rest| {
                rest.trim_start_matches(['"', '\'', ' '])
                    .starts_with([':', '='])
            })
    };
    2 + source.lines().position(is_key).unwrap_or(0) as u32
}

/// Reads what can be read of a broken head, and says how many lines of it there were.
fn salvage(source: &str) -> (Head, usize) {
    let mut head = Head::default();
    let mut lines = 0;
    for (at, line) in source.lines().take(64).enumerate() {
        let entry = entry_of(line, at as u32 + 2);
        match entry {
            Some(entry) => head.entries.push(entry),
            None if line.starts_with([' ', '\t', '-']) || (line.trim().is_empty() && lines > 0) => {
            }
            None => break,
        }
        lines = at + 1;
    }
    (head, lines)
}

/// Reads a line of the form `key: value` or `key: [a, b]`.
pub fn entry_of(line: &str, number: u32) -> Option<HeadEntry> {
    let (key, value) = line.split_once([':', '='])?;
    let key = key.trim();
    if key.is_empty()
        || key.len() > 32
        || !key
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' '))
    {
        return None;
    }
    let value = value.trim();
    let mut head = Head::default();
    let list = value
        .strip_prefix('[')
        .map(|inner| inner.trim_end_matches(']'));
    let values: Vec<String> = match list {
        Some(list) => list.split(',').map(unquoted).collect(),
        None => vec![unquoted(value)],
    };
    head.push(key, values, number);
    head.entries.pop()
}

fn unquoted(value: &str) -> String {
    value.trim().trim_matches(['"', '\'']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(text: &str) -> Vec<(String, String, u32)> {
        read(text)
            .head
            .entries
            .into_iter()
            .map(|entry| (entry.key, entry.values.join("|"), entry.line))
            .collect()
    }

    #[test]
    fn heads_are_named_values() {
        let yaml = "---\nid: a\nTitle: 'B: C'\ndomains: [x, y]\naliases:\n  - p\n  - q\n---\ntext";
        assert_eq!(
            entries(yaml),
            [
                ("id".into(), "a".into(), 2),
                ("title".into(), "B: C".into(), 3),
                ("domains".into(), "x|y".into(), 4),
                ("aliases".into(), "p|q".into(), 5)
            ]
        );
        assert_eq!((read(yaml).end, read(yaml).line), (yaml.len() - 4, 9));
        assert_eq!(
            entries("+++\ntitle = \"A\"\nlevels = [\"x\"]\n+++\n"),
            [
                ("title".into(), "A".into(), 2),
                ("levels".into(), "x".into(), 3)
            ]
        );
    }

    #[test]
    fn objects_become_lines_of_a_list() {
        let head = "---\nskills:\n  - {name: Rust, weight: critical, use: services}\nkpis:\n  - name: MTTR\n    target: 1 h\n---\n";
        assert_eq!(
            entries(head),
            [
                ("skills".into(), "Rust (critical): services".into(), 2),
                ("kpis".into(), "MTTR: 1 h".into(), 4)
            ]
        );
    }

    #[test]
    fn what_is_no_head_is_text() {
        for text in [
            "",
            "# A",
            "---",
            "---\n\ntext\n\n---\nmore",
            "text\n---\nid: a\n---",
        ] {
            let front = read(text);
            assert!(front.head.entries.is_empty(), "{text:?}");
        }
        assert_eq!(read("# A").end, 0);
    }

    #[test]
    fn a_broken_head_is_told_and_read_as_far_as_it_goes() {
        let front = read("---\ntitle: A\nlevel: [senior\ndomain: x\n---\ntext");
        assert!(front.broken.is_some());
        assert_eq!(front.head.entries[0].values, ["A"]);
        let open = read("---\ntitle: A\nlevel: senior\n\n# A\n");
        assert_eq!(open.broken, Some((1, "the head is not closed".to_owned())));
        assert_eq!(open.head.entries.len(), 2);
        assert!("---\ntitle: A\nlevel: senior\n\n# A\n"[open.end..].starts_with("# A"));
    }

    #[test]
    fn a_bomb_of_aliases_is_refused() {
        let mut bomb = String::from("---\ntitle: A\na0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for at in 1..20 {
            let last = at - 1;
            bomb.push_str(&format!(
                "a{at}: &a{at} [{}]\n",
                vec![format!("*a{last}"); 9].join(", ")
            ));
        }
        bomb.push_str("---\n");
        let front = read(&bomb);
        assert!(front.broken.is_some());
        assert_eq!(front.head.entries[0].values, ["A"]);
    }
}
