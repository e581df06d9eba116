//! From what was typed to a valid service: defaults are filled in and every value is judged.

mod arn;
mod capacity;
mod controller;
mod cron;
mod group;
mod hooks;
mod instances;
mod managed;
mod network;
mod policies;
mod schedule;
mod words;

pub(in crate::spec) use controller::controller;
pub(crate) use policies::MOST_POLICIES;

use std::collections::BTreeMap;

use super::document::{Kind, ServiceDoc};
use super::model::{Places, Service};
use super::names::{GROUP_PLACEHOLDER, NameRule, Names, PLACEHOLDERS};
use super::problem::{Code, Place, Problem, code};
use super::read::read;
use super::suggest;
use super::tree::{Node, Value};
use crate::bounds::Bounds;

/// Texts of user data files by their path in the spec, or why they could not be read.
pub type Files = BTreeMap<String, Result<String, String>>;

/// What lowering one service needs to know, and where it reports to.
pub(super) struct Lower<'a> {
    /// The service with all layers merged.
    pub(super) node: &'a Node,
    pub(super) names: Names<'a>,
    pub(super) files: &'a Files,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl Lower<'_> {
    /// The service, or `None` when something that cannot be defaulted is missing or wrong. Either
    /// way every mistake is reported.
    pub(super) fn service(mut self) -> Option<Service> {
        let doc: ServiceDoc = read(self.node, self.problems)?;
        let kind = doc.kind.unwrap_or_default();
        let bounds = self.bounds(kind, &doc);
        let instances = self.instances(&doc.instances, kind);
        let subnets = self.selector(doc.network.subnets.as_ref(), "subnets", "subnet");
        let security_groups =
            self.selector(doc.network.security_groups.as_ref(), "security_groups", "sg");
        let target_group = self.target_group(&doc.load_balancing);
        let schedule = self.schedule(&doc.scaling.schedule);
        if let Some(bounds) = bounds {
            self.schedule_fits(bounds, kind, &schedule);
        }
        let policies = self.policies(&doc.scaling.policies, kind, target_group.is_some());
        let mode = self.mode(&doc.scaling, kind);
        let tags = self.tags(&doc.tags);
        let hooks = self.hooks(&doc.hooks);
        let listener_rule = self.listener_rule(&doc.load_balancing);
        let health_checks = self.health_checks(&doc.health_check, target_group.is_some());
        let group = self.group(&doc, kind == Kind::Stateful);
        let guard = self.guard(doc.guard.as_ref(), kind);
        let (capacity, uses) = (self.capacity(&doc.capacity), self.uses(&doc.uses));
        // Nothing is given up before everything is judged.
        Some(Service {
            kind,
            bounds: bounds?,
            schedule,
            mode,
            policies,
            hooks,
            warm_pool: group.warm_pool,
            metrics: group.metrics,
            suspended: group.suspended,
            tags,
            subnets: subnets?,
            security_groups: security_groups?,
            health_checks,
            health_check_grace: doc.health_check.grace.unwrap_or(group::HEALTH_CHECK_GRACE),
            target_group,
            listener_rule,
            instances: instances?,
            warmup: group.warmup,
            termination_policies: group.termination_policies,
            maintenance: group.maintenance,
            zones: doc.zones.map(Into::into).unwrap_or_default(),
            scale_in_protection: doc.scale_in_protection.unwrap_or(kind == Kind::Stateful),
            max_instance_lifetime: group.max_instance_lifetime,
            capacity,
            uses,
            guard,
            places: self.places(),
        })
    }

    fn bounds(&mut self, kind: Kind, doc: &ServiceDoc) -> Option<Bounds> {
        let (Some(min), Some(max)) = (doc.bounds.min, doc.bounds.max) else {
            // What was written wrong was reported when it was read.
            let missing: Vec<&str> = ["min", "max"]
                .into_iter()
                .filter(|key| self.node.at(&["bounds", key]).is_none())
                .collect();
            let message = match missing.as_slice() {
                [] => return None,
                [key] => format!("service `{}` has no `bounds.{key}`", self.names.service),
                _ => format!("service `{}` has no `bounds`", self.names.service),
            };
            let help = "add `bounds: { min: 2, max: 10 }`";
            self.error(code::MISSING, &["bounds"], message, help);
            return None;
        };
        if min > max {
            // What an overlay says came last, so a person looks there first.
            let of_overlay = |key| self.place(&["bounds", key]).is_some_and(Place::is_of_overlay);
            let culprit = if of_overlay("max") && !of_overlay("min") { "max" } else { "min" };
            self.error(
                code::MIN_ABOVE_MAX,
                &["bounds", culprit],
                format!("min {min} is above max {max}"),
                format!("write `min: {max}, max: {min}` if they were swapped"),
            );
            return None;
        }
        if kind == Kind::Stateful && max > 1 {
            self.error(
                code::STATEFUL_SCALED_OUT,
                &["bounds", "max"],
                format!("`{}` is stateful and cannot have {max} instances", self.names.service),
                "set `max: 1` and a larger machine, or declare it `kind: stateless`",
            );
        }
        Some(Bounds { min, max })
    }

    fn places(&self) -> Places {
        Places {
            service: self.place(&[]),
            min: self.place(&["bounds", "min"]),
            max: self.place(&["bounds", "max"]),
            subnets: self.place(&["network", "subnets"]),
            security_groups: self.place(&["network", "security_groups"]),
            target_group: self.place(&["load_balancing", "target_group"]),
            machine: self.place(&["instances", "machine"]),
        }
    }

    /// The place of the deepest node on the path that exists.
    pub(super) fn place(&self, path: &[&str]) -> Option<Place> {
        (0..=path.len())
            .rev()
            .find_map(|depth| self.node.at(path.get(..depth)?))
            .map(|node| node.place)
            .filter(|place| place.line > 0)
    }

    /// The place of an item of a list.
    fn item_place(&self, path: &[&str], index: usize) -> Option<Place> {
        let Value::List(items) = &self.node.at(path)?.value else { return None };
        items.get(index).map(|item| item.place)
    }

    fn error(
        &mut self,
        code: Code,
        path: &[&str],
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let place = self.place(path);
        self.problems.push(Problem::error(code, place, message).help(help));
    }

    fn warning(
        &mut self,
        code: Code,
        path: &[&str],
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let place = self.place(path);
        self.problems.push(Problem::warning(code, place, message).help(help));
    }

    /// Reports a name that AWS refuses.
    fn name(&mut self, rule: NameRule, path: &[&str], name: &str) {
        if let Err((code, message, help)) = rule.check(name) {
            self.error(code, path, message, help);
        }
    }

    /// A text with its placeholders filled in.
    fn text(&mut self, path: &[&str], text: Option<&str>) -> Option<String> {
        let filled = self.text_with_group(path, text)?;
        if filled.contains(GROUP_PLACEHOLDER) {
            let message = format!("`{GROUP_PLACEHOLDER}` is not known here");
            let help = "the group's name is filled in under `dimensions` only; a name can have \
                        `${service}` and the like";
            self.error(code::UNKNOWN_PLACEHOLDER, path, message, help);
            return None;
        }
        Some(filled)
    }

    /// The same, where the group's name may stand: it carries a slot, so the plan fills it in.
    fn text_with_group(&mut self, path: &[&str], text: Option<&str>) -> Option<String> {
        match self.names.fill_in(text?) {
            Ok(filled) => Some(filled),
            Err(placeholder) => {
                let help = suggest::nearest(&placeholder, PLACEHOLDERS)
                    .unwrap_or_else(|| format!("known: {}", suggest::list(&PLACEHOLDERS)));
                let message = format!("`{placeholder}` stands for nothing");
                self.error(code::UNKNOWN_PLACEHOLDER, path, message, help);
                None
            }
        }
    }
}
