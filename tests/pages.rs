//! How much of a page with menus, teasers and comments around its article is read as the role: all of the article,
//! and nothing else.
//!
//! Figures are printed (`cargo test --test pages -- --nocapture`); what the pages are is told in `tests/pages/README.md`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that fails says so by a panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use bp::blueprint::{Blueprint, Provenance};
use bp::corpus::read_bytes;
use bp::taxonomy::Taxonomy;

/// How many words of each sort a message names.
const NAMED: usize = 12;

/// What is reached on the pages that no rule was made for, in thousandths, and how many of them state a level, a title
/// and a category that are read right. Floors go up alone.
const KEPT: [Floor; 2] = [
    Floor {
        ending: "html",
        precision: 995,
        recall: 1000,
        right: 12,
        clean: 9,
    },
    Floor {
        ending: "md",
        precision: 968,
        recall: 1000,
        right: 9,
        clean: 4,
    },
];

struct Floor {
    ending: &'static str,
    /// The share of the words read that are the article's, and of the article's that are read.
    precision: usize,
    recall: usize,
    /// How many pages are one role of their title, level and category.
    right: usize,
    /// How many pages give no word of chrome.
    clean: usize,
}

/// What a page has to give, as its file of words says.
#[derive(Debug, Default)]
struct Expected {
    values: BTreeMap<String, String>,
    /// The titles of an archive's roles.
    titles: Vec<String>,
    /// The words that have to be found, those that must not, and those that may.
    lists: BTreeMap<String, BTreeSet<String>>,
}

impl Expected {
    fn read(path: &Path) -> Self {
        let mut expected = Self::default();
        let mut list = String::new();
        for line in fs::read_to_string(path).unwrap().lines() {
            if let Some(name) = line.strip_prefix('[') {
                list = name.trim_end_matches(']').to_owned();
                expected.lists.entry(list.clone()).or_default();
            } else if list.is_empty() {
                let (key, value) = line.split_once(" = ").unwrap();
                if key == "role" {
                    expected.titles.push(value.to_owned());
                } else {
                    expected.values.insert(key.to_owned(), value.to_owned());
                }
            } else {
                let words = line.split(' ').map(str::to_owned);
                expected.lists.get_mut(&list).unwrap().extend(words);
            }
        }
        expected
    }

    /// The value of a key, for a page of that ending: `level.html` holds for the page and not for its Markdown.
    fn value(&self, key: &str, ending: &str) -> Option<&str> {
        let own = self.values.get(&format!("{key}.{ending}"));
        own.or_else(|| self.values.get(key)).map(String::as_str)
    }

    fn list(&self, name: &str) -> &BTreeSet<String> {
        &self.lists[name]
    }
}

/// A page, or what a scraper made of it.
struct Page {
    folder: &'static str,
    name: String,
    ending: &'static str,
    path: PathBuf,
    expected: Expected,
}

impl Page {
    fn layout(&self) -> &str {
        self.name.rsplit_once('-').unwrap().0
    }

    fn label(&self) -> String {
        format!("{}/{}.{}", self.folder, self.name, self.ending)
    }

