//! What the process tells its caller.

use std::fmt::{self, Write as _};
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// All of it is done.
    Done = 0,
    /// It was not done.
    Error = 1,
    /// There is something to do. Scripts rely on the number, so clap's own 2 is moved away.
    ChangesPending = 2,
    /// Some of it was done.
    Partial = 3,
    /// A condition of the simulation did not hold.
    Failed = 4,
    /// The command line makes no sense. The number is `EX_USAGE` of sysexits(3).
    Usage = 64,
}

impl Exit {
    const ALL: [Self; 6] =
        [Self::Done, Self::ChangesPending, Self::Error, Self::Partial, Self::Failed, Self::Usage];

    /// One line for the help text.
    const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done; for plan, also when changes are pending",
            Self::ChangesPending => "changes are pending (plan --detailed-exitcode only)",
            Self::Error => "error: nothing was done, and the message says why",
            Self::Partial => "partial failure: a region could not be read, or a change failed",
            Self::Failed => "a condition of the simulation did not hold",
            Self::Usage => "the command line makes no sense",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Marks an error that came when changes had been made.
#[derive(Debug)]
pub(crate) struct Midway;

impl fmt::Display for Midway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("changes were made before this")
    }
}

/// How a command ended that failed.
pub(crate) fn of_error(error: &anyhow::Error) -> Exit {
    if error.is::<Midway>() { Exit::Partial } else { Exit::Error }
}

/// The exit codes as `--help` shows them.
pub(crate) fn table() -> String {
    Exit::ALL.iter().fold("Exit codes:".to_owned(), |mut table, exit| {
        // Writing to a string cannot fail.
        let _ = write!(table, "\n  {:>2}  {}", *exit as u8, exit.meaning());
        table
    })
}

/// Shows what clap has to say: help, the version, or what makes no sense.
pub(crate) fn of_clap(answer: &clap::Error) -> Exit {
    // A closed pipe is no reason to fail: nobody is reading.
    let _ = answer.print();
    if answer.use_stderr() { Exit::Usage } else { Exit::Done }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn an_error_after_changes_is_a_partial_failure() {
        let error = || anyhow!("no space left");
        assert_eq!(of_error(&error()), Exit::Error);
        assert_eq!(of_error(&error().context("cannot write")), Exit::Error);
        assert_eq!(of_error(&error().context(Midway)), Exit::Partial);
    }
}
