//! One way in for every form of load.

use super::{Load, LoadError, cloudwatch, document, generator, rows};

/// The largest factor that a load may be scaled by.
const LARGEST_SCALE: f64 = 1e6;

/// How a load is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The argument itself, such as `daily:50..400`.
    ///
    /// A term is `[SERVICE=]KIND:RATES[,KEY=VALUE...][@REGION]`, and terms are joined with `+`.
    /// Rates are requests per second over all regions, or in the one that is named.
    ///
    /// - `steady:RPS`
    /// - `daily:LOW..HIGH`, with `peak=16:00`, `trough` (12 hours from the peak) and `noise=0%`
    /// - `spike:BASE..PEAK`, with `at=10m`, `rise=1m`, `hold=10m` and `fall` (as `rise`)
    /// - `step:BEFORE..AFTER`, with `at=10m`
    ///
    /// Times of the day count from second 0 of the run.
    Generator,
    /// A table in a `.csv` file: the columns `time` and `requests_per_second` (or `rps`), and
    /// optionally `service` and `region`. A time is RFC 3339, or a duration such as `90` or `5m`
    /// from the start. Each value holds until the next row of its service and region; before the
    /// first there is nothing.
    Csv,
    /// What `aws cloudwatch get-metric-data` prints, in a `.json` file: sums by period, whose
    /// label or id is a service, or `service@region` in the label.
    CloudWatch,
    /// A k6 script in a `.js`, `.mjs` or `.ts` file.
    K6,
    /// A [`Load`] as JSON in a `.load.json` file.
    Document,
}

impl Form {
    /// The form of what a person gave as a load: a file by its extension, or a generator.
    ///
    /// # Errors
    /// Refuses a name that has none of the extensions, and no generator in it.
    pub fn of(argument: &str) -> Result<Self, LoadError> {
        let lower = argument.to_ascii_lowercase();
        let known = [
            (".load.json", Self::Document),
            (".json", Self::CloudWatch),
            (".csv", Self::Csv),
            (".js", Self::K6),
            (".mjs", Self::K6),
            (".ts", Self::K6),
        ];
        if let Some((_, form)) = known.into_iter().find(|(end, _)| lower.ends_with(end)) {
            return Ok(form);
        }
        if generator::looks_like_one(argument) {
            return Ok(Self::Generator);
        }
        Err(LoadError::new(
            "this is neither a generator nor a file whose form is known",
            "give a file that ends in .js, .mjs, .ts, .csv, .json or .load.json, or a generator \
             such as daily:50..400",
        )
        .named(argument))
    }
}

/// What a reader has to know besides the text.
#[derive(Clone, Copy, Debug)]
pub struct ReadOptions<'a> {
    /// The services that may be asked.
    pub services: &'a [&'a str],
    /// The regions of the spec.
    pub regions: &'a [&'a str],
    /// The service that is asked where the text names none; without it, the only service.
    pub default_service: Option<&'a str>,
    /// Calls of one iteration to the default service, in place of what a k6 script calls.
    pub requests_per_iteration: Option<f64>,
    /// Seconds that one iteration waits, in place of what a k6 script sleeps.
    pub think_time: Option<f64>,
    /// Times which every rate and number of users is taken: 0 to a million.
    pub scale: f64,
}

impl Default for ReadOptions<'_> {
    fn default() -> Self {
        Self {
            services: &[],
            regions: &[],
            default_service: None,
            requests_per_iteration: None,
            think_time: None,
            scale: 1.0,
        }
    }
}

impl ReadOptions<'_> {
    fn check(&self) -> Result<(), LoadError> {
        let numbers = [
            ("scale", Some(self.scale), LARGEST_SCALE),
            ("number of requests per iteration", self.requests_per_iteration, LARGEST_SCALE),
            ("think time", self.think_time, LARGEST_SCALE),
        ];
        for (name, value, most) in numbers {
            if let Some(value) = value.filter(|value| !(0.0..=most).contains(value)) {
                return Err(LoadError::new(
                    format!("{value} cannot be the {name}"),
                    format!("give a number from 0 to {most}"),
                ));
            }
        }
        self.default_service.map_or(Ok(()), |name| self.known_service(name).map(drop))
    }

    /// A service by its name.
    pub(super) fn known_service(&self, name: &str) -> Result<String, LoadError> {
        if self.services.contains(&name) {
            return Ok(name.to_owned());
        }
        Err(LoadError::new(
            format!("`{name}` is not a service that can be asked"),
            format!("name one of {}", listed(self.services)),
        ))
    }

    /// The service where none is named.
    pub(super) fn service(&self) -> Result<String, LoadError> {
        match (self.default_service, self.services) {
            (Some(name), _) | (None, &[name]) => Ok(name.to_owned()),
            _ => Err(LoadError::new(
                "no service is named",
                format!("name one of {}, or give --service", listed(self.services)),
            )),
        }
    }

    /// A region by its name.
    pub(super) fn region(&self, name: &str) -> Result<String, LoadError> {
        if self.regions.contains(&name) {
            return Ok(name.to_owned());
        }
        Err(LoadError::new(
            format!("`{name}` is not a region of the spec"),
            format!("name one of {}", listed(self.regions)),
        ))
    }
}

/// Names for a sentence.
pub(super) fn listed(names: &[&str]) -> String {
    if names.is_empty() { "none, since the spec has none".to_owned() } else { names.join(", ") }
}

/// Reads a load. `name` is the file's name, or the generator's text, and goes into the load and
/// into errors; `text` is what the file holds, or the generator's text again.
///
/// # Errors
/// Says where and what, for a text that is not a load of this form, that names services or regions
/// which are not in `options`, or holds numbers that no load can have.
pub fn read(
    name: &str,
    text: &str,
    form: Form,
    options: &ReadOptions<'_>,
) -> Result<Load, LoadError> {
    options.check().map_err(|error| error.named(name))?;
    let load = match form {
        Form::Generator => generator::read(text, options),
        Form::Csv => rows::read(text, options),
        Form::CloudWatch => cloudwatch::read(text, options),
        Form::K6 => read_k6(name, text, options),
        Form::Document => document::read(text, options),
    };
    let mut load = load.map_err(|error| error.named(name))?.scaled(options.scale);
    if load.name.is_empty() {
        name.clone_into(&mut load.name);
    }
    Ok(load)
}

#[cfg(feature = "k6")]
fn read_k6(name: &str, text: &str, options: &ReadOptions<'_>) -> Result<Load, LoadError> {
    super::k6::read(name, text, options)
}

#[cfg(not(feature = "k6"))]
fn read_k6(_: &str, _: &str, _: &ReadOptions<'_>) -> Result<Load, LoadError> {
    Err(LoadError::new(
        "this build reads no k6 scripts",
        "build with the cargo feature `k6`, or give the load as a .load.json or .csv file",
    ))
}
