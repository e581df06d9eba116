//! Three regions as one of them sees the others: a test says only what differs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use plimsoll_core::action::Action;
use plimsoll_core::bounds::{Declared, Effective};
use plimsoll_core::lease::{Cause, KEY_PREFIX, Leases, leases_of};
use plimsoll_core::reflex::{
    Condition, Decision, Effect, Evidence, Hold, Input, Load, Peer, Pulse, Signals, decide,
};
use plimsoll_core::spec::{Document, Files, Slot, Source, Spec};
use plimsoll_core::traffic::{Published, Share};
use plimsoll_core::units::{MetricValue, Seconds};
use plimsoll_core::world::{
    Group, GroupSettings, HealthStatus, Instance, Role, Tag, ZoneDistribution, tag_keys,
};

/// The region whose controller decides.
pub(crate) const HERE: &str = "eu-central-1";
/// A peer.
pub(crate) const EAST: &str = "us-east-1";
/// Another.
pub(crate) const WEST: &str = "us-west-2";

const SHOP: &str = "\
platform: shop
account: '123456789012'
regions:
  eu-central-1: { traffic_weight: 100, endpoint: 'https://eu.shop.example/health', database: replica }
  us-east-1: { traffic_weight: 100, endpoint: 'https://east.shop.example/health', database: replica }
  us-west-2: { traffic_weight: 100, endpoint: 'https://west.shop.example/health', database: primary }
controller: CONTROLLER
environments: { production: {} }
defaults:
  network: { subnets: { tags: { a: b } }, security_groups: { tags: { a: b } } }
  instances: { machine: { type: c6i.large }, image: { ssm_parameter: /image } }
  bounds: { min: 2, max: 10 }
services:
  web: {}
  api: {}
  db: { kind: stateful, bounds: { min: 1, max: 1 } }
";

/// The spec with its controller as given. Laws ask for the same one thousands of times.
pub(crate) fn spec(controller: &str) -> Spec {
    static KNOWN: Mutex<BTreeMap<String, Spec>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap();
    known.entry(controller.to_owned()).or_insert_with(|| compile(controller)).clone()
}

fn compile(controller: &str) -> Spec {
    let text = SHOP.replace("CONTROLLER", controller);
    let source = Source { name: "shop.yaml".to_owned(), text };
    let compiled = Document::parse(source).compile("production", &Files::new());
    compiled.spec.unwrap_or_else(|| panic!("{:#?}", compiled.problems))
}

pub(crate) fn at(text: &str) -> Timestamp {
    format!("2026-11-24T{text}Z").parse().unwrap()
}

/// A group of a service with all its instances in service.
pub(crate) fn group(spec: &Spec, service: &str, size: u32) -> Group {
    let tag = |value: &str| Tag { value: value.to_owned(), propagate: true };
    let identity = [
        (tag_keys::PLATFORM, spec.platform.as_str()),
        (tag_keys::ENVIRONMENT, &spec.environment),
        (tag_keys::SERVICE, service),
        (tag_keys::ROLE, Role::Active.as_str()),
    ];
    Group {
        name: spec.group_name(service, Slot::A),
        arn: format!("arn:{service}"),
        bounds: spec.regions[HERE].services[service].bounds,
        desired: size,
        settings: GroupSettings {
            template: None,
            subnets: BTreeSet::new(),
            health_checks: BTreeSet::new(),
            health_check_grace: Seconds(0),
            warmup: None,
            termination_policies: Vec::new(),
            maintenance: None,
            zones: ZoneDistribution::default(),
            scale_in_protection: false,
            max_instance_lifetime: None,
        },
        template_id: None,
        tags: identity.into_iter().map(|(key, value)| (key.to_owned(), tag(value))).collect(),
        metrics: BTreeSet::new(),
        suspended: BTreeSet::new(),
        target_groups: BTreeSet::new(),
        instances: (0..size).map(|n| instance(&format!("i-{service}-{n}"))).collect(),
        policies: BTreeMap::new(),
        schedules: BTreeMap::new(),
        hooks: None,
        warm_pool: None,
        deleting: None,
    }
}

pub(crate) fn instance(id: &str) -> Instance {
    Instance {
        id: id.to_owned(),
        zone: "a".to_owned(),
        lifecycle: "InService".to_owned(),
        health: HealthStatus::Healthy,
        template: None,
    }
}

