//! Turns what a page says of itself, in its head and around its article, into names, named values and categories.

use super::content::Content;
use super::tree::{Id, ROOT, Tree};
use crate::corpus::chrome::lines;
use crate::corpus::chrome::words::page_words;
use crate::corpus::document::{Head, plain};
use crate::corpus::headings::headings;
use crate::corpus::title::clean;

/// Named values that sites set for search engines, or that say nothing of a role.
const NOT_ABOUT: [&str; 6] = [
    "title",
    "description",
    "name",
    "role",
    "position",
    "summary",
];
/// How much of a table of properties is looked at.
const MAX_NODES: usize = 2000;
/// The most steps or categories that are read.
const MAX_CATEGORIES: usize = 32;

/// What a page says of itself.
#[derive(Debug, Default)]
pub struct Meta {
    /// What it is called, the surest name first, as it stands and with its line.
    pub titles: Vec<(String, u32)>,
    /// Named values of a blueprint.
    pub head: Head,
    /// What it is filed under.
    pub categories: Vec<String>,
    /// What links of its articles file them under.
    pub filed: Vec<String>,
}

/// Reads what a page says of itself; `names` are further names, surer than those in its head.
pub fn read(tree: &Tree, content: &Content, names: Vec<(String, u32)>) -> Meta {
    let mut meta = Meta::default();
    let heading = content.title.map(|id| {
        let mut name = content.text(tree, id);
        lines::cut_sign(&mut name);
        (name, tree.node(id).line)
    });
    meta.titles.extend(heading);
    meta.titles.extend(names);
    let mut in_head = Vec::new();
    let mut site = None;
    for id in tree.within(ROOT) {
        let node = tree.node(id);
        match node.name.as_str() {
            "meta" => meta.take(tree, id, &mut in_head, &mut site),
            "title" if !has_ancestor(tree, id, "svg") => {
                in_head.push((2, plain(&tree.text(id)), node.line));
            }
            _ => {}
        }
    }
    in_head.sort_by_key(|&(rank, ..)| rank);
    for (_, name, line) in in_head {
        let name = without_site(&name, site.as_deref());
        meta.titles.push((name.to_owned(), line));
    }
    let known = |(name, _): &(String, u32)| {
        name.chars().any(char::is_alphanumeric) && headings().exact(name).is_none()
    };
    meta.titles.retain(known);
    let title = meta.titles.first().map(|(title, _)| clean(title));
    meta.trails(tree, title.as_deref().unwrap_or_default());
    meta.filed(tree, content);
    meta.properties(tree);
    // "People : Analyst", where the trail begins with "People".
    for (name, _) in &mut meta.titles {
        if let Some((space, rest)) = name.split_once(" : ")
            && meta.categories.iter().any(|step| step == space)
        {
            *name = rest.to_owned();
        }
    }
    meta
}

/// Whether a list in order is links from the home page on, as sites mark up trails.
fn is_trail_in_order(tree: &Tree, list: Id) -> bool {
    let items: Vec<Id> = tree
        .children(list)
        .filter(|&id| tree.node(id).name == "li")
        .take(MAX_CATEGORIES)
        .collect();
    let text = |id: Id| crate::taxonomy::words(&tree.text(id));
    let starts = items
        .first()
        .is_some_and(|&first| page_words().home.are(&text(first)));
    starts && items.len() > 1 && items.len() < 9
}

fn has_ancestor(tree: &Tree, id: Id, name: &str) -> bool {
    tree.ancestors(id).any(|id| tree.node(id).name == name)
}

impl Meta {
    fn take(
        &mut self,
        tree: &Tree,
        id: Id,
        titles: &mut Vec<(u8, String, u32)>,
        site: &mut Option<String>,
    ) {
        let node = tree.node(id);
        let Some(value) = node.attribute("content").map(plain) else {
            return;
        };
        let name = node
            .attribute("property")
            .or_else(|| node.attribute("name"));
        let name = name.unwrap_or_default().trim().to_lowercase();
        match name.as_str() {
            "og:title" => titles.push((0, value, node.line)),
            "title" | "twitter:title" | "dc.title" => titles.push((1, value, node.line)),
            "og:site_name" | "application-name" => *site = Some(value),
            "article:section" | "category" | "categories" | "section" => {
                let values = value.split([',', ';']).map(|part| part.trim().to_owned());
                self.categories.extend(values.take(MAX_CATEGORIES));
            }
            _ => {
                let key = name.replace([' ', '-'], "_");
                if headings().is_head_name(&key) && !NOT_ABOUT.contains(&key.as_str()) {
                    self.head.push(&key, [value], node.line);
                }
            }
        }
    }

