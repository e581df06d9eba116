//! Values as text or JSON. Nothing else writes to the terminal.
//!
//! A command makes one value; its `Display` is the text and its `Serialize` the JSON, and both go
//! to stdout. Whatever accompanies it (problems, progress, questions) goes to stderr. Text carries
//! its colours along; the streams drop them where nobody sees them.

#[cfg(any(feature = "aws", test))]
pub(crate) mod controller;
mod diagnostic;
pub(crate) mod page;
#[cfg(any(feature = "aws", test))]
pub(crate) mod plan;
#[cfg(feature = "aws")]
pub(crate) mod progress;
#[cfg(feature = "aws")]
pub(crate) mod prompt;
#[cfg(any(feature = "aws", test))]
pub(crate) mod published;
#[cfg(any(feature = "aws", test))]
pub(crate) mod report;
pub(crate) mod simulation;
#[cfg(any(feature = "aws", test))]
pub(crate) mod status;
mod style;

use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};

use anstream::ColorChoice;
use anyhow::Result;
use clap::builder::styling::{AnsiColor, Style};
use plimsoll_core::cloud::{ActError, ErrorClass};
use plimsoll_core::spec::Problem;
use serde::Serialize;

use crate::args::{Output, Shared};
use crate::exit::{self, Exit};
pub(crate) use diagnostic::Faulty;

const ERROR: Style = AnsiColor::Red.on_default().bold();

/// Where results, remarks and questions go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    output: Output,
    /// How often `-v` was given.
    #[cfg(feature = "aws")]
    pub(crate) verbose: u8,
}

impl Console {
    /// Decides on colour and logs for the whole run.
    pub(crate) fn new(shared: &Shared) -> Self {
        if shared.no_color {
            ColorChoice::Never.write_global();
        }
        #[cfg(feature = "aws")]
        log(shared.verbose);
        Self {
            output: shared.output,
            #[cfg(feature = "aws")]
            verbose: shared.verbose,
        }
    }

    /// Whether results are JSON.
    pub(crate) fn is_json(self) -> bool {
        self.output == Output::Json
    }

    /// How wide the terminal is that shows the result as text; `None` when nobody looks, or a
    /// program reads.
    pub(crate) fn terminal_columns(self) -> Option<usize> {
        let (terminal_size::Width(columns), _) =
            terminal_size::terminal_size_of(io::stdout()).filter(|_| !self.is_json())?;
        Some(usize::from(columns))
    }

    /// Writes the result of the command.
    pub(crate) fn result(self, value: &(impl fmt::Display + Serialize)) -> Result<()> {
        let text = match self.output {
            Output::Text => value.to_string(),
            Output::Json => serde_json::to_string_pretty(value)?,
        };
        put(&text).map(|_| ())
    }

    /// Writes a remark that JSON carries in the result.
    pub(crate) fn aside(self, remark: impl fmt::Display) {
        if !self.is_json() {
            note(remark);
        }
    }

    /// Says why a command did nothing.
    pub(crate) fn failure(self, error: &anyhow::Error) -> Exit {
        if self.is_json() {
            // When even this cannot be written, the exit code has to do.
            let _ = self.result(&Failure::of(error));
        } else if let Some(faulty) = error.downcast_ref::<Faulty>() {
            draw(faulty);
        } else {
            note(format_args!("{ERROR}error:{ERROR:#} {}", Failure::of(error)));
        }
        exit::of_error(error)
    }
}

/// Writes a result that is JSON in both forms of output.
#[cfg(feature = "aws")]
pub(crate) fn json(value: &impl Serialize) -> Result<()> {
    put(&serde_json::to_string_pretty(value)?).map(|_| ())
}

/// Writes one of many JSON documents, each a line at once. Says whether somebody still reads.
pub(crate) fn line(value: &impl Serialize) -> Result<bool> {
    put(&serde_json::to_string(value)?)
}

/// Writes to stdout at once. Says whether somebody still reads.
fn put(text: &str) -> Result<bool> {
    let mut stdout = anstream::stdout().lock();
    match writeln!(stdout, "{}", text.trim_end()).and_then(|()| stdout.flush()) {
        // The reader has seen enough, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        other => Ok(other.map(|()| true)?),
    }
}

/// Writes a remark.
pub(crate) fn note(remark: impl fmt::Display) {
    // Without stderr there is nobody to tell.
    let _ = writeln!(anstream::stderr(), "{remark}");
}

/// Draws problems, and counts them.
pub(crate) fn draw(faulty: &Faulty) {
    note(format_args!("{}\n", faulty.drawn(io::stderr().is_terminal()).trim_end()));
    note(faulty);
}

/// Why a command failed.
#[derive(Serialize)]
struct Failure<'a> {
    error: String,
    /// Of a call that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<ErrorClass>,
    /// What an operator does about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'static str>,
    problems: &'a [Problem],
}

impl<'a> Failure<'a> {
    fn of(error: &'a anyhow::Error) -> Self {
        let class = error.downcast_ref::<ActError>().map(|call| call.class);
        Self {
            error: format!("{error:#}"),
            class,
            next: class.map(ErrorClass::advice),
            problems: error.downcast_ref::<Faulty>().map_or(&[], Faulty::problems),
        }
    }
}

impl fmt::Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)?;
        self.next.map_or(Ok(()), |next| write!(f, "\n  next: {next}"))
    }
}

/// `3 groups`, `1 group`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// The API calls of a region: `us-east-1: 3 calls (ec2:DescribeSubnets 2, sts:...)`.
#[cfg(feature = "aws")]
pub(crate) fn calls(region: &str, calls: &[String]) -> String {
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for call in calls {
        *counts.entry(call).or_default() += 1;
    }
    let each: Vec<String> = counts
        .into_iter()
        .map(|(call, times)| if times == 1 { call.to_owned() } else { format!("{call} {times}") })
        .collect();
    format!("{region}: {} ({})", count(calls.len(), "call"), each.join(", "))
}

/// Lets the port, or all of the SDK, tell what it does.
#[cfg(feature = "aws")]
fn log(verbose: u8) {
    let filter = match verbose {
        0 | 1 => return,
        2 => "plimsoll_aws=debug",
        _ => "debug",
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(anstream::stderr().current_choice() != ColorChoice::Never)
        .with_writer(io::stderr)
        .init();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_failed_says_its_class_and_what_to_do_next() {
        let call = ActError {
            call: "sts:GetCallerIdentity".to_owned(),
            resource: "the caller".to_owned(),
            class: ErrorClass::Denied,
            message: "ExpiredToken".to_owned(),
        };
        let error = anyhow::Error::new(call).context("us-east-1").context("whose are these");
        let failure = Failure::of(&error);
        let json = serde_json::to_value(&failure).unwrap();
        assert_eq!(json["class"], "denied");
        assert_eq!(json["next"], ErrorClass::Denied.advice());
        assert_eq!(
            failure.to_string(),
            "whose are these: us-east-1: sts:GetCallerIdentity on the caller: ExpiredToken\n  \
             next: check the credentials (--profile) and the permissions for this call"
        );
        let other = anyhow::anyhow!("no terminal");
        let json = serde_json::to_value(Failure::of(&other)).unwrap();
        assert!(json.get("class").is_none() && json.get("next").is_none(), "{json}");
    }
}
