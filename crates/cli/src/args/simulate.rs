//! Flags of the commands around the simulator.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use plimsoll_core::units::Seconds;

use super::SpecArgs;

/// Seeds that one run may try: each of them is a whole simulation.
const MOST_SEEDS: u64 = 100_000;

/// The longest run: the engine is measured with a year.
pub(crate) const LONGEST: Seconds = Seconds(366 * 86_400);

/// Flags of `simulate`.
#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    #[command(flatten)]
    pub(crate) spec: SpecArgs,
    #[command(flatten)]
    pub(crate) load: LoadArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// Run the load on this spec too and set both side by side; repeatable. The exit code tells
    /// of --file alone
    #[arg(long, value_name = "FILE")]
    pub(crate) compare: Vec<PathBuf>,
    /// Run every seed from A to B and show how the results spread. One seed that fails is a
    /// failure
    #[arg(long, value_name = "A..B", conflicts_with_all = ["seed", "compare", "report"])]
    pub(crate) seeds: Option<Seeds>,
    /// Also write a page with charts: one file, to be opened anywhere
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

/// What is asked of the platform.
#[derive(Debug, Args)]
#[command(next_help_heading = "Load")]
pub(crate) struct LoadArgs {
    /// A k6 script, CSV, the output of `aws cloudwatch get-metric-data`, or a generator such as
    /// agent-core=daily:50..400
    #[arg(long, value_name = "FILE|GENERATOR")]
    pub(crate) load: String,
    /// Multiply the load
    #[arg(long, value_name = "X", default_value = "1", value_parser = factor)]
    pub(crate) scale: f64,
    /// Whom a load asks that names no service
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// Requests in an iteration of a k6 script, instead of those that it is seen to make
    #[arg(long, value_name = "N", value_parser = factor)]
    pub(crate) requests_per_iteration: Option<f64>,
    /// Pause in an iteration of a k6 script, such as 1s or 500ms, instead of its `sleep`
    #[arg(long, value_name = "DURATION", value_parser = pause)]
    pub(crate) think_time: Option<f64>,
    /// What must hold in the end, such as `http_req_duration: p(95)<500`; repeatable. The
    /// thresholds of a k6 script must hold too
    #[arg(long = "assert", value_name = "CONDITION")]
    pub(crate) assertions: Vec<String>,
}

/// How the run goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Run")]
pub(crate) struct RunArgs {
    /// Length of the run [default: that of the load, or 24h]
    #[arg(long = "for", value_name = "DURATION", value_parser = length)]
    pub(crate) length: Option<Seconds>,
    /// The first moment, by which schedules and times of day go [default: that of the load's first
    /// record, or else 2027-01-04T00:00:00Z, a Monday that is fixed so that results repeat]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) start: Option<Timestamp>,
    /// What every random choice comes from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// What goes wrong, and when; repeatable
    ///
    /// The README and examples/faults/all.yaml have every kind of fault
    #[arg(long = "fault", value_name = "FILE")]
    pub(crate) faults: Vec<PathBuf>,
    /// Whether Plimsoll's controller runs in every region. `both` sets the run without it and the
    /// run with it side by side, and the exit code tells of the one without
    #[arg(long, value_enum, value_name = "WHETHER", default_value_t)]
    pub(crate) controller: Controllers,
    /// From the end of a metric's period until CloudWatch shows it [default: 60s]
    #[arg(long, value_name = "DURATION")]
    pub(crate) metric_delay: Option<Seconds>,
    /// From launch to service, on average; never less than three fifths of it [default: 75s]
    #[arg(long, value_name = "DURATION")]
    pub(crate) boot: Option<Seconds>,
    /// Where target tracking scales in, as a share of its target: AWS was seen to use 0.9 and 0.7
    /// [default: 0.9]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub(crate) low_factor: Option<u8>,
}

/// Whether the controller runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Controllers {
    /// It does not
    #[default]
    Off,
    /// It does
    On,
    /// One run without it and one with it
    Both,
}

/// Flags of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// The page with charts
    #[arg(long, value_name = "FILE", default_value = "plimsoll-demo.html")]
    pub(crate) report: PathBuf,
}

