//! `plimsoll simulate`: what scaling does under a load, in simulated regions. Needs no AWS.

mod compare;
mod faults;
mod load;
mod many;
mod report;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, bail};
use jiff::Timestamp;
use plimsoll_core::spec::{Kind, Spec};
use plimsoll_core::units::Seconds;
use plimsoll_twin::load::{Curve, Load, Source};
use plimsoll_twin::model::Model;
use plimsoll_twin::outcome::Outcome;
use plimsoll_twin::run::{Controller, Options, simulate};

pub(crate) use report::write as write_report;

use crate::args::{Controllers, RunArgs, SimulateArgs, SpecArgs};
use crate::exit::Exit;
use crate::spec_file::SpecFile;
use crate::view::Console;
use crate::view::simulation::SummaryView;

/// The length of a run that neither the operator nor the load gives: a day has one of everything.
const DAY: u64 = 86_400;

/// The first moment of a run when neither the operator nor the load gives one: a Monday at midnight.
const MONDAY: Timestamp = Timestamp::constant(1_799_020_800, 0);

/// The longest run in seconds.
const LONGEST: u64 = crate::args::LONGEST.0 as u64;

/// A spec that is put to the test, and what to call it.
#[derive(Clone)]
struct Contender {
    name: String,
    spec: Spec,
    /// Whether the controller looks after it.
    controller: Controller,
}

/// Runs a load, and shows what it did.
pub(crate) fn run(args: &SimulateArgs, console: Console) -> Result<Exit> {
    let name = args.spec.file.as_path();
    let first = Contender::new(name, &SpecFile::read(&args.spec)?, &args.spec, console)?;
    let mut load = load::read(&args.load, &first.spec)?;
    first.knows(&load)?;
    let options = options(&args.run, &load, &first.spec)?;
    note_what_is_held(&mut load, &options);
    let both = args.run.controller == Controllers::Both;
    if let Some(seeds) = args.seeds {
        if both {
            bail!("--seeds shows one kind of run\n  next: --controller on, or --controller off");
        }
        return many::run(&first.spec, &load, &options, seeds, console);
    }
    if args.compare.is_empty() && !both {
        return single(&first, &load, options, args.report.as_deref(), console);
    }
    let mut contenders = vec![first];
    for path in &args.compare {
        let other = Contender::new(path, &SpecFile::read_other(path)?, &args.spec, console)?;
        other.knows(&load)?;
        contenders.push(other);
    }
    let contenders = beside(contenders, args.run.controller);
    compare::run(&contenders, &load, options, args.report.as_deref(), console)
}

/// Each contender without the controller, with it, or both.
fn beside(contenders: Vec<Contender>, controllers: Controllers) -> Vec<Contender> {
    let named = |contender: &Contender, controller, how: &str| {
        let name = format!("{}, controller {how}", contender.name);
        Contender { name, controller, ..contender.clone() }
    };
    let each = |contender: Contender| match controllers {
        Controllers::Off => vec![contender],
        Controllers::On => vec![Contender { controller: Controller::On, ..contender }],
        Controllers::Both => {
            let (off, on) = (Controller::Off, Controller::On);
            vec![named(&contender, off, "off"), named(&contender, on, "on")]
        }
    };
    contenders.into_iter().flat_map(each).collect()
}

fn single(
    contender: &Contender,
    load: &Load,
    mut options: Options,
    report: Option<&Path>,
    console: Console,
) -> Result<Exit> {
    let columns = console.terminal_columns();
    options.trace = report.is_some() || columns.is_some();
    let mut outcome = simulate(&contender.spec, load, &options);
    if let Some(path) = report {
        write_report(path, &[(&contender.name, &outcome)], console)?;
    }
    if columns.is_none() {
        // The curves are in the page; in the summary they would bury all else.
        outcome.trace = None;
    }
    let stateful = stateful(&contender.spec);
    console.result(&SummaryView { outcome: &outcome, stateful: &stateful, columns })?;
    Ok(ended(&outcome))
}

