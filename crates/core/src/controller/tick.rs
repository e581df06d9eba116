//! The tick itself.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::{join_all, join3};
use jiff::Timestamp;

use super::budget::{Budget, by_urgency};
use super::record::{Did, Fate, Record, Said, Seen};
use super::{Conduct, Setup};
use crate::bounds::{Declared, Effective};
use crate::cloud::{Cloud, Probe, Query, RegionScope, Scope, Series, Window};
use crate::lease::leases_of;
use crate::peers::{self, Answer, Told};
use crate::reflex::{Decision, Input, Step, decide};
use crate::signals;
use crate::traffic;
use crate::trigger::{Trigger, Wake};
use crate::world::{Region, RegionState, Unreachable};

/// Looks at the world once, decides, acts and publishes.
///
/// Whatever fails is in the record, and the rest goes on: a region that cannot be read is not
/// decided about, a peer that cannot be read is data, and a step that fails skips the rest of its
/// own service only.
pub async fn tick<C: Cloud>(cloud: &C, setup: &Setup<'_>, wake: &Wake, now: Timestamp) -> Record {
    let Setup { spec, region, conduct } = *setup;
    let mut record = begun(setup, wake, now);
    let (here, briefs, probes) =
        join3(observe(cloud, setup), briefs(cloud, setup, now), probes(cloud, setup)).await;
    let (here, blind) = match here {
        Ok(here) => (here, None),
        Err(why) => (Region::default(), Some(why)),
    };
    let asked = signals::questions(spec, region, &here.groups, &here.target_groups, now);
    let (told, own, series) = measured(cloud, setup, &asked, (briefs, &probes), now).await;
    let signals = signals::read(spec, region, &here.groups, &asked, series, now);
    let peers = peers::read(spec, region, &own, &told, now);
    let (effective, failed) = (effective(setup, &here, now), failed_launches(wake));
    let input = Input {
        spec,
        region,
        groups: &here.groups,
        effective: &effective,
        signals: &signals,
        peers: &peers,
        failed_launches: &failed,
        now,
    };
    // Who cannot see its own groups cannot say that capacity is in service.
    let decision = if blind.is_none() { decide(&input) } else { Decision::default() };
    record.services = Seen::all(&input);
    record.said = Said::all(&decision);
    record.findings = decision.findings().cloned().collect();
    record.shares =
        decision.shares.iter().map(|(region, share)| ((*region).to_owned(), *share)).collect();
    record.did = carry_out(cloud, region, conduct, &decision.steps).await;
    record.unpublished = publish(cloud, setup, &input, &decision, &probes).await;
    record.peers = peers.clone();
    record.blind = blind;
    record
}

fn begun(setup: &Setup<'_>, wake: &Wake, now: Timestamp) -> Record {
    let Setup { spec, region, conduct } = *setup;
    Record {
        id: format!("{region}/{now}"),
        at: now,
        platform: spec.platform.clone(),
        environment: spec.environment.clone(),
        region: region.to_owned(),
        conduct: conduct.clone(),
        woken_by: wake.triggers().iter().map(ToString::to_string).collect(),
        ignored: wake.ignored().iter().map(ToString::to_string).collect(),
        services: BTreeMap::new(),
        peers: BTreeMap::new(),
        blind: None,
        said: Vec::new(),
        did: Vec::new(),
        shares: BTreeMap::new(),
        findings: Vec::new(),
        unpublished: None,
    }
}

/// The groups of the own region, and what the labels of their metrics are made of.
async fn observe<C: Cloud>(cloud: &C, setup: &Setup<'_>) -> Result<Region, Unreachable> {
    let Setup { spec, region, .. } = *setup;
    let services = spec.regions.get(region).map(|region| &region.services);
    let balanced =
        services.into_iter().flatten().any(|(_, service)| service.target_group.is_some());
    let wanted = RegionScope { target_groups: balanced, ..RegionScope::default() };
    let scope = Scope {
        platform: spec.platform.clone(),
        environment: spec.environment.clone(),
        regions: BTreeMap::from([(region.to_owned(), wanted)]),
    };
    match cloud.observe(&scope).await.regions.remove(region) {
        Some(RegionState::Observed(region)) => Ok(*region),
        Some(RegionState::Unreachable(why)) => Err(why),
        None => Ok(Region::default()),
    }
}

/// The other regions of the platform.
fn others<'a>(setup: &Setup<'a>) -> impl Iterator<Item = &'a String> {
    let own = setup.region;
    setup.spec.regions.keys().filter(move |name| *name != own)
}

/// The brief of every peer, read in its region.
async fn briefs<C: Cloud>(
    cloud: &C,
    setup: &Setup<'_>,
    now: Timestamp,
) -> BTreeMap<String, Answer> {
    let brief = |peer: &String| {
        let (peer, questions) = (peer.clone(), peers::brief(setup.spec, setup.region, now));
        async move {
            let series = cloud.measure(&peer, &questions.queries(), questions.window).await;
            (peer, Answer { questions, series })
        }
    };
    join_all(others(setup).map(brief)).await.into_iter().collect()
}

