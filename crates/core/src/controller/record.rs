//! The record of a tick: what woke the controller, what it saw, what it decided and what it did.
//! Whoever reads one can say why it acted or held, without reading code.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::Conduct;
use crate::bounds::Bounds;
use crate::cloud::ActError;
use crate::reflex::{Condition, Decision, Finding, Input, Peer, Pulse, Reflex};
use crate::traffic::Share;
use crate::units::{Instances, MetricValue};
use crate::world::Unreachable;

/// What happened in one tick.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// Names the decision: region and moment. Two ticks of one moment saw the same.
    pub id: String,
    /// The moment of the decision.
    pub at: Timestamp,
    /// The platform.
    pub platform: String,
    /// The environment.
    pub environment: String,
    /// The region that the controller looks after.
    pub region: String,
    /// Whether it may act.
    pub conduct: Conduct,
    /// Why it woke, the most urgent first.
    pub woken_by: Vec<String>,
    /// What it was told and does not follow, with the reasons.
    pub ignored: Vec<String>,
    /// What it saw of each stateless service here.
    pub services: BTreeMap<String, Seen>,
    /// What it knows of each other region.
    pub peers: BTreeMap<String, Peer>,
    /// Why it could not see its own region, if it could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blind: Option<Unreachable>,
    /// What the reflexes said.
    pub said: Vec<Said>,
    /// What was done, in order.
    pub did: Vec<Did>,
    /// The share of its traffic that each judged region keeps.
    pub shares: BTreeMap<String, Share>,
    /// What a person should know.
    pub findings: Vec<Finding>,
    /// Why what it knows could not be published, if it could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpublished: Option<ActError>,
}

/// What was seen of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// The size that Auto Scaling steers to.
    pub desired: Instances,
    /// Instances in service.
    pub in_service: Instances,
    /// Its bounds in AWS.
    pub bounds: Option<Bounds>,
    /// Its bounds as they should be.
    pub effective: Option<Bounds>,
    /// The leases in force, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub leases: Vec<String>,
    /// Tags that look like leases and are none, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
    /// Instances that the load asks for, where that was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted: Option<Instances>,
    /// Requests per second, where they are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demand: Option<MetricValue>,
    /// Changes of the desired capacity in the last hour, where they are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<u32>,
}

/// What a reflex said of a service or region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The reflex.
    pub reflex: Reflex,
    /// The service or region.
    pub about: String,
    /// What it wants, in words; empty when it holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wants: Vec<String>,
    /// Why it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holds: Option<Held>,
}

/// A reason for doing nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Held {
    /// The word that is counted.
    pub code: &'static str,
    /// The reason in words.
    pub why: String,
}

/// An action and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Did {
    /// The service.
    pub service: String,
    /// The action in an operator's words.
    pub action: String,
    /// What came of it.
    pub outcome: Fate,
}

/// What came of an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is done.
    Done,
    /// It was not tried: the controller only observes, or was stopped.
    NotTried,
    /// It was not tried: an earlier action of its service failed.
    Skipped,
    /// It was not tried in this tick: its steps or its time are used up, or AWS throttles or
    /// does not answer.
    Deferred,
    /// It failed.
    Failed(ActError),
}

impl Seen {
    /// What is seen of every stateless service that has a group.
    pub(super) fn all(input: &Input<'_>) -> BTreeMap<String, Self> {
        let seen = input.stateless().map(|(name, _, group)| {
            let effective = input.effective.get(name);
            let signals = input.signals.get(name);
            let leases = effective.map(|effective| &effective.leases).into_iter().flatten();
            let unreadable = crate::lease::Leases::of(group).unreadable;
            let seen = Self {
                desired: group.desired,
                in_service: Instances::try_from(group.in_service()).unwrap_or(Instances::MAX),
                bounds: Some(group.bounds),
                effective: effective.map(|effective| effective.bounds),
                leases: leases.map(ToString::to_string).collect(),
                unreadable: unreadable.iter().map(ToString::to_string).collect(),
                wanted: signals.and_then(|signals| signals.wanted),
                demand: signals.and_then(|signals| signals.demand),
                changes: signals.and_then(|signals| signals.changes),
            };
            (name.to_owned(), seen)
        });
        seen.collect()
    }
}

impl Said {
    /// What every reflex said.
    pub(super) fn all(decision: &Decision<'_>) -> Vec<Self> {
        let said = decision.verdicts.iter().map(|verdict| Self {
            reflex: verdict.reflex,
            about: verdict.about.to_owned(),
            wants: verdict.outcome.iter().flatten().map(ToString::to_string).collect(),
            holds: verdict
                .outcome
                .as_ref()
                .err()
                .map(|hold| Held { code: hold.code(), why: hold.to_string() }),
        });
        said.collect()
    }
}

impl Record {
    /// Whether the same message should be tried again: something failed that may work soon.
    #[must_use]
    pub fn is_worth_a_retry(&self) -> bool {
        let failed = self.did.iter().filter_map(|did| match &did.outcome {
            Fate::Failed(error) => Some(error.class),
            Fate::Done | Fate::NotTried | Fate::Skipped | Fate::Deferred => None,
        });
        let blind = self.blind.iter().map(|why| why.class);
        let classes = failed.chain(blind).chain(self.unpublished.iter().map(|error| error.class));
        let mut any = self.deferred() > 0;
        for class in classes {
            if !class.is_transient() {
                return false;
            }
            any = true;
        }
        any
    }

