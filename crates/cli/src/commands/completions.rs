//! `plimsoll completions`: a script for the operator's shell.

use std::fmt;

use anyhow::Result;
use clap::CommandFactory as _;
use clap_complete::Shell;
use serde::Serialize;

use crate::args::Cli;
use crate::exit::Exit;
use crate::view::Console;

/// The script.
#[derive(Serialize)]
struct Script {
    script: String,
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.script)
    }
}

/// Prints the script.
pub(crate) fn run(shell: Shell, console: Console) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "plimsoll", &mut script);
    console.result(&Script { script: String::from_utf8(script)? })?;
    Ok(Exit::Done)
}
