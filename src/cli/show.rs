//! `bp show`: one role, or sections of it.

use std::path::Path;

use super::args::{Format, Shared, Show};
use super::as_read;
use super::exit::Exit;
use super::place::{self, canonical, shown};
use super::ui::{Stop, Ui};
use crate::blueprint::SectionKind;
use crate::error::{Error, Result};
use crate::index::OpenIndex;
use crate::render;
use crate::search::{StoredRole, find_roles};
use crate::taxonomy::filter::nearest;

/// Runs the command.
pub fn run(ui: &mut Ui, shared: &Shared, args: &Show) -> std::result::Result<Exit, Stop> {
    if args.as_read {
        return as_read::run(ui, shared, &args.role);
    }
    let kinds = args
        .section
        .iter()
        .map(|name| kind(name))
        .collect::<Result<Vec<_>>>()?;
    let name = args.role.join(" ");
    let (index, mut role) = place::ask(ui, shared, |index| one(index, &name))?;
    role.hit.path = shown(&role.hit.path);
    if !kinds.is_empty() {
        role.sections
            .retain(|section| kinds.contains(&section.kind));
    }
    let style = ui.style();
    let text = match shared.format() {
        Format::Text => render::role::text(&role, &index.header, style),
        Format::Md => render::role::markdown(&role, &index.header),
        Format::Json => render::json::show_json(&role),
        Format::Ids => format!("{}\n", role.hit.id),
        _ => return Err(place::no_such_format("show", "text, md, json, ids").into()),
    };
    ui.result(&text)?;
    if role.sections.is_empty() && !kinds.is_empty() {
        ui.note(&format!("{} has no such section", role.hit.id));
        return Ok(Exit::NothingFound);
    }
    Ok(Exit::Done)
}

fn kind(name: &str) -> Result<SectionKind> {
    SectionKind::from_id(&name.trim().to_lowercase()).ok_or_else(|| Error::UnknownName {
        what: "section",
        value: name.to_owned(),
        known: SectionKind::ALL
            .iter()
            .skip(1)
            .map(|kind| kind.id().to_owned())
            .collect(),
    })
}

/// Finds the one role that a name stands for.
///
/// # Errors
/// Fails where there is none or several, and where the index proves damaged.
pub fn one(index: &OpenIndex, name: &str) -> Result<StoredRole> {
    let (path, line) = match name.rsplit_once(':') {
        Some((path, line)) if line.parse::<u32>().is_ok() => (path, format!(":{line}")),
        _ => (name, String::new()),
    };
    let absolute = format!("{}{line}", canonical(Path::new(path)).display());
    let mut roles = find_roles(index, name, Path::new(&absolute))?;
    match roles.len() {
        1 => Ok(roles.remove(0)),
        0 => {
            let ids = crate::search::ids(index)?;
            let nearest = nearest(name, ids.iter().map(|id| (id.as_str(), id.as_str())));
            Err(Error::NoSuchRole {
                role: name.to_owned(),
                nearest,
            })
        }
        _ => {
            let paths = roles
                .iter()
                .map(|role| format!("{}:{}", shown(&role.hit.path), role.hit.line))
                .collect();
            Err(Error::AmbiguousRole {
                role: name.to_owned(),
                paths,
            })
        }
    }
}
