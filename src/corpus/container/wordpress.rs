//! Turns posts as the REST interface of `WordPress` gives them into one document a post that tells of a role.

use super::json::{self, Kind};
use super::records::{Field, Record, Value};
use super::{Container, html};
use crate::blueprint::{SectionKind, Shape};
use crate::corpus::document::{Document, LeftOut, Piece, plain};
use crate::corpus::headings::headings;
use crate::corpus::title;

/// The container.
pub const CONTAINER: Container = Container {
    name: "wordpress",
    endings: &[],
    recognizes: |input| {
        let text = input.text();
        json::begins(text) && text.contains("\"rendered\"") && json::holds(input, &POSTS)
    },
    reads: |input| json::read(input, &POSTS),
};

const POSTS: Kind = Kind {
    is: |fields| rendered(fields, "title").is_some() && rendered(fields, "content").is_some(),
    begins: |fields| find(fields, "title").is_some(),
    document,
};

/// Kinds of sections that only a role has, of which a post must have one.
const OF_ROLES: [SectionKind; 4] = [
    SectionKind::Responsibilities,
    SectionKind::Kpis,
    SectionKind::Skills,
    SectionKind::Career,
];

fn find<'f, 't>(fields: &'f [Field<'t>], name: &str) -> Option<&'f Field<'t>> {
    fields.iter().find(|field| field.name == name)
}

/// The HTML of a field: `{"rendered": "..."}`, which must be there for a map to be a post.
fn rendered<'f>(fields: &'f [Field<'_>], name: &str) -> Option<(&'f str, u32)> {
    let field = find(find(fields, name)?.map()?, "rendered")?;
    match &field.value {
        Value::Text(text) => Some((text, field.line)),
        _ => None,
    }
}

/// What a post says. Its number, slug, date, author and address say nothing of the role; its categories say what it
/// is filed under where they are named.
fn document(record: Record<'_>) -> Result<Document, LeftOut> {
    let Record { fields, lines, .. } = record;
    let fields = fields.as_slice();
    let (name, line) = rendered(fields, "title").unwrap_or_default();
    let name = words(name);
    let content = rendered(fields, "content").filter(|(html, _)| !html.trim().is_empty());
    let told = content.or_else(|| rendered(fields, "excerpt"));
    let flow = told.map_or_else(Vec::new, |(html, line)| html::fragment(html, line));
    if !tells_of_a_role(&name, &flow) {
        return Err(LeftOut {
            line: lines.0,
            reason: "post that tells of no role",
            text: name,
        });
    }
    Ok(Document {
        title: Some(Piece {
            line,
            shape: Shape::Heading(1),
            text: title::clean(&name),
            bold: 0,
        }),
        categories: categories(fields),
        flow,
        lines,
        ..Document::default()
    })
}

/// The words of a line of HTML.
fn words(html: &str) -> String {
    let pieces = html::fragment(html, 1);
    let texts: Vec<&str> = pieces.iter().map(|piece| &*piece.text).collect();
    plain(&texts.join(" "))
}

/// A post is a blueprint by its title's tail, or by sections that blueprints have: two kinds, one of them a role's own.
fn tells_of_a_role(name: &str, flow: &[Piece]) -> bool {
    if title::is_of_blueprint(name) {
        return true;
    }
    let mut kinds: Vec<SectionKind> = Vec::new();
    for piece in flow {
        let meaning = match piece.shape {
            Shape::Heading(_) => headings().meaning(&piece.text),
            Shape::Paragraph => {
                let label = piece.text.split_once(':');
                label.and_then(|(label, _)| headings().exact(label))
            }
            _ => None,
        };
        if let Some(meaning) = meaning
            && !kinds.contains(&meaning.kind)
        {
            kinds.push(meaning.kind);
        }
    }
    kinds.len() > 1 && kinds.iter().any(|kind| OF_ROLES.contains(kind))
}

