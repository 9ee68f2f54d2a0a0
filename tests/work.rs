//! What a query costs, in counts that do not shake: files, posting lists, postings, positions, documents, allocations.
//!
//! A time differs from run to run and from machine to machine; these differ only where the program does something else.
//! Where that is wanted, the table that a failure prints takes the place of the one below.

#![allow(
    unsafe_code,
    reason = "the allocator of this test counts, and nothing else"
)]
#![allow(clippy::unwrap_used, reason = "a test that fails says so by a panic")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt::Write as _;
use std::path::Path;

use bp::index::build::update;
use bp::index::open::{Found, OpenIndex, open};
use bp::index::{Options, Plan, Sources};
use bp::query::parse;
use bp::search::{Request, Work, search, suggest};

thread_local! {
    /// Allocations of this thread.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

/// The allocator of the system, which counts for each thread how often it is asked.
struct Counting;

/// One more allocation; of a thread that is ending, none.
fn count() {
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: each call is handed on as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.realloc(memory, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// What a query costs on an index that has just been opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    /// Roles found.
    found: u64,
    /// Files opened by the query itself.
    files: u64,
    work: Work,
    allocations: u64,
}

fn opened(folder: &Path) -> OpenIndex {
    match open(folder).unwrap() {
        Found::Index(index) => *index,
        _ => panic!("no index in {}", folder.display()),
    }
}

/// Asks for ten roles and for what would help, as `bp query` does, with so many passages a role.
fn cost(folder: &Path, query: &str, passages: usize) -> Cost {
    let request = Request {
        query: parse(query),
        limit: 10,
        passages,
        ..Request::default()
    };
    // What is made once a process is made here.
    let index = opened(folder);
    let answer = search(&index, &request).unwrap();
    suggest(&index, &request, &answer).unwrap();
    let index = opened(folder);
    let (files, allocations) = (index.opened_files(), ALLOCATIONS.get());
    let answer = search(&index, &request).unwrap();
    suggest(&index, &request, &answer).unwrap();
    Cost {
        allocations: ALLOCATIONS.get() - allocations,
        files: index.opened_files() - files,
        found: answer.counts.total,
        work: answer.work,
    }
}

/// A row: the query, and its costs in the order of [`HEAD`].
type Row = (&'static str, [u64; 7]);
const HEAD: &str = "query, [found, files, lists, postings, positions, documents, allocations]";

fn row(cost: &Cost) -> [u64; 7] {
    let Work {
        lists,
        postings,
        positions,
        documents,
    } = cost.work;
    [
        cost.found,
        cost.files,
        lists,
        postings,
        positions,
        documents,
        cost.allocations,
    ]
}

/// Holds a table: all is exact but the allocations, which may be a tenth more; far fewer are to be written down.
fn holds(folder: &Path, table: &[Row]) {
    let mut differs = Vec::new();
    let mut now = String::new();
    for (query, expected) in table {
        let costs = row(&cost(folder, query, 2));
        let _ = writeln!(now, "    ({query:?}, {costs:?}),");
        let (exact, bound) = (&costs[..6], expected[6]);
        let is_near = costs[6] <= bound + bound / 10 && costs[6] >= bound - bound / 4;
        if *exact != expected[..6] || !is_near {
            differs.push(format!("{query}: {costs:?} and not {expected:?}"));
        }
    }
    assert!(differs.is_empty(), "{}\n{HEAD}\n{now}", differs.join("\n"));
}

/// The shipped blueprints.
const SHIPPED: [Row; 14] = [
    ("finops", [6, 0, 14, 32, 2, 6, 3028]),
    ("kubernetes", [7, 0, 12, 34, 0, 7, 1589]),
    ("openxr", [2, 0, 10, 12, 3, 2, 954]),
    ("change failure rate", [30, 0, 34, 318, 9, 10, 3949]),
    (
        "terraform kubernetes observability",
        [20, 0, 44, 142, 44, 10, 3737],
    ),
    ("\"error budget\"", [3, 0, 4, 8, 10, 3, 890]),
    ("\"budget error\"~3", [3, 0, 4, 8, 0, 3, 842]),
    ("kuberentes", [6, 0, 8, 21, 0, 6, 1390]),
    ("k8s", [6, 0, 8, 21, 0, 6, 1115]),
    ("kube*", [7, 0, 14, 27, 0, 7, 1288]),
    ("=sre -xr", [4, 0, 16, 36, 1, 4, 1382]),
    (
        "skill:terraform AND NOT title:director",
        [3, 0, 7, 29, 4, 3, 988],
    ),
    (
        "who owns incident response and capacity planning for the data platform",
        [30, 0, 153, 671, 584, 10, 7288],
    ),
    ("xyzzy", [0, 0, 0, 0, 0, 0, 435]),
];

/// 1,900 generated ones.
const GENERATED: [Row; 6] = [
    ("zymurgy", [7, 0, 2, 14, 0, 7, 732]),
    ("stable", [1900, 0, 4, 7600, 0, 10, 1084]),
    ("zymurgy stable", [1900, 0, 8, 7614, 7, 10, 2263]),
    ("\"keeps zymurgy\"", [7, 0, 1, 7, 7, 7, 717]),
    ("title:zymurgy", [0, 0, 0, 0, 0, 0, 269]),
    ("zymurgi", [7, 0, 1, 7, 0, 7, 532]),
];

fn built(plan: &Plan) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    update(&folder.path().join("index"), plan, &Options::default()).unwrap();
    folder
}

/// The index of so many small roles, which one thread writes where they are fewer than 2,000; "zymurgy" stands in seven of the first 950, "stable" in all, which are of many lengths.
fn generated(roles: usize) -> tempfile::TempDir {
    let files = tempfile::tempdir().unwrap();
    for number in 0..roles {
        let (rare, folder) = match number {
            3 | 140 | 141 | 420 | 666 | 901 | 949 => ("Keeps zymurgy alive", number % 7),
            _ => ("Keeps zebras alive", number % 7),
        };
        let folder = files.path().join(folder.to_string());
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(
            folder.join(format!("{number:05}.md")),
            format!(
                "# Keeper of Stable {number}\n\n## Responsibilities\n\n- {rare}\n- Cleans stable {}{}\n\n## Skills\n\n- Patience\n",
                number % 10,
                " daily".repeat(number * 7_919 % 97)
            ),
        )
        .unwrap();
    }
    built(&Plan {
        sources: Sources::Paths(vec![files.path().canonicalize().unwrap()]),
        ..Plan::default()
    })
}

#[test]
fn queries_of_the_shipped_blueprints_cost_what_they_did() {
    let folder = built(&Plan::default());
    holds(&folder.path().join("index"), &SHIPPED);
}

#[test]
fn work_follows_what_matches_and_not_the_corpus() {
    let (small, large) = (generated(950), generated(1_900));
    let (small, large) = (small.path().join("index"), large.path().join("index"));
    holds(&large, &GENERATED);
    for query in ["zymurgy", "\"keeps zymurgy\"", "title:zymurgy", "zymurgi"] {
        let (few, many) = (cost(&small, query, 2), cost(&large, query, 2));
        assert_eq!(
            (few.found, few.files, few.work),
            (many.found, many.files, many.work),
            "{query}"
        );
        assert!(
            many.allocations.abs_diff(few.allocations) <= few.allocations / 50,
            "{query}: {few:?} {many:?}"
        );
    }
    // What stands in every role is read of every role, and of no more documents than are shown.
    let (few, many) = (cost(&small, "stable", 2), cost(&large, "stable", 2));
    assert_eq!((few.found, many.found), (950, 1_900));
    assert_eq!(many.work.postings, 2 * few.work.postings);
    assert_eq!((few.work.documents, many.work.documents), (10, 10));
    assert_eq!(few.work.lists, many.work.lists);
    // Room is taken for those that are among the best when they are met, and not for each that matches.
    assert!(
        many.allocations <= few.allocations + few.allocations / 5,
        "{few:?} {many:?}"
    );
}

#[test]
fn a_list_without_reasons_fetches_what_it_shows_and_opening_opens_each_file_alike() {
    let folder = built(&Plan::default());
    let index = folder.path().join("index");
    for query in ["kubernetes", ""] {
        let cost = cost(&index, query, 0);
        let shown = cost.found.min(10);
        assert!(shown > 0);
        assert_eq!((cost.files, cost.work.documents), (0, shown), "{query}");
    }
    let first = opened(&index).opened_files();
    assert_eq!((first, opened(&index).opened_files()), (FILES, FILES));
}

/// Files that are opened to open the index of the shipped blueprints, those that are only checked among them.
const FILES: u64 = 18;
