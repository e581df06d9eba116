//! What can be said of a whole platform: limits, and what services lean on.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Kind, Mode, Region, Service};
use super::problem::{Code, Findings, Place, Problem, code};
use super::suggest;
use super::tree::Node;
use crate::world::{Metric, Policy};

/// A request target below this share of the rating leaves most of an instance unused, and one
/// above the whole rating is never reached before the instance is overloaded.
const LEAST_SHARE_PERCENT: i64 = 20;

/// Checks the regions of a platform as a whole.
pub(super) fn regions(regions: &BTreeMap<String, Region>, tree: &Node, findings: &mut Findings) {
    for (name, region) in regions {
        let mut check = Check { region_name: name, region, tree, problems: Vec::new() };
        check.limits();
        for (service_name, service) in &region.services {
            check.dependencies(service_name, service);
            check.request_target(service_name, service);
        }
        check.alarms();
        check.requests();
        check.connections();
        findings.add(check.problems);
    }
}

struct Check<'a> {
    region_name: &'a str,
    region: &'a Region,
    tree: &'a Node,
    problems: Vec<Problem>,
}

impl Check<'_> {
    /// Where a part of a service is written: in the strongest layer that has it.
    fn place(&self, service: &str, path: &[&str]) -> Option<Place> {
        let region = self.region_name;
        let layers: [&[&str]; 4] = [
            &["services", service, "regions", region],
            &["services", service],
            &["regions", region, "defaults"],
            &["defaults"],
        ];
        let written = |layer: &&[&str]| self.tree.at(layer)?.at(path);
        let node = layers.iter().find_map(written);
        node.or_else(|| self.tree.at(&["services", service])).map(|node| node.place)
    }

    fn limits(&mut self) {
        let region = self.region_name;
        if let Some(limit) = self.region.limits.instances_per_service {
            for (name, service) in &self.region.services {
                let most = highest_max(service);
                if most > limit {
                    let message = format!(
                        "`{name}` may have {most} instances; {region} allows {limit} a service"
                    );
                    let place = self.place(name, &["bounds", "max"]);
                    self.problems.push(
                        Problem::error(code::ABOVE_LIMIT, place, message)
                            .help("lower the maximum, or raise `limits.instances_per_service`"),
                    );
                }
            }
        }
        let total: u64 =
            self.region.services.values().map(|service| u64::from(highest_max(service))).sum();
        if let Some(limit) = self.region.limits.instances.filter(|limit| total > u64::from(*limit))
        {
            let message = format!(
                "the services of {region} may have {total} instances together; {limit} are allowed"
            );
            let place = self.tree.at(&["regions", region, "limits", "instances"]);
            self.problems.push(
                Problem::error(code::ABOVE_LIMIT, place.map(|node| node.place), message)
                    .help("lower some maxima, or raise `limits.instances`"),
            );
        }
    }

    fn dependencies(&mut self, name: &str, service: &Service) {
        // A service with mistakes is none yet, but it is declared.
        let known = self.tree.get("services").map(Node::keys).unwrap_or_default();
        for dependency in service.uses.keys() {
            if !known.contains(&dependency.as_str()) {
                let help = suggest::nearest(dependency, known.iter().copied())
                    .unwrap_or_else(|| "declare it under `services`".to_owned());
                let message = format!("`{name}` leans on `{dependency}`, which is no service");
                let place = self.place(name, &["uses", dependency]);
                self.problems
                    .push(Problem::error(code::UNKNOWN_DEPENDENCY, place, message).help(help));
            }
        }
    }

    /// An alarm's name holds service and policy, so `a` with `b-c` and `a-b` with `c` would share one.
    fn alarms(&mut self) {
        let mut names: BTreeMap<String, (&str, &str)> = BTreeMap::new();
        let managed = |service: &Service| matches!(service.mode, Mode::Managed(_));
        for (service, inner) in self.region.services.iter().filter(|(_, it)| managed(it)) {
            for policy in inner.policies.keys() {
                let Some((other, its)) =
                    names.insert(format!("{service}-{policy}"), (service, policy))
                else {
                    continue;
                };
                let message = format!(
                    "the alarm on `{policy}` of `{service}` would have the name of that on `{its}` \
                     of `{other}`"
                );
                let place = self.place(service, &["scaling", "policies", policy]);
                self.problems.push(
                    Problem::error(code::CLASHING_ALARM, place, message).help("rename one of them"),
                );
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
            let path = ["scaling", "policies", policy_name, "target_tracking", "target"];
            self.problems.push(
                Problem::warning(code::TARGET_OFF_RATING, self.place(name, &path), message)
                    .help(format!("75 % of the rating is `target: {wanted}`")),
            );
        }
    }

    /// At their maxima, what services send on must fit what the dependency is rated for.
    fn requests(&mut self) {
        let mut arriving: BTreeMap<&str, BTreeMap<&str, i128>> = BTreeMap::new();
        for (name, service) in &self.region.services {
            let Some(rated) = service.capacity.requests_per_second else { continue };
            let sent = i128::from(rated.micros()) * i128::from(highest_max(service));
            for (dependency, how) in &service.uses {
                let factor = how.per_request.map_or(0, |factor| i128::from(factor.micros()));
                let micros = sent.saturating_mul(factor) / 1_000_000;
                if micros > 0 {
                    arriving.entry(dependency).or_default().insert(name, micros);
                }
            }
        }
        for (dependency, senders) in arriving {
            let Some(limit) = self.carried_by(dependency) else { continue };
            let alone: Vec<_> = senders.iter().filter(|(_, sent)| **sent > limit).collect();
            for (name, sent) in &alone {
                let most = self.region.services.get(**name).map_or(0, highest_max);
                let message = format!(
                    "{most} instances of `{name}` send `{dependency}` {} requests a second; it is \
                     rated for {}",
                    **sent / 1_000_000,
                    limit / 1_000_000
                );
                let place = self.place(name, &["uses", dependency]);
                self.outruns(code::OUTRUNS_REQUESTS, place, message, dependency);
            }
            let together = senders.values().copied().fold(0, i128::saturating_add);
            if alone.is_empty() && together > limit {
                let names: Vec<&str> = senders.keys().copied().collect();
                let message = format!(
                    "at their maxima {} send `{dependency}` {} requests a second; it is rated for \
                     {}",
                    suggest::list(&names),
                    together / 1_000_000,
                    limit / 1_000_000
                );
                let place = self.place(dependency, &["capacity", "requests_per_second"]);
                self.outruns(code::OUTRUNS_REQUESTS, place, message, dependency);
            }
        }
    }

    fn connections(&mut self) {
        let mut opened: BTreeMap<&str, (u128, BTreeSet<&str>)> = BTreeMap::new();
        for (name, service) in &self.region.services {
            for (dependency, how) in &service.uses {
                let each = u128::from(how.connections_per_instance.unwrap_or(0));
                let count = each * u128::from(highest_max(service));
                if count > 0 {
                    let entry = opened.entry(dependency).or_default();
                    entry.0 += count;
                    entry.1.insert(name);
                }
            }
        }
        for (dependency, (count, by)) in opened {
            let Some(service) = self.region.services.get(dependency) else { continue };
            let Some(limit) = service.capacity.connections else { continue };
            if count > u128::from(limit) {
                let by: Vec<&str> = by.into_iter().collect();
                let message = format!(
                    "at their maxima {} open {count} connections to `{dependency}`; it accepts \
                     {limit}",
                    suggest::list(&by)
                );
                let place = self.place(dependency, &["capacity", "connections"]);
                self.problems.push(
                    Problem::warning(code::OUTRUNS_CONNECTIONS, place, message)
                        .help("pool connections, or lower maxima or `connections_per_instance`"),
                );
            }
        }
    }

    fn outruns(&mut self, code: Code, place: Option<Place>, message: String, dependency: &str) {
        self.problems
            .push(Problem::warning(code, place, message).help(format!(
                "enlarge `{dependency}`, put a cache before it, or lower a maximum"
            )));
    }

    /// What a dependency is rated for, in millionths of a request a second: a stateful one has
    /// one instance, another as many as its maximum allows.
    fn carried_by(&self, name: &str) -> Option<i128> {
        let service = self.region.services.get(name)?;
        let rated = i128::from(service.capacity.requests_per_second?.micros());
        let instances = if service.kind == Kind::Stateful { 1 } else { highest_max(service) };
        Some(rated * i128::from(instances))
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
