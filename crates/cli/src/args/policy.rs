//! Flags of `policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What can be done with the arithmetic of policies.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Decide for each line of JSON what managed scaling would do
    #[command(after_help = EVAL_HELP)]
    Eval(EvalArgs),
}

/// Flags of `policy eval`.
#[derive(Debug, Args)]
pub(crate) struct EvalArgs {
    /// A file with the lines; without it, or with -, they are read from stdin
    pub(crate) file: Option<PathBuf>,
}

const EVAL_HELP: &str = r#"A line in, with a `proposal` or with `metrics`:
  {"current":5,"max":100,"proposal":9,
   "behavior":{"scaleUp":{"policies":[{"type":"Pods","value":2,"periodSeconds":60}]}},
   "recommendations":[{"capacity":5,"ageSeconds":30}],"events":[{"change":4,"ageSeconds":20}]}
  {"current":5,"max":100,"metrics":[{"type":"utilization","value":90,"target":75}]}

A line out, in the same order:
  {"capacity":5,"stabilized":9,"limitedBy":"rate","reason":"..."}
  {"hold":"..."} where nothing is decided
  {"error":"...","line":3} for a line that makes no sense; the rest goes on, and the exit code is 1"#;
