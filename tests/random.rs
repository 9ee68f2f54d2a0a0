//! Ten thousand random queries through the whole search: every one is answered, and the slowest is told.

use std::time::{Duration, Instant};

use bp::index::build::build_in_memory;
use bp::index::{Plan, Sources};
use bp::query::parse;
use bp::search::{Request, search, suggest};

/// A small generator of its own, so that a failure comes again.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

const PIECES: [&str; 64] = [
    "kubernetes",
    "terrafrm",
    "mean time to restore",
    "MTTR",
    "k8s",
    "finops",
    "who owns",
    "the",
    "C++",
    "C#",
    ".NET",
    "CI/CD",
    "on-call",
    "oncall",
    "R&D",
    "P&L",
    "SOC 2",
    "99.9%",
    "don't",
    "résumé",
    "日本語",
    "İ",
    "ß",
    "🚀",
    "e\u{301}",
    "\u{200b}",
    "\u{202e}",
    "\"",
    "“",
    "”",
    "(",
    ")",
    "((",
    "))",
    "+",
    "-",
    "!",
    "=",
    "*",
    "~",
    "~2",
    "^3",
    ":",
    "AND",
    "OR",
    "NOT",
    "&&",
    "||",
    "title:",
    "skill:",
    "kpi:",
    "tool:",
    "resp:",
    "career:",
    "level:",
    "domain:",
    "level:director+",
    "cloud*",
    "=Go",
    "\"error budget\"~3",
    "a",
    "\u{0}",
    "\\",
    "'; --",
];

#[test]
fn every_random_query_is_answered() {
    let plan = Plan {
        sources: Sources::BuiltIn,
        ..Plan::default()
    };
    let (index, _) = build_in_memory(&plan).unwrap();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut slowest = (Duration::ZERO, String::new());
    for round in 0..10_000 {
        let mut text = String::new();
        for _ in 0..=random.below(12) {
            text.push_str(PIECES[random.below(PIECES.len())]);
            text.push_str(if random.below(3) == 0 { "" } else { " " });
        }
        let request = Request {
            query: parse(&text),
            limit: 3,
            passages: if round % 8 == 0 { 2 } else { 0 },
            ..Request::default()
        };
        let start = Instant::now();
        let answer = search(&index, &request).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        if round % 8 == 0 {
            suggest(&index, &request, &answer).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        }
        assert!(
            answer.hits.iter().all(|hit| hit.score.is_finite()),
            "{text:?}"
        );
        if start.elapsed() > slowest.0 {
            slowest = (start.elapsed(), text);
        }
    }
    // A machine under load is no failure: the time is told, not judged.
    println!("slowest of 10,000: {:?} for {:?}", slowest.0, slowest.1);
}
