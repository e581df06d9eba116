//! Random platforms, loads and things that go wrong.

use std::fmt::Write as _;
use std::path::Path;

use plimsoll_core::spec::Spec;
use plimsoll_twin::fault::{Fault, Kind, MetricFault};
use plimsoll_twin::load::{Curve, Load, Source};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::setting::compiled;

/// Regions and services that a platform may have; the first ones are there.
pub(super) const REGIONS: [&str; 3] = ["eu-central-1", "us-east-1", "us-west-2"];
const SERVICES: [&str; 3] = ["api", "job", "web"];

/// The longest run of a law, in seconds.
pub(super) const LENGTH: u64 = 2 * 3_600;

/// How many regions and services there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    regions: usize,
    services: usize,
}

#[derive(Clone, Debug)]
struct Service {
    min: u32,
    more: u32,
    managed: Option<u32>,
    cpu: Option<u32>,
    requests: u32,
    warmup: Option<u32>,
    /// Minute of the first hour, and the new minimum or maximum, above the declared minimum.
    schedule: Vec<(u32, bool, u32)>,
    balanced: bool,
    pool: bool,
    hook: bool,
    rated: u32,
}

impl Service {
    fn write(&self, name: &str, text: &mut String) -> std::fmt::Result {
        let max = self.min + self.more;
        writeln!(text, "  {name}:\n    bounds: {{ min: {}, max: {max} }}", self.min)?;
        if self.balanced {
            writeln!(text, "    load_balancing: {{ target_group: {name} }}")?;
        }
        if let Some(warmup) = self.warmup {
            writeln!(text, "    warmup: {warmup}s")?;
        }
        if self.pool {
            writeln!(text, "    warm_pool: {{ min: 1 }}")?;
        }
        if self.hook {
            writeln!(text, "    hooks: {{ wait: {{ on: launch, timeout: 60s }} }}")?;
        }
        writeln!(text, "    scaling:")?;
        if let Some(interval) = self.managed {
            writeln!(text, "      mode: managed\n      interval: {interval}s")?;
        }
        writeln!(text, "      policies:")?;
        let mut policy = |name: &str, metric: &str, target: u32| {
            let how = format!("{{ metric: {metric}, target: {target} }}");
            writeln!(text, "        {name}: {{ target_tracking: {how} }}")
        };
        if self.balanced {
            policy("requests", "alb_requests_per_target", self.requests)?;
        }
        if self.cpu.is_some() || !self.balanced {
            policy("cpu", "cpu", self.cpu.unwrap_or(50))?;
        }
        if !self.schedule.is_empty() {
            writeln!(text, "      schedule:")?;
        }
        for (index, &(minute, is_min, by)) in self.schedule.iter().enumerate() {
            let (what, size) =
                if is_min { ("min", self.min + by % (self.more + 1)) } else { ("max", max + by) };
            let hour = if index % 2 == 0 { "*" } else { "*/2" };
            writeln!(
                text,
                "        entry-{index}: {{ cron: \"{minute} {hour} * * *\", time_zone: \
                 Europe/Berlin, {what}: {size} }}"
            )?;
        }
        writeln!(
            text,
            "    capacity: {{ requests_per_second: {}, base_latency_ms: 20, hourly_price: 0.1 }}",
            self.rated
        )
    }
}

fn service() -> impl Strategy<Value = Service> {
    let scaling = (option::of(select(vec![10, 30, 60])), option::of(20..90u32), 300..6_000u32);
    let schedule = vec((0..60u32, any::<bool>(), 0..4u32), 0..3);
    let shape = (1..4u32, 1..9u32, option::of(0..400u32), 20..200u32);
    (scaling, schedule, shape, any::<(bool, bool, bool)>()).prop_map(
        |((managed, cpu, requests), schedule, (min, more, warmup, rated), flags)| {
            let (balanced, pool, hook) = flags;
            Service {
                min,
                more,
                managed,
                cpu,
                requests,
                warmup,
                schedule,
                balanced,
                pool,
                hook,
                rated,
            }
        },
    )
}

