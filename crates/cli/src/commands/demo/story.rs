//! The story of the demo: who is on stage, what is asked of it, and what goes wrong.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::Timestamp;
use plimsoll_core::spec::{Document, FailoverMode, Source as Text, Spec};
use plimsoll_twin::fault::{Fault, Kind};
use plimsoll_twin::load::{Curve, Form, Load, ReadOptions, Source, read};
use plimsoll_twin::model::Model;
use plimsoll_twin::run::{Controller, Options};

use crate::spec_file::SpecFile;
use crate::view::simulation::Act;

/// Where the spec is in the repository.
pub(super) const SPEC: &str = "examples/alfred.yaml";

/// Where the load of the reference is in the repository.
pub(super) const LOAD: &str = "examples/loads/alfred.load.json";

/// The service under the load of the reference: the one to draw.
pub(super) const DRAWN: &str = "agent-core";

/// Monday, eight in the morning in Berlin: the schedule's four instances are in force.
const START: &str = "2027-01-04T07:00:00Z";

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const LENGTH: u64 = 4 * HOUR;

/// Virtual users, as many times as the reference has. Without it, its 200 users leave the
/// instances at 3 % of their CPU.
const SCALE: f64 = 30.0;

/// Virtual users around the dark hour.
const BUSY: f64 = 3000.0;

/// Requests per second to each of the smaller agents around the dark hour.
const BUSY_AGENTS: f64 = 400.0;

/// The parts, in order of time.
pub(super) const ACTS: [Act; 4] = [
    Act {
        at: 0,
        title: "The reference's k6 load, thirty-fold",
        text: "Up to 6000 virtual users: each asks agent-core twice, then rests a second.",
    },
    Act {
        at: HOUR,
        title: "A spike on agent-rag",
        text: "For ten minutes it is asked eight times as much as usual.",
    },
    Act {
        at: 2 * HOUR,
        title: "us-east-1 goes dark for an hour",
        text: "At the busiest time its data plane answers nothing; others carry its share.",
    },
    Act {
        at: 3 * HOUR,
        title: "us-east-1 is back",
        text: "Its share of the traffic returns, as busy as it was an hour ago.",
    },
];

/// Alfred in production, as the repository has it, with the addresses that DNS and the controllers
/// ask whether a region answers, and with leave to move traffic.
pub(super) fn alfred() -> Result<Spec> {
    let text = include_str!("../../../../../examples/alfred.yaml").to_owned();
    let boot = include_str!("../../../../../examples/alfred/user-data.sh").to_owned();
    let document = Document::parse(Text { name: SPEC.to_owned(), text });
    let files = BTreeMap::from([("alfred/user-data.sh".to_owned(), Ok(boot))]);
    let (mut spec, _) = SpecFile { document, files }.compiled(Some("production"), false)?;
    for (name, region) in &mut spec.regions {
        region.endpoint = Some(format!("https://{name}.alfred.example/health"));
    }
    spec.controller.failover.mode = FailoverMode::Act;
    Ok(spec)
}

/// What is asked over the whole story.
pub(super) fn load(spec: &Spec) -> Result<Load> {
    let Load { mut sources, assertions, .. } = reference(spec)?;
    sources.push(busy());
    // Enough that every service has work in every region, for the hours without the k6 load.
    for (service, rate) in [
        ("agent-core", 240.0),
        ("agent-financial", 45.0),
        ("agent-legal", 30.0),
        ("agent-social", 60.0),
    ] {
        sources
            .push(open(service, if service == DRAWN { Curve::Steady(rate) } else { peak(rate) }));
    }
    let (before, spike, after) = (HOUR, 10 * MINUTE, 120.0);
    let lines = vec![
        (before, after),
        (before + 1, 8.0 * after),
        (before + spike, 8.0 * after),
        (before + spike + 1, after),
    ];
    sources.push(open("agent-rag", Curve::Lines(lines)));
    Ok(Load {
        name: "four hours of Alfred".to_owned(),
        sources,
        assertions,
        length: Some(LENGTH),
        start: None,
        notes: Vec::new(),
    })
}

/// People who ask agent-core twice and rest a second, as those of the reference do: some come back
/// before the dark hour, and stay.
fn busy() -> Source {
    let calls = BTreeMap::from([(DRAWN.to_owned(), 2.0)]);
    Source::Closed { region: None, users: around_the_dark(0.0, BUSY), think: 1.0, calls }
}

fn peak(usual: f64) -> Curve {
    around_the_dark(usual, BUSY_AGENTS)
}

/// More than usual from half an hour before the dark one on, and almost to the end.
fn around_the_dark(usual: f64, busy: f64) -> Curve {
    let (comes, goes, ramp) = (2 * HOUR - 30 * MINUTE, LENGTH - 10 * MINUTE, 5 * MINUTE);
    Curve::Lines(vec![(comes, usual), (comes + ramp, busy), (goes, busy), (goes + ramp, usual)])
}

fn open(service: &str, rate: Curve) -> Source {
    Source::Open { service: service.to_owned(), region: None, rate }
}

/// The load of the reference: 200 users at most, here [`SCALE`] times as many.
fn reference(spec: &Spec) -> Result<Load> {
    let text = include_str!("../../../../../examples/loads/alfred.load.json");
    let services: Vec<&str> = spec.services().map(|(_, service, _)| service).collect();
    let regions: Vec<&str> = spec.regions.keys().map(String::as_str).collect();
    let options = ReadOptions {
        services: &services,
        regions: &regions,
        scale: SCALE,
        ..ReadOptions::default()
    };
    Ok(read(LOAD, text, Form::Document, &options)?)
}

/// How the story goes: with the third act's fault, and with all that is needed to tell it.
pub(super) fn options(controller: Controller) -> Result<Options> {
    let region = "us-east-1".to_owned();
    let dark = Fault { from: 2 * HOUR, to: 3 * HOUR, kind: Kind::DataPlaneDark { region } };
    Ok(Options {
        start: START.parse::<Timestamp>()?,
        seconds: LENGTH,
        seed: 1,
        trace: true,
        model: Model::default(),
        faults: vec![dark],
        controller,
    })
}

#[cfg(test)]
mod tests {
    use plimsoll_core::spec::Spec;

    use super::*;

    fn services(spec: &Spec) -> Vec<&str> {
        spec.services().map(|(_, service, _)| service).collect()
    }

    #[test]
    fn every_service_that_is_asked_is_alfreds() {
        let spec = alfred().unwrap();
        for source in load(&spec).unwrap().sources {
            let asked = match source {
                Source::Open { service, .. } => vec![service],
                Source::Closed { calls, .. } => calls.into_keys().collect(),
            };
            assert!(asked.iter().all(|name| services(&spec).contains(&name.as_str())), "{asked:?}");
        }
    }

    #[test]
    fn the_acts_and_the_fault_lie_within_the_story() {
        let spec = alfred().unwrap();
        let options = options(Controller::On).unwrap();
        assert!(ACTS.is_sorted_by_key(|act| act.at));
        assert!(ACTS.iter().all(|act| act.at < options.seconds));
        assert!(ACTS.iter().all(|act| act.text.len() <= 78), "a line behind an indent of 2");
        let [Fault { from, to, kind: Kind::DataPlaneDark { region } }] = &options.faults[..] else {
            panic!("{:?}", options.faults);
        };
        assert_eq!((*from, *to), (ACTS[2].at, ACTS[3].at));
        assert!(spec.regions.contains_key(region));
    }
}
