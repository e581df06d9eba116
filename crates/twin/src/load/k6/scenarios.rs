//! How many users, or iterations, at which time: the options of a script.
//!
//! What the options mean is as k6 documents it under "Scenarios" and "Options reference": ramps are
//! straight lines, a stage without duration jumps, `stages` begin at `vus`, which is 1 unless
//! given, and arrival rates begin at 0.

use std::collections::BTreeSet;

use super::Fault;
use super::stages::Ramp;
use super::thresholds;
use super::value::{Fields, Located};
use crate::load::curve::real;
use crate::load::{Assertion, Curve};

const EXECUTORS: &str = "ramping-vus, constant-vus, ramping-arrival-rate or constant-arrival-rate";

/// Options of every scenario. What is left out here, and in the executors, k6 refuses as well.
const COMMON: [&str; 7] =
    ["executor", "exec", "startTime", "gracefulStop", "env", "tags", "options"];

/// What the options say.
pub(super) struct Plan {
    pub(super) scenarios: Vec<Scenario>,
    pub(super) assertions: Vec<Assertion>,
    pub(super) notes: BTreeSet<String>,
}

/// One stream of iterations.
pub(super) struct Scenario {
    /// Where it stands.
    pub(super) at: u32,
    /// The function that is one iteration.
    pub(super) exec: String,
    pub(super) model: Model,
    /// Users at work, or iterations per second.
    pub(super) curve: Curve,
    /// Its last second.
    pub(super) end: u64,
}

/// What a scenario keeps constant, or ramps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Model {
    Users,
    Iterations,
}

pub(super) fn plan(options: &Located) -> Result<Plan, Fault> {
    let fields = options.fields("`options`", "{ vus: 100, duration: '10m' }")?;
    let mut notes = BTreeSet::new();
    let scenarios = match fields.get("scenarios") {
        Some(named) => scenarios(fields, named, &mut notes)?,
        None => vec![shortcut(fields)?],
    };
    let assertions = match fields.get("thresholds") {
        Some(thresholds) => thresholds::read(thresholds, &mut notes)?,
        None => Vec::new(),
    };
    if scenarios.iter().any(|scenario| scenario.model == Model::Users) {
        notes.insert(
            "users leave at once: gracefulStop and gracefulRampDown are not simulated".to_owned(),
        );
    }
    for name in ["rps", "minIterationDuration", "execution"] {
        if fields.get(name).is_some() {
            notes.insert(format!("the option `{name}` is not simulated"));
        }
    }
    Ok(Plan { scenarios, assertions, notes })
}

/// `stages`, or `vus` for a `duration`, at the top of the options.
fn shortcut(options: Fields<'_>) -> Result<Scenario, Fault> {
    let users = options.get("vus").map_or(Ok(1.0), |users| users.number("`vus`"))?;
    if let Some(iterations) = options.get("iterations") {
        return Err(counted(iterations.at, "`iterations`"));
    }
    let mut ramp = Ramp::new(0, users);
    match (options.get("stages"), options.get("duration")) {
        (Some(_), Some(duration)) => return Err(several(duration.at, "`stages` and `duration`")),
        (Some(stages), None) => ramp.stages(stages, 1.0)?,
        (None, Some(duration)) => ramp.to(duration.milliseconds("`duration`")?, users),
        (None, None) => {
            return Err(Fault::new(
                options.at,
                "the options do not say how long the script runs",
                "add stages, scenarios, or vus and duration",
            ));
        }
    }
    let (curve, end) = ramp.finish(options.at)?;
    let exec = "default".to_owned();
    Ok(Scenario { at: options.at, exec, model: Model::Users, curve, end })
}

fn scenarios(
    options: Fields<'_>,
    named: &Located,
    notes: &mut BTreeSet<String>,
) -> Result<Vec<Scenario>, Fault> {
    for name in ["stages", "duration", "iterations"] {
        if let Some(other) = options.get(name) {
            return Err(several(other.at, &format!("`scenarios` and `{name}`")));
        }
    }
    let named = named.fields("`scenarios`", "{ visits: { executor: 'constant-vus' } }")?;
    if named.entries.is_empty() {
        let help = format!("name one whose executor is {EXECUTORS}");
        return Err(Fault::new(named.at, "there are no scenarios", help));
    }
    let each = named.entries.iter().map(|(name, one)| {
        let fields =
            one.fields(&format!("the scenario `{name}`"), "{ executor: 'ramping-vus' }")?;
        scenario(&format!("the scenario `{name}`"), fields, notes)
    });
    each.collect()
}