/// A peer that is well and has a load of 4 in each service, of 10 that it may have.
pub(crate) fn peer() -> Peer {
    let well = Condition::Well(Seconds(3_600));
    let load = Load { wanted: 4, headroom: 6, ..Load::default() };
    Peer {
        pulse: Pulse::Heard,
        evidence: Evidence { endpoint: well, errors: well, healthy: well },
        loads: ["web", "api"].map(|name| (name.to_owned(), load)).into(),
        judged: None,
        judges_us: None,
        is_primary: None,
    }
}

/// All that a decision depends on.
pub(crate) struct Scene {
    pub(crate) spec: Spec,
    pub(crate) groups: Vec<Group>,
    pub(crate) signals: BTreeMap<String, Signals>,
    pub(crate) peers: BTreeMap<String, Peer>,
    pub(crate) failed: BTreeSet<String>,
    pub(crate) now: Timestamp,
}

/// What a law's counterexample is about: the spec is always the same.
impl fmt::Debug for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let group = |group: &Group| (group.desired, group.in_service());
        let groups: Vec<_> = self.groups.iter().map(group).collect();
        let wanted: Vec<_> = self.signals.values().map(|signals| signals.wanted).collect();
        write!(f, "groups {groups:?} wanted {wanted:?} peers {:#?}", self.peers)
    }
}

impl Scene {
    /// A quiet world: loads of 4 everywhere, and everybody well.
    pub(crate) fn new(controller: &str) -> Self {
        let spec = spec(controller);
        let groups = ["web", "api"].map(|service| group(&spec, service, 4)).into();
        let signals = Signals { wanted: Some(4), ..Signals::default() };
        Self {
            groups,
            signals: ["web", "api"].map(|name| (name.to_owned(), signals.clone())).into(),
            peers: [EAST, WEST].map(|name| (name.to_owned(), peer())).into(),
            failed: BTreeSet::new(),
            now: at("10:00:00"),
            spec,
        }
    }

    pub(crate) fn peer(&mut self, region: &str) -> &mut Peer {
        self.peers.get_mut(region).unwrap()
    }

    pub(crate) fn load(&mut self, region: &str, service: &str) -> &mut Load {
        self.peer(region).loads.get_mut(service).unwrap()
    }

    pub(crate) fn signals(&mut self, service: &str) -> &mut Signals {
        self.signals.get_mut(service).unwrap()
    }

    /// A group with so many instances, steered to and in service.
    pub(crate) fn size(&mut self, service: &str, desired: u32, in_service: usize) {
        let group = self.groups.iter_mut().find(|it| it.tag(tag_keys::SERVICE) == Some(service));
        let group = group.unwrap();
        group.desired = desired;
        group.instances = (0..in_service).map(|n| instance(&format!("i-{service}-{n}"))).collect();
    }

    /// A share that was published for so many minutes.
    pub(crate) fn judged(&mut self, region: &str, quarters: u8, minutes: i64) {
        let since = self.now - SignedDuration::from_mins(minutes);
        self.peer(region).judged =
            Some(Published { share: Share::quarters(quarters), since, setbacks: 0 });
    }

    /// Evidence against a peer's endpoint, for so many minutes.
    pub(crate) fn impaired(&mut self, region: &str, minutes: u32) {
        self.peer(region).evidence.endpoint = Condition::Impaired(Seconds(60 * minutes));
    }

    pub(crate) fn effective(&self) -> BTreeMap<String, Effective> {
        let region = &self.spec.regions[HERE];
        let effective = |(name, service): (&String, _)| {
            let group = self.groups.iter().find(|it| it.tag(tag_keys::SERVICE) == Some(name));
            let leases = leases_of(service, group);
            (name.clone(), Declared::of(region, service).with(&leases, self.now))
        };
        region.services.iter().map(effective).collect()
    }

    /// Decides and looks at the decision.
    pub(crate) fn decide<T>(&self, look: impl FnOnce(&Input<'_>, &Decision<'_>) -> T) -> T {
        let effective = self.effective();
        let input = Input {
            spec: &self.spec,
            region: HERE,
            groups: &self.groups,
            effective: &effective,
            signals: &self.signals,
            peers: &self.peers,
            failed_launches: &self.failed,
            now: self.now,
        };
        look(&input, &decide(&input))
    }

