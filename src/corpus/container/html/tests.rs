//! What pages are read as.

use proptest::prelude::*;

use super::*;
use crate::blueprint::CELL;

fn line(piece: &Piece) -> String {
    format!(
        "{}|{:?}|{}|{}",
        piece.line,
        piece.shape,
        piece.bold,
        piece.text.replace(LINE_BREAK, "↵").replace(CELL, "¦")
    )
}

fn pieces(text: &str) -> Vec<String> {
    lines_of_fragment(text, 1).iter().map(line).collect()
}

/// The title, the categories and the pieces of the one document of a page.
fn shown(text: &str) -> String {
    let contents = read(text);
    assert_eq!(contents.documents.len(), 1, "{:?}", contents.remarks);
    let document = &contents.documents[0];
    let title = document.title.as_ref().map(|piece| piece.text.as_str());
    let mut lines = vec![format!(
        "= {} [{}]",
        title.unwrap_or_default(),
        document.categories.join(" › ")
    )];
    lines.extend(document.flow.iter().map(line));
    lines.join("\n")
}

#[test]
fn elements_become_the_pieces_that_markdown_gives() {
    let cases: [(&str, &[&str]); 16] = [
        (
            "<p>a <b>b</b>\nc</p><p>d",
            &["1|Paragraph|0|a b↵c", "2|Paragraph|0|d"],
        ),
        (
            "<h2>Key <em>skills</em></h2>\n\n<P>x",
            &["1|Heading(2)|0|Key skills", "3|Paragraph|0|x"],
        ),
        (
            "<ul><li>one<ul><li><strong>two</strong> (Critical): use</ul><li><p>three</p><p>more</ul>",
            &[
                "1|Item(0)|0|one",
                "1|Item(1)|3|two (Critical): use",
                "1|Item(0)|0|three",
                "1|Paragraph|0|more",
            ],
        ),
        (
            "<ol><li>a</li>\n<li>b</li></ol>",
            &["1|Numbered(0)|0|a", "2|Numbered(0)|0|b"],
        ),
        (
            "<table><thead><tr><th>KPI<th>Target</thead>\n<tr><td><p>MTTR</p>\n<td>1 h\n<tr><td>CFR<td></table>",
            &["1|Header|0|KPI¦Target", "2|Row|0|MTTR¦↵1 h", "4|Row|0|CFR¦"],
        ),
        (
            "<table><tr><td><b>Tool</b><td><b>Use</b><tr><td>Git<td>code</table>",
            &["1|Header|4|Tool¦Use", "1|Row|0|Git¦code"],
        ),
        (
            "<table><tr><td><h2>Skills</h2><p>Git<td>side</table>",
            &[
                "1|Heading(2)|0|Skills",
                "1|Paragraph|0|Git",
                "1|Paragraph|0|side",
            ],
        ),
        (
            "<dl><dt>Git</dt>\n<dd>keeps <i>code</i></dd><dt>Go:<dd><p>builds</p><dd>runs</dl>",
            &[
                "1|Item(0)|3|Git:↵keeps code",
                "2|Item(0)|3|Go: builds",
                "2|Item(0)|0|runs",
            ],
        ),
        ("<blockquote><p>q</blockquote>", &["1|Paragraph|0|q"]),
        ("<pre>\na\n  b</pre>", &["2|Code|0|a↵b"]),
        (
            "<details><summary>Skills</summary>Git</details>",
            &["1|Heading(2)|0|Skills", "1|Paragraph|0|Git"],
        ),
        (
            "one<br>two<br><br>three",
            &["1|Paragraph|0|one two", "1|Paragraph|0|three"],
        ),
        (
            "<b>Skills</b><br>• Git<br>• Go",
            &["1|Heading(2)|0|Skills", "1|Item(0)|0|Git", "1|Item(0)|0|Go"],
        ),
        (
            "<p><strong>What you'll do</strong></p><p>Builds",
            &["1|Heading(2)|0|What you'll do", "1|Paragraph|0|Builds"],
        ),
        (
            "R&amp;D&nbsp;&mdash; co&shy;op &#169; &lt;x&gt;",
            &["1|Paragraph|0|R&D — coop © <x>"],
        ),
        (
            "a<script>x</script><style>y</style><template>z</template>b",
            &["1|Paragraph|0|ab"],
        ),
    ];
    for (html, expected) in cases {
        assert_eq!(pieces(html), expected, "{html}");
    }
}

