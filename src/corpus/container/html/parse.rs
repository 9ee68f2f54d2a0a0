//! Turns the text of a page into its tree, as a browser would, within bounds.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    CharacterTokens, EndTag, ParseError, StartTag, Tag, TagToken, Token, TokenSink,
    TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{ElemName, TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, LocalName, Namespace, QualName, TokenizerResult};

use super::tree::{Id, Node, ROOT, Tree};

/// How deep elements are nested; the tags of deeper ones go, their words stay. Pages in use have some forty.
const MAX_DEPTH: u16 = 128;
/// How much is read at a time, in bytes.
const CHUNK: usize = 8192;
/// How many spaces, slashes and quotes may stand where no tag ends: each attribute of a tag is compared with all before it.
const MAX_GAPS: usize = 20_000;

/// The name of what is no element and no text.
const COMMENT: &str = "#";

/// Reads a page, or a part of one, whose first line is line `first_line` of its source.
pub fn parse(text: &str, first_line: u32) -> Tree {
    let sink = Sink::new(first_line);
    let options = TreeBuilderOpts {
        scripting_enabled: true,
        drop_doctype: true,
        ..TreeBuilderOpts::default()
    };
    let bounded = Bounded {
        builder: TreeBuilder::new(sink, options),
        first_line,
        closes: text.trim_start().starts_with("<?xml"),
        dropped: Cell::new(0),
        tokens: Cell::new(0),
    };
    let tokenizer = Tokenizer::new(bounded, TokenizerOpts::default());
    let whole = feed(&tokenizer, text);
    tokenizer.end();
    let mut tree = tokenizer.sink.builder.sink.tree.into_inner();
    tree.whole = whole;
    tree
}

/// Hands the text on piece by piece, as long as tags end. Returns whether all of it was handed on.
fn feed(tokenizer: &Tokenizer<Bounded>, text: &str) -> bool {
    let queue = BufferQueue::default();
    let (mut rest, mut gaps) = (text, 0);
    while !rest.is_empty() {
        let end = (1..=CHUNK.min(rest.len()))
            .rev()
            .find(|&at| rest.is_char_boundary(at))
            .unwrap_or(rest.len());
        let (chunk, behind) = rest.split_at(end);
        rest = behind;
        let before = tokenizer.sink.tokens.get();
        queue.push_back(StrTendril::from_slice(chunk));
        while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
        gaps += chunk
            .bytes()
            .filter(|byte| byte.is_ascii_whitespace() || b"/\"'".contains(byte))
            .count();
        if tokenizer.sink.tokens.get() != before {
            gaps = 0;
        } else if gaps > MAX_GAPS {
            return false;
        }
    }
    true
}

/// What stands between the tokens and the tree: it bounds the nesting, and keeps the lines of texts.
struct Bounded {
    builder: TreeBuilder<Id, Sink>,
    first_line: u32,
    /// Whether a slash at the end of a tag closes its element, as in XML.
    closes: bool,
    /// The start tags left out whose end tags are still to come.
    dropped: Cell<usize>,
    tokens: Cell<u64>,
}

impl Bounded {
    /// Returns whether a tag is left out because of its depth.
    fn is_too_deep(&self, tag: &Tag) -> bool {
        let dropped = self.dropped.get();
        let deep = self.builder.sink.current.get() >= MAX_DEPTH;
        match tag.kind {
            StartTag if VOID.contains(&&*tag.name) || RAW.contains(&&*tag.name) => false,
            StartTag if deep => {
                self.dropped.set(dropped + 1);
                true
            }
            StartTag => false,
            EndTag if dropped > 0 && !RAW.contains(&&*tag.name) => {
                self.dropped.set(dropped - 1);
                true
            }
            EndTag => {
                let sink = &self.builder.sink;
                sink.current.set(sink.current.get().saturating_sub(1));
                false
            }
        }
    }

    fn tag(&self, tag: Tag, line: u64) -> TokenSinkResult<Id> {
        let is_closed = self.closes && tag.kind == StartTag && tag.self_closing;
        if !is_closed || VOID.contains(&&*tag.name) {
            return self.builder.process_token(TagToken(tag), line);
        }
        if RAW.contains(&&*tag.name) {
            return TokenSinkResult::Continue;
        }
        let end = Tag {
            kind: EndTag,
            name: tag.name.clone(),
            self_closing: false,
            attrs: Vec::new(),
            had_duplicate_attributes: false,
        };
        let _ = self.builder.process_token(TagToken(tag), line);
        self.builder.process_token(TagToken(end), line)
    }
}

/// Elements that hold nothing.
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

/// Elements whose inside is no markup: the reader of tokens must hear of them.
const RAW: [&str; 9] = [
    "script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript",
];

/// Makes what sets its words in another type, and nothing else, a plain span: elements of formatting are opened again in
/// each block behind one that was not closed, which a page can make endless. Bold is told by its element alone.
fn plainly(tag: &mut Tag) {
    match &*tag.name {
        "b" | "strong" => tag.attrs.clear(),
        "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "tt" | "u" => {
            tag.name = LocalName::from("span");
        }
        _ => {}
    }
}

