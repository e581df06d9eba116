//! A scenario as it is written.

use std::path::Path;

use plimsoll_core::spec::Spec;
use plimsoll_core::units::Seconds;
use plimsoll_twin::fault;
use plimsoll_twin::load::{Form, Load};
use plimsoll_twin::model::Model;
use plimsoll_twin::run::{Controller, Options};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::setting::{SUNDAY, compiled, load_on, moment, punctual, spec_with};

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    spec: SpecDoc,
    /// A generator, or a file relative to the scenario.
    load: String,
    #[serde(default = "once")]
    scale: f64,
    /// The first moment; without it, a Sunday at noon.
    start: Option<String>,
    r#for: Seconds,
    #[serde(default = "first")]
    seed: u64,
    #[serde(default)]
    model: ModelDoc,
    /// As in a file of faults, below its `faults:`.
    #[serde(default)]
    faults: String,
    /// Whether Plimsoll's controller runs in every region.
    #[serde(default)]
    controller: bool,
    pub(super) expect: Vec<Expectation>,
}

const fn once() -> f64 {
    1.0
}

const fn first() -> u64 {
    1
}

/// A spec in a file, and what differs from it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpecDoc {
    /// Relative to the scenario.
    file: String,
    environment: Option<String>,
    /// Laid over the file, mapping by mapping.
    #[serde(default)]
    differs: Map<String, Value>,
}

/// What differs from boots of a minute each and the model's own delays.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ModelDoc {
    metric_delay: Option<Seconds>,
    low_percent: Option<u8>,
    launch_delay: Option<Seconds>,
    boot: Option<Seconds>,
    boot_warm: Option<Seconds>,
    drain: Option<Seconds>,
    health_detection: Option<Seconds>,
    traffic_detection: Option<Seconds>,
    traffic_delay: Option<Seconds>,
    endpoint_checks: Option<bool>,
}

/// What must hold in the end.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expectation {
    /// `total`, `SERVICE@REGION`, or `SERVICE` for each of its regions.
    pub(super) of: String,
    pub(super) value: String,
    is: Option<Amount>,
    at_least: Option<Amount>,
    at_most: Option<Amount>,
    /// The sum, done by hand.
    pub(super) because: String,
}

/// A number, or a time in seconds.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Amount {
    Number(f64),
    Time(Seconds),
}

impl Amount {
    fn number(self) -> f64 {
        match self {
            Self::Number(number) => number,
            Self::Time(seconds) => f64::from(seconds.0),
        }
    }
}

impl Scenario {
    /// What a run needs, or what is wrong with the file.
    pub(super) fn prepared(&self, folder: &Path) -> Result<(Spec, Load, Options), String> {
        let spec = self.spec.read(folder)?;
        let is_file = Form::of(&self.load).is_ok_and(|form| form != Form::Generator);
        let text = if is_file { text_of(&folder.join(&self.load))? } else { self.load.clone() };
        let load = load_on(&spec, &self.load, &text, self.scale)?;
        let options = Options {
            start: moment(self.start.as_deref().unwrap_or(SUNDAY)),
            seconds: u64::from(self.r#for.0),
            seed: self.seed,
            trace: true,
            model: self.model.model(),
            faults: self.faults(&spec)?,
            controller: if self.controller { Controller::On } else { Controller::Off },
        };
        Ok((spec, load, options))
    }

    fn faults(&self, spec: &Spec) -> Result<Vec<fault::Fault>, String> {
        if self.faults.is_empty() {
            return Ok(Vec::new());
        }
        let text = format!("faults:\n{}", self.faults);
        let faults = fault::read(&text, "faults").map_err(|error| error.to_string())?;
        fault::check(&faults, spec).map_err(|error| error.to_string())?;
        Ok(faults)
    }
}

impl SpecDoc {
    fn read(&self, folder: &Path) -> Result<Spec, String> {
        let path = folder.join(&self.file);
        let text = text_of(&path)?;
        let Some(environment) = &self.environment else {
            return spec_with(&text, &self.differs.clone().into());
        };
        if !self.differs.is_empty() {
            return Err("`environment` and `differs` stand side by side".to_owned());
        }
        compiled(&text, path.parent().unwrap_or(folder), environment)
    }
}

impl ModelDoc {
    fn model(&self) -> Model {
        let usual = punctual();
        Model {
            metric_delay: self.metric_delay.unwrap_or(usual.metric_delay),
            low_percent: self.low_percent.unwrap_or(usual.low_percent),
            launch_delay: self.launch_delay.unwrap_or(usual.launch_delay),
            boot_least: self.boot.unwrap_or(usual.boot_least),
            boot_mean: self.boot.unwrap_or(usual.boot_mean),
            boot_warm: self.boot_warm.unwrap_or(usual.boot_warm),
            drain: self.drain.unwrap_or(usual.drain),
            health_detection: self.health_detection.unwrap_or(usual.health_detection),
            traffic_detection: self.traffic_detection.unwrap_or(usual.traffic_detection),
            traffic_delay: self.traffic_delay.unwrap_or(usual.traffic_delay),
            endpoint_checks: self.endpoint_checks.unwrap_or(usual.endpoint_checks),
            ..usual
        }
    }
}

impl Expectation {
    /// Whether a value is what is expected. Without any bound nothing is.
    pub(super) fn holds(&self, measured: f64) -> bool {
        let near = |wanted: f64| (measured - wanted).abs() <= 1e-6 * wanted.abs().max(1.0);
        let bounds = [self.is, self.at_least, self.at_most];
        bounds.iter().any(Option::is_some)
            && self.is.is_none_or(|is| near(is.number()))
            && self.at_least.is_none_or(|least| measured >= least.number())
            && self.at_most.is_none_or(|most| measured <= most.number())
    }

    /// What is expected, in words.
    pub(super) fn bounds(&self) -> String {
        let [is, least, most] =
            [self.is, self.at_least, self.at_most].map(|bound| bound.map(Amount::number));
        match (is, least, most) {
            (Some(is), ..) => is.to_string(),
            (None, Some(least), Some(most)) => format!("{least} to {most}"),
            (None, Some(least), None) => format!("{least} or more"),
            (None, None, Some(most)) => format!("{most} or less"),
            (None, None, None) => "bounded: give `is`, `at_least` or `at_most`".to_owned(),
        }
    }
}

fn text_of(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
