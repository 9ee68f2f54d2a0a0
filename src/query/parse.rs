//! Turns tokens into a tree: `OR` binds looser than `AND`, and both bind closer than standing side by side.
//!
//! Nothing is a syntax error: what cannot be understood is passed over or searched as words, with a remark.
//! `docs/query-language.md` holds the grammar.

use super::lex::{Kind, Target, Token, tokens};
use super::tree::{Dimension, Filter, Leaf, LeafKind, Node, Query, Scope};

/// The longest query that is read, in bytes.
pub const MAX_QUERY_BYTES: usize = 16 * 1024;
/// The most terms that are read.
pub const MAX_TERMS: usize = 512;
/// The deepest nesting of parentheses that is read.
pub const MAX_DEPTH: usize = 32;

/// Reads a query. It cannot fail.
pub fn parse(text: &str) -> Query {
    let mut query = Query::default();
    let text = text.trim();
    let end = (0..=text.len().min(MAX_QUERY_BYTES))
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0);
    query.text = text[..end]
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if end < text.len() {
        let last = query.text.len();
        query.remark(
            format!("the query is read up to {MAX_QUERY_BYTES} bytes"),
            (last, last),
        );
    }
    let source = query.text.clone();
    let tokens = tokens(&source, &mut query);
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        terms: 0,
        depth: 0,
        negated: false,
        query,
    };
    let root = parser.sequence(Scope::Any);
    let mut query = parser.query;
    query.root = Node::Sequence(root);
    if query.root.is_empty() && query.filters.is_empty() {
        words_alone(&source, &mut query);
    }
    query
}

/// A lone AND or OR is a word.
fn words_alone(source: &str, query: &mut Query) {
    let mut leaves = Vec::new();
    query.remarks.clear();
    for word in source.split_whitespace() {
        if matches!(word, "AND" | "OR" | "NOT") {
            let start = word.as_ptr() as usize - source.as_ptr() as usize;
            let span = (start, start + word.len());
            query.remark(
                "AND, OR and NOT stand between words; alone they are searched as words",
                span,
            );
            leaves.push(Node::Leaf(Leaf {
                text: word.to_owned(),
                span,
                ..Leaf::default()
            }));
        }
    }
    leaves.truncate(MAX_TERMS);
    query.root = Node::Sequence(leaves);
}

struct Parser<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    terms: usize,
    depth: usize,
    /// Whether what is read is to be left out.
    negated: bool,
    query: Query,
}

