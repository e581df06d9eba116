//! `plimsoll`: the operator's command line.
//!
//! | room | what it holds |
//! |---|---|
//! | [`args`] | what can be typed |
//! | [`commands`] | one file per command: each makes one value and shows it |
//! | [`spec_file`] | the spec on disk, with the files that it names |
//! | `moved` | whether two plans do the same (feature `aws`) |
//! | `parameters` | the published spec and the red button, region by region (feature `aws`) |
//! | `plan_file` | a plan on disk, and whether it still holds (feature `aws`) |
//! | `session` | a spec, a cloud and the choices of this run (feature `aws`) |
//! | [`view`] | values as text or JSON; the only place that writes to the terminal |
//! | [`exit`] | what the process tells its caller |

mod args;
mod commands;
mod exit;
#[cfg(any(feature = "aws", test))]
mod moved;
#[cfg(feature = "aws")]
mod parameters;
#[cfg(any(feature = "aws", test))]
mod plan_file;
#[cfg(feature = "aws")]
mod session;
mod spec_file;
mod view;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = match args::Cli::try_parse() {
        Ok(cli) => cli,
        Err(answer) => return exit::of_clap(&answer).into(),
    };
    let console = view::Console::new(&cli.shared);
    let exit = commands::run(cli.command, console).unwrap_or_else(|error| console.failure(&error));
    exit.into()
}