    /// What failed, each in one sentence.
    #[must_use]
    pub fn failures(&self) -> Vec<String> {
        let blind =
            self.blind.iter().map(|why| format!("{} is blind: {}", self.region, why.message));
        let failed = self.did.iter().filter_map(|did| match &did.outcome {
            Fate::Failed(error) => Some(format!("{}: {}: {error}", did.service, did.action)),
            Fate::Done | Fate::NotTried | Fate::Skipped | Fate::Deferred => None,
        });
        let unpublished = self.unpublished.iter().map(ToString::to_string);
        let deferred = Some(self.deferred()).filter(|deferred| *deferred > 0);
        let deferred = deferred.map(|steps| format!("{steps} steps are left to the next tick"));
        blind.chain(failed).chain(unpublished).chain(deferred).collect()
    }

    /// Steps that were left to the next tick.
    fn deferred(&self) -> usize {
        self.did.iter().filter(|did| did.outcome == Fate::Deferred).count()
    }
}

/// A few lines for a person, the outcome first.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, platform, environment, conduct, .. } = self;
        writeln!(f, "{id} {platform}/{environment}, {conduct}")?;
        for woken in &self.woken_by {
            writeln!(f, "  woken by {woken}")?;
        }
        if let Some(why) = &self.blind {
            writeln!(f, "  blind: {} failed: {}", why.call, why.message)?;
        }
        for (name, peer) in self.peers.iter().filter(|(_, peer)| is_remarkable(peer)) {
            writeln!(f, "  sees {name}: {}", of_peer(peer))?;
        }
        let told = |name: &String| self.said.iter().any(|said| said.about == *name);
        for (name, seen) in self.services.iter().filter(|(name, _)| told(name)) {
            writeln!(f, "  sees {name}: {seen}")?;
        }
        for said in &self.said {
            let Said { about, .. } = said;
            let reflex = said.reflex;
            for want in &said.wants {
                writeln!(f, "  {reflex} {about}: {want}")?;
            }
            if let Some(Held { why, .. }) = &said.holds {
                writeln!(f, "  {reflex} {about} holds: {why}")?;
            }
        }
        for Did { service, action, outcome } in &self.did {
            writeln!(f, "  {service}: {action}: {outcome}")?;
        }
        for finding in &self.findings {
            writeln!(f, "  FINDING {finding}")?;
        }
        Ok(())
    }
}

/// Whether there is more to say of a peer than that all is well.
fn is_remarkable(peer: &Peer) -> bool {
    let well = |(_, condition)| matches!(condition, Condition::Well(_) | Condition::Unknown);
    peer.pulse != Pulse::Heard
        || !peer.evidence.each().into_iter().all(well)
        || peer.judged.is_some_and(|judged| judged.share < Share::OPEN)
        || peer.loads.values().any(|load| load.shortage > 0)
}

/// What is known of a peer, in words.
fn of_peer(peer: &Peer) -> String {
    let pulse = match peer.pulse {
        Pulse::Heard => "its controller is heard",
        Pulse::Silent => "its controller is silent",
        Pulse::Unreadable => "its API does not answer",
        Pulse::Refused => "its metrics may not be read",
        Pulse::Never => "its controller was never heard",
    };
    let evidence = peer.evidence.each().into_iter();
    let evidence = evidence.map(|(name, condition)| format!("{name} {condition}"));
    let short = peer.loads.iter().filter(|(_, load)| load.shortage > 0);
    let short = short.map(|(name, load)| format!("{name} misses {}", load.shortage));
    let judged = peer
        .judged
        .iter()
        .map(|judged| format!("keeps {} of its traffic since {}", judged.share, judged.since));
    let parts = std::iter::once(pulse.to_owned()).chain(evidence).chain(short).chain(judged);
    parts.collect::<Vec<_>>().join("; ")
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "desired {}, {} in service", self.desired, self.in_service)?;
        if let Some(Bounds { min, max }) = self.effective {
            write!(f, ", bounds {min}..{max}")?;
        }
        if let Some(wanted) = self.wanted {
            write!(f, ", its load asks for {wanted}")?;
        }
        if let Some(demand) = self.demand {
            write!(f, ", {} requests a second", demand.rounded())?;
        }
        if let Some(changes) = self.changes {
            write!(f, ", {changes} changes in the last hour")?;
        }
        self.leases.iter().try_for_each(|lease| write!(f, "; {lease}"))?;
        self.unreadable.iter().try_for_each(|tag| write!(f, "; {tag}"))
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::NotTried => f.write_str("not tried, since the controller may not act"),
            Self::Skipped => f.write_str("skipped, since an earlier step of the service failed"),
            Self::Deferred => f.write_str("left to the next tick"),
            Self::Failed(error) => write!(f, "FAILED: {error}"),
        }
    }
}