#[test]
fn a_post_of_a_blog_is_its_article() {
    let page = r##"<!DOCTYPE html><html><head><title>Cloud Director: Role Blueprint, Skills | Acme</title>
<meta name="keywords" content="x"><meta name="level" content="director"><meta property="article:section" content="Cloud"></head>
<body class="single has-sidebar"><a class="skip-link screen-reader-text" href="#c">Skip to content</a>
<header class="site-header"><h1 class="site-title">Acme Blog</h1><nav><ul><li><a href="/">Home</a><li><a href="/j">Jobs</a></ul></nav></header>
<div class="breadcrumbs"><a href="/">Home</a> › <a href="/c">Cloud</a> › Cloud Director</div>
<main><article class="post category-cloud"><header class="entry-header"><h1>Cloud Director: Role Blueprint, Skills</h1>
<div class="entry-meta">By <a href="/a">Jo</a> on March 3, 2024</div></header>
<div class="entry-content"><p>Leads cloud.</p>
<div class="ad-slot">Buy boots</div>
<h2 id="kpis">KPIs<a class="headerlink" href="#kpis">¶</a></h2><ul><li>Spend</ul>
<section class="related-roles"><h2>Related roles</h2><p>Cloud Architect</section>
<div class="sharedaddy"><h3>Share this:</h3><ul><li>Tweet</ul></div></div>
<footer class="entry-footer">Posted in <a rel="category tag" href="/f">FinOps</a></footer></article>
<div class="related-posts"><h3>Related posts</h3><article><h4>Data Lead</h4><p>Knows Spark.</article></div>
<div id="comments"><h3>Leave a Reply</h3><form><textarea></textarea></form></div></main>
<aside id="secondary"><h2>Recent</h2></aside><footer>© Acme</footer></body></html>"##;
    assert_eq!(
        shown(page),
        "= Cloud Director [Cloud › FinOps]\n\
         6|Heading(1)|0|Cloud Director: Role Blueprint, Skills\n\
         8|Paragraph|0|Leads cloud.\n\
         10|Heading(2)|0|KPIs\n\
         10|Item(0)|0|Spend\n\
         11|Heading(2)|0|Related roles\n\
         11|Paragraph|0|Cloud Architect"
    );
    let contents = read(page);
    assert_eq!(contents.documents[0].head.entries.len(), 1);
    let reasons: Vec<_> = contents
        .left_out
        .iter()
        .map(|left| (left.line, left.reason))
        .collect();
    assert_eq!(
        reasons,
        [
            (3, "navigation"),
            (4, "site header"),
            (5, "navigation"),
            (7, "byline"),
            (9, "advertising"),
            (10, "not shown"),
            (12, "share bar"),
            (13, "footer"),
            (14, "related posts"),
            (15, "comments"),
            (16, "sidebar"),
            (16, "footer")
        ]
    );
}

#[test]
fn a_page_laid_out_with_tables_is_its_article() {
    let page = "<HTML><HEAD><TITLE>Release Manager</TITLE></HEAD><BODY><TABLE width=100%><TR><TD colspan=2>ACME people portal</TD></TR>\n\
        <TR><TD><A HREF=a>Home</A><BR><A HREF=b>Jobs</A><BR><A HREF=c>News</A></TD><TD><FONT size=5><B>Release Manager</B></FONT><P>Guards releases.\n\
        <P><B>Responsibilities</B><UL><LI>Plans<LI>Ships</UL><TABLE border=1><TR><TH>KPI<TH>Target<TR><TD>MTTR<TD>1 h</TABLE></TD></TR>\n\
        <TR><TD colspan=2><A HREF=p>Privacy policy</A> | <A HREF=t>Terms of use</A></TD></TR></TABLE></BODY></HTML>";
    assert_eq!(
        shown(page),
        "= Release Manager []\n\
         2|Heading(1)|0|Release Manager\n\
         2|Paragraph|0|Guards releases.\n\
         3|Heading(2)|0|Responsibilities\n\
         3|Item(0)|0|Plans\n\
         3|Item(0)|0|Ships\n\
         3|Header|0|KPI¦Target\n\
         3|Row|0|MTTR¦1 h"
    );
}