/// Seeds from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seeds {
    pub(crate) first: u64,
    pub(crate) last: u64,
}

impl FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = |(first, last): (&str, &str)| Some((first.parse().ok()?, last.parse().ok()?));
        let Some((first, last)) = text.split_once("..").and_then(read) else {
            return Err("seeds are two whole numbers, such as 1..1000".to_owned());
        };
        if last < first {
            return Err(format!("the last seed comes first; write {last}..{first}"));
        }
        if last - first >= MOST_SEEDS {
            return Err(format!("at most {MOST_SEEDS} seeds in one run"));
        }
        Ok(Self { first, last })
    }
}

impl fmt::Display for Seeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.first, self.last)
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0)
}

/// A number above 0.
fn factor(text: &str) -> Result<f64, String> {
    let above_zero = number(text).filter(|number| *number > 0.0);
    above_zero.ok_or_else(|| "write a number above 0, such as 30 or 0.5".to_owned())
}

/// A share in whole percents: 0.7 is 70.
fn share(text: &str) -> Result<u8, String> {
    let percent = (1..=100).find(|percent| {
        number(text).is_some_and(|share| (share * 100.0 - f64::from(*percent)).abs() < 1e-6)
    });
    percent.ok_or_else(|| "write a share such as 0.7, from 0.01 to 1 in hundredths".to_owned())
}

/// Seconds with decimals, as people think between two clicks.
fn pause(text: &str) -> Result<f64, String> {
    let milliseconds = text.strip_suffix("ms").and_then(number).map(|number| number / 1000.0);
    let seconds = || number(text.strip_suffix('s').unwrap_or(text));
    let whole = || text.parse().ok().map(|Seconds(whole)| f64::from(whole));
    let read = milliseconds.or_else(seconds).or_else(whole);
    read.ok_or_else(|| "write a pause such as 1s, 1.5s or 500ms".to_owned())
}

fn length(text: &str) -> Result<Seconds, String> {
    let length: Seconds = text.parse().map_err(|error| format!("{error}"))?;
    if length.0 == 0 {
        return Err("a run takes time; write a duration such as 24h".to_owned());
    }
    if length > LONGEST {
        return Err(format!("a run is at most {LONGEST} long"));
    }
    Ok(length)
}

fn moment(text: &str) -> Result<Timestamp, String> {
    let hint = "write a moment as RFC 3339 has it, such as 2027-01-04T00:00:00Z";
    text.parse().map_err(|_| hint.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range_that_includes_both_ends() {
        assert_eq!("1..1000".parse(), Ok(Seeds { first: 1, last: 1000 }));
        assert_eq!("7..7".parse(), Ok(Seeds { first: 7, last: 7 }));
        for (bad, hint) in [
            ("5", "1..1000"),
            ("a..b", "1..1000"),
            ("9..3", "write 3..9"),
            ("0..100000", "at most 100000"),
            ("-1..3", "1..1000"),
        ] {
            let refusal = bad.parse::<Seeds>().unwrap_err();
            assert!(refusal.contains(hint), "{bad}: {refusal}");
        }
    }

    #[test]
    fn a_pause_has_decimals_and_a_unit() {
        for (text, seconds) in
            [("1", 1.0), ("1.5", 1.5), ("0s", 0.0), ("250ms", 0.25), ("2m", 120.0)]
        {
            let read = pause(text).unwrap();
            assert!((read - seconds).abs() < 1e-12, "{text}: {read}");
        }
        for bad in ["", "ms", "-1", "inf", "NaN", "1 s"] {
            assert!(pause(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_cannot_be_run_is_refused() {
        assert!(length("24h").is_ok());
        assert!(length("0s").unwrap_err().contains("24h"));
        assert!(length("400d").unwrap_err().contains("366d"));
        for bad in ["0", "-1", "NaN", "inf", "x"] {
            assert!(factor(bad).is_err(), "{bad}");
        }
        assert!(share("1").is_ok());
        assert!(share("1.1").is_err());
        assert!(moment("2027-01-04").unwrap_err().contains("RFC 3339"));
    }
}
