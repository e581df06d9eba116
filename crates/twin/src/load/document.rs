//! Loads that are written out as JSON.

use super::cloudwatch::plain;
use super::read::ReadOptions;
use super::{Load, LoadError, Source};

/// The longest wait, and the most calls, of an iteration.
const LARGEST: f64 = 1e6;

pub(super) fn read(text: &str, options: &ReadOptions<'_>) -> Result<Load, LoadError> {
    let load: Load = serde_json::from_str(text).map_err(|error| {
        LoadError::new(
            format!("this is not a load: {}", plain(&error)),
            "write it in the form of examples/loads/alfred.load.json",
        )
        .at(u64::try_from(error.line()).unwrap_or(0), u64::try_from(error.column()).unwrap_or(0))
    })?;
    if load.length == Some(0) {
        return Err(LoadError::new("the length is 0", "give seconds above 0, or leave it out"));
    }
    for (index, source) in load.sources.iter().enumerate() {
        check(source, options).map_err(|error| LoadError {
            message: format!("source {}: {}", index + 1, error.message),
            ..error
        })?;
    }
    Ok(load)
}

fn check(source: &Source, options: &ReadOptions<'_>) -> Result<(), LoadError> {
    let within = |what: &str, value: f64| {
        if (0.0..=LARGEST).contains(&value) {
            return Ok(());
        }
        let message = format!("{what} is {value}");
        Err(LoadError::new(message, format!("give a number from 0 to {LARGEST}")))
    };
    let (region, curve) = match source {
        Source::Open { service, region, rate } => {
            options.known_service(service)?;
            (region, rate)
        }
        Source::Closed { region, users, think, calls } => {
            for (service, number) in calls {
                options.known_service(service)?;
                within(&format!("the number of calls to {service}"), *number)?;
            }
            within("`think`", *think)?;
            if calls.values().sum::<f64>() <= 0.0 {
                return Err(LoadError::new("it calls nothing", "name a service in `calls`"));
            }
            (region, users)
        }
    };
    if let Some(region) = region {
        options.region(region)?;
    }
    let Some(message) = curve.fault() else { return Ok(()) };
    Err(LoadError::new(message, "give finite numbers that are not negative, in order of time"))
}