/// What the endpoints of the other regions answer.
async fn probes<C: Cloud>(cloud: &C, setup: &Setup<'_>) -> BTreeMap<String, Probe> {
    let endpoints = others(setup).filter_map(|peer| {
        let endpoint = setup.spec.regions.get(peer)?.endpoint.as_deref()?;
        Some(async move { (peer.clone(), cloud.probe(endpoint).await) })
    });
    join_all(endpoints).await.into_iter().collect()
}

/// What metrics say: of the own region in one go, and of the peers in detail when something is the
/// matter.
async fn measured<C: Cloud>(
    cloud: &C,
    setup: &Setup<'_>,
    asked: &signals::Questions,
    (briefs, probes): (BTreeMap<String, Answer>, &BTreeMap<String, Probe>),
    now: Timestamp,
) -> (BTreeMap<String, Told>, Answer, Vec<Series>) {
    let Setup { spec, region, .. } = *setup;
    let about = peers::about_peers(spec, region, now);
    let mut queries: Vec<Query> = asked.queries.clone();
    queries.extend(about.queries());
    // A longer window costs nothing, and one call fewer is one that cannot be throttled.
    let window = Window { start: asked.window.start.min(about.window.start), end: now };
    let mut told: BTreeMap<String, Told> =
        briefs.into_iter().map(|(peer, brief)| (peer, Told { brief, details: None })).collect();
    let (series, own) = match cloud.measure(region, &queries, window).await {
        Ok(mut series) => {
            let of_peers = series.split_off(asked.queries.len().min(series.len()));
            (series, Ok(of_peers))
        }
        Err(why) => (Vec::new(), Err(why)),
    };
    let mut own = Answer { questions: about, series: own };
    own.learn(probes, now);
    if peers::wants_details(spec, region, &own, &told, now) {
        let details = told.keys().map(|peer| {
            let (peer, questions) = (peer.clone(), peers::details(spec, peer, now));
            async move {
                let series = cloud.measure(&peer, &questions.queries(), questions.window).await;
                (peer, Answer { questions, series })
            }
        });
        for (peer, answer) in join_all(details).await {
            if let Some(told) = told.get_mut(&peer) {
                told.details = Some(answer);
            }
        }
    }
    (told, own, within(series, asked.window))
}

/// Series cut to a window.
fn within(mut series: Vec<Series>, window: Window) -> Vec<Series> {
    for series in &mut series {
        series.points.retain(|(at, _)| window.start <= *at);
    }
    series
}

/// The bounds of every service that has a group here.
fn effective(setup: &Setup<'_>, here: &Region, now: Timestamp) -> BTreeMap<String, Effective> {
    let Some(region) = setup.spec.regions.get(setup.region) else { return BTreeMap::new() };
    let with_groups = region.services.iter().filter_map(|(name, service)| {
        let group = here.groups.iter().find(|group| group.serves(name))?;
        let leases = leases_of(service, Some(group));
        Some((name.clone(), Declared::of(region, service).with(&leases, now)))
    });
    with_groups.collect()
}

/// Groups that could not launch, as events told.
fn failed_launches(wake: &Wake) -> BTreeSet<String> {
    let told = wake.triggers().iter().filter_map(|trigger| match trigger {
        Trigger::Capacity(event) if event.is_failed_launch() => Some(event.group.clone()),
        Trigger::Capacity(_)
        | Trigger::Alarm(_)
        | Trigger::Operator { .. }
        | Trigger::Tick { .. } => None,
    });
    told.collect()
}

/// Carries the steps out, the urgent first.
async fn carry_out<C: Cloud>(
    cloud: &C,
    region: &str,
    conduct: &Conduct,
    steps: &[Step<'_>],
) -> Vec<Did> {
    let mut budget = Budget::new();
    let mut broken: BTreeSet<&str> = BTreeSet::new();
    let mut did = Vec::new();
    for Step { service, action } in by_urgency(steps) {
        let outcome = if !conduct.acts() {
            Fate::NotTried
        } else if broken.contains(service) {
            Fate::Skipped
        } else if !budget.take() {
            Fate::Deferred
        } else {
            match cloud.act(region, action).await {
                Ok(_) => Fate::Done,
                Err(error) => {
                    budget.failed(error.class);
                    broken.insert(service);
                    Fate::Failed(error)
                }
            }
        };
        did.push(Did { service: (*service).to_owned(), action: action.to_string(), outcome });
    }
    did
}

/// Publishes what this region knows of itself; and what it judges of others, if it may act.
async fn publish<C: Cloud>(
    cloud: &C,
    setup: &Setup<'_>,
    input: &Input<'_>,
    decision: &Decision<'_>,
    probes: &BTreeMap<String, Probe>,
) -> Option<crate::cloud::ActError> {
    let mut samples = peers::samples(input, decision, probes);
    if !setup.conduct.acts() {
        samples.retain(|sample| sample.namespace != traffic::NAMESPACE);
    }
    cloud.publish(setup.region, &samples).await.err()
}
