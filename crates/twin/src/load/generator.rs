//! Loads that are written on the command line, such as `daily:50..400,noise=10%`.

use plimsoll_core::units::Seconds;

use super::curve::LARGEST;
use super::read::ReadOptions;
use super::{Curve, Daily, Day, Load, LoadError, Source};

const KINDS: [&str; 4] = ["steady", "daily", "spike", "step"];
const DAY: u32 = 86_400;

/// Whether a text is meant as a generator: its first term names a kind, or has the form of one.
pub(super) fn looks_like_one(text: &str) -> bool {
    let head = text.split(':').next().unwrap_or_default();
    let kind = head.rsplit('=').next().unwrap_or_default().trim();
    let word = !kind.is_empty() && kind.chars().all(|c| c.is_ascii_alphabetic());
    KINDS.contains(&kind) || (word && text.contains(':') && !text.contains('/'))
}

pub(super) fn read(text: &str, options: &ReadOptions<'_>) -> Result<Load, LoadError> {
    let sources = text.split('+').map(|term| source(term.trim(), options));
    Ok(Load { sources: sources.collect::<Result<_, _>>()?, ..Load::default() })
}

fn source(term: &str, options: &ReadOptions<'_>) -> Result<Source, LoadError> {
    let (head, tail) = term.split_once(':').ok_or_else(|| {
        LoadError::new(
            format!("`{term}` is not a generator"),
            "write a kind and rates, such as steady:100",
        )
    })?;
    let (service, kind) = match head.rsplit_once('=') {
        Some((service, kind)) => (options.known_service(service.trim())?, kind.trim()),
        None => (options.service()?, head.trim()),
    };
    let (tail, region) = match tail.rsplit_once('@') {
        Some((tail, region)) => (tail, Some(options.region(region.trim())?)),
        None => (tail, None),
    };
    Ok(Source::Open { service, region, rate: curve(kind, tail)? })
}

fn curve(kind: &str, tail: &str) -> Result<Curve, LoadError> {
    let mut terms = Terms::new(kind, tail)?;
    let curve = match kind {
        "steady" => Curve::Steady(rate(terms.rates)?),
        "daily" => daily(&mut terms)?,
        "spike" => spike(&mut terms)?,
        "step" => step(&mut terms)?,
        _ => {
            return Err(LoadError::new(
                format!("`{kind}` is not a kind of generator"),
                format!("write one of {}", KINDS.join(", ")),
            ));
        }
    };
    terms.finish()?;
    Ok(curve)
}

fn daily(terms: &mut Terms<'_>) -> Result<Curve, LoadError> {
    let (low, high) = terms.range()?;
    let half = |moment: u32| (moment + DAY / 2) % DAY;
    let (trough, peak) = match (terms.take("trough"), terms.take("peak")) {
        (None, None) => (4 * 3_600, 16 * 3_600),
        (Some(trough), None) => (clock(trough)?, half(clock(trough)?)),
        (None, Some(peak)) => (half(clock(peak)?), clock(peak)?),
        (Some(trough), Some(peak)) => (clock(trough)?, clock(peak)?),
    };
    let noise = terms.take("noise").map_or(Ok(0.0), percent)?;
    let day = Day { low, high, trough, peak, noise };
    Daily::new(day).map(Curve::Daily).map_err(|message| {
        LoadError::new(message, "write it such as daily:50..400,peak=14:00,trough=03:00,noise=10%")
    })
}

fn spike(terms: &mut Terms<'_>) -> Result<Curve, LoadError> {
    let (base, peak) = terms.range()?;
    let at = terms.duration("at")?.unwrap_or(600);
    let rise = terms.duration("rise")?.unwrap_or(60);
    let hold = terms.duration("hold")?.unwrap_or(600);
    let fall = terms.duration("fall")?.unwrap_or(rise);
    let (top, end) = (at + rise, at + rise + hold);
    Ok(Curve::Lines(vec![(at, base), (top, peak), (end, peak), (end + fall, base)]))
}

