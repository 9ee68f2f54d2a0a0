//! `bp completions`, `bp man`, `bp schema`: what is generated from the definitions of the program itself.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::args::{Args, Command};
use super::exit::Exit;
use super::ui::{Stop, Ui};
use crate::error::Error;
use crate::render::schema::SCHEMAS;

/// Prints the completions for a shell.
pub fn completions(ui: &mut Ui, shell: Shell) -> Result<Exit, Stop> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::<Command>::command(), "bp", &mut script);
    ui.result(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

/// Prints the manual page of the program or of a command.
pub fn man(ui: &mut Ui, name: Option<&str>) -> Result<Exit, Stop> {
    let mut command = Args::<Command>::command();
    command.build();
    let command = match name {
        None => command,
        Some(name) => {
            let known = command
                .get_subcommands()
                .map(|command| command.get_name().to_owned())
                .collect();
            let found = command.find_subcommand(name).cloned();
            let unknown = || Error::UnknownName {
                what: "command",
                value: name.to_owned(),
                known,
            };
            found
                .ok_or_else(unknown)?
                .display_name(format!("bp-{name}"))
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    ui.result(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Done)
}

/// Prints a JSON Schema, or lists them.
pub fn schema(ui: &mut Ui, name: Option<&str>) -> Result<Exit, Stop> {
    let Some(name) = name else {
        for (name, _) in SCHEMAS {
            ui.result(&format!("{name}\n"))?;
        }
        return Ok(Exit::Done);
    };
    let known = || SCHEMAS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let found = SCHEMAS.iter().find(|(known, _)| *known == name);
    let (_, schema) = found.ok_or_else(|| Error::UnknownName {
        what: "schema",
        value: name.to_owned(),
        known: known(),
    })?;
    ui.result(schema)?;
    Ok(Exit::Done)
}
