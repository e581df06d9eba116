//! `plimsoll policy`: the arithmetic of scaling policies, for tests in CI.

mod behavior;
mod eval;
mod lines;
mod number;
mod object;
mod question;

use anyhow::Result;

use crate::args::PolicyCommand;
use crate::exit::Exit;

/// Does what was typed.
pub(crate) fn run(command: &PolicyCommand) -> Result<Exit> {
    match command {
        PolicyCommand::Eval(args) => eval::run(args),
    }
}