/// The names of a post's categories: those of the terms that were asked for with it, and those that some sites add.
fn categories(fields: &[Field<'_>]) -> Vec<String> {
    let mut names = Vec::new();
    let embedded = find(fields, "_embedded").and_then(Field::map);
    if let Some(terms) = embedded.and_then(|fields| find(fields, "wp:term")) {
        terms_of(terms, &mut names);
    }
    if let Some(field) = find(fields, "category_names") {
        names_of(field, &mut names);
    }
    names
}

/// Terms lie in lists, one for each taxonomy; tags are no categories.
fn terms_of(field: &Field<'_>, names: &mut Vec<String>) {
    match &field.value {
        Value::List(fields) => fields.iter().for_each(|field| terms_of(field, names)),
        Value::Map(fields) => {
            let taxonomy = find(fields, "taxonomy").and_then(Field::text);
            if taxonomy.is_none_or(|taxonomy| taxonomy == "category")
                && let Some(name) = find(fields, "name").and_then(Field::text)
            {
                names.push(words(name));
            }
        }
        Value::Text(_) => {}
    }
}

fn names_of(field: &Field<'_>, names: &mut Vec<String>) {
    match &field.value {
        Value::Text(_) => names.extend(field.text().map(words)),
        Value::List(fields) | Value::Map(fields) => {
            fields.iter().for_each(|field| names_of(field, names));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Input;
    use super::*;
    use proptest::prelude::*;

    fn post(title: &str, content: &str, more: &str) -> String {
        let text = |html: &str| serde_json::to_string(html).unwrap();
        format!(
            "{{\"id\": 7, \"date\": \"2020-01-01\", \"slug\": \"old-name\", \"title\": {{\"rendered\": {}}},\n\"content\": {{\"rendered\": {}, \"protected\": false}}{more}}}",
            text(title),
            text(content)
        )
    }

    fn input<'a>(name: &'a str, text: &'a str) -> Input<'a> {
        Input {
            bytes: text.as_bytes(),
            text: Some(text),
            name,
        }
    }

    const BODY: &str = "<h2 class=\"wp-block-heading\">Skills</h2><ul><li><strong>Go</strong> (Critical)</li></ul><h2>Career Path</h2><p>Up</p>";

    #[test]
    fn a_post_is_a_role() {
        let more = ", \"excerpt\": {\"rendered\": \"<p>Short</p>\"}, \"categories\": [12], \"author\": 3, \"_embedded\": {\"wp:term\": [[{\"id\": 12, \"name\": \"AI &amp; ML\", \"taxonomy\": \"category\"}], [{\"name\": \"tag\", \"taxonomy\": \"post_tag\"}]]}";
        let text = post(
            "R&amp;D Lead &#8211; Role Blueprint, <em>Skills</em>",
            BODY,
            more,
        );
        let contents = (CONTAINER.reads)(&input("a.json", &text));
        let [document] = &contents.documents[..] else {
            panic!("{contents:?}")
        };
        let title = document.title.as_ref().unwrap();
        assert_eq!((title.text.as_str(), title.line), ("R&D Lead", 1));
        assert_eq!(document.categories, ["AI & ML"]);
        assert_eq!((document.lines, document.head.entries.len()), ((1, 2), 0));
        let flow: Vec<_> = document
            .flow
            .iter()
            .map(|piece| (piece.line, piece.shape, piece.text.as_str(), piece.bold))
            .collect();
        assert_eq!(
            flow,
            [
                (2, Shape::Heading(2), "Skills", 0),
                (2, Shape::Item(0), "Go (Critical)", 2),
                (2, Shape::Heading(2), "Career Path", 0),
                (2, Shape::Paragraph, "Up", 0)
            ]
        );
    }

    #[test]
    fn posts_come_in_many_wrappings() {
        let (a, b) = (
            post("A", BODY, ""),
            post("B", BODY, ", \"category_names\": [\"Cloud\"]"),
        );
        for text in [
            format!("[{a},{b}]"),
            format!("{{\"posts\": [{a},{b}]}}"),
            format!("[{a}]\n[{b}]\n"),
            format!("{}\n{}\n", a.replace('\n', ""), b.replace('\n', "")),
        ] {
            let input = input("a.txt", &text);
            assert!((CONTAINER.recognizes)(&input), "{text}");
            let documents = (CONTAINER.reads)(&input).documents;
            let titles = documents
                .iter()
                .map(|document| &*document.title.as_ref().unwrap().text);
            assert_eq!(titles.collect::<Vec<_>>(), ["A", "B"], "{text}");
            assert_eq!(documents[1].categories, ["Cloud"]);
        }
    }

    #[test]
    fn other_posts_are_passed_over() {
        let excerpt = ", \"excerpt\": {\"rendered\": \"<p>Leads.</p>\"}";
        for (title, content, more, told) in [
            ("Cloud Director", BODY, "", true),
            ("Cloud Director: Role Blueprint, Skills", "", excerpt, true),
            ("Cloud Director Job Description", "<p>x</p>", "", true),
            ("We have moved", "<p>To a new office.</p>", "", false),
            (
                "Ten tools",
                "<h2>Tools</h2><p>x</p><h2>Summary</h2><p>y</p>",
                "",
                false,
            ),
            ("On skills", "<h2>Skills</h2><p>x</p>", "", false),
        ] {
            let text = post(title, content, more);
            let contents = (CONTAINER.reads)(&input("a.json", &text));
            assert_eq!(contents.documents.len(), usize::from(told), "{title}");
            assert_eq!(contents.left_out.len(), usize::from(!told), "{title}");
            let flow = contents
                .documents
                .first()
                .map(|document| document.flow.len());
            assert!(flow != Some(0), "{title}");
        }
        let record = r#"{"title": "A", "level": "x"}"#;
        assert!(!(CONTAINER.recognizes)(&input("a.json", record)));
    }

    proptest! {
        #[test]
        fn any_content_ends(title in "\\PC{0,20}", content in "(\\PC|<|>|</?(li|td|h2|p)>|&[a-z]+;|Skills:){0,40}", cut in any::<prop::sample::Index>()) {
            let text = post(&title, &content, "");
            let _ = (CONTAINER.reads)(&input("a.json", &text));
            let mut end = cut.index(text.len());
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let _ = (CONTAINER.reads)(&input("a.json", &text[..end]));
        }
    }
}