impl Contender {
    fn new(path: &Path, file: &SpecFile, args: &SpecArgs, console: Console) -> Result<Self> {
        let (spec, doubts) = file.compiled(args.environment.as_deref(), args.strict)?;
        // The same file with and without an overlay may stand side by side.
        let overlay = file.document.overlay().map(|overlay| format!(" with {}", overlay.name));
        let name = format!("{}{}", path.display(), overlay.unwrap_or_default());
        if doubts.any() {
            console.aside(format_args!("{doubts}; `plimsoll validate` shows them"));
        }
        Ok(Self { name, spec, controller: Controller::Off })
    }

    /// Refuses a load that asks for what the spec does not have: nobody would answer.
    fn knows(&self, load: &Load) -> Result<()> {
        let services: BTreeSet<&str> = self.spec.services().map(|(_, name, _)| name).collect();
        for source in &load.sources {
            let (asked, region) = match source {
                Source::Open { service, region, .. } => (vec![service], region),
                Source::Closed { calls, region, .. } => (calls.keys().collect(), region),
            };
            if let Some(unknown) = asked.iter().find(|name| !services.contains(name.as_str())) {
                bail!(
                    "{} asks for service `{unknown}`, which {} does not have; it has {}",
                    load.name,
                    self.name,
                    list(services.iter().copied())
                );
            }
            if let Some(unknown) = region.as_ref().filter(|name| !self.has_region(name)) {
                bail!(
                    "{} asks region `{unknown}`, which {} does not have; it has {}",
                    load.name,
                    self.name,
                    list(self.spec.regions.keys().map(String::as_str))
                );
            }
        }
        Ok(())
    }

    fn has_region(&self, name: &str) -> bool {
        self.spec.regions.contains_key(name)
    }
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// Says when the run is longer than the recording, or at another time.
fn note_what_is_held(load: &mut Load, options: &Options) {
    let recorded = |source: &Source| {
        matches!(source, Source::Open { rate: Curve::Samples { .. } | Curve::Steady(_), .. })
    };
    let seconds = |seconds| Seconds(u32::try_from(seconds).unwrap_or(u32::MAX));
    if let Some(length) = load.length.filter(|length| *length < options.seconds)
        && load.sources.iter().any(recorded)
    {
        let (ends, lasts) = (seconds(length), seconds(options.seconds));
        load.notes.push(format!("the load ends at {ends}; its last value is held until {lasts}"));
    }
    if let Some(start) = load.start.filter(|start| *start != options.start) {
        let moved = options.start;
        load.notes
            .push(format!("the load was recorded from {start} on, and is played from {moved} on"));
    }
}

/// The choices of a command line; curves are asked for by those who show them.
fn options(args: &RunArgs, load: &Load, spec: &Spec) -> Result<Options> {
    let seconds = args.length.map(|Seconds(length)| u64::from(length)).or(load.length);
    let seconds = seconds.unwrap_or(DAY);
    if seconds > LONGEST {
        bail!(
            "{} lasts for {seconds} s; give --for, of {} at most",
            load.name,
            crate::args::LONGEST
        );
    }
    Ok(Options {
        start: args.start.or(load.start).unwrap_or(MONDAY),
        seconds,
        seed: args.seed,
        trace: false,
        model: model(args),
        faults: faults::read(&args.faults, spec, seconds)?,
        controller: match args.controller {
            Controllers::On => Controller::On,
            Controllers::Off | Controllers::Both => Controller::Off,
        },
    })
}

fn model(args: &RunArgs) -> Model {
    let usual = Model::default();
    let boot_mean = args.boot.unwrap_or(usual.boot_mean);
    Model {
        metric_delay: args.metric_delay.unwrap_or(usual.metric_delay),
        low_percent: args.low_factor.unwrap_or(usual.low_percent),
        // As 45 s are to 75 s in the usual model.
        boot_least: Seconds(boot_mean.0 / 5 * 3),
        boot_mean,
        ..usual
    }
}

/// The services that have one instance, which holds their data.
pub(crate) fn stateful(spec: &Spec) -> BTreeSet<String> {
    let held = spec.services().filter(|(_, _, service)| service.kind == Kind::Stateful);
    held.map(|(_, name, _)| name.to_owned()).collect()
}

/// How a simulation ends for scripts.
fn ended(outcome: &Outcome) -> Exit {
    let held = outcome.verdicts.iter().all(|verdict| verdict.holds);
    if held { Exit::Done } else { Exit::Failed }
}

#[cfg(test)]
mod tests;
