//! What is known of peers, from what was read.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::questions::{HOUR, Questions, What};
use super::streak::{self, MINUTE, minutes, newest};
use crate::cloud::{ErrorClass, Extent, Point, Probe, Series};
use crate::reflex::{Condition, Evidence, Load, Peak, Peer, Pulse};
use crate::spec::{Failover, Spec};
use crate::traffic::Published;
use crate::units::{Instances, MetricValue};
use crate::world::Unreachable;

/// Questions with what came of them.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What was asked.
    pub questions: Questions,
    /// One series for each question, in their order, or why there is none.
    pub series: Result<Vec<Series>, Unreachable>,
}

/// What was read in a peer's region.
#[derive(Clone, Debug)]
pub struct Told {
    /// The answer to its brief.
    pub brief: Answer,
    /// The answer to its details, if they were asked.
    pub details: Option<Answer>,
}

impl Answer {
    fn series(&self, what: &What) -> Option<&Series> {
        let all = self.series.as_ref().ok()?;
        let mut pairs = self.questions.questions.iter().zip(all);
        pairs.find(|(question, _)| question.what == *what).map(|(_, series)| series)
    }

    fn minutes(&self, what: &What) -> BTreeMap<Timestamp, MetricValue> {
        self.series(what).map(minutes).unwrap_or_default()
    }

    /// Adds what was asked in this very minute: a metric is read a minute or two after it was
    /// published, and a floor under a dark neighbour's peers should not wait for that (law 3).
    pub fn learn(&mut self, probes: &BTreeMap<String, Probe>, now: Timestamp) {
        let Ok(all) = &mut self.series else { return };
        let minute = now.as_second() - now.as_second().rem_euclid(MINUTE);
        let Ok(minute) = Timestamp::from_second(minute) else { return };
        for (question, series) in self.questions.questions.iter().zip(all) {
            let What::Reachable(region) = &question.what else { continue };
            let Some(probe) = probes.get(region) else { continue };
            let answered = MetricValue::whole(i32::from(probe.is_well()));
            match series.points.last_mut() {
                // One answer in a minute is an answer, as in the metric.
                Some((at, Point::Value(value))) if *at == minute => *value = answered.max(*value),
                Some((at, _)) if *at >= minute => {}
                Some(_) | None => series.points.push((minute, Point::Value(answered))),
            }
        }
    }

    /// Whether the API answered that it does not tell this caller. That comes by a permission or a
    /// question of ours, and says nothing of the region.
    fn is_refused(&self) -> bool {
        let refusals = [ErrorClass::Denied, ErrorClass::Invalid];
        self.series.as_ref().is_err_and(|why| refusals.contains(&why.class))
    }

    /// Whether it tells which share of every peer was published last.
    #[must_use]
    pub fn remembers(&self) -> bool {
        let Ok(all) = &self.series else { return true };
        self.questions.questions.iter().zip(all).all(|(question, series)| {
            let tells = series.extent == Extent::Complete && !series.points.is_empty();
            !matches!(question.what, What::Judged(_)) || tells
        })
    }

    /// Whether all that there is was read.
    fn is_complete(&self, what: &What) -> bool {
        self.series(what).is_some_and(|series| series.extent == Extent::Complete)
    }
}

/// What is known of every other region. `own` is the answer to [`super::about_peers`]; `told` has
/// what was read in each peer's region.
#[must_use]
pub fn read(
    spec: &Spec,
    region: &str,
    own: &Answer,
    told: &BTreeMap<String, Told>,
    now: Timestamp,
) -> BTreeMap<String, Peer> {
    let reached = Reached::of(spec, region, own);
    let others = spec.regions.keys().filter(|name| *name != region);
    let peer = |name: &String| {
        let judged = What::Judged(name.clone());
        // Who does not know what it published cannot judge: it would open what it has closed, or
        // say again what is long over. Of such a peer nothing is known but whether it is heard.
        let remembers = own.is_complete(&judged);
        let told = told.get(name);
        let evidence = Evidence {
            endpoint: reached.endpoint(name, now),
            ..told
                .map(|told| of_its_own(&told.brief, &spec.controller.failover, now))
                .unwrap_or_default()
        };
        let loads = told.and_then(|told| told.details.as_ref()).filter(|_| remembers);
        let published = remembers.then(|| streak::published(&own.minutes(&judged)));
        Peer {
            pulse: told.map_or(Pulse::Unreadable, |told| pulse(&told.brief, now)),
            evidence: if remembers { evidence } else { Evidence::default() },
            loads: loads.map(|details| self::loads(details, now)).unwrap_or_default(),
            judged: published.flatten(),
            judges_us: told.and_then(|told| judges_us(&told.brief)),
            is_primary: told.and_then(|told| is_primary(&told.brief)),
        }
    };
    others.map(|name| (name.clone(), peer(name))).collect()
}

/// Whether details are worth their price: something is the matter anywhere, or a standing N-1 has to
/// be sized. They are asked of every peer then: who helps one, asks what the others can take.
#[must_use]
pub fn wants_details(
    spec: &Spec,
    region: &str,
    own: &Answer,
    told: &BTreeMap<String, Told>,
    now: Timestamp,
) -> bool {
    let is_short = |told: &Told| {
        let shortage = newest(&told.brief.minutes(&What::Shortage), now);
        shortage.is_some_and(|shortage| shortage > MetricValue::default())
    };
    let is_troubled = |peer: &Peer| peer.is_troubled() || peer.is_lowered();
    spec.controller.standing
        || told.values().any(is_short)
        || read(spec, region, own, told, now).values().any(is_troubled)
}

