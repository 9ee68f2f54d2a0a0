//! Turns a text into a query and what must hold of it; at some turns into an answer too.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::mem::discriminant;

use bp::index::OpenIndex;
use bp::query::parse;
use bp::query::parse::{MAX_DEPTH, MAX_QUERY_BYTES, MAX_TERMS};
use bp::query::tree::{Node, Query};
use bp::search::{Request, search, suggest};

/// Every how many turns a query is searched, and how long one may be for that.
const SEARCHED: u64 = 64;

/// Reads a text as a query; tells the outcome, or what does not hold of it.
pub fn check(bytes: &[u8], index: &OpenIndex, turn: u64) -> Result<u64, String> {
    let text = String::from_utf8_lossy(bytes);
    let query = parse(&text);
    let outcome = sound(&query)?;
    if turn.is_multiple_of(8) && parse(&text) != query {
        return Err("a second reading says something else".to_owned());
    }
    if turn.is_multiple_of(SEARCHED) {
        searched(query, index)?;
    }
    Ok(outcome)
}

fn sound(query: &Query) -> Result<u64, String> {
    if query.text.len() > MAX_QUERY_BYTES || query.text.chars().any(char::is_control) {
        return Err(format!("the text is kept otherwise: {:?}", query.text));
    }
    let mut hasher = DefaultHasher::new();
    let (mut terms, mut wrong) = (0, None);
    query.root.for_each_leaf(&mut |leaf| {
        terms += 1;
        if terms < 6 {
            discriminant(&leaf.kind).hash(&mut hasher);
            discriminant(&leaf.scope).hash(&mut hasher);
        }
        if query.text.get(leaf.span.0..leaf.span.1).is_none() || leaf.text.is_empty() {
            wrong = Some(format!(
                "a term out of the text: {:?} at {:?}",
                leaf.text, leaf.span
            ));
        }
    });
    let remarks = query.remarks.iter().map(|remark| remark.span);
    let filters = query.filters.iter().map(|filter| filter.span);
    for span in remarks.chain(filters) {
        if query.text.get(span.0..span.1).is_none() {
            wrong = Some(format!("a remark or filter out of the text: {span:?}"));
        }
    }
    if let Some(wrong) = wrong {
        return Err(wrong);
    }
    if terms > MAX_TERMS {
        return Err(format!("too many terms: {terms}"));
    }
    let depth = depth(&query.root);
    // A sign before a parenthesis and a list within it are levels of the tree too.
    if depth > 4 * (MAX_DEPTH + 1) {
        return Err(format!("too deep: {depth} levels"));
    }
    // What is shown holds no word that the query does not.
    let shown = query.root.to_string();
    if shown.chars().any(char::is_control) {
        return Err(format!("it is shown otherwise: {shown:?}"));
    }
    (terms.min(6), depth.min(8), query.filters.len().min(3)).hash(&mut hasher);
    query.remarks.len().min(4).hash(&mut hasher);
    shape(&query.root, 3, &mut hasher);
    Ok(hasher.finish())
}

fn nodes(node: &Node) -> &[Node] {
    match node {
        Node::Leaf(_) => &[],
        Node::Sequence(nodes) | Node::All(nodes) | Node::Any(nodes) => nodes,
        Node::Must(node) | Node::Not(node) => std::slice::from_ref(&**node),
    }
}

fn depth(node: &Node) -> usize {
    1 + nodes(node).iter().map(depth).max().unwrap_or(0)
}

fn shape(node: &Node, levels: usize, hasher: &mut DefaultHasher) {
    discriminant(node).hash(hasher);
    if levels > 0 {
        let inner = nodes(node).iter().take(3);
        inner.for_each(|node| shape(node, levels - 1, hasher));
    }
}

fn searched(query: Query, index: &OpenIndex) -> Result<(), String> {
    let request = Request {
        query,
        limit: 3,
        passages: 2,
        ..Request::default()
    };
    let answer = search(index, &request).map_err(|error| error.to_string())?;
    let scores: Vec<f32> = answer.hits.iter().map(|hit| hit.score).collect();
    if !scores.iter().all(|score| score.is_finite()) || !scores.is_sorted_by(|a, b| a >= b) {
        return Err(format!("scores: {scores:?}"));
    }
    suggest(index, &request, &answer)
        .map(|_| ())
        .map_err(|error| error.to_string())
}
