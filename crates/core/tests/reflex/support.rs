//! A small platform, its groups, and what a controller sees of them; a test says only what differs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use plimsoll_core::action::Action;
use plimsoll_core::bounds::{Bounds, Declared, Effective};
use plimsoll_core::lease::{Lease, leases_of};
use plimsoll_core::reflex::{Decision, Effect, Input, Reflex, Signals, Verdict, decide};
use plimsoll_core::scaling::managed::{Counts, Reading, ReadingKind};
use plimsoll_core::spec::{Document, Files, Source, Spec};
use plimsoll_core::units::MetricValue;
use plimsoll_core::world::{
    Group, GroupSettings, HealthStatus, Instance, Tag, ZoneDistribution, tag_keys,
};

pub(crate) const REGION: &str = "eu-central-1";

const TEXT: &str = r#"
platform: ship
account: "000000000000"
controller: { lease: 15m, damping: { events_per_hour: 6, for: 30m } }
regions:
  eu-central-1: {}
defaults:
  network:
    subnets: { ids: [subnet-0123456789abcdef0] }
    security_groups: { ids: [sg-0123456789abcdef0] }
  instances: { machine: { type: c6i.large }, image: { id: ami-0123456789abcdef0 } }
  warmup: 120s
services:
  web:
    bounds: { min: 2, max: 10 }
    load_balancing: { target_group: ship-web }
    scaling:
      mode: managed
      behavior: { scaleDown: { stabilizationWindowSeconds: 300 } }
      policies: { cpu: { target_tracking: { metric: cpu, target: 50 } } }
    uses: { db: {} }
  worker:
    bounds: { min: 1, max: 8 }
    load_balancing: { target_group: ship-worker }
    scaling: { policies: { cpu: { target_tracking: { metric: cpu, target: 50 } } } }
    uses: { db: {} }
  static:
    bounds: { min: 1, max: 6 }
  db:
    kind: stateful
    bounds: { min: 1, max: 1 }
    guard:
      metric: { custom: { namespace: Ship, name: connections } }
      threshold: 900
environments: { production: {} }
"#;

pub(crate) fn spec() -> &'static Spec {
    static SPEC: LazyLock<Spec> = LazyLock::new(|| {
        let source = Source { name: "ship.yaml".to_owned(), text: TEXT.to_owned() };
        let compiled = Document::parse(source).compile("production", &Files::new());
        compiled.spec.unwrap_or_else(|| panic!("{:#?}", compiled.problems))
    });
    &SPEC
}

pub(crate) fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

pub(crate) fn ago(seconds: i64) -> Timestamp {
    now() - SignedDuration::from_secs(seconds)
}

/// A group of a service at a size, all of it in service.
pub(crate) fn group(service: &str, desired: u32) -> Group {
    let bounds = spec().regions[REGION].services[service].bounds;
    let identity = [
        (tag_keys::PLATFORM, "ship"),
        (tag_keys::ENVIRONMENT, "production"),
        (tag_keys::SERVICE, service),
        (tag_keys::ROLE, "active"),
    ];
    let tag = |(key, value): (&str, &str)| {
        (key.to_owned(), Tag { value: value.to_owned(), propagate: true })
    };
    let instance = |number| Instance {
        id: format!("i-{number}"),
        zone: "eu-central-1a".to_owned(),
        lifecycle: "InService".to_owned(),
        health: HealthStatus::Healthy,
        template: None,
    };
    Group {
        name: format!("ship-production-{service}-a"),
        arn: String::new(),
        bounds,
        desired,
        settings: GroupSettings {
            template: None,
            subnets: BTreeSet::new(),
            health_checks: BTreeSet::new(),
            health_check_grace: plimsoll_core::units::Seconds(300),
            warmup: Some(plimsoll_core::units::Seconds(120)),
            termination_policies: Vec::new(),
            maintenance: None,
            zones: ZoneDistribution::default(),
            scale_in_protection: false,
            max_instance_lifetime: None,
        },
        template_id: None,
        tags: identity.map(tag).into(),
        metrics: BTreeSet::new(),
        suspended: BTreeSet::new(),
        target_groups: BTreeSet::new(),
        instances: (0..desired).map(instance).collect(),
        policies: BTreeMap::new(),
        schedules: BTreeMap::new(),
        hooks: None,
        warm_pool: None,
        deleting: None,
    }
}

/// What a controller sees.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) groups: Vec<Group>,
    pub(crate) signals: BTreeMap<String, Signals>,
    pub(crate) now: Timestamp,
    pub(crate) spec: Spec,
}

impl Seen {
    /// Three stateless groups of four and a database, and no signals.
    pub(crate) fn new() -> Self {
        let groups = vec![group("web", 4), group("worker", 4), group("static", 4), group("db", 1)];
        Self { groups, signals: BTreeMap::new(), now: now(), spec: spec().clone() }
    }

