//! Flags of `controller`.

use clap::{Args, Subcommand};

use super::{CloudArgs, ScopeArgs, SpecArgs, TargetArgs};

/// What can be done with the controllers, one a region.
#[derive(Debug, Subcommand)]
pub(crate) enum ControllerCommand {
    /// Stop the controllers: they go on watching, and change nothing
    Stop(StopArgs),
    /// Let the controllers act again
    Start(StartArgs),
    /// Show whether the controllers are stopped, are alive, and follow this spec
    Status(ControllerArgs),
}

/// Which controllers, and how to reach them.
#[derive(Clone, Debug, Args)]
pub(crate) struct ControllerArgs {
    #[command(flatten)]
    pub(crate) spec: SpecArgs,
    /// Only this region; repeatable
    #[arg(long = "region", value_name = "NAME")]
    pub(crate) regions: Vec<String>,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}

/// Flags of `controller stop`.
#[derive(Debug, Args)]
pub(crate) struct StopArgs {
    #[command(flatten)]
    pub(crate) controllers: ControllerArgs,
    /// Why, for whoever finds them stopped
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    pub(crate) reason: String,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

/// Flags of `controller start`.
#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    #[command(flatten)]
    pub(crate) controllers: ControllerArgs,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

impl ControllerArgs {
    /// The same as every command has it: a controller is of all services.
    pub(crate) fn target(&self) -> TargetArgs {
        let Self { spec, regions, cloud } = self.clone();
        TargetArgs { spec, scope: ScopeArgs { regions, services: Vec::new() }, cloud }
    }
}

/// Longest reason in characters. It is read on a screen in a bad hour, and a parameter holds 4096.
const LONGEST_REASON: usize = 500;

fn reason(text: &str) -> Result<String, String> {
    match text.trim().chars().count() {
        0 => Err("say why, for whoever finds the controllers stopped".to_owned()),
        length if length > LONGEST_REASON => {
            Err(format!("a reason has {LONGEST_REASON} characters at most, not {length}"))
        }
        _ => Ok(text.trim().to_owned()),
    }
}