#[test]
fn postings_in_data_are_read_and_not_twice() {
    let page = r#"<!doctype html><title>Careers</title><script type="application/ld+json">{"@graph":[{"@type":"JobPosting",
"title":"Data Engineer","description":"<p>Builds pipelines for all teams.</p><p><strong>Responsibilities</strong></p><ul><li>Loads the data each night</li></ul>",
"skills":["SQL","dbt"],"industry":"Data"},{"@type":"BreadcrumbList","itemListElement":[{"position":2,"name":"Analytics"},
{"position":1,"item":{"name":"Home"}},{"position":3,"name":"Data Engineer"}]}]}</script>"#;
    assert_eq!(
        shown(page),
        "= Data Engineer [Data › Analytics]\n\
         1|Paragraph|0|Builds pipelines for all teams.\n\
         1|Heading(2)|0|Responsibilities\n\
         1|Item(0)|0|Loads the data each night\n\
         1|Heading(2)|0|Skills\n\
         1|Item(0)|0|SQL\n\
         1|Item(0)|0|dbt"
    );
    let article = "<main><h1>Data Engineer</h1><p>Builds pipelines for all teams.<h2>Responsibilities</h2><ul><li>Loads the data each night</ul></main>";
    assert_eq!(
        shown(&format!("{page}{article}")),
        "= Data Engineer [Data › Analytics]\n\
         4|Heading(1)|0|Data Engineer\n\
         4|Paragraph|0|Builds pipelines for all teams.\n\
         4|Heading(2)|0|Responsibilities\n\
         4|Item(0)|0|Loads the data each night\n\
         1|Heading(2)|0|Skills\n\
         1|Item(0)|0|SQL\n\
         1|Item(0)|0|dbt"
    );
}

#[test]
fn an_archive_gives_one_document_a_role() {
    let entry = |title: &str, text: &str, more: &str| {
        format!(
            "<article class=\"post hentry\"><header><h2 class=\"entry-title\"><a href=\"/x\">{title}</a></h2>\n<div class=\"entry-meta\">March 3, 2024 <span class=\"cat-links\"><a href=\"/c\" rel=\"category tag\">Security</a></span></div></header>\n<p>{text}</p>{more}</article>\n"
        )
    };
    let page = |one: &str, two: &str, name: &str| {
        format!(
            "<!doctype html><title>{name} | Acme</title><nav><a href=/>Home</a></nav><main><h1>{name}</h1>\n{}{}<nav class=pagination>Older</nav></main><aside>Popular: Data Lead</aside>",
            entry(
                one,
                "Leads all. [&hellip;]",
                "<p><a class=\"more-link\" href=/x>Read more</a></p>"
            ),
            entry(two, "Builds all. <a href=/y>Continue reading Two</a>", "")
        )
    };
    let shown = |page: &str| -> Vec<String> {
        let documents = read(page).documents.into_iter();
        documents
            .map(|document| {
                let flow: Vec<String> = document.flow.iter().map(line).collect();
                format!(
                    "{:?} {} [{}] {}",
                    document.lines,
                    document.title.unwrap().text,
                    document.categories.join(" › "),
                    flow.join(" + ")
                )
            })
            .collect()
    };
    assert_eq!(
        shown(&page(
            "Cloud Lead: Role Blueprint",
            "Bread Baker: Role Blueprint",
            "Category: Cloud"
        )),
        [
            "(2, 4) Cloud Lead [Security › Cloud] 4|Paragraph|0|Leads all.",
            "(5, 7) Bread Baker [Security › Cloud] 7|Paragraph|0|Builds all."
        ]
    );
    assert_eq!(shown(&page("Cloud Lead", "Data Engineer", "Blog")).len(), 2);
    assert!(shown(&page("We moved house", "Boots for all", "News")).is_empty());
}

#[test]
fn an_article_with_others_below_is_no_archive() {
    let card =
        "<article><h3><a href=/d>Data Lead: Role Blueprint</a></h3><p>Knows Spark.</article>";
    let page = format!(
        "<!doctype html><main><article><h1>Cloud Lead: Role Blueprint</h1><p>Leads.<h2>Skills</h2><ul><li>Cloud</ul></article><h2>Related posts</h2>{card}{card}</main>"
    );
    assert_eq!(
        shown(&page),
        "= Cloud Lead []\n1|Heading(1)|0|Cloud Lead: Role Blueprint\n1|Paragraph|0|Leads.\n1|Heading(2)|0|Skills\n1|Item(0)|0|Cloud"
    );
}

