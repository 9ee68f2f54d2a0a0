//! The floor: what the bare engine needs for one answer over an index of bp's fields.
//!
//! It opens the generation that `CURRENT` names, ranks the top ten over the text fields as a plain sum, counts all roles
//! and two facets, and prints ten titles from a fast column. No expansion, no filters, no reasons.

use std::path::{Path, PathBuf};

use bp::index::analysis::{Form, terms};
use bp::index::schema::{Fields, TextField};
use tantivy::collector::{Count, FacetCollector, TopDocs};
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{Index, ReloadPolicy, Term};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let folder = PathBuf::from(args.next().ok_or("usage: floor DIR QUERY")?);
    let text = args.collect::<Vec<_>>().join(" ");
    let generation = generation(&folder)?;
    let index = Index::open_in_dir(folder.join(generation))?;
    Fields::register_analyzers(&index);
    let reader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .try_into()?;
    let searcher = reader.searcher();
    let fields = Fields::new();
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    for word in terms(&text, Form::Stem)
        .into_iter()
        .filter(|word| !word.whole)
    {
        for field in TextField::ALL {
            let term = Term::from_field_text(fields.of(field), &word.term);
            clauses.push((
                Occur::Should,
                Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)),
            ));
        }
    }
    let mut levels = FacetCollector::for_field("level");
    levels.add_facet("/individual");
    levels.add_facet("/leadership");
    let mut domains = FacetCollector::for_field("domain");
    domains.add_facet("/");
    let collectors = (
        TopDocs::with_limit(10).order_by_score(),
        Count,
        levels,
        domains,
    );
    let (top, count, levels, domains) =
        searcher.search(&BooleanQuery::new(clauses), &collectors)?;
    let mut title = String::new();
    for (score, address) in top {
        let column = searcher
            .segment_reader(address.segment_ord)
            .fast_fields()
            .str("title_column")?
            .ok_or("no titles")?;
        title.clear();
        if let Some(ordinal) = column.ords().first(address.doc_id) {
            column.ord_to_str(ordinal, &mut title)?;
        }
        println!("{score:.2}  {title}");
    }
    let tracks: u64 = ["/individual", "/leadership"]
        .iter()
        .flat_map(|track| levels.get(*track))
        .map(|(_, count)| count)
        .sum();
    println!(
        "{count} roles, {tracks} by level, {} domains",
        domains.get("/").count()
    );
    Ok(())
}

/// The generation that `CURRENT` names.
fn generation(folder: &Path) -> Result<String, Box<dyn std::error::Error>> {
    let current = std::fs::read_to_string(folder.join("CURRENT"))?;
    let start = current.find("gen-").ok_or("no generation")?;
    let is_name = |c: &char| c.is_alphanumeric() || *c == '-';
    Ok(current[start..].chars().take_while(is_name).collect())
}
