//! `bp facets`: the values of level and domain with their counts.

use super::args::{Facets, Format, Shared};
use super::exit::Exit;
use super::place;
use super::ui::{Stop, Ui};
use crate::error::Error;
use crate::index::OpenIndex;
use crate::render::{self, Dimension};
use crate::search::search;

/// Runs the command.
pub fn run(ui: &mut Ui, shared: &Shared, args: &Facets) -> Result<Exit, Stop> {
    let dimensions = match args.dimension.as_deref().map(str::to_lowercase).as_deref() {
        None => vec![Dimension::Level, Dimension::Domain],
        Some("level" | "levels" | "seniority") => vec![Dimension::Level],
        Some("domain" | "domains") => vec![Dimension::Domain],
        Some(value) => {
            return Err(Error::UnknownName {
                what: "dimension",
                value: value.to_owned(),
                known: vec!["level".into(), "domain".into()],
            }
            .into());
        }
    };
    let ask = |index: &OpenIndex| {
        let request = place::filtered(index, &args.filters)?;
        let answer = search(index, &request)?;
        Ok((request, answer))
    };
    let (index, (request, answer)) = place::ask(ui, shared, ask)?;
    let text = match shared.format() {
        Format::Text => render::facets::text(
            &index.header,
            &request,
            &answer.counts,
            &dimensions,
            ui.style(),
        ),
        Format::Json => {
            render::json::facets_json(&index.header, &request, &answer.counts, &dimensions)
        }
        Format::Jsonl => {
            render::json::facets_json_lines(&index.header, &request, &answer.counts, &dimensions)
        }
        Format::Csv => {
            render::facets::separated(&index.header, &request, &answer.counts, &dimensions, ',')
        }
        Format::Tsv => {
            render::facets::separated(&index.header, &request, &answer.counts, &dimensions, '\t')
        }
        Format::Md => {
            render::facets::markdown(&index.header, &request, &answer.counts, &dimensions)
        }
        Format::Ids => render::facets::ids(&index.header, &request, &answer.counts, &dimensions),
    };
    ui.result(&text)?;
    Ok(if answer.counts.total > 0 {
        Exit::Done
    } else {
        Exit::NothingFound
    })
}
