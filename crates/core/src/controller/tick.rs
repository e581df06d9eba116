//! The tick itself.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::{join, join_all, join3};
use jiff::{SignedDuration, Timestamp};

use super::record::{Record, Said, Seen};
use super::{Setup, carry};
use crate::bounds::{Declared, Effective};
use crate::cloud::{Cloud, ErrorClass, Probe, Query, RegionScope, Sample, Scope, Series, Window};
use crate::lease::leases_of;
use crate::peers::{self, Answer, Told};
use crate::reflex::{Decision, Input, decide};
use crate::signals;
use crate::traffic;
use crate::trigger::{Trigger, Wake};
use crate::world::{Region, RegionState, Unreachable};

/// Looks at the world once, decides, acts and publishes.
///
/// Whatever fails is in the record, and the rest goes on: a region that cannot be read is not
/// decided about, a peer that cannot be read is data, and a step that fails skips the rest of its
/// own service only. What is known is published beside the actions and not after them, so that a
/// tick with a lot to do does not look dead. When `time_is_up`, no further step begins.
pub async fn tick<C: Cloud>(
    cloud: &C,
    setup: &Setup<'_>,
    wake: &Wake,
    now: Timestamp,
    time_is_up: &(dyn Fn() -> bool + Sync),
) -> Record {
    let Setup { spec, region, .. } = *setup;
    let mut record = begun(setup, wake, now);
    // A region that is dark is waited for beside the own one, and only once.
    let (here, briefs, probes) =
        join3(look(cloud, setup, now), briefs(cloud, setup, now), probes(cloud, setup)).await;
    let Look { region: here, blind, asked, series, mut own } = here;
    own.learn(&probes, now);
    let told = with_details(cloud, setup, &own, briefs, now).await;
    let signals = signals::read(spec, region, &here.groups, &asked, series, now);
    let peers = peers::read(spec, region, &own, &told, now);
    let (effective, failed) = (effective(setup, &here, now), failed_launches(wake, now));
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
    let samples = samples(setup, &input, &decision, &probes, blind.is_some());
    let (did, published) =
        join(carry::out(cloud, setup, &decision, time_is_up), cloud.publish(region, &samples))
            .await;
    record.did = did;
    record.unpublished = published.err();
    record.peers = peers.clone();
    record.blind = blind;
    record
}

/// The own region: what it holds, and what its metrics say.
struct Look {
    region: Region,
    /// Why it could not be seen, if it could not.
    blind: Option<Unreachable>,
    asked: signals::Questions,
    series: Vec<Series>,
    /// What this region remembers of its peers.
    own: Answer,
}

async fn look<C: Cloud>(cloud: &C, setup: &Setup<'_>, now: Timestamp) -> Look {
    let (here, blind) = match observe(cloud, setup).await {
        Ok(here) => (here, None),
        Err(why) => (Region::default(), Some(why)),
    };
    let Setup { spec, region, .. } = *setup;
    let asked = signals::questions(spec, region, &here.groups, &here.target_groups, now);
    let (series, own) = measured(cloud, setup, &asked, now).await;
    Look { region: here, blind, asked, series, own }
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
        None => Err(Unreachable {
            call: "observe".to_owned(),
            class: ErrorClass::Other,
            message: format!("the answer says nothing of {region}"),
        }),
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

/// What metrics say of the own region, and what it remembers of its peers: in one go, since a longer
/// window costs nothing and one call fewer is one that cannot be throttled.
async fn measured<C: Cloud>(
    cloud: &C,
    setup: &Setup<'_>,
    asked: &signals::Questions,
    now: Timestamp,
) -> (Vec<Series>, Answer) {
    let Setup { spec, region, .. } = *setup;
    let about = peers::about_peers(spec, region, now);
    let mut queries: Vec<Query> = asked.queries.clone();
    queries.extend(about.queries());
    let window = Window { start: asked.window.start.min(about.window.start), end: now };
    let (series, own) = match cloud.measure(region, &queries, window).await {
        Ok(mut series) => {
            let of_peers = series.split_off(asked.queries.len().min(series.len()));
            (series, Ok(of_peers))
        }
        Err(why) => (Vec::new(), Err(why)),
    };
    let series = within(series, asked.window);
    let own = Answer { questions: about, series: own };
    if own.remembers() {
        return (series, own);
    }
    // Nothing was judged for hours; or CloudWatch refused a metric of the spec, which takes down all
    // that was asked with it. What was closed before must not be forgotten for either.
    let about = own.questions.about_a_day();
    let own = cloud.measure(region, &about.queries(), about.window).await;
    (series, Answer { questions: about, series: own })
}

/// The briefs of peers, with their details when something is the matter. A peer that did not answer
/// is not asked again: that would be waiting for it twice.
async fn with_details<C: Cloud>(
    cloud: &C,
    setup: &Setup<'_>,
    own: &Answer,
    briefs: BTreeMap<String, Answer>,
    now: Timestamp,
) -> BTreeMap<String, Told> {
    let Setup { spec, region, .. } = *setup;
    let told = briefs.into_iter().map(|(peer, brief)| (peer, Told { brief, details: None }));
    let mut told: BTreeMap<String, Told> = told.collect();
    if !peers::wants_details(spec, region, own, &told, now) {
        return told;
    }
    let answers = |(_, told): &(&String, &Told)| told.brief.series.is_ok();
    let details = told.iter().filter(answers).map(|(peer, _)| {
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
    told
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

/// A launch that failed longer ago says nothing of now: events may come again from a queue.
const NEWS: SignedDuration = SignedDuration::from_mins(3);

/// Groups that could not launch, as events told.
fn failed_launches(wake: &Wake, now: Timestamp) -> BTreeSet<String> {
    let told = wake.triggers().iter().filter_map(|trigger| match trigger {
        Trigger::Capacity(event) if event.is_failed_launch() => {
            (now.duration_since(event.at) <= NEWS).then(|| event.group.clone())
        }
        Trigger::Capacity(_)
        | Trigger::Alarm(_)
        | Trigger::Operator { .. }
        | Trigger::Tick { .. } => None,
    });
    told.collect()
}

/// What this region publishes: what it knows of itself, and what it judges of others if it may act.
/// Who cannot see its groups knows nothing of them, and a zero would be read as one.
fn samples(
    setup: &Setup<'_>,
    input: &Input<'_>,
    decision: &Decision<'_>,
    probes: &BTreeMap<String, Probe>,
    blind: bool,
) -> Vec<Sample> {
    let mut samples = peers::samples(input, decision, probes);
    if !setup.conduct.acts() {
        samples.retain(|sample| sample.namespace != traffic::NAMESPACE);
    }
    if blind {
        let known = [peers::metric::HEARTBEAT, peers::metric::REACHABLE, traffic::SHARE];
        samples.retain(|sample| known.contains(&sample.name));
    }
    samples
}