#[test]
fn pages_without_a_role_give_none() {
    for page in [
        "<!doctype html><title>Acme</title><h1>Welcome to Acme</h1><p>We make boots.",
        "<!doctype html><h1>About us</h1><h2>Our mission</h2><p>Boots for all.<h2>Team</h2><p>Jo",
        "<!doctype html><h1>Contact</h1><form><input></form><p>Write to us.",
        "<html></html>",
    ] {
        let contents = read(page);
        assert_eq!(contents.documents, [], "{page}");
        assert_eq!(contents.remarks, [(None, ProblemKind::NoRole)], "{page}");
    }
}

#[test]
fn a_page_that_shows_a_text_is_that_text() {
    let page = "<html><body><pre>\nRelease Manager\n\nGuards releases.\n\nSkills:\nGit\n</pre></body></html>";
    assert_eq!(
        shown(page).lines().skip(1).collect::<Vec<_>>(),
        [
            "2|Heading(1)|0|Release Manager",
            "4|Paragraph|0|Guards releases.",
            "6|Heading(2)|0|Skills",
            "7|Item(0)|0|Git"
        ]
    );
}

#[test]
fn only_pages_are_recognized() {
    for (text, is) in [
        ("<!DOCTYPE html>\n<p>x", true),
        ("\n<!-- saved -->\n<HTML lang=en>", true),
        ("<?xml version=\"1.0\"?>\n<html xmlns=\"x\">", true),
        ("<?xml version=\"1.0\"?>\n<feed>", false),
        ("<article><h1>A</h1>", true),
        ("<section>\n\n# Data Analyst\n", false),
        ("<div align=center>\n\n# Data Analyst\n", false),
        ("<!-- note -->\n# Data Analyst\n", false),
        ("<headline>", false),
        ("", false),
    ] {
        assert_eq!(is_page(text), is, "{text}");
    }
}

/// Pages that would take for ever where a step looked back at all before it.
fn hostile(times: usize) -> Vec<String> {
    let many: String = (0..times).map(|at| format!(" a{at}")).collect();
    let repeated = [
        "<div>",
        "<b><p>",
        "<a href=x><p>",
        "<table>",
        "<table><tr><td><b>",
        "<ul><li>",
        "<dl><dt>a<dd>",
        "<svg><desc>",
        "<aside><h2>x</h2>",
        "<article><h2><a>x y</a></h2>",
        "<div class=post><h2><a>x y</a></h2>",
        "<h2><a>x y</a></h2>z",
        "<h1>x</h1>",
        "<p>Skills: a",
        "<p>Related posts<a>x</a>",
        "<li><a>Home</a>",
        "<nav class=breadcrumb>a > b",
        "<!--",
        "&",
    ];
    let mut pages: Vec<String> = repeated.iter().map(|part| part.repeat(times)).collect();
    pages.push(format!("<p{many}>x"));
    pages.push(format!("<html{}>", " lang".repeat(times)));
    pages
}

#[test]
fn hostile_pages_end() {
    for page in hostile(20_000) {
        let _ = read(&page);
    }
}

proptest! {
    #[test]
    fn any_text_gives_lines_within_it(
        text in "(<(/?(p|div|b|a|table|tr|td|th|ul|li|h1|h2|dl|dt|dd|pre|br|main|article|nav|form|svg|template|select|script|title)( class=\"?(nav|post|ad)\"?)?)>|\\PC|\n){0,60}"
    ) {
        let lines = text.lines().count() as u32 + 1;
        let contents = read(&text);
        for document in contents.documents {
            for piece in document.flow {
                prop_assert!(piece.line >= 1 && piece.line <= lines, "{:?}", piece);
                prop_assert!(piece.text.is_char_boundary(piece.bold));
            }
        }
        for left in contents.left_out {
            prop_assert!(left.line >= 1 && left.line <= lines);
        }
    }
}

#[test]
fn an_article_keeps_words_that_sites_use_too() {
    let sections = "<h2>Technical skills</h2><h3>Search</h3><ul><li>SEO</ul><h3>Newsletter</h3><p>Writes one weekly.\
        <section id=promotion-criteria><h2>Promotion criteria</h2><p>Two launches.</section>\
        <section class=social-media><h2>Tools</h2><p>Buffer</section>\
        <h2>Advertising</h2><p>Runs campaigns.<h2>Share</h2><p>Shares what it learns.<h2>Comments and feedback</h2><p>Answers users.\
        <ul><li>Related posts are scheduled<li>Share this weekly<li><a href=/a>Ads manager</a></ul>\
        <h2>Career path</h2><h3>Next</h3><ul><li><a href=/h>Head of Growth</a></ul><h2>Similar roles</h2><ul><li><a href=/p>Marketer</a></ul>";
    let page = format!(
        "<!doctype html><main><h1>Growth Lead</h1><p>By winning early, it proves value.{sections}</main>"
    );
    let contents = read(&page);
    assert_eq!(contents.left_out, []);
    assert_eq!(contents.documents[0].flow.len(), 25);
}

