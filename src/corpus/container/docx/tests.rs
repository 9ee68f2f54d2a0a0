//! What office documents of many programs are read as.

use std::io::Write as _;

use proptest::prelude::*;
use rawzip::{CompressionMethod, ZipArchiveWriter};

use super::*;
use crate::blueprint::CELL;
use crate::corpus::bounds;

/// Packs parts into an archive.
fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (name, text) in parts {
        let (mut entry, config) = archive
            .new_file(name)
            .compression_method(CompressionMethod::DEFLATE)
            .start()
            .unwrap();
        let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::best());
        let mut writer = config.wrap(encoder);
        writer.write_all(text.as_bytes()).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

fn body(inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>{inner}</w:body></w:document>"
    )
}

/// A paragraph with properties and text.
fn p(properties: &str, text: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn contents(bytes: &[u8]) -> Contents {
    (CONTAINER.reads)(&Input {
        bytes,
        text: None,
        name: "a.docx",
    })
}

fn show(parts: &[(&str, &str)]) -> Vec<String> {
    let contents = contents(&packed(parts));
    assert_eq!(contents.remarks, []);
    let mut shown = Vec::new();
    for document in contents.documents {
        let head = document.head.entries.iter();
        shown.extend(head.map(|entry| format!("{}={}", entry.key, entry.values.join("|"))));
        shown.extend(document.flow.iter().map(|piece| {
            let text = piece.text.replace(CELL, "¦");
            format!("{}|{:?}|{}|{text}", piece.line, piece.shape, piece.bold)
        }));
    }
    let left_out = contents.left_out.into_iter();
    shown.extend(left_out.map(|out| format!("{}|-{}|{}", out.line, out.reason, out.text)));
    shown
}

fn of_body(inner: &str) -> Vec<String> {
    show(&[("word/document.xml", &body(inner))])
}

const STYLES: &str = "<w:styles xmlns:w=\"w\"><w:style w:styleId=\"a1\"><w:name w:val=\"heading 2\"/></w:style><w:style w:styleId=\"Sub\"><w:name w:val=\"Mine\"/><w:basedOn w:val=\"a1\"/></w:style><w:style w:styleId=\"Out\"><w:name w:val=\"Anything\"/><w:pPr><w:outlineLvl w:val=\"2\"/></w:pPr></w:style><w:style w:styleId=\"L\"><w:name w:val=\"Points\"/><w:pPr><w:numPr><w:numId w:val=\"2\"/></w:numPr></w:pPr></w:style><w:style w:styleId=\"Fett\"><w:name w:val=\"Fett\"/><w:rPr><w:b/></w:rPr></w:style><w:style w:styleId=\"Loop\"><w:basedOn w:val=\"Loop\"/></w:style></w:styles>";
const NUMBERING: &str = "<w:numbering xmlns:w=\"w\"><w:abstractNum w:abstractNumId=\"7\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"decimal\"/></w:lvl><w:lvl w:ilvl=\"1\"><w:numFmt w:val=\"bullet\"/></w:lvl></w:abstractNum><w:num w:numId=\"2\"><w:abstractNumId w:val=\"7\"/></w:num></w:numbering>";

#[test]
fn styles_make_headings_and_items() {
    let style = |id: &str| format!("<w:pStyle w:val=\"{id}\"/>");
    let number = |id: u8, depth: u8| {
        format!("<w:numPr><w:ilvl w:val=\"{depth}\"/><w:numId w:val=\"{id}\"/></w:numPr>")
    };
    let text = [
        p(&style("Title"), "Cloud Director"),
        p(&style("a1"), "A"),
        p(&style("Sub"), "B"),
        p(&style("Out"), "C"),
        p(&style("Heading1"), "D"),
        p("<w:outlineLvl w:val=\"3\"/>", "E"),
        p(&style("L"), "f"),
        p(&number(2, 0), "g"),
        p(&number(2, 1), "h"),
        p(&(style("L") + &number(0, 0)), "i"),
        p(&style("ListBullet2"), "j"),
        p(&style("TOC1"), "A 1"),
        p(&style("Loop"), "k"),
        p("", "• typed"),
    ]
    .concat();
    assert_eq!(
        show(&[
            ("word/document.xml", &body(&text)),
            ("word/styles.xml", STYLES),
            ("word/numbering.xml", NUMBERING)
        ]),
        [
            "1|Heading(1)|0|Cloud Director",
            "2|Heading(2)|0|A",
            "3|Heading(2)|0|B",
            "4|Heading(3)|0|C",
            "5|Heading(1)|0|D",
            "6|Heading(4)|0|E",
            "7|Numbered(0)|0|f",
            "8|Numbered(0)|0|g",
            "9|Item(1)|0|h",
            "10|Paragraph|0|i",
            "11|Item(1)|0|j",
            "13|Paragraph|0|k",
            "14|Item(0)|0|typed",
            "12|-table of contents|A 1",
        ]
    );
}

#[test]
fn runs_are_one_text() {
    let bold = "<w:rPr><w:b/></w:rPr>";
    for (inner, expected) in [
        (
            format!("<w:r>{bold}<w:t>Go</w:t></w:r><w:r><w:t xml:space=\"preserve\"> (Critical)&amp;&#8211;</w:t></w:r>"),
            "1|Paragraph|2|Go (Critical)&–",
        ),
        // Words that were set apart by corrections and spelling marks.
        (
            format!("<w:r>{bold}<w:t>Cl</w:t></w:r><w:proofErr/><w:r>{bold}<w:t xml:space=\"preserve\">oud </w:t></w:r><w:r>{bold}<w:t>cost</w:t></w:r><w:r><w:t>: x</w:t></w:r>"),
            "1|Paragraph|10|Cloud cost: x",
        ),
        (
            "<w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText><w:t>old</w:t></w:r></w:del><w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom>".to_owned(),
            "1|Paragraph|0|new",
        ),
        (
            "<w:hyperlink><w:r><w:t>a</w:t></w:r></w:hyperlink><w:r><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r><w:smartTag><w:r><w:t>e</w:t></w:r></w:smartTag>".to_owned(),
            "1|Paragraph|0|a b c-de",
        ),
        (
            "<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>in</w:t></w:r></w:sdtContent></w:sdt><w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Click</w:t></w:r></w:sdtContent></w:sdt>".to_owned(),
            "1|Paragraph|0|in",
        ),
        (
            "<w:r><w:rPr><w:b w:val=\"0\"/></w:rPr><w:t>no</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>".to_owned(),
            "1|Paragraph|0|no",
        ),
    ] {
        let text = format!("<w:p>{inner}</w:p><w:p><w:pPr><w:pStyle w:val=\"Title\"/></w:pPr><w:r><w:t>T</w:t></w:r></w:p>");
        assert_eq!(of_body(&text), [expected, "2|Heading(1)|0|T"], "{inner}");
    }
}

#[test]
fn text_boxes_stand_behind_their_paragraph() {
    let inner = p("", "inside");
    let text = format!(
        "{}<w:p><w:r><w:t>out.</w:t></w:r><w:r><mc:AlternateContent xmlns:mc=\"m\"><mc:Choice><w:txbxContent>{inner}</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>{inner}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t xml:space=\"preserve\"> More.</w:t></w:r></w:p>",
        p("<w:pStyle w:val=\"Title\"/>", "T")
    );
    assert_eq!(
        of_body(&text),
        [
            "1|Heading(1)|0|T",
            "2|Paragraph|0|out. More.",
            "3|Paragraph|0|inside"
        ]
    );
}

#[test]
fn tables_have_headers() {
    let row = |properties: &str, run: &str, cells: &[&str]| {
        let cell = |text: &&str| {
            format!("<w:tc><w:tcPr/><w:p><w:r>{run}<w:t>{text}</w:t></w:r></w:p></w:tc>")
        };
        let cells: String = cells.iter().map(cell).collect();
        format!("<w:tr><w:trPr>{properties}</w:trPr>{cells}</w:tr>")
    };
    let title = p("<w:pStyle w:val=\"Title\"/>", "T");
    let header = "<w:tblHeader/>";
    let bold = "<w:rPr><w:b/></w:rPr>";
    for (first, shape) in [
        (row(header, "", &["x", "y"]), "Header"),
        (row("", bold, &["x", "y"]), "Header"),
        (row("", "", &["Metric", "Target"]), "Header"),
        (row("", "", &["x", "y"]), "Row"),
        (row("<w:tblHeader w:val=\"0\"/>", "", &["x", "y"]), "Row"),
    ] {
        let table = format!(
            "{title}<w:tbl>{first}{}</w:tbl>",
            row("", bold, &["a", "b"])
        );
        let shown = of_body(&table);
        assert!(shown[1].starts_with(&format!("2|{shape}|0|")), "{shown:?}");
        assert_eq!(shown[2], "4|Row|0|a¦b");
    }
    let wide = "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr><w:p><w:r><w:t>a</w:t></w:r></w:p><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>c</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
    assert_eq!(of_body(&(title.clone() + wide))[1], "2|Row|0|a b¦¦c");
    // A table that holds the whole page for its looks.
    let page = format!(
        "<w:tbl><w:tr><w:tc>{}{}</w:tc></w:tr></w:tbl>",
        p("<w:pStyle w:val=\"Heading2\"/>", "Skills"),
        p("", "Go")
    );
    assert_eq!(
        of_body(&(title.clone() + &page))[1..],
        ["2|Heading(2)|0|Skills", "3|Paragraph|0|Go"]
    );
    // A table in the cell of another one.
    let inner = format!("<w:tbl>{}</w:tbl>", row("", "", &["a", "b"]));
    let outer = format!(
        "<w:tbl><w:tr><w:tc>{}{inner}</w:tc></w:tr></w:tbl>",
        p("", "x")
    );
    assert_eq!(
        of_body(&(title + &outer))[1..],
        ["2|Paragraph|0|x", "3|Row|0|a¦b"]
    );
}

#[test]
fn looks_make_a_title_and_headings_where_styles_do_not() {
    let bold = |text: &str| format!("<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{text}</w:t></w:r></w:p>");
    let text = [
        bold("Cloud Director"),
        p("", "Leads."),
        bold("Key Responsibilities"),
        bold("Strong words"),
    ]
    .concat();
    assert_eq!(
        of_body(&text),
        [
            "1|Heading(1)|0|Cloud Director",
            "2|Paragraph|0|Leads.",
            "3|Heading(2)|0|Key Responsibilities",
            "4|Paragraph|12|Strong words",
        ]
    );
}

#[test]
fn properties_notes_and_pages_are_told_apart() {
    let custom = "<Properties><property name=\"Job Level\"><vt:lpwstr xmlns:vt=\"v\">director</vt:lpwstr></property><property name=\"empty\"><x/></property></Properties>";
    let core = "<cp:coreProperties xmlns:cp=\"c\"><dc:title xmlns:dc=\"d\">Template</dc:title></cp:coreProperties>";
    let titled = body(&p("<w:pStyle w:val=\"Title\"/>", "T"));
    let more = [
        ("docProps/custom.xml", custom),
        ("docProps/core.xml", core),
        (
            "word/footnotes.xml",
            "<w:footnotes xmlns:w=\"w\"><w:footnote><w:p><w:r><w:t>Note.</w:t></w:r></w:p></w:footnote></w:footnotes>",
        ),
        (
            "word/header1.xml",
            "<w:hdr xmlns:w=\"w\"><w:p><w:r><w:t>Secret</w:t></w:r></w:p></w:hdr>",
        ),
        (
            "word/comments.xml",
            "<w:comments xmlns:w=\"w\"><w:p><w:r><w:t>Why?</w:t></w:r></w:p></w:comments>",
        ),
    ];
    let with = |text: &str| {
        let mut parts = vec![("word/document.xml", text)];
        parts.extend(more);
        show(&parts)
    };
    assert_eq!(
        with(&titled),
        [
            "job_level=director",
            "1|Heading(1)|0|T",
            "2|Heading(2)|0|Notes",
            "2|Paragraph|0|Note.",
            "1|-page header|Secret",
            "1|-comment|Why?",
        ]
    );
    let untitled = body(&p("", "A sentence that is no title."));
    assert_eq!(
        with(&untitled)[..2],
        ["job_level=director", "title=Template"]
    );
}

#[test]
fn the_main_part_is_where_the_relations_say() {
    let relations = "<Relationships><Relationship Type=\"http://x/officeDocument\" Target=\"/text/main.xml\"/></Relationships>";
    let text = body(&p("<w:pStyle w:val=\"Title\"/>", "T"));
    let parts = [("_rels/.rels", relations), ("text/main.xml", text.as_str())];
    assert_eq!(show(&parts), ["1|Heading(1)|0|T"]);
}

#[test]
fn what_cannot_be_read_says_why() {
    let text = body(&p("", "x"));
    let good = packed(&[("word/document.xml", &text)]);
    let spaces = " ".repeat(3_000_000);
    let huge: String = (0..700_000).map(|number| format!("{number} ")).collect();
    let bomb = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><w:p><w:t>&a;</w:t></w:p>";
    let mut encrypted = good.clone();
    let directory = encrypted
        .windows(4)
        .position(|four| four == b"PK\x01\x02")
        .unwrap();
    encrypted[directory + 8] |= 1;
    let cases: [(&str, Vec<u8>, &str); 9] = [
        (
            "no archive",
            b"PK\x03\x04".to_vec(),
            "cannot read the document: no archive:",
        ),
        (
            "cut",
            good[..good.len() - 30].to_vec(),
            "cannot read the document: no archive:",
        ),
        (
            "old",
            vec![0xd0, 0xcf, 0x11, 0xe0, 0, 0],
            "cannot read the document: it is encrypted, or of Word's old format",
        ),
        (
            "encrypted",
            encrypted,
            "cannot read the document: it is encrypted",
        ),
        (
            "no text",
            packed(&[("xl/workbook.xml", "<x/>")]),
            "cannot read the document: it has no text in it",
        ),
        (
            "ratio",
            packed(&[("word/document.xml", &spaces)]),
            &bounds::RATIO.message(),
        ),
        (
            "size",
            packed(&[("word/document.xml", &huge)]),
            &bounds::FILE.message(),
        ),
        (
            "entities",
            packed(&[("word/document.xml", bomb)]),
            "cannot read the document: it declares entities of its own",
        ),
        (
            "no xml",
            packed(&[("word/document.xml", "<a></b>")]),
            "cannot read the document: ",
        ),
    ];
    for (name, bytes, expected) in cases {
        let contents = contents(&bytes);
        let [(_, kind)] = &contents.remarks[..] else {
            panic!("{name}: {contents:?}")
        };
        let problem = crate::corpus::Problem::new("", None, kind.clone());
        assert!(
            problem.reason().starts_with(expected),
            "{name}: {}",
            problem.reason()
        );
        assert!(contents.documents.is_empty() && problem.is_skip(), "{name}");
    }
    let empty = contents(&packed(&[("word/document.xml", &body(""))]));
    assert_eq!(empty.remarks, [(None, ProblemKind::Empty)]);
}

#[test]
fn other_archives_are_no_documents() {
    let is = |bytes: &[u8], name| {
        (CONTAINER.recognizes)(&Input {
            bytes,
            text: None,
            name,
        })
    };
    let text = body(&p("", "x"));
    assert!(is(&packed(&[("word/document.xml", &text)]), "a.bin"));
    assert!(!is(&packed(&[("xl/workbook.xml", "<x/>")]), "a.xlsx"));
    assert!(is(b"\xd0\xcf\x11\xe0", "a.docx") && !is(b"\xd0\xcf\x11\xe0", "a.doc"));
}

proptest! {
    #[test]
    fn any_part_ends(inner in "(<w:(p|r|t|tbl|tr|tc|b/|br/|sdt|del|txbxContent)>|</w:(p|r|t|tbl|tr|tc|sdt|del|txbxContent)>|\\PC|&#x1f;|&lt;){0,60}") {
        let read = body::read(&inner, &Styles::default());
        for piece in read.unwrap_or_default().flow {
            prop_assert!(piece.text.is_char_boundary(piece.bold));
        }
    }

    #[test]
    fn any_bytes_end(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let text = body(&p("", "x"));
        let mut bytes = packed(&[("word/document.xml", &text), ("word/styles.xml", STYLES)]);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = contents(&bytes);
        let cut = cut.index(bytes.len());
        let _ = contents(&bytes[..cut]);
    }
}
