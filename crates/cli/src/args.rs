//! What can be typed. Parsing checks; it never does anything.

#[cfg(feature = "aws")]
mod cloud;
#[cfg(feature = "aws")]
mod controller;
#[cfg(feature = "aws")]
mod iam;
mod policy;
mod simulate;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

#[cfg(feature = "aws")]
pub(crate) use cloud::{
    ApplyArgs, CloudArgs, DestroyArgs, PlanArgs, ReachArgs, ReleaseArgs, ScopeArgs, TargetArgs,
};
#[cfg(feature = "aws")]
pub(crate) use controller::{ControllerArgs, ControllerCommand, StartArgs, StopArgs};
#[cfg(feature = "aws")]
pub(crate) use iam::{IamCommand, IamPolicyArgs, RoleArg};
pub(crate) use policy::{EvalArgs, PolicyCommand};
pub(crate) use simulate::{Controllers, DemoArgs, LONGEST, LoadArgs, RunArgs, Seeds, SimulateArgs};

/// Keeps fleets of EC2 instances at the load that their operators declared: one file, several
/// regions.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = crate::exit::table())]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) shared: Shared,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Shared {
    /// How the result is written to stdout; all else goes to stderr
    #[arg(long, value_enum, value_name = "FORM", default_value_t, global = true)]
    pub(crate) output: Output,
    /// Say more: -v counts API calls, -vv logs each, -vvv logs all that the SDK does
    #[arg(long, short, action = clap::ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
    #[arg(long, global = true, help = "Write without colour, as NO_COLOR in the environment does")]
    pub(crate) no_color: bool,
}

/// The form of a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    #[default]
    Text,
    /// For programs: one document, errors included
    Json,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a commented spec to start from
    Init(InitArgs),
    /// Check a spec: every mistake at once, without AWS
    Validate(SpecArgs),
    /// Print the JSON Schema of specs, for editors
    Schema,
    /// Show what scaling does under a load, in simulated regions
    Simulate(Box<SimulateArgs>),
    /// Watch four hours of Alfred, the reference platform, in simulated regions
    Demo(DemoArgs),
    /// Try the arithmetic of scaling policies
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Show what apply would do
    #[cfg(feature = "aws")]
    Plan(PlanArgs),
    /// Make the regions match the spec
    #[cfg(feature = "aws")]
    Apply(ApplyArgs),
    /// Show every service in every region
    #[cfg(feature = "aws")]
    Status(TargetArgs),
    /// Delete every group of an environment, with its instances
    #[cfg(feature = "aws")]
    Destroy(DestroyArgs),
    /// Forget an environment and leave its groups running as they are
    #[cfg(feature = "aws")]
    Release(ReleaseArgs),
    /// Stop the controllers, let them act again, or see how they are
    #[cfg(feature = "aws")]
    #[command(subcommand)]
    Controller(ControllerCommand),
    /// Print the permissions that a role needs
    #[cfg(feature = "aws")]
    #[command(subcommand)]
    Iam(IamCommand),
    /// Print a completion script
    Completions {
        /// The shell to complete for
        shell: clap_complete::Shell,
    },
}

/// Flags of `init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The file to write
    #[arg(default_value = "plimsoll.yaml")]
    pub(crate) file: PathBuf,
    /// Overwrite the file when it exists
    #[arg(long)]
    pub(crate) force: bool,
}

/// Which spec.
#[derive(Clone, Debug, Args)]
pub(crate) struct SpecArgs {
    /// The spec
    #[arg(long, short, env = "PLIMSOLL_SPEC", hide_env_values = true)]
    #[arg(default_value = "plimsoll.yaml")]
    pub(crate) file: PathBuf,
    /// The environment; may be left out when the spec has one
    #[arg(long, short, value_name = "NAME")]
    #[arg(env = "PLIMSOLL_ENVIRONMENT", hide_env_values = true)]
    pub(crate) environment: Option<String>,
    /// Lay this file over the environment, as a deployment does; it has the form of one
    #[arg(long, value_name = "FILE", env = "PLIMSOLL_OVERLAY_FILE", hide_env_values = true)]
    pub(crate) overlay: Option<PathBuf>,
    /// Take warnings for errors
    #[arg(long)]
    pub(crate) strict: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_definition_holds() {
        Cli::command().debug_assert();
    }
}