impl Parser<'_> {
    fn peek(&self) -> Option<Kind<'_>> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    fn span(&self) -> (usize, usize) {
        let end = self.query.text.len();
        self.tokens
            .get(self.at)
            .map_or((end, end), |token| token.span)
    }

    /// Things side by side, up to a closing parenthesis of an open one or the end.
    fn sequence(&mut self, scope: Scope) -> Vec<Node> {
        let mut nodes = Vec::new();
        while let Some(kind) = self.peek() {
            match kind {
                Kind::Close if self.depth > 0 => break,
                Kind::Close => {
                    let span = self.span();
                    self.query
                        .remark("a closing parenthesis has no partner and is not read", span);
                    self.at += 1;
                }
                Kind::And | Kind::Or => self.stray_operator(),
                _ => nodes.extend(self.alternatives(scope)),
            }
        }
        nodes
    }

    fn stray_operator(&mut self) {
        let span = self.span();
        let word = self.query.text[span.0..span.1].to_owned();
        self.query.remark(
            format!("{word} stands between two things; here it is not read"),
            span,
        );
        self.at += 1;
    }

    fn alternatives(&mut self, scope: Scope) -> Option<Node> {
        self.joined(scope, Kind::Or, Self::conjunction, Node::Any)
    }

    fn conjunction(&mut self, scope: Scope) -> Option<Node> {
        self.joined(scope, Kind::And, Self::signed, Node::All)
    }

    /// Operands with one operator between them.
    fn joined(
        &mut self,
        scope: Scope,
        operator: Kind<'_>,
        operand: fn(&mut Self, Scope) -> Option<Node>,
        together: fn(Vec<Node>) -> Node,
    ) -> Option<Node> {
        let mut nodes: Vec<Node> = operand(self, scope).into_iter().collect();
        while self.peek() == Some(operator) {
            if !self.operand_follows() {
                self.stray_operator();
                break;
            }
            self.at += 1;
            nodes.extend(operand(self, scope));
        }
        one_or(nodes, together)
    }

    /// Whether something to look for stands behind the operator at hand.
    fn operand_follows(&self) -> bool {
        let next = self.tokens.get(self.at + 1).map(|token| token.kind);
        matches!(
            next,
            Some(Kind::Term(..) | Kind::Field(_) | Kind::Open | Kind::Not | Kind::Must)
        )
    }

    /// Something with the signs before it.
    fn signed(&mut self, scope: Scope) -> Option<Node> {
        let (mut negated, mut must) = (false, false);
        loop {
            match self.peek() {
                Some(Kind::Not) => {
                    let span = self.span();
                    self.at += 1;
                    if self.at == self.tokens.len() {
                        let word = self.query.text[span.0..span.1].to_owned();
                        self.query.remark(
                            format!("{word} stands before a word; here it is not read"),
                            span,
                        );
                        return None;
                    }
                    negated = !negated;
                }
                Some(Kind::Must) => {
                    self.at += 1;
                    must = true;
                }
                _ => break,
            }
        }
        let around = self.negated;
        self.negated ^= negated;
        let node = self.primary(scope);
        self.negated = around;
        let node = node?;
        Some(match (negated, must) {
            (true, _) => Node::Not(Box::new(node)),
            (false, true) => Node::Must(Box::new(node)),
            (false, false) => node,
        })
    }

    fn primary(&mut self, scope: Scope) -> Option<Node> {
        match self.peek()? {
            Kind::Term(text, kind) => {
                let text = text.to_owned();
                let span = self.span();
                self.at += 1;
                self.leaf(text, kind, scope, span)
            }
            Kind::Open => self.group(scope),
            Kind::Field(target) => {
                let start = self.span();
                self.at += 1;
                match target {
                    Target::Scope(scope) => match self.peek()? {
                        Kind::Open => self.group(scope),
                        Kind::Term(text, kind) => {
                            let text = text.to_owned();
                            let span = (start.0, self.span().1);
                            self.at += 1;
                            self.leaf(text, kind, scope, span)
                        }
                        _ => None,
                    },
                    Target::Facet(dimension) => {
                        self.filter(dimension, start.0);
                        None
                    }
                }
            }
            // An operator where a term should be: the caller deals with it.
            _ => None,
        }
    }

    /// The values behind `level:` or `domain:`; several stand in parentheses.
    fn filter(&mut self, dimension: Dimension, start: usize) {
        let mut values = Vec::new();
        let mut end = self.span().1;
        let grouped = self.peek() == Some(Kind::Open);
        self.at += usize::from(grouped);
        loop {
            match self.peek() {
                Some(Kind::Term(value, _)) => values.push(value.to_owned()),
                Some(Kind::And | Kind::Or) if grouped => {}
                _ => break,
            }
            end = self.span().1;
            self.at += 1;
            if !grouped {
                break;
            }
        }
        if grouped && self.peek() == Some(Kind::Close) {
            end = self.span().1;
            self.at += 1;
        }
        self.query.filters.push(Filter {
            dimension,
            value: values.join(","),
            negated: self.negated,
            span: (start, end),
        });
    }

    fn group(&mut self, scope: Scope) -> Option<Node> {
        let span = self.span();
        if self.depth == MAX_DEPTH {
            self.query.remark(
                format!("parentheses are read {MAX_DEPTH} deep; more are passed over"),
                span,
            );
            self.at += 1;
            return None;
        }
        self.at += 1;
        self.depth += 1;
        let nodes = self.sequence(scope);
        self.depth -= 1;
        if self.peek() == Some(Kind::Close) {
            self.at += 1;
        } else {
            self.query.remark(
                "a parenthesis is not closed; it is read up to the end",
                span,
            );
        }
        one_or(nodes, Node::Sequence)
    }

    fn leaf(
        &mut self,
        text: String,
        kind: LeafKind,
        scope: Scope,
        span: (usize, usize),
    ) -> Option<Node> {
        if self.terms == MAX_TERMS {
            self.query
                .remark(format!("the query is read up to {MAX_TERMS} words"), span);
            return None;
        }
        self.terms += 1;
        Some(Node::Leaf(Leaf {
            text,
            kind,
            scope,
            span,
        }))
    }
}