/// Whether a peer's controller is heard.
fn pulse(brief: &Answer, now: Timestamp) -> Pulse {
    let beats = brief.minutes(&What::Heartbeat);
    let last = beats.last_key_value().map(|(at, _)| *at);
    match last {
        Some(last) if streak::is_fresh(last, now) => Pulse::Heard,
        _ if brief.is_refused() => Pulse::Refused,
        _ if !brief.is_complete(&What::Heartbeat) => Pulse::Unreadable,
        Some(last) if now.as_second() - last.as_second() - MINUTE <= i64::from(HOUR) => {
            Pulse::Silent
        }
        _ => Pulse::Never,
    }
}

/// What a peer's own metrics say of its data plane.
fn of_its_own(brief: &Answer, failover: &Failover, now: Timestamp) -> Evidence {
    let condition = |what, is_well: &dyn Fn(MetricValue) -> bool| {
        let minutes = brief.minutes(&what);
        streak::condition(minutes.iter().map(|(at, value)| (*at, is_well(*value))), now)
    };
    Evidence {
        endpoint: Condition::Unknown,
        errors: condition(What::Errors, &|percent| !failover.has_errors(percent)),
        healthy: condition(What::Healthy, &|percent| !failover.lacks_targets(percent)),
    }
}

fn judges_us(brief: &Answer) -> Option<Published> {
    streak::published(&brief.minutes(&What::JudgesUs))
}

/// What a peer said last of itself, within the time that was read.
fn is_primary(brief: &Answer) -> Option<bool> {
    let minutes = brief.minutes(&What::Primary);
    let (_, last) = minutes.last_key_value()?;
    Some(*last > MetricValue::default())
}

/// Which endpoints answered, minute by minute.
struct Reached<'a>(BTreeMap<&'a str, BTreeMap<Timestamp, MetricValue>>);

impl<'a> Reached<'a> {
    fn of(spec: &'a Spec, region: &str, own: &Answer) -> Self {
        let others = spec.regions.keys().filter(|name| *name != region);
        let minutes = |name: &'a String| {
            let minutes = own.minutes(&What::Reachable(name.clone()));
            (!minutes.is_empty()).then_some((name.as_str(), minutes))
        };
        Self(others.filter_map(minutes).collect())
    }

    /// What the endpoint of a region says. A minute in which no endpoint answered proves nothing: it
    /// is this controller that is cut off then. So a failure takes an answer of another endpoint in
    /// the same minute, and one endpoint alone is never impaired.
    fn endpoint(&self, region: &str, now: Timestamp) -> Condition {
        let Some(minutes) = self.0.get(region) else { return Condition::Unknown };
        let answers = |value: &MetricValue| *value > MetricValue::default();
        let any = |at: &Timestamp| self.0.values().any(|all| all.get(at).is_some_and(answers));
        let newest = minutes.last_key_value().map(|(at, _)| *at);
        if newest.is_some_and(|at| streak::is_fresh(at, now) && !any(&at)) {
            return Condition::CutOff;
        }
        let proven = minutes.iter().filter(|(at, _)| any(at));
        streak::condition(proven.map(|(at, value)| (*at, answers(value))), now)
    }
}

/// What a peer published of its services.
fn loads(details: &Answer, now: Timestamp) -> BTreeMap<String, Load> {
    let wanted = details.questions.questions.iter().filter_map(|question| match &question.what {
        What::ServiceWanted(service) => Some(service),
        What::Reachable(_)
        | What::Judged(_)
        | What::Heartbeat
        | What::Shortage
        | What::Errors
        | What::Healthy
        | What::Primary
        | What::JudgesUs
        | What::ServiceShortage(_)
        | What::ServiceHeadroom(_)
        | What::ServiceDemand(_) => None,
    });
    wanted.filter_map(|name| Some((name.clone(), load(details, name, now)?))).collect()
}

/// What a peer published of one service; `None` when it published nothing
/// of which a load can be told.
fn load(details: &Answer, service: &str, now: Timestamp) -> Option<Load> {
    let of = |what: fn(String) -> What| details.minutes(&what(service.to_owned()));
    let (wanted, demand) = (of(What::ServiceWanted), of(What::ServiceDemand));
    let (shortage, headroom) = (of(What::ServiceShortage), of(What::ServiceHeadroom));
    let is_short = newest(&shortage, now) > Some(MetricValue::default());
    if wanted.is_empty() && demand.is_empty() && !is_short {
        return None;
    }
    Some(Load {
        wanted: count(wanted.values().next_back().copied()),
        stale: newest(&wanted, now).is_none(),
        shortage: count(newest(&shortage, now)),
        // What is no news is no room, and no load that would keep traffic away.
        headroom: count(newest(&headroom, now)),
        demand: newest(&demand, now),
        peak: Peak {
            wanted: count(wanted.values().max().copied()),
            demand: demand.values().max().copied(),
        },
    })
}

/// A number of instances that was published, rounded up.
fn count(value: Option<MetricValue>) -> Instances {
    let micros = value.map_or(0, MetricValue::micros).max(0).unsigned_abs();
    Instances::try_from(micros.div_ceil(1_000_000)).unwrap_or(Instances::MAX)
}
