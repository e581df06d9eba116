//! One file per command: each makes one value and shows it.

#[cfg(feature = "aws")]
mod apply;
#[cfg(feature = "aws")]
mod carry_out;
mod completions;
#[cfg(feature = "aws")]
mod controller;
mod demo;
#[cfg(feature = "aws")]
mod destroy;
#[cfg(feature = "aws")]
mod iam;
mod init;
#[cfg(feature = "aws")]
mod plan;
mod policy;
#[cfg(feature = "aws")]
mod publish;
#[cfg(feature = "aws")]
mod release;
mod schema;
mod simulate;
#[cfg(feature = "aws")]
mod status;
mod validate;

use anyhow::Result;

use crate::args::Command;
use crate::exit::Exit;
use crate::view::Console;

/// Does what was typed.
pub(crate) fn run(command: Command, console: Console) -> Result<Exit> {
    match command {
        Command::Init(args) => init::run(&args, console),
        Command::Validate(args) => validate::run(&args, console),
        Command::Schema => schema::run(console),
        Command::Simulate(args) => simulate::run(&args, console),
        Command::Demo(args) => demo::run(&args, console),
        Command::Policy(command) => policy::run(&command),
        Command::Completions { shell } => completions::run(shell, console),
        #[cfg(feature = "aws")]
        Command::Plan(args) => wait(plan::run(&args, console)),
        #[cfg(feature = "aws")]
        Command::Apply(args) => wait(apply::run(&args, console)),
        #[cfg(feature = "aws")]
        Command::Status(args) => wait(status::run(&args, console)),
        #[cfg(feature = "aws")]
        Command::Destroy(args) => wait(destroy::run(&args, console)),
        #[cfg(feature = "aws")]
        Command::Controller(command) => wait(controller::run(&command, console)),
        #[cfg(feature = "aws")]
        Command::Iam(command) => iam::run(&command, console),
        #[cfg(feature = "aws")]
        Command::Release(args) => wait(release::run(&args, console)),
    }
}

/// Runs a command that talks to AWS.
#[cfg(feature = "aws")]
fn wait(command: impl Future<Output = Result<Exit>>) -> Result<Exit> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(command)
}
