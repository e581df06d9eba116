//! From what was typed to a valid service: defaults are filled in and every value is judged.

mod group;
mod instances;
mod policies;
mod schedule;

pub(crate) use schedule::LEASE_END;

use std::collections::BTreeMap;

use super::document::{Kind, ServiceDoc};
use super::model::{Capacity, Places, Service};
use super::names::{NameRule, Names};
use super::problem::{Code, Place, Problem, code};
use super::read::read;
use super::tree::{Node, Value};
use crate::bounds::Bounds;
use crate::units::HourlyPrice;

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
        let policies = self.policies(&doc.scaling.policies, kind, target_group.is_some());
        let tags = self.tags(&doc.tags);
        let hooks = self.hooks(&doc.hooks);
        let listener_rule = self.text(
            &["load_balancing", "listener_rule"],
            doc.load_balancing.listener_rule.as_deref(),
        );
        let stateful = kind == Kind::Stateful;
        Some(Service {
            kind,
            bounds: bounds?,
            schedule,
            policies,
            hooks,
            warm_pool: self.warm_pool(doc.warm_pool.as_ref()),
            metrics: self.metrics(doc.metrics.as_deref()),
            suspended: self.suspended(doc.suspended.as_deref(), stateful),
            tags,
            subnets: subnets?,
            security_groups: security_groups?,
            health_checks: self.health_checks(&doc.health_check, target_group.is_some()),
            health_check_grace: doc.health_check.grace.unwrap_or(group::HEALTH_CHECK_GRACE),
            target_group,
            listener_rule,
            instances: instances?,
            warmup: self.warmup(doc.warmup),
            termination_policies: doc
                .termination_policies
                .unwrap_or_else(|| vec!["Default".to_owned()]),
            maintenance: self.maintenance(doc.maintenance.as_ref()),
            zones: doc.zones.map(Into::into).unwrap_or_default(),
            scale_in_protection: doc.scale_in_protection.unwrap_or(stateful),
            max_instance_lifetime: self.max_instance_lifetime(doc.max_instance_lifetime),
            capacity: Capacity {
                requests_per_second: doc.capacity.requests_per_second,
                base_latency_ms: doc.capacity.base_latency_ms,
                hourly_price: doc.capacity.hourly_price.map(|price| HourlyPrice(price.micros())),
                connections: doc.capacity.connections,
            },
            uses: doc.uses,
            places: self.places(),
        })
    }

    fn bounds(&mut self, kind: Kind, doc: &ServiceDoc) -> Option<Bounds> {
        let (Some(min), Some(max)) = (doc.bounds.min, doc.bounds.max) else {
            // What was written wrong was reported when it was read.
            if self.node.at(&["bounds", "min"]).is_none()
                || self.node.at(&["bounds", "max"]).is_none()
            {
                let message = format!("service `{}` has no `bounds`", self.names.service);
                self.error(
                    code::MISSING,
                    &["bounds"],
                    message,
                    "add `bounds: { min: 2, max: 10 }`",
                );
            }
            return None;
        };
        if min > max {
            self.error(
                code::MIN_ABOVE_MAX,
                &["bounds", "min"],
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
        if let Err((code, message)) = rule.check(name) {
            self.error(code, path, message, "choose a shorter or plainer name");
        }
    }

    /// A text with its placeholders filled in.
    fn text(&mut self, path: &[&str], text: Option<&str>) -> Option<String> {
        match self.names.fill_in(text?) {
            Ok(filled) => Some(filled),
            Err(placeholder) => {
                let known = super::suggest::list(&super::names::PLACEHOLDERS);
                self.error(
                    code::UNKNOWN_PLACEHOLDER,
                    path,
                    format!("`{placeholder}` stands for nothing"),
                    format!("known: {known}"),
                );
                None
            }
        }
    }
}