impl TokenSink for Bounded {
    type Handle = Id;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Id> {
        if !matches!(token, ParseError(_)) {
            self.tokens.set(self.tokens.get() + 1);
        }
        let sink = &self.builder.sink;
        let at = self.first_line + (line as u32).saturating_sub(1);
        match token {
            TagToken(mut tag) => {
                plainly(&mut tag);
                if self.is_too_deep(&tag) {
                    return TokenSinkResult::Continue;
                }
                sink.line.set(at);
                self.tag(tag, line)
            }
            CharacterTokens(text) => {
                // The line that comes with a text is that of its end.
                let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count() as u32;
                let mut start = at.saturating_sub(lines).max(self.first_line);
                let mut result = TokenSinkResult::Continue;
                for part in text.split_inclusive('\n') {
                    sink.line.set(start);
                    let token = CharacterTokens(StrTendril::from_slice(part));
                    result = self.builder.process_token(token, line);
                    start += u32::from(part.ends_with('\n'));
                }
                result
            }
            token => {
                sink.line.set(at);
                self.builder.process_token(token, line)
            }
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// What the tree is built in.
struct Sink {
    tree: RefCell<Tree>,
    names: RefCell<Vec<Option<QualName>>>,
    line: Cell<u32>,
    /// The depth of what was put in last.
    current: Cell<u16>,
}

/// The name of an element, for the builder.
#[derive(Debug)]
struct Name(QualName);

impl ElemName for Name {
    fn ns(&self) -> &Namespace {
        &self.0.ns
    }

    fn local_name(&self) -> &LocalName {
        &self.0.local
    }
}

impl Sink {
    fn new(first_line: u32) -> Self {
        Self {
            tree: RefCell::new(Tree::new(first_line)),
            names: RefCell::new(vec![None]),
            line: Cell::new(first_line),
            current: Cell::new(0),
        }
    }

    fn add(&self, name: Option<QualName>) -> Id {
        let local = name.as_ref().map_or(COMMENT, |name| &*name.local);
        let id = self.tree.borrow_mut().add(local, self.line.get());
        let mut names = self.names.borrow_mut();
        names.resize(id, None);
        names.push(name);
        id
    }

    fn put(&self, parent: Id, next: Option<Id>, child: NodeOrText<Id>) {
        let tree = &mut *self.tree.borrow_mut();
        match child {
            NodeOrText::AppendNode(id) => {
                tree.put(parent, next, id);
                self.current.set(tree.depth(id));
            }
            NodeOrText::AppendText(text) => {
                self.current.set(tree.depth(parent));
                if has_words(tree.node(parent)) {
                    tree.put_text(parent, next, &text, self.line.get());
                }
            }
        }
    }
}

/// Whether what stands in an element is ever read: programs and styles are not, data in a script is.
fn has_words(element: &Node) -> bool {
    let is_data = || {
        element
            .attribute("type")
            .is_some_and(|kind| kind.to_ascii_lowercase().contains("ld+json"))
    };
    element.name != "style" && (element.name != "script" || is_data())
}

impl TreeSink for Sink {
    type Handle = Id;
    type Output = ();
    type ElemName<'a> = Name;

    fn finish(self) {}

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Id {
        ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a Id) -> Name {
        let name = self.names.borrow()[*target].clone();
        // Only elements are asked for; a document has a name that no rule knows.
        Name(name.unwrap_or_else(|| {
            QualName::new(None, Namespace::default(), LocalName::from("document"))
        }))
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Id {
        let id = self.add(Some(name));
        self.add_attrs_if_missing(&id, attributes);
        id
    }

    fn create_comment(&self, _: StrTendril) -> Id {
        self.add(None)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Id {
        self.add(None)
    }

    fn append(&self, parent: &Id, child: NodeOrText<Id>) {
        self.put(*parent, None, child);
    }

    fn append_based_on_parent_node(&self, element: &Id, before: &Id, child: NodeOrText<Id>) {
        let lies_in = self.tree.borrow().parent(*element);
        match lies_in {
            Some(_) => self.append_before_sibling(element, child),
            None => self.append(before, child),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Id) -> Id {
        // A template's inside is shown by scripts alone. It hangs in its element, which is left out as a whole.
        *target
    }

    fn same_node(&self, one: &Id, other: &Id) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Id, child: NodeOrText<Id>) {
        let parent = self.tree.borrow().parent(*sibling);
        if let Some(parent) = parent {
            self.put(parent, Some(*sibling), child);
        }
    }

    fn add_attrs_if_missing(&self, target: &Id, attributes: Vec<Attribute>) {
        let tree = &mut *self.tree.borrow_mut();
        for attribute in attributes {
            tree.keep(*target, &attribute.name.local, &attribute.value);
        }
    }

    fn remove_from_parent(&self, target: &Id) {
        self.tree.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &Id, parent: &Id) {
        self.tree.borrow_mut().reparent(*node, *parent);
    }
}
