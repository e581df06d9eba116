//! The platform that is measured, and what is asked of it.

use jiff::Timestamp;
use plimsoll_core::spec::{Document, Kind, Source, Spec};
use plimsoll_twin::load::{Form, Load, ReadOptions, read};
use plimsoll_twin::model::Model;
use plimsoll_twin::outcome::Outcome;
use plimsoll_twin::run::{Controller, Options, simulate};

/// Days of a month.
pub(crate) const MONTH: u32 = 30;

/// Days of a year.
pub(crate) const YEAR: u32 = 365;

/// Every minute is another one, and every stateless service goes from its least to its most
/// instances and back each day: rates are those of three regions at the targets of Alfred's
/// policies, which are 1000 requests per minute and instance, and 50 searches per second.
const LOAD: &str = "agent-core=daily:60..480,noise=10% \
                    + agent-rag=daily:180..1140,noise=10% \
                    + agent-financial=daily:30..285,peak=11:00,noise=10% \
                    + agent-legal=daily:30..285,peak=14:00,noise=10% \
                    + agent-social=daily:30..285,peak=20:00,noise=10%";

/// Changes of the desired capacity that every stateless group makes a day, at least.
const LIVELY: u64 = 5;

/// What is run.
#[derive(Debug)]
pub(crate) struct Platform {
    spec: Spec,
    load: Load,
}

impl Platform {
    /// Alfred's eight services in three regions, in production.
    pub(crate) fn alfred() -> Self {
        let (name, text) = ("alfred.yaml".to_owned(), example("alfred.yaml"));
        let document = Document::parse(Source { name, text });
        let read_file = |file: String| (file.clone(), Ok(example(&file)));
        let files = document.user_data_files().into_iter().map(read_file).collect();
        let spec = document.compile("production", &files).spec.expect("Alfred is valid");
        let services: Vec<&str> = spec.services().map(|(_, service, _)| service).collect();
        let options = ReadOptions { services: &services, ..ReadOptions::default() };
        let load = read(LOAD, LOAD, Form::Generator, &options).expect("the load is one");
        Self { spec, load }
    }

    /// Runs it for so many days.
    pub(crate) fn run(&self, days: u32, seed: u64) -> Outcome {
        self.run_with(Controller::Off, days, seed)
    }

    /// The same with or without the controller in every region.
    pub(crate) fn run_with(&self, controller: Controller, days: u32, seed: u64) -> Outcome {
        let options = Options {
            start: Timestamp::from_second(1_799_020_800).expect("the Monday of `simulate`"),
            seconds: u64::from(days) * 86_400,
            seed,
            trace: false,
            model: Model::default(),
            faults: Vec::new(),
            controller,
        };
        simulate(&self.spec, &self.load, &options)
    }

    /// How often the laziest stateless group changes its size in a day.
    ///
    /// # Panics
    /// When that is too seldom: figures of a platform that stands still would say nothing.
    pub(crate) fn liveliness(&self, days: u32) -> u64 {
        let outcome = self.run(days, 1);
        let events = |region: &str, service: &str| {
            let row = outcome.rows.iter().find(|r| r.region == region && r.service == service);
            row.map_or(0, |row| row.scaling_events) / u64::from(days)
        };
        let stateless = self.spec.services().filter(|(.., each)| each.kind == Kind::Stateless);
        let laziest = stateless
            .map(|(region, service, _)| (events(region, service), service, region))
            .min()
            .expect("Alfred has stateless services");
        assert!(laziest.0 >= LIVELY, "too few scaling events a day: {laziest:?}");
        laziest.0
    }
}

fn example(name: &str) -> String {
    let path = format!("{}/../../examples/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("the examples are in the repository")
}