    pub(crate) fn signals(&mut self, service: &str) -> &mut Signals {
        self.signals.entry(service.to_owned()).or_default()
    }

    pub(crate) fn group(&mut self, service: &str) -> &mut Group {
        self.groups.iter_mut().find(|group| group.serves(service)).unwrap()
    }

    /// Puts a lease on a group that has the bounds of it already.
    pub(crate) fn lease(&mut self, service: &str, lease: &Lease) {
        self.group(service).tags.insert(lease.key(), lease.tag());
        let effective = self.effective();
        self.group(service).bounds = effective[service].bounds;
    }

    pub(crate) fn effective(&self) -> BTreeMap<String, Effective> {
        let region = &self.spec.regions[REGION];
        let of = |(name, service): (&String, _)| {
            let group = self.groups.iter().find(|group| group.serves(name));
            let leases = leases_of(service, group);
            (name.clone(), Declared::of(region, service).with(&leases, self.now))
        };
        region.services.iter().map(of).collect()
    }

    /// What is decided, by a look at the decision.
    pub(crate) fn decide<T>(&self, look: impl FnOnce(&Decision<'_>) -> T) -> T {
        let (peers, failed) = (BTreeMap::new(), BTreeSet::new());
        let effective = self.effective();
        look(&decide(&Input {
            spec: &self.spec,
            region: REGION,
            groups: &self.groups,
            effective: &effective,
            signals: &self.signals,
            peers: &peers,
            failed_launches: &failed,
            now: self.now,
        }))
    }

    /// What one reflex says, in words: `service: effect` or `service: code of the hold`.
    pub(crate) fn said(&self, reflex: Reflex) -> Vec<String> {
        let words = |verdict: &Verdict<'_>| match &verdict.outcome {
            Ok(effects) => {
                let words: Vec<_> = effects.iter().map(Effect::to_string).collect();
                format!("{}: {}", verdict.about, words.join(" + "))
            }
            Err(hold) => format!("{}: {}", verdict.about, hold.code()),
        };
        self.decide(|decision| {
            decision.verdicts.iter().filter(|it| it.reflex == reflex).map(words).collect()
        })
    }

    /// The leases that one reflex grants, by service.
    pub(crate) fn granted(&self, reflex: Reflex) -> Vec<(String, Lease)> {
        self.decide(|decision| {
            let own = decision.verdicts.iter().filter(|verdict| verdict.reflex == reflex);
            let all = own.flat_map(|verdict| {
                let effects = verdict.outcome.as_deref().unwrap_or_default();
                effects.iter().map(move |effect| (verdict.about, effect))
            });
            all.filter_map(|(about, effect)| match effect {
                Effect::Grant(lease) => Some((about.to_owned(), lease.clone())),
                _ => None,
            })
            .collect()
        })
    }

    /// Carries out what is decided; says how many actions that took.
    pub(crate) fn follow(&mut self) -> usize {
        let steps = self.decide(|decision| decision.steps.clone_owned());
        for (service, action) in &steps {
            let group = self.group(service);
            match action {
                Action::PutTags { tags, .. } => group.tags.extend(tags.clone()),
                Action::DeleteTags { keys, .. } => group.tags.retain(|key, _| !keys.contains(key)),
                Action::UpdateGroup { change, .. } => {
                    let Bounds { min, max } = group.bounds;
                    group.bounds =
                        Bounds { min: change.min.unwrap_or(min), max: change.max.unwrap_or(max) };
                    group.desired = group.bounds.clamp(change.desired.unwrap_or(group.desired));
                }
                Action::PutSchedule { name, schedule, .. } => {
                    group.schedules.insert(name.clone(), (**schedule).clone());
                }
                Action::DeleteSchedule { name, .. } => _ = group.schedules.remove(name),
                other => panic!("{other}"),
            }
        }
        steps.len()
    }
}

/// Steps that outlive what they were decided from.
trait CloneOwned {
    fn clone_owned(&self) -> Vec<(String, Action)>;
}

impl CloneOwned for Vec<plimsoll_core::reflex::Step<'_>> {
    fn clone_owned(&self) -> Vec<(String, Action)> {
        self.iter().map(|step| (step.service.to_owned(), step.action.clone())).collect()
    }
}

/// CPU of so many ready instances, against the target of the spec.
pub(crate) fn cpu(percent: i32, ready: u32) -> Reading {
    Reading {
        kind: ReadingKind::Utilization,
        value: Ok(MetricValue::whole(percent)),
        target: MetricValue::whole(50),
        counts: Counts::ready(ready),
    }
}
