//! `plimsoll controller`: the operator's hand on the controllers, one a region.

mod press;
mod status;

use anyhow::{Result, bail};
use plimsoll_core::cloud::ActError;

use crate::args::ControllerCommand;
use crate::exit::Exit;
use crate::parameters::ByRegion;
use crate::view::Console;

/// Does what was typed.
pub(crate) async fn run(command: &ControllerCommand, console: Console) -> Result<Exit> {
    match command {
        ControllerCommand::Stop(args) => press::stop(args, console).await,
        ControllerCommand::Start(args) => press::start(args, console).await,
        ControllerCommand::Status(args) => status::run(args, console).await,
    }
}

/// Refuses to go on when no region answers.
fn some_answer<T>(read: &ByRegion<T>) -> Result<()> {
    let failed: Vec<(&String, &ActError)> =
        read.iter().filter_map(|(region, read)| Some((region, read.as_ref().err()?))).collect();
    if failed.len() < read.len() {
        return Ok(());
    }
    let lines: Vec<String> = failed
        .into_iter()
        .map(|(region, error)| format!("{region}: {error}\n    next: {}", error.class.advice()))
        .collect();
    bail!("the parameters of no region could be read\n  {}", lines.join("\n  "))
}
