//! A query as it was understood: a tree of terms with their places in the text, filters, and remarks on what was not read.

use std::fmt;

/// A query as typed, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The text, trimmed, as far as it was read.
    pub text: String,
    /// The terms, a sequence at the top.
    pub root: Node,
    /// `level:` and `domain:`, which act as the filters do.
    pub filters: Vec<Filter>,
    /// What was not read as it stands.
    pub remarks: Vec<Remark>,
}

/// A part of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A word, a phrase, a beginning of words.
    Leaf(Leaf),
    /// Side by side: each adds to the score, and how many are met decides.
    Sequence(Vec<Node>),
    /// Joined by `AND`.
    All(Vec<Node>),
    /// Joined by `OR`.
    Any(Vec<Node>),
    /// Behind `+`.
    Must(Box<Node>),
    /// Behind `-` or `NOT`.
    Not(Box<Node>),
}

/// A term of a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leaf {
    /// The words, without signs.
    pub text: String,
    /// How they are meant.
    pub kind: LeafKind,
    /// Where they are looked for.
    pub scope: Scope,
    /// Where they stand in the query's text, in bytes, signs included.
    pub span: (usize, usize),
}

/// How a term is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LeafKind {
    /// A word, with its other forms, its synonyms and its typing errors.
    #[default]
    Word,
    /// `=word`: as it stands.
    Exact,
    /// `word*`: the beginning of words.
    Prefix,
    /// `"words"~N`: side by side in this order; with N, within N steps of that, and turned round for two of them.
    Phrase {
        /// The number of words that may stand between.
        slop: u32,
    },
}

/// The part of a blueprint that a term is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    #[default]
    Any,
    /// The title and other names.
    Title,
    /// The skills.
    Skill,
    /// The KPIs.
    Kpi,
    /// The tools.
    Tool,
    /// What the role does.
    Responsibility,
    /// Where one comes from and goes to.
    Career,
}

/// A facet that can be named in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// `level:`.
    Level,
    /// `domain:`.
    Domain,
}

/// A filter within a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The facet.
    pub dimension: Dimension,
    /// The value as typed.
    pub value: String,
    /// Whether roles with it are left out.
    pub negated: bool,
    /// Where it stands in the query's text, in bytes.
    pub span: (usize, usize),
}

/// What was not read as it stands, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The words.
    pub text: String,
    /// The place in the query's text, in bytes.
    pub span: (usize, usize),
}

impl Default for Node {
    fn default() -> Self {
        Self::Sequence(Vec::new())
    }
}

impl Node {
    /// Returns whether it holds no term.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Leaf(_) => false,
            Self::Sequence(nodes) | Self::All(nodes) | Self::Any(nodes) => {
                nodes.iter().all(Self::is_empty)
            }
            Self::Must(node) | Self::Not(node) => node.is_empty(),
        }
    }

    /// Returns what is left without the term at a place.
    pub fn without(&self, span: (usize, usize)) -> Option<Self> {
        let rest = |nodes: &[Self]| -> Vec<Self> {
            nodes.iter().filter_map(|node| node.without(span)).collect()
        };
        let joined = |mut nodes: Vec<Self>, together: fn(Vec<Self>) -> Self| match nodes.len() {
            0 | 1 => nodes.pop(),
            _ => Some(together(nodes)),
        };
        match self {
            Self::Leaf(leaf) => (leaf.span != span).then(|| self.clone()),
            Self::Sequence(nodes) => joined(rest(nodes), Self::Sequence),
            Self::All(nodes) => joined(rest(nodes), Self::All),
            Self::Any(nodes) => joined(rest(nodes), Self::Any),
            Self::Must(node) => node.without(span).map(|node| Self::Must(Box::new(node))),
            Self::Not(node) => node.without(span).map(|node| Self::Not(Box::new(node))),
        }
    }

    /// Calls `each` with every term.
    pub fn for_each_leaf<'a>(&'a self, each: &mut impl FnMut(&'a Leaf)) {
        match self {
            Self::Leaf(leaf) => each(leaf),
            Self::Sequence(nodes) | Self::All(nodes) | Self::Any(nodes) => {
                nodes.iter().for_each(|node| node.for_each_leaf(each));
            }
            Self::Must(node) | Self::Not(node) => node.for_each_leaf(each),
        }
    }
}

impl Query {
    /// Takes a filter whose value nobody knows for a word.
    pub fn search_as_word(&mut self, filter: &Filter, reason: &str) {
        self.remark(format!("{reason}; it is searched as a word"), filter.span);
        let leaf = Node::Leaf(Leaf {
            text: filter.value.clone(),
            span: filter.span,
            ..Leaf::default()
        });
        let leaf = if filter.negated {
            Node::Not(Box::new(leaf))
        } else {
            leaf
        };
        match &mut self.root {
            Node::Sequence(nodes) => nodes.push(leaf),
            _ => self.root = leaf,
        }
    }

    /// Adds a remark, each wording once.
    pub fn remark(&mut self, text: impl Into<String>, span: (usize, usize)) {
        let text = text.into();
        if !self.remarks.iter().any(|known| known.text == text) {
            self.remarks.push(Remark { text, span });
        }
    }
}

/// The query as it was understood, every grouping shown.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut joined = |nodes: &[Self], sign: &str| {
            for (at, node) in nodes.iter().enumerate() {
                f.write_str(if at > 0 { sign } else { "" })?;
                match node {
                    Self::Sequence(_) | Self::All(_) | Self::Any(_) if nodes.len() > 1 => {
                        write!(f, "({node})")?;
                    }
                    _ => write!(f, "{node}")?,
                }
            }
            Ok(())
        };
        match self {
            Self::Leaf(leaf) => write!(f, "{leaf}"),
            Self::Sequence(nodes) => joined(nodes, " "),
            Self::All(nodes) => joined(nodes, " AND "),
            Self::Any(nodes) => joined(nodes, " OR "),
            Self::Must(node) => {
                f.write_str("+")?;
                joined_one(f, node)
            }
            Self::Not(node) => {
                f.write_str("-")?;
                joined_one(f, node)
            }
        }
    }
}

fn joined_one(f: &mut fmt::Formatter<'_>, node: &Node) -> fmt::Result {
    match node {
        Node::Leaf(leaf) => write!(f, "{leaf}"),
        node => write!(f, "({node})"),
    }
}

impl fmt::Display for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scope.prefix())?;
        match self.kind {
            LeafKind::Word => f.write_str(&self.text),
            LeafKind::Exact => write!(f, "={}", self.text),
            LeafKind::Prefix => write!(f, "{}*", self.text),
            LeafKind::Phrase { slop: 0 } => write!(f, "\"{}\"", self.text),
            LeafKind::Phrase { slop } => write!(f, "\"{}\"~{slop}", self.text),
        }
    }
}

impl Scope {
    /// Returns what stands before a term of this scope.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Title => "title:",
            Self::Skill => "skill:",
            Self::Kpi => "kpi:",
            Self::Tool => "tool:",
            Self::Responsibility => "resp:",
            Self::Career => "career:",
        }
    }
}