#[test]
fn between_sections_a_page_is_the_article() {
    let page = |inside: &str| {
        format!(
            "<!doctype html><body><h1>Baker: Role Blueprint</h1><h2>Skills</h2>{inside}<h2>Tools</h2><p>Oven</p>"
        )
    };
    for (inside, said) in [
        ("<p>a<ul class=navigation-skills><li>Dough</ul>", true),
        ("<ul class=nav><li>Dough</ul>", true),
        ("<p>a<ul class=site-nav><li>Dough</ul>", false),
        ("<p>a<footer>Dough</footer>", true),
        (
            "<p>a<div role=note class=application-notice>Dough</div>",
            true,
        ),
        ("<p>a<div role=tabpanel hidden>Dough</div>", true),
        ("<p>a<div hidden>Dough</div>", false),
        ("<p>a<div hidden><p>Dough rises at night</div>", true),
        ("<p>a<aside><p>Dough rises.</aside>", true),
        ("<p>a<aside><a href=x>Dough</a></aside>", false),
        ("<p>a<ul role=tablist><li role=tab>Dough</ul>", true),
        ("<p>a<nav>Dough</nav>", false),
    ] {
        assert_eq!(shown(&page(inside)).contains("Dough"), said, "{inside}");
    }
}

#[test]
fn what_stands_around_an_article_goes() {
    let page = |around: &str| {
        format!(
            "<!doctype html><body><h1>Baker: Role Blueprint</h1><h2>Skills</h2><p>Oven</p>{around}"
        )
    };
    for around in [
        "<address>Dough</address>",
        "<p>Dough is an equal opportunity employer.",
        "<h2>More openings at Acme</h2><p><a href=x>Dough</a>",
        "<h2>How to apply</h2><p>Dough",
        "<p><a href=x>Next</a></p><p><a href=/tags/dough>Dough</a>",
        "<ul><li><a href=#a>Skills</a><li><a href=#b>Dough</a></ul>",
    ] {
        assert!(!shown(&page(around)).contains("Dough"), "{around}");
    }
}

#[test]
fn a_section_is_not_left_empty() {
    for inside in [
        "<div class=content-footer>Dough</div>",
        "<p><a href=a>Dough</a> | <a href=b>Salt</a>",
    ] {
        let page = format!(
            "<!doctype html><body><h1>Baker: Role Blueprint</h1><main><h2>Related roles</h2>{inside}</main>"
        );
        assert!(shown(&page).contains("Dough"), "{inside}");
    }
}

#[test]
fn a_row_has_no_more_cells_than_the_bound_shows() {
    let row = "<td>x".repeat(2000);
    let shown = pieces(&format!("<table><tr><th>a<th>b<tr>{row}</table><p>y"));
    assert_eq!(shown[1].matches('¦').count(), bounds::CELLS.count());
    assert_eq!(shown[2], "1|Paragraph|0|y");
}

#[test]
fn a_table_of_properties_is_a_head() {
    let page = "<!doctype html><body><h1>Baker: Role Blueprint</h1><table class=properties><tr><th><span></span>Level</th><td><span>Senior</span></td></tr><tr><th>Colour</th><td>red</td></tr></table><h2>Skills</h2><p>Oven";
    let head = &read(page).documents[0].head;
    let shown: Vec<_> = head
        .entries
        .iter()
        .map(|entry| (entry.key.as_str(), entry.values.join("|")))
        .collect();
    assert_eq!(shown, [("level", "Senior".to_owned())]);
}

#[test]
fn a_title_has_no_sign_of_a_link() {
    let page =
        "<!doctype html><body><h1>Baker: Role Blueprint<span>¶</span></h1><h2>Skills#</h2><p>Oven";
    assert!(shown(page).starts_with("= Baker ["));
    assert!(shown(page).contains("|Skills\n"));
}
