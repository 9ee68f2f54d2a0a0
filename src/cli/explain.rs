//! `bp explain`: why a role stands where it stands for a query, or is not in the answer.

use std::time::Instant;

use super::args::{Explain, Format, Shared};
use super::exit::Exit;
use super::place::{self, shown};
use super::ui::{Stop, Ui};
use super::{query, show};
use crate::index::OpenIndex;
use crate::render;
use crate::search::explain;

/// Runs the command.
pub fn run(ui: &mut Ui, shared: &Shared, args: &Explain) -> Result<Exit, Stop> {
    let start = Instant::now();
    let text = query::text(std::slice::from_ref(&args.query))?;
    let ask = |index: &OpenIndex| {
        let request = place::request(index, &args.filters, &args.search, &text)?;
        let role = show::one(index, &args.role)?.address;
        let versus = args.versus.as_deref().map(|name| show::one(index, name));
        let versus = versus.transpose()?.map(|role| role.address);
        let explanation = explain(index, &request, role, versus)?;
        Ok((request, explanation))
    };
    let (_, (request, mut explanation)) = place::ask(ui, shared, ask)?;
    let roles = std::iter::once(&mut explanation.role).chain(&mut explanation.versus);
    let mut in_answer = true;
    for role in roles {
        role.hit.path = shown(&role.hit.path);
        in_answer &= role.rank.is_some();
    }
    let took_ms = start.elapsed().as_millis() as u64;
    let told = match shared.format() {
        Format::Text => {
            let (notes, remarks) = (&explanation.notes, &explanation.remarks);
            notes.iter().for_each(|note| ui.note(note));
            let query = &request.query.text;
            remarks.iter().for_each(|remark| ui.remark(query, remark));
            render::explain::text(&explanation, ui.style())
        }
        Format::Json => render::json::explain_json(&explanation, &request, took_ms),
        _ => return Err(place::no_such_format("explain", "text, json").into()),
    };
    ui.result(&told)?;
    Ok(if in_answer {
        Exit::Done
    } else {
        Exit::NothingFound
    })
}
