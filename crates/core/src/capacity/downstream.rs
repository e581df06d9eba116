//! What stateless services may ask of the stateful ones that they lean on.
//!
//! ```text
//!   requests:     of what the stateful service is rated for, less what all ask of it now
//!   connections:  of what it accepts, less what the instances of the others hold
//! ```
//!
//! A stateful service is as large as its maximum and is never scaled, so load that moves has to fit
//! into what is left of it. Only what the spec says counts: a service of which no capacity is
//! declared, or whose requests are not counted, limits nothing.

use crate::reflex::Input;
use crate::spec::{Kind, Service};
use crate::units::{Instances, MetricValue};

/// Percent of its rated requests that a stateful service is given by load that moves. Beyond it the
/// queue grows steeply: in one with a single server nine requests wait on average at 90 %.
/// Source: Gross, Shortle, Thompson and Harris, "Fundamentals of Queueing Theory", section 2.2.
const FULL: i128 = 90;

/// The most instances that a service can use, and what limits them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Limit<'a> {
    /// Instances.
    pub(crate) instances: Instances,
    /// The stateful service that carries no more.
    pub(crate) by: &'a str,
}

/// What is asked of the stateful services of the region.
pub(crate) struct Downstream<'a> {
    input: Input<'a>,
    /// Millionths of requests per second, by stateful service.
    asked: Vec<(&'a str, i128)>,
}

impl<'a> Downstream<'a> {
    /// What the services of this region ask of each other now.
    pub(crate) fn of(input: &Input<'a>) -> Self {
        let mut asked: Vec<(&'a str, i128)> = Vec::new();
        for (name, service) in input.services().filter(|(_, it)| it.kind == Kind::Stateless) {
            for (on, how) in &service.uses {
                let Some(per_request) = how.per_request else { continue };
                let Some(demand) = demand(input, name) else { continue };
                let adds = micros(demand) * micros(per_request) / 1_000_000;
                match asked.iter_mut().find(|(known, _)| *known == on) {
                    Some((_, sum)) => *sum += adds,
                    None => asked.push((on, adds)),
                }
            }
        }
        Self { input: *input, asked }
    }

    /// The most instances of a service that those it leans on can carry, when its load asks for `asks`
    /// now. `None` when nothing limits it.
    pub(crate) fn limit(
        &self,
        (name, service): (&str, &Service),
        asks: Instances,
    ) -> Option<Limit<'a>> {
        let region = self.input.spec.regions.get(self.input.region)?;
        let limits = service.uses.iter().filter_map(|(on, how)| {
            let (by, stateful) = region.services.get_key_value(on)?;
            if stateful.kind != Kind::Stateful {
                return None;
            }
            let per_request = how.per_request.filter(|it| micros(*it) > 0);
            let requests =
                per_request.and_then(|it| self.by_requests((name, by, stateful), it, asks));
            let each = how.connections_per_instance.filter(|each| *each > 0);
            let connections = each.and_then(|each| self.by_connections((name, by, stateful), each));
            let instances = [requests, connections].into_iter().flatten().min()?;
            Some(Limit { instances, by: by.as_str() })
        });
        limits.min()
    }

    /// What is left goes to this service alone; where more is asked than fits, all give way alike.
    fn by_requests(
        &self,
        (name, by, stateful): (&str, &str, &Service),
        per_request: MetricValue,
        asks: Instances,
    ) -> Option<Instances> {
        let each = micros(stateful.capacity.requests_per_second?);
        let fits = each * i128::from(stateful.bounds.max) * FULL / 100;
        let asked = self.asked.iter().find(|(known, _)| *known == by).map_or(0, |(_, sum)| *sum);
        let own = micros(demand(&self.input, name)?) * micros(per_request) / 1_000_000;
        let count = i128::from(asks);
        if own <= 0 || count == 0 {
            return None;
        }
        let instances =
            if asked <= fits { count + (fits - asked) * count / own } else { count * fits / asked };
        Some(Instances::try_from(instances).unwrap_or(Instances::MAX))
    }

    fn by_connections(
        &self,
        (name, by, stateful): (&str, &str, &Service),
        each: u32,
    ) -> Option<Instances> {
        let accepted = u64::from(stateful.capacity.connections?) * u64::from(stateful.bounds.max);
        let holds = |size: &dyn Fn(&str) -> Option<Instances>| -> u64 {
            let others = self
                .input
                .services()
                .filter(|(other, it)| *other != name && it.kind == Kind::Stateless);
            let held = others.filter_map(|(other, it)| {
                let each = it.uses.get(by)?.connections_per_instance?;
                Some(u64::from(each) * u64::from(size(other)?))
            });
            held.sum()
        };
        // Groups are found by their tags, which takes time, and mostly there is enough for all.
        let most = |service: &str| self.input.effective.get(service).map(|it| it.bounds.max);
        let enough = most(name).map(|own| holds(&most) + u64::from(own) * u64::from(each));
        if enough.is_some_and(|enough| enough <= accepted) {
            return None;
        }
        let held = holds(&|service| Some(self.input.group(service)?.desired));
        let left = accepted.saturating_sub(held) / u64::from(each);
        Some(Instances::try_from(left).unwrap_or(Instances::MAX))
    }
}

/// Requests per second of a service here.
fn demand(input: &Input<'_>, service: &str) -> Option<MetricValue> {
    input.signals.get(service)?.demand
}

fn micros(value: MetricValue) -> i128 {
    i128::from(value.micros().max(0))
}
