//! Decisions are carried out, counted and told.

use plimsoll_core::action::Action;
use plimsoll_core::lease::{Lease, Leases};
use plimsoll_core::reflex::{Decision, Effect, Reflex};
use plimsoll_core::world::{Group, tag_keys};

use crate::engine::Engine;
use crate::outcome::{Controllers as Count, MarkKind};

/// What a decision brings about.
#[derive(Debug)]
pub(super) struct Order {
    place: usize,
    actions: Vec<Action>,
    /// What there is to tell, with what it is about: a service, or nothing for the region.
    news: Vec<(String, MarkKind, String)>,
}

impl Order {
    /// What a decision brings about; it is counted. `tells` is whether anybody listens.
    pub(super) fn of(
        place: usize,
        decision: &Decision<'_>,
        groups: &[Group],
        tells: bool,
        count: &mut Count,
    ) -> Self {
        let mut news = Vec::new();
        for verdict in &decision.verdicts {
            match &verdict.outcome {
                // Managed services are sized by the engine, which counts those holds itself.
                Err(_) if verdict.reflex == Reflex::Managed => {}
                Err(hold) => *count.holds.entry(hold.code().to_owned()).or_default() += 1,
                Ok(effects) => {
                    for effect in effects {
                        tally(effect, count);
                        if tells {
                            news.extend(told(verdict.about, effect, groups));
                        }
                    }
                }
            }
        }
        let actions = decision.steps.iter().map(|step| step.action.clone()).collect();
        Self { place, actions, news }
    }
}

fn tally(effect: &Effect, count: &mut Count) {
    match effect {
        Effect::Grant(lease) => *count.grants.entry(lease.cause).or_default() += 1,
        Effect::Remember(_) => count.shortages += 1,
        Effect::Find(finding) => {
            let known = count
                .findings
                .iter_mut()
                .find(|it| it.about == finding.about && it.what == finding.what);
            match known {
                Some(known) => known.times += 1,
                None => count.found(finding),
            }
        }
        Effect::Follow { .. } | Effect::Drop(_) | Effect::Scale { .. } | Effect::Judge { .. } => {}
    }
}

/// What there is to tell of an effect. A lease that is only renewed is no news.
fn told(about: &str, effect: &Effect, groups: &[Group]) -> Option<(String, MarkKind, String)> {
    let service = || about.to_owned();
    match effect {
        Effect::Grant(lease) => is_new(about, lease, groups)
            .then(|| (service(), MarkKind::Lease, lease_in_words(lease))),
        Effect::Find(finding) => {
            let what = format!("{}; {}", finding.what, finding.next);
            Some((finding.about.clone(), MarkKind::Finding, what))
        }
        Effect::Follow { .. }
        | Effect::Drop(_)
        | Effect::Scale { .. }
        | Effect::Remember(_)
        | Effect::Judge { .. } => None,
    }
}

/// Whether a lease says something that the group does not have yet.
fn is_new(service: &str, lease: &Lease, groups: &[Group]) -> bool {
    let group = groups.iter().find(|group| group.tag(tag_keys::SERVICE) == Some(service));
    let leases = group.map(Leases::of).unwrap_or_default().readable;
    let same = |it: &Lease| {
        it.key() == lease.key() && (it.floor, it.ceiling) == (lease.floor, lease.ceiling)
    };
    !leases.iter().any(same)
}

/// `overflow: at least 6 (us-east-1 has more load than it can carry)`.
fn lease_in_words(lease: &Lease) -> String {
    let floor = lease.floor.map(|floor| format!("at least {floor}"));
    let ceiling = lease.allowed().map(|ceiling| format!("at most {ceiling}"));
    let bounds: Vec<String> = floor.into_iter().chain(ceiling).collect();
    let why = if lease.why.is_empty() { lease.id.as_str() } else { lease.why.as_str() };
    format!("{}: {} ({why})", lease.cause, bounds.join(", "))
}

impl Engine {
    /// Carries out what a controller decided, as far as its region answers. What is refused is
    /// decided again in a minute.
    pub(super) fn carry_out_order(&mut self, order: Order, count: &mut Count) {
        let Order { place, actions, news } = order;
        let Some(region) = self.sites.get(place).map(|site| site.name.clone()) else { return };
        for (about, kind, text) in news {
            // What is found of a region is told there.
            let (region, service) = if self.spec.regions.contains_key(&about) {
                (about, String::new())
            } else {
                (region.clone(), about)
            };
            self.tell(&region, &service, kind, text);
        }
        for action in actions {
            count.actions += 1;
            self.actor = "controller";
            if self.act(&region, &action).is_err() {
                count.refused += 1;
            }
            self.actor = "operator";
        }
    }
}
