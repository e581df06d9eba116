//! The workshop of Plimsoll: `cargo xtask <task>`.

mod browser;
mod check;
mod demo;
mod infra;
mod localstack;
mod package;
mod readme;
mod shell;
mod test;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// What a person who works on Plimsoll does every day, each in one command.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Start LocalStack, lay the ground, bring Alfred to three regions, change it.
    Demo {
        /// Use a LocalStack of its own, and stop it at the end.
        #[arg(long)]
        stop: bool,
    },
    /// Run the demos and compare what they print with what the README shows.
    Readme,
    /// Write the report of a simulation and test it in a headless Chromium.
    Page,
    /// Lint and scan what deploys the controller, and test what it says.
    Infra,
    /// Run every test, those of the report and against LocalStack included.
    Test,
    /// Lints, formatting, the purity of the core, what deploys the controller, and the dependencies'
    /// licences and duplicates.
    Check,
    /// Build the controller's package for Lambda, and say what it weighs.
    Package {
        /// The processor architecture of the function.
        #[arg(long, value_enum, default_value_t)]
        arch: package::Arch,
    },
    /// The LocalStack that the demo and the tests use.
    #[command(subcommand)]
    Localstack(Localstack),
}

#[derive(Debug, Subcommand)]
enum Localstack {
    /// Start it, or find the one that runs.
    Start {
        /// Listen on this port instead of a free one.
        #[arg(long)]
        port: Option<u16>,
    },
    /// Say where it is.
    Status,
    /// Lay networks, load balancers, images and profiles for an account.
    Ground {
        /// Arguments for ground.py; see its --help.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Stop it.
    Stop,
}

fn main() -> Result<()> {
    match Arguments::parse().task {
        Task::Demo { stop } => demo::show(stop),
        Task::Readme => readme::demos_are_as_shown(),
        Task::Page => browser::test_report(),
        Task::Infra => infra::every(),
        Task::Test => test::every(),
        Task::Check => check::every(),
        Task::Package { arch } => package::make(arch).map(drop),
        Task::Localstack(task) => local(task),
    }
}

fn local(task: Localstack) -> Result<()> {
    match task {
        Localstack::Start { port } => {
            let server = localstack::start(port)?;
            shell::say(&format!("LocalStack answers at {}", server.endpoint));
            shell::say(&format!("export AWS_ENDPOINT_URL={}", server.endpoint));
        }
        Localstack::Status => match localstack::running() {
            Some(server) => shell::say(&format!("LocalStack answers at {}", server.endpoint)),
            None => shell::say("LocalStack does not run; `cargo xtask localstack start` starts it"),
        },
        Localstack::Ground { arguments } => {
            let server = localstack::start(None)?;
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            shell::say(server.ground(&arguments)?.trim_end());
        }
        Localstack::Stop => {
            let stopped = localstack::stop()?;
            shell::say(if stopped { "LocalStack stopped" } else { "LocalStack did not run" });
        }
    }
    Ok(())
}
