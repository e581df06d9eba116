//! Flags of the commands that talk to AWS.

use std::path::PathBuf;

use clap::Args;

use super::SpecArgs;

/// Which groups, and how to reach them.
#[derive(Debug, Args)]
pub(crate) struct TargetArgs {
    #[command(flatten)]
    pub(crate) spec: SpecArgs,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}

/// Which part of the spec.
#[derive(Debug, Default, Args)]
pub(crate) struct ScopeArgs {
    /// Only this region; repeatable
    #[arg(long = "region", value_name = "NAME")]
    pub(crate) regions: Vec<String>,
    /// Only this service; repeatable
    #[arg(long = "service", value_name = "NAME")]
    pub(crate) services: Vec<String>,
}

/// How to reach AWS.
#[derive(Clone, Debug, Args)]
pub(crate) struct CloudArgs {
    /// A profile of the AWS configuration files
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// An endpoint that stands in for all of AWS, such as a LocalStack
    #[arg(long, value_name = "URL", value_parser = url)]
    #[arg(env = "AWS_ENDPOINT_URL", hide_env_values = true)]
    pub(crate) endpoint_url: Option<String>,
}

/// What a plan may do beyond the usual.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ReachArgs {
    /// Delete groups of this environment that the spec no longer has
    #[arg(long, conflicts_with = "services")]
    pub(crate) prune: bool,
    /// Take over groups that have a wanted name and another owner
    #[arg(long)]
    pub(crate) adopt: bool,
}

/// Flags of `plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    #[command(flatten)]
    pub(crate) reach: ReachArgs,
    /// Also write the plan to a file, for `apply FILE`
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Exit with 2 when changes are pending
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}

/// Flags of `apply`.
#[derive(Debug, Args)]
pub(crate) struct ApplyArgs {
    /// A plan of `plan --out`: it holds the spec, the environment and the choices of that
    /// plan, and is refused when the world has moved since
    #[arg(value_name = "PLAN", conflicts_with_all = ["regions", "services", "prune", "adopt"])]
    pub(crate) plan_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    #[command(flatten)]
    pub(crate) reach: ReachArgs,
    /// When all else is done, publish the spec to the regions' controllers. An overlay is not part
    /// of it: each deployment has its own
    #[arg(long, conflicts_with = "services")]
    pub(crate) publish: bool,
    /// Do not ask. Pruning still asks, see --yes-prune
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Confirm what --prune deletes without a question; NAME is PLATFORM/ENVIRONMENT
    #[arg(long, value_name = "NAME")]
    pub(crate) yes_prune: Option<String>,
}

/// Flags of `destroy`.
#[derive(Debug, Args)]
pub(crate) struct DestroyArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// Confirm without a question; NAME is PLATFORM/ENVIRONMENT
    #[arg(long, value_name = "NAME")]
    pub(crate) yes_destroy: Option<String>,
}

/// Flags of `release`.
#[derive(Debug, Args)]
pub(crate) struct ReleaseArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// Confirm without a question; NAME is PLATFORM/ENVIRONMENT
    #[arg(long, value_name = "NAME")]
    pub(crate) yes_release: Option<String>,
}

/// Refuses what the SDK would only stumble over at its first call.
fn url(text: &str) -> Result<String, String> {
    let schemes = ["http://", "https://"];
    if schemes.iter().any(|scheme| text.starts_with(scheme)) {
        return Ok(text.to_owned());
    }
    Err("an endpoint starts with http:// or https://".to_owned())
}
