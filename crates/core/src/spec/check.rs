//! What can be said of a whole platform: limits, and what services lean on.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Kind, Region, Service, Spec};
use super::problem::{Place, Problem, code};
use super::suggest;
use super::tree::Node;
use crate::units::MetricValue;
use crate::world::{Metric, Policy};

/// A request target below this share of the rating leaves most of an instance unused, and one
/// above the whole rating is never reached before the instance is overloaded.
const LEAST_SHARE_PERCENT: i64 = 20;

/// Checks a spec as a whole.
pub(super) fn spec(spec: &Spec, tree: &Node, problems: &mut Vec<Problem>) {
    for (name, region) in &spec.regions {
        let mut check = Check { region_name: name, region, tree, problems };
        check.limits();
        for (service_name, service) in &region.services {
            check.dependencies(service_name, service);
            check.request_target(service_name, service);
        }
        check.requests();
        check.connections();
    }
}

struct Check<'a> {
    region_name: &'a str,
    region: &'a Region,
    tree: &'a Node,
    problems: &'a mut Vec<Problem>,
}

impl Check<'_> {
    fn place(&self, path: &[&str]) -> Option<Place> {
        (1..=path.len())
            .rev()
            .find_map(|depth| self.tree.at(path.get(..depth)?))
            .map(|node| node.place)
    }

    fn limits(&mut self) {
        let region = self.region_name;
        if let Some(limit) = self.region.limits.instances_per_service {
            for (name, service) in &self.region.services {
                let most = highest_max(service);
                if most > limit {
                    let message = format!(
                        "`{name}` may have {most} instances, {region} allows {limit} a service"
                    );
                    self.problems.push(
                        Problem::error(
                            code::ABOVE_LIMIT,
                            self.place(&["services", name, "bounds", "max"]),
                            message,
                        )
                        .help("lower the maximum, or raise `limits.instances_per_service`"),
                    );
                }
            }
        }
        let total: u32 = self.region.services.values().map(highest_max).sum();
        if let Some(limit) = self.region.limits.instances.filter(|limit| total > *limit) {
            let message = format!(
                "the services of {region} may have {total} instances together, not {limit}"
            );
            let place = self.place(&["regions", region, "limits", "instances"]);
            self.problems.push(
                Problem::error(code::ABOVE_LIMIT, place, message)
                    .help("lower some maxima, or raise `limits.instances`"),
            );
        }
    }

    fn dependencies(&mut self, name: &str, service: &Service) {
        for dependency in service.uses.keys() {
            if !self.region.services.contains_key(dependency) {
                let known = self.region.services.keys().map(String::as_str);
                let help = suggest::nearest(dependency, known)
                    .unwrap_or_else(|| "declare it under `services`".to_owned());
                let message = format!("`{name}` leans on `{dependency}`, which is no service");
                let place = self.place(&["services", name, "uses", dependency]);
                self.problems
                    .push(Problem::error(code::UNKNOWN_DEPENDENCY, place, message).help(help));
            }
        }
    }

    /// Target tracking counts per minute, people rate per second.
    fn request_target(&mut self, name: &str, service: &Service) {
        let Some(rated) = service.capacity.requests_per_second.filter(|rated| rated.micros() > 0)
        else {
            return;
        };
        for (policy_name, policy) in &service.policies {
            let Policy::TargetTracking(policy) = policy else { continue };
            let Metric::Predefined { name: metric, .. } = &policy.metric else { continue };
            if metric != "ALBRequestCountPerTarget" {
                continue;
            }
            let per_second = policy.target.micros() / 60;
            let share = per_second.saturating_mul(100) / rated.micros();
            if (LEAST_SHARE_PERCENT..=100).contains(&share) {
                continue;
            }
            let shown = tenths(per_second);
            let message = format!(
                "policy `{policy_name}` of `{name}` counts per minute: {} requests are {shown} a \
                 second, {share} % of the {rated} that an instance is rated for",
                policy.target
            );
            let wanted = rated.micros().saturating_mul(60 * 75 / 100) / 1_000_000;
            let path =
                ["services", name, "scaling", "policies", policy_name, "target_tracking", "target"];
            self.problems.push(
                Problem::warning(code::TARGET_OFF_RATING, self.place(&path), message)
                    .help(format!("75 % of the rating is `target: {wanted}`")),
            );
        }
    }

    /// At its maximum, what a service sends on must fit what the dependency is rated for.
    fn requests(&mut self) {
        for (name, service) in &self.region.services {
            let Some(rated) = service.capacity.requests_per_second else { continue };
            let sent = rated.micros().saturating_mul(i64::from(highest_max(service)));
            for (dependency, how) in &service.uses {
                let Some(factor) = how.per_request else { continue };
                let Some(capacity) = self.carried_by(dependency) else { continue };
                let arriving = sent / 1_000_000 * factor.micros() / 1_000_000;
                let limit = capacity.micros() / 1_000_000;
                if arriving > limit {
                    let most = highest_max(service);
                    let message = format!(
                        "{most} instances of `{name}` send `{dependency}` {arriving} requests a \
                         second; it is rated for {limit}"
                    );
                    let place = self.place(&["services", name, "uses", dependency]);
                    self.problems.push(
                        Problem::warning(code::OUTRUNS_REQUESTS, place, message)
                            .help(format!("a larger `{dependency}`, a cache, or a lower maximum")),
                    );
                }
            }
        }
    }

    fn connections(&mut self) {
        let mut opened: BTreeMap<&str, (u64, BTreeSet<&str>)> = BTreeMap::new();
        for (name, service) in &self.region.services {
            for (dependency, how) in &service.uses {
                let each = u64::from(how.connections_per_instance.unwrap_or(0));
                let entry = opened.entry(dependency).or_default();
                entry.0 += each * u64::from(highest_max(service));
                if each > 0 {
                    entry.1.insert(name);
                }
            }
        }
        for (dependency, (count, by)) in opened {
            let Some(service) = self.region.services.get(dependency) else { continue };
            let Some(limit) = service.capacity.connections else { continue };
            if count > u64::from(limit) {
                let by: Vec<&str> = by.into_iter().collect();
                let message = format!(
                    "at their maxima {} open {count} connections to `{dependency}`; it accepts \
                     {limit}",
                    suggest::list(&by)
                );
                let place = self.place(&["services", dependency, "capacity", "connections"]);
                self.problems.push(
                    Problem::warning(code::OUTRUNS_CONNECTIONS, place, message)
                        .help("pool connections, or lower maxima or `connections_per_instance`"),
                );
            }
        }
    }

    /// What a dependency is rated for: a stateful one has one instance, another its maximum.
    fn carried_by(&self, name: &str) -> Option<MetricValue> {
        let service = self.region.services.get(name)?;
        let rated = service.capacity.requests_per_second?;
        (service.kind == Kind::Stateful).then_some(rated)
    }
}

/// The largest maximum that bounds or a schedule give a service.
fn highest_max(service: &Service) -> u32 {
    service.schedule.values().filter_map(|entry| entry.max).fold(service.bounds.max, u32::max)
}

/// Millionths as a number with one decimal.
fn tenths(micros: i64) -> String {
    let rounded = (micros + 50_000) / 100_000;
    format!("{}.{}", rounded / 10, rounded % 10)
}