    /// The steps of the trails that the page marks as such.
    fn trails(&mut self, tree: &Tree, title: &str) {
        let page = page_words();
        let is_trail = |id: Id| {
            let node = tree.node(id);
            let label = node
                .attribute("aria-label")
                .unwrap_or_default()
                .to_lowercase();
            let classes = node.attribute("class").unwrap_or_default();
            let own = node.attribute("id").unwrap_or_default();
            label.contains("breadcrumb")
                || node
                    .attribute("itemtype")
                    .is_some_and(|kind| kind.ends_with("BreadcrumbList"))
                || page.has_class(classes, &page.trails)
                || page.has_class(own, &page.trails)
        };
        let found = tree
            .within(ROOT)
            .find(|&id| !tree.node(id).is_any(&["body", "html"]) && is_trail(id));
        let in_order = || {
            let mut lists = tree.within(ROOT).filter(|&id| tree.node(id).name == "ol");
            lists.find(|&id| is_trail_in_order(tree, id))
        };
        let Some(trail) = found.or_else(in_order) else {
            return;
        };
        let texts = |name: &str| {
            let ids = tree.within(trail).filter(|&id| tree.node(id).name == name);
            ids.take(MAX_CATEGORIES)
                .map(|id| plain(&tree.text(id)))
                .collect::<Vec<_>>()
        };
        let items = texts("li");
        let mut is_whole = true;
        let mut steps = if items.len() > 1 {
            items
        } else {
            let text = plain(&tree.text(trail));
            let between = lines::trail(&text, title);
            is_whole = between.is_none();
            between.unwrap_or_else(|| texts("a"))
        };
        for step in &mut steps {
            let signs = ['›', '»', '>', '/', '→', '|', ' '];
            *step = step.trim_matches(signs).to_owned();
        }
        steps.retain(|step| !step.is_empty() && !lines::same(step, title));
        if is_whole
            && steps
                .first()
                .is_some_and(|first| page.home.are(&crate::taxonomy::words(first)))
        {
            steps.remove(0);
        }
        self.categories.extend(steps);
    }

    /// The named values of a table of properties, as far as blueprints have such.
    fn properties(&mut self, tree: &Tree) {
        let page = page_words();
        let is_table = |&id: &Id| {
            let node = tree.node(id);
            let classes = node.attribute("class").unwrap_or_default();
            node.is_any(&["table", "dl"]) && page.has_class(classes, &page.properties)
        };
        let Some(table) = tree.within(ROOT).find(is_table) else {
            return;
        };
        let mut key = String::new();
        for id in tree.within(table).take(MAX_NODES) {
            let node = tree.node(id);
            let is_first = || {
                tree.parent(id).and_then(|row| {
                    tree.children(row)
                        .find(|&id| !tree.node(id).name.is_empty())
                }) == Some(id)
            };
            if node.is_any(&["th", "dt"]) || node.name == "td" && is_first() {
                key = plain(&tree.text(id))
                    .to_lowercase()
                    .replace([' ', '-'], "_");
            } else if node.is_any(&["td", "dd"])
                && headings().is_head_name(&key)
                && !NOT_ABOUT.contains(&key.as_str())
            {
                let values = tree.within(id).map(|id| plain(&tree.node(id).text));
                let values: Vec<String> = values.take(MAX_CATEGORIES).collect();
                self.head.push(&key, values, node.line);
                key.clear();
            }
        }
    }

    /// The categories that links of the article name.
    fn filed(&mut self, tree: &Tree, content: &Content) {
        let page = page_words();
        for id in tree.within(ROOT) {
            let node = tree.node(id);
            if node.name != "a" || self.filed.len() >= MAX_CATEGORIES {
                continue;
            }
            let by_rel = node
                .attribute("rel")
                .is_some_and(|rel| rel.split_ascii_whitespace().any(|rel| rel == "category"));
            let by_class = || {
                tree.ancestors(id).take(3).any(|id| {
                    let classes = tree.node(id).attribute("class").unwrap_or_default();
                    page.has_class(classes, &page.filed)
                })
            };
            if !by_rel && !by_class() {
                continue;
            }
            let part = tree.ancestors(id).find_map(|id| content.part[id]);
            let in_article = has_ancestor(tree, id, "article");
            if part.is_none_or(|part| part == "byline" || part == "footer" && in_article) {
                self.filed.push(plain(&tree.text(id)));
            }
        }
    }
}

/// A page's title without the name of its site, which stands behind the last sign, or in front of the first.
fn without_site<'t>(title: &'t str, site: Option<&str>) -> &'t str {
    let signs = [
        " | ", " – ", " — ", " - ", " · ", " » ", " « ", " :: ", " • ", " @ ",
    ];
    let cuts = |sign: &'static str| Some((title.rfind(sign)?, sign.len()));
    if let Some((begin, end)) = signs
        .into_iter()
        .filter_map(|sign| Some((title.find(sign)?, sign.len())))
        .min()
        && site.is_some_and(|site| title[..begin].trim() == site.trim())
    {
        return title[begin + end..].trim();
    }
    let Some((at, length)) = signs.into_iter().filter_map(cuts).max() else {
        return title;
    };
    let last = title[at + length..].trim();
    let is_site = site.is_none_or(|site| site.trim().eq_ignore_ascii_case(last));
    let is_tail = headings().is_tail(last);
    if is_site && !is_tail {
        title[..at].trim()
    } else {
        title
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_lose_the_name_of_the_site() {
        for (title, site, name) in [
            ("Cloud Director | Acme", None, "Cloud Director"),
            ("Cloud Director - Acme Careers", None, "Cloud Director"),
            ("Acme | Cloud Director", Some("Acme"), "Cloud Director"),
            ("Director - Cloud", Some("Acme"), "Director - Cloud"),
            (
                "Cloud Director – Role Blueprint",
                None,
                "Cloud Director – Role Blueprint",
            ),
            ("Cloud Director", None, "Cloud Director"),
        ] {
            assert_eq!(without_site(title, site), name, "{title}");
        }
    }
}
