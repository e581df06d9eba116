//! The group's own settings.

use std::collections::{BTreeMap, BTreeSet};

use super::Lower;
use super::words::{KNOWN_METRICS, METRICS, PROCESSES, STATEFUL_SUSPENDED, TERMINATION_POLICIES};
use crate::spec::document::{
    HealthCheckDoc, HealthCheckKind, MaintenanceDoc, ServiceDoc, TagDoc, WarmPoolDoc, WarmPoolState,
};
use crate::spec::names::TAG_KEY;
use crate::spec::problem::code;
use crate::spec::suggest;
use crate::units::Seconds;
use crate::world::{MaintenancePolicy, Tag, WarmPool};

/// Grace when none is given: what the console proposes (the API's own default is none at all).
pub(super) const HEALTH_CHECK_GRACE: Seconds = Seconds(300);

/// Longest default warmup. Source: `autoscaling:CreateAutoScalingGroup`.
const LONGEST_WARMUP: Seconds = Seconds(3_600);

/// Tag key prefixes that are not an operator's to set.
const RESERVED_PREFIXES: [&str; 2] = ["aws:", "plimsoll:"];

/// Most tags that an operator may set: AWS allows 50 a group, four are its identity and eight are
/// kept for leases.
const MOST_TAGS: usize = 38;

/// Where a termination policy may point: a function of one's own.
const TERMINATION_FUNCTION: [(&str, &str); 1] = [("lambda", "function:")];

/// Settings of the group that stand for themselves.
pub(super) struct Group {
    pub(super) warm_pool: Option<WarmPool>,
    pub(super) metrics: BTreeSet<String>,
    pub(super) suspended: BTreeSet<String>,
    pub(super) warmup: Option<Seconds>,
    pub(super) termination_policies: Vec<String>,
    pub(super) maintenance: Option<MaintenancePolicy>,
    pub(super) max_instance_lifetime: Option<Seconds>,
}