    /// What is decided, in short: floors as `overflow us-east-1 web 6`, shares, findings and holds.
    pub(crate) fn says(&self) -> Vec<String> {
        self.decide(|_, decision| {
            let mut said = Vec::new();
            for verdict in &decision.verdicts {
                match &verdict.outcome {
                    Ok(effects) => {
                        said.extend(effects.iter().filter_map(|it| say(verdict.about, it)));
                    }
                    Err(hold) => said.push(format!("{} holds: {}", verdict.about, hold.code())),
                }
            }
            said
        })
    }

    pub(crate) fn holds(&self) -> Vec<Hold> {
        self.decide(|_, decision| decision.holds().map(|(_, _, hold)| hold.clone()).collect())
    }

    /// The floor that a service has for a cause after the decision, granted before or now.
    pub(crate) fn floor(&self, cause: Cause, service: &str) -> Option<u32> {
        let granted = self.decide(|_, decision| {
            let about = decision.verdicts.iter().filter(|verdict| verdict.about == service);
            let effects = about.flat_map(|verdict| verdict.outcome.as_deref().unwrap_or_default());
            let floors = effects.filter_map(|effect| match effect {
                Effect::Grant(lease) => lease.floor.filter(|_| lease.cause == cause),
                Effect::Follow { .. }
                | Effect::Drop(_)
                | Effect::Scale { .. }
                | Effect::Remember(_)
                | Effect::Judge { .. }
                | Effect::Find(_) => None,
            });
            floors.max()
        });
        let group = self.groups.iter().find(|it| it.tag(tag_keys::SERVICE) == Some(service));
        let leases = Leases::of(group.unwrap()).readable;
        let there = leases.iter().filter(|it| it.cause == cause && it.in_force(self.now));
        granted.or_else(|| there.filter_map(|lease| lease.floor).max())
    }

    pub(crate) fn share(&self, region: &str) -> Option<u8> {
        self.decide(|_, decision| decision.shares.get(region).map(|share| share.as_quarters()))
    }

    /// Carries out what was decided.
    pub(crate) fn act(&mut self) {
        let actions: Vec<Action> = self
            .decide(|_, decision| decision.steps.iter().map(|step| step.action.clone()).collect());
        for action in actions {
            carry_out(&mut self.groups, action);
        }
    }
}

/// Changes groups as Auto Scaling would.
#[expect(clippy::wildcard_enum_match_arm, reason = "a controller does nothing else")]
pub(crate) fn carry_out(groups: &mut [Group], action: Action) {
    let find = |groups: &mut [Group], name: &str, change: &mut dyn FnMut(&mut Group)| {
        change(groups.iter_mut().find(|group| group.name == name).unwrap());
    };
    match action {
        Action::PutTags { group, tags } => {
            find(groups, &group, &mut |group| group.tags.extend(tags.clone()));
        }
        Action::DeleteTags { group, keys } => {
            find(groups, &group, &mut |group| group.tags.retain(|key, _| !keys.contains(key)));
        }
        Action::PutSchedule { group, name, schedule } => find(groups, &group, &mut |group| {
            group.schedules.insert(name.clone(), (*schedule).clone());
        }),
        Action::DeleteSchedule { group, name } => find(groups, &group, &mut |group| {
            group.schedules.remove(&name);
        }),
        Action::UpdateGroup { group, change } => find(groups, &group, &mut |group| {
            group.bounds.min = change.min.unwrap_or(group.bounds.min);
            group.bounds.max = change.max.unwrap_or(group.bounds.max);
            group.desired = group.bounds.clamp(change.desired.unwrap_or(group.desired));
        }),
        other => panic!("a controller does not {other}"),
    }
}

pub(crate) fn say(about: &str, effect: &Effect) -> Option<String> {
    Some(match effect {
        Effect::Grant(lease) => {
            format!("{} {} {about} {}", lease.cause, lease.id, lease.floor.unwrap_or(0))
        }
        Effect::Judge { region, share } => format!("{region} keeps {share}"),
        Effect::Find(finding) => format!("{}: {}; {}", finding.about, finding.what, finding.next),
        Effect::Remember(shortage) => {
            format!("{about} misses {} {:?}", shortage.missing, shortage.why)
        }
        Effect::Drop(key) => format!("{about} drops {}", key.trim_start_matches(KEY_PREFIX)),
        Effect::Follow { .. } => return None,
        Effect::Scale { to, .. } => format!("{about} scales to {to}"),
    })
}

pub(crate) fn value(units: i32) -> MetricValue {
    MetricValue::whole(units)
}
