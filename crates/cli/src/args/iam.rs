//! Flags of `iam`.

use clap::{Args, Subcommand, ValueEnum};

use super::SpecArgs;

/// What can be said about permissions.
#[derive(Debug, Subcommand)]
pub(crate) enum IamCommand {
    /// Print the least IAM policy for a role, as JSON, without AWS
    Policy(IamPolicyArgs),
}

/// Flags of `iam policy`.
#[derive(Debug, Args)]
pub(crate) struct IamPolicyArgs {
    #[command(flatten)]
    pub(crate) spec: SpecArgs,
    /// Who gets the policy
    #[arg(long = "for", value_enum, value_name = "ROLE")]
    pub(crate) role: RoleArg,
    /// Only in this region; a controller has one
    #[arg(long, value_name = "NAME")]
    pub(crate) region: Option<String>,
    /// Another account than the spec's
    #[arg(long, value_name = "NUMBER", value_parser = account)]
    pub(crate) account: Option<String>,
    /// Also grant a controller its vote on where traffic goes
    #[arg(long)]
    pub(crate) traffic: bool,
}

/// Who a policy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleArg {
    /// The controller of one region
    Controller,
    /// Who plans, applies and operates
    Operator,
    /// Who only looks
    Reader,
}

fn account(text: &str) -> Result<String, String> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err("an account has twelve digits".to_owned())
}
