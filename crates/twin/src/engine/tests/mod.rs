//! The engine over small specs: life cycle, health, metrics, traffic and time.

mod blind;
mod bring_up;
mod health;
mod life;
mod managed;
mod metrics;
mod termination;
mod time;
mod traffic;

use std::collections::BTreeMap;

use plimsoll_core::spec::{Document, Files, Source as Text, Spec};
use plimsoll_core::world;

use super::Engine;
use super::fleet::Counts;
use super::queue::At;
use crate::fault::{Fault, Kind};
use crate::load::{Curve, Load, Source};
use crate::model::Model;
use crate::run::{Controller, Options};

/// The only group of the specs of [`one`].
const WEB: At = At { site: 0, group: 0 };

const EAST: &str = "us-east-1";

fn compiled(text: &str, files: &Files) -> Spec {
    let document = Document::parse(Text { name: "spec.yaml".to_owned(), text: text.to_owned() });
    let compiled = document.compile("production", files);
    compiled.spec.unwrap_or_else(|| panic!("{:#?}\n{text}", compiled.problems))
}

/// Regions with services, which have a warmup of a minute and a grace of two.
fn spec(regions: &str, services: &str) -> Spec {
    let text = format!(
        "platform: shop
account: \"123456789012\"
regions: {regions}
defaults:
  network:
    subnets: {{ tags: {{ tier: private }} }}
    security_groups: {{ tags: {{ role: instance }} }}
  instances: {{ machine: {{ type: c6i.large }}, image: {{ id: ami-00000000000000000 }} }}
  health_check: {{ grace: 120s }}
  warmup: 60s
services:{services}
environments: {{ production: {{}} }}
"
    );
    compiled(&text, &Files::new())
}

/// One region with `web`: four to ten instances of 100 requests per second each, behind a load
/// balancer. `more` are lines of the service.
fn one(more: &str) -> Spec {
    spec(
        "{ us-east-1: { traffic_weight: 100 } }",
        &format!(
            "
  web:
    bounds: {{ min: 4, max: 10 }}
    capacity: {{ requests_per_second: 100, base_latency_ms: 50, hourly_price: 1 }}
    load_balancing: {{ target_group: web }}
{more}"
        ),
    )
}

/// The same spec with another minimum, which is what every group starts with.
fn with_min(mut spec: Spec, min: u32) -> Spec {
    for region in spec.regions.values_mut() {
        region.services.values_mut().for_each(|service| service.bounds.min = min);
    }
    spec
}

fn alfred() -> Spec {
    let example = |name: &str| std::fs::read_to_string(format!("../../examples/{name}")).unwrap();
    let text = example("alfred.yaml");
    let document = Document::parse(Text { name: "alfred.yaml".to_owned(), text });
    let read = |file: String| (file.clone(), Ok(example(&file)));
    let files: Files = document.user_data_files().into_iter().map(read).collect();
    document.compile("production", &files).spec.unwrap()
}

fn options(faults: &[(u64, u64, Kind)]) -> Options {
    let fault =
        |(from, to, kind): &(u64, u64, Kind)| Fault { from: *from, to: *to, kind: kind.clone() };
    Options {
        start: "2027-01-04T00:00:00Z".parse().unwrap(),
        seconds: 3_600,
        seed: 1,
        trace: false,
        // Boots that take their time and no chance.
        model: Model { boot_least: Model::default().boot_mean, ..Model::default() },
        faults: faults.iter().map(fault).collect(),
        controller: Controller::Off,
    }
}

fn steady(service: &str, rate: f64) -> Load {
    open(service, None, Curve::Steady(rate))
}

fn open(service: &str, region: Option<&str>, rate: Curve) -> Load {
    let region = region.map(str::to_owned);
    Load {
        sources: vec![Source::Open { service: service.to_owned(), region, rate }],
        ..Load::default()
    }
}

fn closed(users: f64, think: f64, calls: &[(&str, f64)]) -> Load {
    let calls: BTreeMap<String, f64> =
        calls.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    let users = Curve::Steady(users);
    Load { sources: vec![Source::Closed { region: None, users, think, calls }], ..Load::default() }
}

fn engine(spec: &Spec, rate: f64, faults: &[(u64, u64, Kind)]) -> Engine {
    Engine::new(spec, &steady("web", rate), &options(faults))
}

impl Engine {
    fn counts(&self, at: At) -> Counts {
        self.look(at).unwrap().0.fleet.counts()
    }

    fn seen(&self, at: At) -> &world::Group {
        self.look(at).unwrap().1
    }

    fn resize(&mut self, at: At, to: u32) {
        self.desire(at, to, "a test", String::new);
    }

    /// Live instances by zone, the last letter of its name.
    fn by_zone(&self, at: At) -> BTreeMap<char, usize> {
        let (group, seen) = self.look(at).unwrap();
        let zones = ["a", "b", "c"].map(|zone| format!("{EAST}{zone}"));
        let count = |zone: &String| (zone.chars().last().unwrap(), group.fleet.in_zone(seen, zone));
        zones.iter().map(count).filter(|(_, count)| *count > 0).collect()
    }
}