    fn roles(&self, taxonomy: &Taxonomy) -> Vec<Blueprint> {
        let bytes = fs::read(&self.path).unwrap();
        let reading = read_bytes(&bytes, &self.path.to_string_lossy(), None, taxonomy);
        let roles = reading.roles.into_iter();
        roles.map(|role| role.blueprint).collect()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages")
}

/// The pages of a folder by name, each followed by its Markdown.
fn pages(folder: &'static str) -> Vec<Page> {
    let files = fs::read_dir(root().join(folder)).unwrap();
    let mut names: Vec<String> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "words"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let mut pages = Vec::new();
    for name in names {
        for ending in ["html", "md"] {
            let path = root().join(folder).join(format!("{name}.{ending}"));
            if path.exists() {
                pages.push(Page {
                    folder,
                    name: name.clone(),
                    ending,
                    expected: Expected::read(&path.with_extension("words")),
                    path,
                });
            }
        }
    }
    pages
}

fn taxonomy() -> Taxonomy {
    Taxonomy::new(None, Path::new("")).unwrap()
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// The words that an index of these roles holds.
fn indexed(roles: &[Blueprint]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for role in roles {
        found.extend(words(&role.title));
        found.extend(role.aliases.iter().flat_map(|alias| words(alias)));
        for section in &role.sections {
            found.extend(words(&section.heading));
            found.extend(section.blocks.iter().flat_map(|block| words(&block.text)));
        }
    }
    found
}

/// How a page was read: counts of distinct words, and the words that are wrong.
#[derive(Debug, Clone, Default)]
struct Share {
    right: usize,
    read: usize,
    wanted: usize,
    wrong: Vec<String>,
    lost: Vec<String>,
}

impl Share {
    fn of(expected: &Expected, roles: &[Blueprint]) -> Self {
        let mut read = indexed(roles);
        read.retain(|word| !expected.list("either").contains(word));
        let article = expected.list("article");
        Self {
            right: read.intersection(article).count(),
            read: read.len(),
            wanted: article.len(),
            wrong: read.difference(article).cloned().collect(),
            lost: article.difference(&read).cloned().collect(),
        }
    }

    fn add(&mut self, other: &Self) {
        self.right += other.right;
        self.read += other.read;
        self.wanted += other.wanted;
    }

    /// The share of what was read that is the article's, and of the article that was read; nothing read is no precision.
    fn figures(&self) -> String {
        let share = |of: usize| match of {
            0 => 0.0,
            _ => self.right as f64 / of as f64,
        };
        format!("{:9.3} {:9.3}", share(self.read), share(self.wanted))
    }

    /// The same in whole thousandths.
    fn thousandths(&self) -> (usize, usize) {
        (
            self.right * 1000 / self.read.max(1),
            self.right * 1000 / self.wanted.max(1),
        )
    }

    /// What is wrong, for people.
    fn faults(&self) -> Option<String> {
        let faulty = !self.wrong.is_empty() || !self.lost.is_empty();
        faulty.then(|| format!("foreign {}, lost {}", some(&self.wrong), some(&self.lost)))
    }
}

/// How many words there are, and the first of them.
fn some(words: &[String]) -> String {
    let more = if words.len() > NAMED { " …" } else { "" };
    let named = &words[..words.len().min(NAMED)];
    format!("{} ({}{more})", words.len(), named.join(" "))
}

/// Prints a row a group, with precision and recall of the pages and of their Markdown.
fn print_table(title: &str, groups: &BTreeMap<String, BTreeMap<&str, Share>>) {
    println!(
        "{title:24} {:>9} {:>9} {:>9} {:>9}",
        "html: P", "R", "md: P", "R"
    );
    for (group, shares) in groups {
        let cell = |ending| match shares.get(ending) {
            Some(share) => share.figures(),
            None => format!("{:>9} {:>9}", "–", "–"),
        };
        println!("{group:24} {} {}", cell("html"), cell("md"));
    }
    println!();
}

fn judged() -> Vec<Page> {
    let mut judged = pages("tuned");
    judged.extend(pages("kept"));
    judged
}

#[test]
fn the_article_is_read_and_nothing_else() {
    let taxonomy = taxonomy();
    let mut by_page: BTreeMap<String, BTreeMap<&str, Share>> = BTreeMap::new();
    let mut by_layout = by_page.clone();
    let mut by_split = by_page.clone();
    let mut faults = Vec::new();
    for page in judged() {
        let share = Share::of(&page.expected, &page.roles(&taxonomy));
        if let Some(fault) = share.faults().filter(|_| page.folder == "tuned") {
            faults.push(format!("{}: {fault}", page.label()));
        }
        for (groups, name) in [
            (&mut by_page, format!("{}/{}", page.folder, page.name)),
            (&mut by_layout, page.layout().to_owned()),
            (&mut by_split, page.folder.to_owned()),
        ] {
            let shares = groups.entry(name).or_default();
            shares.entry(page.ending).or_default().add(&share);
        }
    }
    print_table("page", &by_page);
    print_table("layout", &by_layout);
    print_table("split", &by_split);
    for floor in &KEPT {
        let (precision, recall) = by_split["kept"][floor.ending].thousandths();
        if precision < floor.precision || recall < floor.recall {
            let floor = format!("{} and {}", floor.precision, floor.recall);
            faults.push(format!("kept: {precision} and {recall}, floors {floor}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn chrome_is_never_found() {
    let taxonomy = taxonomy();
    let mut faults = Vec::new();
    let mut clean: BTreeMap<&str, usize> = BTreeMap::new();
    for page in judged().iter().chain(&pages("archives")) {
        let read = indexed(&page.roles(&taxonomy));
        let chrome = read.intersection(page.expected.list("chrome"));
        let chrome: Vec<String> = chrome.cloned().collect();
        if page.folder == "kept" {
            *clean.entry(page.ending).or_default() += usize::from(chrome.is_empty());
        } else if !chrome.is_empty() {
            faults.push(format!("{}: {}", page.label(), some(&chrome)));
        }
    }
    println!("kept pages without chrome: {clean:?}");
    for floor in &KEPT {
        if clean[floor.ending] < floor.clean {
            faults.push(format!("kept: {clean:?}, floor {}", floor.clean));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is wrong with the roles of a page that has to be one, of its title, level and category.
fn faults_of(page: &Page, roles: &[Blueprint]) -> Vec<String> {
    let [role] = roles else {
        return vec![format!("{}: {} roles", page.label(), roles.len())];
    };
    let expected = |what: &str| page.expected.value(what, page.ending);
    let mut faults = Vec::new();
    let mut say = |what: &str, found: String| {
        faults.push(format!(
            "{}: {what} {found:?}, {:?}",
            page.label(),
            expected(what)
        ));
    };
    if expected("title") != Some(role.title.as_str()) {
        say("title", role.title.clone());
    }
    if expected("level").is_some_and(|level| level != role.level.id) {
        say("level", role.level.id.clone());
    }
    // A table of properties is a head, a breadcrumb a category.
    let named: Vec<&str> = role
        .domains
        .iter()
        .filter(|domain| matches!(domain.found, Provenance::Category | Provenance::Head))
        .map(|domain| domain.id.as_str())
        .collect();
    if expected("category").is_some_and(|category| !named.contains(&category)) {
        say("category", named.join(" "));
    }
    faults
}

#[test]
fn a_page_is_one_role_of_its_title_level_and_category() {
    let taxonomy = taxonomy();
    let mut faults = Vec::new();
    let mut right: BTreeMap<&str, usize> = BTreeMap::new();
    for page in judged() {
        let found = faults_of(&page, &page.roles(&taxonomy));
        if page.folder == "kept" {
            *right.entry(page.ending).or_default() += usize::from(found.is_empty());
        } else {
            faults.extend(found);
        }
    }
    println!("kept pages of the right title, level and category: {right:?}");
    for floor in &KEPT {
        if right[floor.ending] < floor.right {
            faults.push(format!("kept: {right:?}, floor {}", floor.right));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn an_archive_gives_a_role_an_entry() {
    let taxonomy = taxonomy();
    let mut faults = Vec::new();
    for page in pages("archives") {
        let roles = page.roles(&taxonomy);
        let titles: Vec<_> = roles.iter().map(|role| role.title.as_str()).collect();
        if titles != page.expected.titles {
            faults.push(format!("{}: {titles:?}", page.label()));
        }
        if let Some(fault) = Share::of(&page.expected, &roles).faults() {
            faults.push(format!("{}: {fault}", page.label()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_page_that_is_no_role_gives_none() {
    let taxonomy = taxonomy();
    let mut faults = Vec::new();
    for page in pages("none") {
        let roles = page.roles(&taxonomy);
        let titles: Vec<_> = roles.iter().map(|role| role.title.as_str()).collect();
        if !titles.is_empty() {
            faults.push(format!("{}: {titles:?}", page.label()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_set_is_whole() {
    let taxonomy = taxonomy();
    let count = |folder| {
        let pages = pages(folder);
        let scraped = pages.iter().filter(|page| page.ending == "md").count();
        (pages.len() - scraped, scraped)
    };
    assert_eq!(count("tuned"), (12, 11));
    assert_eq!(count("kept"), (12, 11));
    assert_eq!(count("archives"), (3, 1));
    assert_eq!(count("none"), (6, 0));
    let layouts = |folder| {
        let pages = pages(folder);
        let layouts = pages.iter().map(|page| page.layout().to_owned());
        layouts.collect::<BTreeSet<_>>()
    };
    assert_eq!(layouts("tuned"), layouts("kept"));
    for page in judged() {
        let expected = &page.expected;
        let title = expected.value("title", "html").unwrap();
        assert!(expected.list("article").len() > 150, "{}", page.label());
        for (one, other) in [
            ("article", "chrome"),
            ("article", "either"),
            ("chrome", "either"),
        ] {
            let both: Vec<_> = expected
                .list(one)
                .intersection(expected.list(other))
                .collect();
            assert!(both.is_empty(), "{}: {both:?}", page.label());
        }
        // Else the breadcrumb would not have to be read.
        if let Some(category) = expected.value("category", "html") {
            let of_title = taxonomy.domains_of_title(title);
            assert!(!of_title.contains(&category), "{}", page.label());
            assert!(
                taxonomy
                    .domain_value(category)
                    .is_some_and(|(_, known)| known),
                "{}",
                page.label()
            );
        }
    }
}

#[test]
fn scraped_pages_hold_their_article() {
    for page in judged().iter().filter(|page| page.ending == "md") {
        let text = fs::read_to_string(&page.path).unwrap();
        let text: BTreeSet<_> = words(&text.replace('\u{ad}', "")).collect();
        let lost: Vec<_> = page.expected.list("article").difference(&text).collect();
        assert!(lost.is_empty(), "{}: {lost:?}", page.label());
    }
}