impl Lower<'_> {
    pub(super) fn group(&mut self, doc: &ServiceDoc, stateful: bool) -> Group {
        Group {
            warm_pool: self.warm_pool(doc.warm_pool.as_ref()),
            metrics: self.metrics(doc.metrics.as_deref()),
            suspended: self.suspended(doc.suspended.as_deref(), stateful),
            warmup: self.warmup(doc.warmup),
            termination_policies: self.termination_policies(doc.termination_policies.as_deref()),
            maintenance: self.maintenance(doc.maintenance.as_ref()),
            max_instance_lifetime: self.max_instance_lifetime(doc.max_instance_lifetime),
        }
    }

    pub(super) fn tags(&mut self, tags: &BTreeMap<String, TagDoc>) -> BTreeMap<String, Tag> {
        if tags.len() > MOST_TAGS {
            let message =
                format!("a group has room for {MOST_TAGS} tags of yours, not {}", tags.len());
            let help = "AWS allows 50; four are the group's identity and eight are kept for leases";
            self.error(code::QUOTA, &["tags"], message, help);
        }
        let mut lowered = BTreeMap::new();
        for (key, tag) in tags {
            let path = ["tags", key.as_str()];
            self.name(TAG_KEY, &path, key);
            if let Some(prefix) = RESERVED_PREFIXES.iter().find(|prefix| key.starts_with(**prefix))
            {
                let message = format!("tag keys that start with `{prefix}` are reserved");
                self.error(code::BAD_NAME, &path, message, "choose another key");
            }
            let Some(value) = self.text(&path, Some(&tag.value)) else { continue };
            if value.chars().count() > 256 {
                let message = format!("the value of tag `{key}` has more than 256 characters");
                self.error(code::LONG_NAME, &path, message, "shorten it");
            }
            lowered.insert(key.clone(), Tag { value, propagate: tag.propagate });
        }
        lowered
    }

    fn warm_pool(&mut self, pool: Option<&WarmPoolDoc>) -> Option<WarmPool> {
        let pool = pool?;
        if let Some(most) = pool.max_prepared.filter(|most| *most < pool.min) {
            let message = format!("min {} is above max_prepared {most}", pool.min);
            self.error(code::MIN_ABOVE_MAX, &["warm_pool", "min"], message, "lower `min`");
        }
        Some(WarmPool {
            min: pool.min,
            max_prepared: pool.max_prepared,
            state: match pool.state.unwrap_or_default() {
                WarmPoolState::Stopped => "Stopped",
                WarmPoolState::Running => "Running",
                WarmPoolState::Hibernated => "Hibernated",
            }
            .to_owned(),
            reuse_on_scale_in: pool.reuse_on_scale_in,
        })
    }

    fn metrics(&mut self, metrics: Option<&[String]>) -> BTreeSet<String> {
        self.known_words(metrics, "metrics", "group metric", &KNOWN_METRICS, &METRICS)
    }

    fn suspended(&mut self, suspended: Option<&[String]>, stateful: bool) -> BTreeSet<String> {
        let default: &[&str] = if stateful { &STATEFUL_SUSPENDED } else { &[] };
        self.known_words(suspended, "suspended", "process", &PROCESSES, default)
    }

    fn termination_policies(&mut self, policies: Option<&[String]>) -> Vec<String> {
        let Some(policies) = policies else { return vec!["Default".to_owned()] };
        for (index, policy) in policies.iter().enumerate() {
            if policy.starts_with("arn:") {
                let path = ["termination_policies"];
                self.arn(&path, policy, "a Lambda function", &TERMINATION_FUNCTION);
            } else {
                let path = "termination_policies";
                self.known_word(policy, index, path, "termination policy", &TERMINATION_POLICIES);
            }
        }
        policies.to_vec()
    }

    fn known_words(
        &mut self,
        words: Option<&[String]>,
        key: &'static str,
        what: &str,
        known: &[&str],
        default: &[&str],
    ) -> BTreeSet<String> {
        let Some(words) = words else {
            return default.iter().map(|&word| word.to_owned()).collect();
        };
        for (index, word) in words.iter().enumerate() {
            self.known_word(word, index, key, what, known);
        }
        words.iter().cloned().collect()
    }

    fn known_word(&mut self, word: &str, index: usize, key: &str, what: &str, known: &[&str]) {
        if known.contains(&word) {
            return;
        }
        let place = self.item_place(&[key], index).or_else(|| self.place(&[key]));
        let help = suggest::nearest(word, known.iter().copied())
            .unwrap_or_else(|| format!("known: {}", suggest::list(known)));
        let message = format!("`{word}` is no {what}");
        self.problems.push(super::Problem::error(code::WRONG_VALUE, place, message).help(help));
    }

    pub(super) fn health_checks(
        &mut self,
        doc: &HealthCheckDoc,
        has_target_group: bool,
    ) -> BTreeSet<String> {
        if doc.kind == Some(HealthCheckKind::Elb) && !has_target_group {
            let message = format!("`{}` has no target group to ask", self.names.service);
            let help = "add `load_balancing.target_group`, or write `type: ec2`";
            self.error(code::NO_TARGET_GROUP, &["health_check", "type"], message, help);
        }
        let elb = match doc.kind {
            Some(HealthCheckKind::Elb) => true,
            Some(HealthCheckKind::Ec2) => false,
            None => has_target_group,
        };
        // EC2 checks are always on; AWS keeps one word for each.
        BTreeSet::from([if elb { "ELB" } else { "EC2" }.to_owned()])
    }

    fn warmup(&mut self, warmup: Option<Seconds>) -> Option<Seconds> {
        if let Some(warmup) = warmup {
            self.within(warmup, Seconds(0), LONGEST_WARMUP, &["warmup"], "the warmup");
        }
        warmup
    }

    fn maintenance(&mut self, doc: Option<&MaintenanceDoc>) -> Option<MaintenancePolicy> {
        let doc = doc?;
        let (least, most) = (doc.min_healthy_percent, doc.max_healthy_percent);
        let (key, range) = if least > 100 {
            ("min_healthy_percent", "0 to 100")
        } else if !(100..=200).contains(&most) {
            ("max_healthy_percent", "100 to 200")
        } else if most - least > 100 {
            ("max_healthy_percent", "at most 100 above `min_healthy_percent`")
        } else {
            return Some(MaintenancePolicy {
                min_healthy_percent: least,
                max_healthy_percent: most,
            });
        };
        let value = if key.starts_with("min") { least } else { most };
        let message = format!("`{key}` cannot be {value} here");
        self.error(code::OUT_OF_RANGE, &["maintenance", key], message, format!("it is {range}"));
        Some(MaintenancePolicy { min_healthy_percent: least, max_healthy_percent: most })
    }

    fn max_instance_lifetime(&mut self, lifetime: Option<Seconds>) -> Option<Seconds> {
        let lifetime = lifetime.filter(|lifetime| lifetime.0 > 0)?;
        let (least, most) = (Seconds(86_400), Seconds(31_536_000));
        self.within(lifetime, least, most, &["max_instance_lifetime"], "the longest lifetime");
        Some(lifetime)
    }

    /// Reports a duration outside what AWS accepts.
    pub(super) fn within(
        &mut self,
        value: Seconds,
        least: Seconds,
        most: Seconds,
        path: &[&str],
        what: &str,
    ) {
        if value < least || value > most {
            let message = format!("{what} cannot be {value}");
            self.error(code::OUT_OF_RANGE, path, message, format!("AWS accepts {least} to {most}"));
        }
    }
}
