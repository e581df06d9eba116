//! Loads from tables: `time,requests_per_second[,service][,region]`.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord, Trim};
use jiff::Timestamp;
use plimsoll_core::units::Seconds;

use super::curve::LARGEST;
use super::read::ReadOptions;
use super::{Curve, Load, LoadError, Source};

/// Ten years: what is longer is a time in some other unit.
const LONGEST: i64 = 315_360_000;

/// How long the only row of a service holds, in seconds.
const ONE_ROW: u64 = 60;

/// What a row is about: a service, and one region or all.
type Stream = (String, Option<String>);

/// A stream's values with the moments from which they hold, in seconds on the file's clock.
type Steps = Vec<(i64, f64)>;

pub(super) fn read(text: &str, options: &ReadOptions<'_>) -> Result<Load, LoadError> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text.as_bytes());
    let columns = Columns::of(reader.headers().map_err(|error| unreadable(&error))?)?;
    let mut clock = None;
    let mut streams: BTreeMap<Stream, Steps> = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(&error))?;
        let row = Row { line: record.position().map_or(0, csv::Position::line), record: &record };
        let stream = (columns.service(row, options)?, columns.region(row, options)?);
        let at = columns.time(row, &mut clock)?;
        let steps = streams.entry(stream).or_default();
        if let Some(&(before, _)) = steps.last().filter(|&&(before, _)| before >= at) {
            return Err(row.error(
                "time",
                columns.time,
                &format!("is not after the row before, which is {} s later", before - at),
                "sort the rows of each service and region by time, one row for each moment",
            ));
        }
        steps.push((at, columns.rate(row)?));
    }
    load(streams, clock == Some(Clock::Absolute))
}

fn load(streams: BTreeMap<Stream, Steps>, absolute: bool) -> Result<Load, LoadError> {
    let first = streams.values().flatten().map(|&(at, _)| at).min();
    let last = streams.values().flatten().map(|&(at, _)| at).max();
    let (Some(first), Some(last)) = (first, last) else {
        return Err(LoadError::new("there are no rows", "give at least one below the header"));
    };
    let origin = if absolute { first } else { 0 };
    if last - origin > LONGEST {
        return Err(LoadError::new(
            format!("the last row is {} days after the start", (last - origin) / 86_400),
            "give times within ten years; write a moment as RFC 3339 and not as Unix time",
        ));
    }
    let mut load = Load::default();
    for ((service, region), steps) in streams {
        let steps: Vec<(u64, f64)> =
            steps.into_iter().map(|(at, rate)| ((at - origin).unsigned_abs(), rate)).collect();
        load.length = load.length.max(Some(end(&steps)));
        load.sources.push(Source::Open { service, region, rate: Curve::from_steps(&steps) });
    }
    if absolute && let Ok(start) = Timestamp::from_second(origin) {
        load.start = Some(start);
    }
    Ok(load)
}

/// When the last value ends: it is taken to hold as long as the one before.
fn end(steps: &[(u64, f64)]) -> u64 {
    match steps {
        [.., (before, _), (last, _)] => last + (last - before),
        [(only, _)] => only + ONE_ROW,
        [] => 0,
    }
}

/// What times are counted from.
#[derive(Clone, Copy, PartialEq)]
enum Clock {
    Absolute,
    FromStart,
}

#[derive(Clone, Copy)]
struct Row<'a> {
    line: u64,
    record: &'a StringRecord,
}

impl Row<'_> {
    fn cell(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or_default()
    }

    fn error(&self, name: &str, column: usize, what: &str, help: &str) -> LoadError {
        let value = self.cell(column);
        LoadError::new(format!("{name}: `{value}` {what}"), help).on_line(self.line)
    }
}

/// Where each column stands.
struct Columns {
    time: usize,
    rate: usize,
    rate_name: &'static str,
    service: Option<usize>,
    region: Option<usize>,
}

impl Columns {
    fn of(header: &StringRecord) -> Result<Self, LoadError> {
        const HELP: &str = "write the header `time,requests_per_second`, and `service` and \
                            `region` where rows name them";
        let fail = |message: String| LoadError::new(message, HELP).on_line(1);
        let known = ["time", "requests_per_second", "rps", "service", "region"];
        // Spreadsheets write a mark of the byte order in front.
        let names: Vec<&str> =
            header.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
        for (index, name) in names.iter().enumerate() {
            if !known.contains(name) {
                return Err(fail(format!("`{name}` is not a column of a load")));
            }
            if names.iter().skip(index + 1).any(|other| other == name) {
                return Err(fail(format!("the column `{name}` stands there twice")));
            }
        }
        let find = |name: &str| names.iter().position(|other| *other == name);
        let (rate, rate_name) = match (find("requests_per_second"), find("rps")) {
            (Some(rate), None) => (rate, "requests_per_second"),
            (None, Some(rate)) => (rate, "rps"),
            (Some(_), Some(_)) => {
                return Err(fail("`requests_per_second` and `rps` are the same column".to_owned()));
            }
            (None, None) => {
                return Err(fail("there is no column `requests_per_second`".to_owned()));
            }
        };
        let time = find("time").ok_or_else(|| fail("there is no column `time`".to_owned()))?;
        Ok(Self { time, rate, rate_name, service: find("service"), region: find("region") })
    }

    fn service(&self, row: Row<'_>, options: &ReadOptions<'_>) -> Result<String, LoadError> {
        let service = match self.service.map(|column| row.cell(column)) {
            Some(name) if !name.is_empty() => options.known_service(name),
            _ => options.service(),
        };
        service.map_err(|error| error.on_line(row.line))
    }

    fn region(&self, row: Row<'_>, options: &ReadOptions<'_>) -> Result<Option<String>, LoadError> {
        let name = self.region.map(|column| row.cell(column)).filter(|name| !name.is_empty());
        name.map(|name| options.region(name)).transpose().map_err(|error| error.on_line(row.line))
    }

    fn rate(&self, row: Row<'_>) -> Result<f64, LoadError> {
        let rate = row.cell(self.rate).parse().ok().filter(|rate| (0.0..=LARGEST).contains(rate));
        rate.ok_or_else(|| {
            let help = format!("write a number from 0 to {LARGEST:e}");
            row.error(self.rate_name, self.rate, "is not a rate", &help)
        })
    }

    /// The moment of a row, on the clock that the first row chose.
    fn time(&self, row: Row<'_>, clock: &mut Option<Clock>) -> Result<i64, LoadError> {
        let text = row.cell(self.time);
        let (at, this) = if let Ok(span) = text.parse::<Seconds>() {
            (i64::from(span.0), Clock::FromStart)
        } else if let Ok(moment) = text.parse::<Timestamp>() {
            (moment.as_second(), Clock::Absolute)
        } else {
            let help = "write RFC 3339 with a zone, such as 2026-01-05T08:00:00Z, or whole seconds \
                        or a duration such as 5m from the start";
            return Err(row.error("time", self.time, "is not a time", help));
        };
        if *clock.get_or_insert(this) != this {
            let help = "write all times as moments, or all from the start";
            return Err(row.error("time", self.time, "is another kind of time", help));
        }
        Ok(at)
    }
}

fn unreadable(error: &csv::Error) -> LoadError {
    let line = error.position().map(csv::Position::line);
    let message = if let csv::ErrorKind::UnequalLengths { expected_len, len, .. } = error.kind() {
        format!("the row has {len} cells and the header {expected_len}")
    } else {
        error.to_string()
    };
    let error = LoadError::new(message, "write one cell for each column, separated by commas");
    match line {
        Some(line) => error.on_line(line),
        None => error,
    }
}