fn scenario(
    name: &str,
    fields: Fields<'_>,
    notes: &mut BTreeSet<String>,
) -> Result<Scenario, Fault> {
    let at = fields.at;
    let executor = fields.need("executor", name)?;
    let number = |key: &str, default: f64| {
        fields.get(key).map_or(Ok(default), |value| value.number(&format!("`{key}`")))
    };
    let duration = |key: &str| fields.need(key, name)?.milliseconds(&format!("`{key}`"));
    let start = fields.get("startTime").map_or(Ok(0), |at| at.milliseconds("`startTime`"))?;
    let stages = || fields.need("stages", name);
    let (ramp, model) = match executor.text("`executor`", "'ramping-vus'")? {
        "ramping-vus" => {
            only(fields, name, &["startVUs", "stages", "gracefulRampDown"])?;
            let mut ramp = Ramp::new(start, number("startVUs", 1.0)?);
            ramp.stages(stages()?, 1.0)?;
            (ramp, Model::Users)
        }
        "constant-vus" => {
            only(fields, name, &["vus", "duration"])?;
            let users = number("vus", 1.0)?;
            let mut ramp = Ramp::new(start, users);
            ramp.to(duration("duration")?, users);
            (ramp, Model::Users)
        }
        "ramping-arrival-rate" => {
            only(fields, name, &["startRate", "timeUnit", "stages", ALLOCATION[0], ALLOCATION[1]])?;
            let unit = time_unit(fields)?;
            let mut ramp = Ramp::new(start, number("startRate", 0.0)? / unit);
            ramp.stages(stages()?, unit)?;
            (ramp, Model::Iterations)
        }
        "constant-arrival-rate" => {
            only(fields, name, &["rate", "timeUnit", "duration", ALLOCATION[0], ALLOCATION[1]])?;
            let rate = fields.need("rate", name)?.number("`rate`")? / time_unit(fields)?;
            let mut ramp = Ramp::new(start, rate);
            ramp.to(duration("duration")?, rate);
            (ramp, Model::Iterations)
        }
        "shared-iterations" | "per-vu-iterations" => return Err(counted(executor.at, name)),
        other => {
            let message = format!("{name} has the executor `{other}`, which is not simulated");
            return Err(Fault::new(executor.at, message, format!("use {EXECUTORS}")));
        }
    };
    if model == Model::Iterations {
        notes.insert(
            "arrival rates are kept whatever happens: preAllocatedVUs and maxVUs set no limit"
                .to_owned(),
        );
    }
    let (curve, end) = ramp.finish(at)?;
    let exec = fields.get("exec").map_or(Ok("default"), |exec| exec.text("`exec`", "'visit'"))?;
    Ok(Scenario { at, exec: exec.to_owned(), model, curve, end })
}

/// What k6 sets aside for arrival rates.
const ALLOCATION: [&str; 2] = ["preAllocatedVUs", "maxVUs"];

/// The seconds to which an arrival rate refers.
fn time_unit(fields: Fields<'_>) -> Result<f64, Fault> {
    let Some(unit) = fields.get("timeUnit") else { return Ok(1.0) };
    match unit.milliseconds("`timeUnit`")? {
        0 => Err(Fault::new(unit.at, "`timeUnit` is 0", "write a duration, such as '1s'")),
        milliseconds => Ok(real(milliseconds) / 1e3),
    }
}

/// Refuses an option that neither every scenario nor the executor has.
fn only(fields: Fields<'_>, name: &str, known: &[&str]) -> Result<(), Fault> {
    let unknown = fields
        .entries
        .iter()
        .find(|(key, _)| !known.contains(&key.as_str()) && !COMMON.contains(&key.as_str()));
    let Some((key, value)) = unknown else { return Ok(()) };
    let message = format!("{name} has an option `{key}` that its executor does not have");
    Err(Fault::new(value.at, message, format!("its options are {}", known.join(", "))))
}

fn counted(at: u32, what: &str) -> Fault {
    let message = format!("{what} counts iterations, whose length in time only a run would show");
    Fault::new(at, message, format!("use {EXECUTORS}"))
}

fn several(at: u32, what: &str) -> Fault {
    Fault::new(at, format!("{what} exclude each other in k6"), "leave one of them out")
}