/// A platform as its text, which a failed case shows, and its size.
pub(super) fn platform() -> impl Strategy<Value = (String, Size)> {
    (vec(1..200u32, 1..=3), vec(service(), 1..=3)).prop_map(|(weights, services)| {
        let mut text = "platform: shop\naccount: \"000000000000\"\nenvironments: { production: {} }\nregions:\n"
            .to_owned();
        for (region, weight) in REGIONS.iter().zip(&weights) {
            let _ = writeln!(text, "  {region}: {{ traffic_weight: {weight} }}");
        }
        text.push_str(
            "defaults:\n  network:\n    subnets: { tags: { tier: private } }\n    \
             security_groups: { tags: { role: instance } }\n  instances:\n    machine: { type: \
             c6i.large }\n    image: { id: ami-0123456789abcdef0 }\nservices:\n",
        );
        for (name, service) in SERVICES.iter().zip(&services) {
            let _ = service.write(name, &mut text);
        }
        (text, Size { regions: weights.len(), services: services.len() })
    })
}

/// The spec of a text that [`platform`] made.
pub(super) fn spec(text: &str) -> Spec {
    compiled(text, Path::new("."), "production").unwrap()
}

fn curve() -> impl Strategy<Value = Curve> {
    let rate = || (0..2_000u32).prop_map(f64::from);
    prop_oneof![
        rate().prop_map(Curve::Steady),
        (rate(), rate(), 0..LENGTH)
            .prop_map(|(before, after, at)| Curve::Lines(vec![(at, before), (at, after)])),
        (rate(), rate(), 0..LENGTH, 1..1_800u64).prop_map(|(base, peak, at, rise)| {
            Curve::Lines(vec![(at, base), (at + rise, peak), (at + 2 * rise, base)])
        }),
        (select(vec![30, 60, 300, 700]), vec(rate(), 1..20))
            .prop_map(|(step, values)| Curve::Samples { step, values }),
    ]
}

/// One or two streams at a service, so that the order of a sum does not change its last bits.
pub(super) fn load(size: Size) -> impl Strategy<Value = Load> {
    let stream = move || (option::of(0..size.regions), curve());
    vec(vec(stream(), 0..=2), size.services).prop_map(|services| {
        let sources = SERVICES.iter().zip(services).flat_map(|(name, streams)| {
            streams.into_iter().map(move |(region, rate)| Source::Open {
                service: (*name).to_owned(),
                region: region.map(|region| REGIONS[region].to_owned()),
                rate,
            })
        });
        Load { sources: sources.collect(), ..Load::default() }
    })
}

fn kind(size: Size) -> impl Strategy<Value = Kind> {
    let how = prop_oneof![
        (0..600u32).prop_map(MetricFault::Delayed),
        Just(MetricFault::Missing),
        Just(MetricFault::Nan),
    ];
    let service = option::of(0..size.services);
    (0..size.regions, 0..10u8, option::of(0..3usize), service, how, 0..30u32).prop_map(
        move |(region, which, zone, service, how, number)| {
            let other = REGIONS[(region + 1) % 3].to_owned();
            let region = REGIONS[region].to_owned();
            let zone_of = |zone: usize| format!("{region}{}", ["a", "b", "c"][zone]);
            match which {
                0 => {
                    let zone = zone.map(zone_of);
                    Kind::NoCapacity { region, zone, instance_type: None }
                }
                1 => Kind::ControlPlaneDark { region },
                2 => Kind::DataPlaneDark { region },
                3 => Kind::Partition { between: region, and: other },
                4 => Kind::ZoneLost { zone: zone_of(zone.unwrap_or(0)), region },
                5 => Kind::Throttled { region },
                6 => Kind::SlowBoot { region, percent: 100 + 20 * number },
                7 => {
                    let service = service.map(|service| SERVICES[service].to_owned());
                    Kind::Metrics { region, service, how }
                }
                8 => Kind::StaleReads { region, seconds: number },
                _ => Kind::LostAnswers { region },
            }
        },
    )
}

/// Up to five things that go wrong, at any second.
pub(super) fn faults(size: Size) -> impl Strategy<Value = Vec<Fault>> {
    let fault = (0..LENGTH, 1..LENGTH, kind(size));
    vec(fault.prop_map(|(from, length, kind)| Fault { from, to: from + length, kind }), 0..=5)
}

/// All of it.
pub(super) fn everything() -> impl Strategy<Value = (String, Load, Vec<Fault>, u64)> {
    platform().prop_flat_map(|(text, size)| (Just(text), load(size), faults(size), any::<u64>()))
}