/// A node alone, or several together; `None` for none.
fn one_or(mut nodes: Vec<Node>, together: impl Fn(Vec<Node>) -> Node) -> Option<Node> {
    match nodes.len() {
        0 | 1 => nodes.pop(),
        _ => Some(together(nodes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn people_mean_what_they_type() {
        for (text, expected) in [
            ("FinOps", "FinOps"),
            ("  change   failure rate ", "change failure rate"),
            ("\"error budget\" -junior", "\"error budget\" -junior"),
            (
                "skill:kubernetes kpis:\"lead time\" Title:lead tools:=x",
                "skill:kubernetes kpi:\"lead time\" title:lead tool:=x",
            ),
            (
                "responsibilities:hiring careers:\"next step\"",
                "resp:hiring career:\"next step\"",
            ),
            (
                "title:(a OR b) skills:(x y)",
                "(title:a OR title:b) (skill:x skill:y)",
            ),
            ("skill: kubernetes", "skill: kubernetes"),
            (
                "don't 12:30 http://x C++ CI/CD",
                "don't 12:30 http://x C++ CI/CD",
            ),
            ("a AND NOT b", "a AND -b"),
            ("a OR b c", "(a OR b) c"),
            ("a b AND c OR d", "a ((b AND c) OR d)"),
            ("(a b) AND (c OR d)", "(a b) AND (c OR d)"),
            ("+a -(b c) !d", "+a -(b c) -d"),
            ("NOT NOT a", "a"),
            ("\"a b\"~3 \"c\"~ fin* =Go", "\"a b\"~3 \"c\" fin* =Go"),
            ("a && b || c", "(a AND b) OR c"),
            ("on-call -", "on-call"),
            ("\"unbalanced quote", "unbalanced quote"),
            ("NOT", "NOT"),
            ("AND", "AND"),
            ("AND OR", "AND OR"),
            ("fin* AND", "fin*"),
            ("OR a", "a"),
            ("a AND OR b", "a OR b"),
            ("a) b", "a b"),
            ("(a (b", "a b"),
            ("((((", ""),
            ("🚀 \u{7}x\u{1b}", "x"),
            ("“smart quotes”", "\"smart quotes\""),
            ("a\"b c\"d", "a \"b c\" d"),
            ("what is it?", "what is it?"),
            ("kubernets~2 cloud^3", "kubernets cloud"),
        ] {
            assert_eq!(parse(text).root.to_string(), expected, "{text}");
        }
    }

    #[test]
    fn filters_are_taken_out_of_the_words() {
        let query = parse("finops level:director+ -domain:cloud -(seniority:(head OR vp))");
        assert_eq!(query.root.to_string(), "finops");
        let filters: Vec<_> = query
            .filters
            .iter()
            .map(|filter| (filter.value.as_str(), filter.negated))
            .collect();
        assert_eq!(
            filters,
            [("director+", false), ("cloud", true), ("head,vp", true)]
        );
        assert_eq!(
            &query.text[query.filters[0].span.0..query.filters[0].span.1],
            "level:director+"
        );
    }

    #[test]
    fn what_is_not_read_is_said_with_its_place() {
        for (text, remark, at) in [
            (
                "a \"b",
                "a quotation mark has no partner and is not read",
                (2, 3),
            ),
            (
                "a AND",
                "AND stands between two things; here it is not read",
                (2, 5),
            ),
            (
                "a) b",
                "a closing parenthesis has no partner and is not read",
                (1, 2),
            ),
            (
                "a (b",
                "a parenthesis is not closed; it is read up to the end",
                (2, 3),
            ),
            (
                "x a*",
                "a beginning of words needs two letters before the *",
                (2, 4),
            ),
            (
                "a NOT",
                "NOT stands before a word; here it is not read",
                (2, 5),
            ),
        ] {
            let query = parse(text);
            let remarks: Vec<_> = query
                .remarks
                .iter()
                .map(|remark| (remark.text.as_str(), remark.span))
                .collect();
            assert_eq!(remarks, [(remark, at)], "{text}");
        }
        assert!(
            parse("kubernetes AND (helm OR \"lead time\"~2) -x fin* =Go")
                .remarks
                .is_empty()
        );
    }

    #[test]
    fn long_and_deep_queries_are_cut_with_a_remark() {
        let query = parse(&"word ".repeat(100_000));
        let mut leaves = 0;
        query.root.for_each_leaf(&mut |_| leaves += 1);
        assert_eq!((leaves, query.remarks.len()), (MAX_TERMS, 2));
        assert!(parse(&"(".repeat(100_000)).root.is_empty());
        assert!(parse(&"NOT ".repeat(4_000)).remarks.len() < 4);
        let deep = format!("{}x{}", "-(".repeat(1_000), ")".repeat(1_000));
        assert_eq!(parse(&deep).remarks.len(), 2);
    }

    proptest! {
        #[test]
        fn any_text_is_a_query(text in "(\\PC|[\"“”: a-c+*=()~-]|NOT |AND | OR |skill:|level:){0,80}") {
            let query = parse(&text);
            query.root.for_each_leaf(&mut |leaf| assert!(query.text[leaf.span.0..leaf.span.1].contains(&leaf.text)));
            for remark in &query.remarks {
                prop_assert!(query.text.get(remark.span.0..remark.span.1).is_some());
            }
        }
    }
}