fn step(terms: &mut Terms<'_>) -> Result<Curve, LoadError> {
    let (before, after) = terms.range()?;
    let at = terms.duration("at")?.unwrap_or(600);
    Ok(Curve::Lines(vec![(at, before), (at, after)]))
}

/// What stands after the colon: rates, then keys with values, each taken once.
struct Terms<'a> {
    rates: &'a str,
    keys: Vec<(&'a str, &'a str)>,
    asked: Vec<&'static str>,
}

impl<'a> Terms<'a> {
    fn new(kind: &str, tail: &'a str) -> Result<Self, LoadError> {
        let mut parts = tail.split(',').map(str::trim);
        let rates = parts.next().unwrap_or_default();
        let mut keys: Vec<(&str, &str)> = Vec::new();
        for part in parts {
            let (key, value) = part.split_once('=').ok_or_else(|| {
                LoadError::new(
                    format!("`{part}` in {kind} is not a key with a value"),
                    "write it such as at=1h",
                )
            })?;
            if keys.iter().any(|(other, _)| *other == key.trim()) {
                return Err(LoadError::new(
                    format!("`{}` in {kind} stands there twice", key.trim()),
                    "leave one of them out",
                ));
            }
            keys.push((key.trim(), value.trim()));
        }
        Ok(Self { rates, keys, asked: Vec::new() })
    }

    fn take(&mut self, key: &'static str) -> Option<&'a str> {
        self.asked.push(key);
        let index = self.keys.iter().position(|(other, _)| *other == key)?;
        Some(self.keys.swap_remove(index).1)
    }

    fn duration(&mut self, key: &'static str) -> Result<Option<u64>, LoadError> {
        let Some(text) = self.take(key) else { return Ok(None) };
        let duration = text.parse::<Seconds>().map_err(|error| {
            LoadError::new(error.to_string(), format!("write it such as {key}=10m"))
        })?;
        Ok(Some(u64::from(duration.0)))
    }

    fn range(&self) -> Result<(f64, f64), LoadError> {
        let (from, to) = self.rates.split_once("..").ok_or_else(|| {
            LoadError::new(
                format!("`{}` is not a pair of rates", self.rates),
                "write two requests per second, such as 50..400",
            )
        })?;
        Ok((rate(from)?, rate(to)?))
    }

    fn finish(self) -> Result<(), LoadError> {
        let Some((key, _)) = self.keys.first() else { return Ok(()) };
        let help = if self.asked.is_empty() {
            "it has no keys".to_owned()
        } else {
            format!("its keys are {}", self.asked.join(", "))
        };
        Err(LoadError::new(format!("`{key}` is not a key of this generator"), help))
    }
}

fn rate(text: &str) -> Result<f64, LoadError> {
    text.trim().parse().ok().filter(|rate| (0.0..=LARGEST).contains(rate)).ok_or_else(|| {
        LoadError::new(
            format!("`{}` is not a rate", text.trim()),
            format!("write requests per second, from 0 to {LARGEST:e}, such as 50 or 0.5"),
        )
    })
}

fn percent(text: &str) -> Result<f64, LoadError> {
    let number = text.strip_suffix('%').and_then(|number| number.parse::<f64>().ok());
    number
        .filter(|percent| (0.0..=100.0).contains(percent))
        .map(|percent| percent / 100.0)
        .ok_or_else(|| {
            LoadError::new(format!("`{text}` is not a share"), "write it from 0% to 100%")
        })
}

/// `14:00` as a second of the day.
fn clock(text: &str) -> Result<u32, LoadError> {
    let moment = || {
        let (hours, minutes) = text.split_once(':')?;
        let two = |digits: &str, below: u32| {
            let plain = digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse::<u32>().ok().filter(|number| plain && *number < below)
        };
        Some(two(hours, 24)? * 3_600 + two(minutes, 60)? * 60)
    };
    moment().ok_or_else(|| {
        LoadError::new(
            format!("`{text}` is not a time of the day"),
            "write hours and minutes, such as 14:00",
        )
    })
}
