//! The group's own settings.

use std::collections::{BTreeMap, BTreeSet};

use super::Lower;
use crate::spec::document::{
    HealthCheckDoc, HealthCheckKind, HookDoc, HookOn, HookOtherwise, LoadBalancingDoc,
    MaintenanceDoc, Selector, TagDoc, WarmPoolDoc, WarmPoolState,
};
use crate::spec::names::{HOOK, TAG_KEY, TARGET_GROUP, arn_home, check_id};
use crate::spec::problem::code;
use crate::spec::suggest;
use crate::units::Seconds;
use crate::world::{HookTransition, LifecycleHook, MaintenancePolicy, Tag, WarmPool};

/// Grace when none is given: what the console proposes (the API's own default is none at all).
pub(super) const HEALTH_CHECK_GRACE: Seconds = Seconds(300);

/// Longest default warmup. Source: `autoscaling:CreateAutoScalingGroup`.
const LONGEST_WARMUP: Seconds = Seconds(3_600);

/// The group metrics that Auto Scaling publishes and that Plimsoll collects unless told otherwise:
/// the five that the reference platform watches.
const METRICS: [&str; 5] = [
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupTotalInstances",
];

/// All of them. Source: `autoscaling:EnableMetricsCollection`.
const KNOWN_METRICS: [&str; 19] = [
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
    "GroupInServiceCapacity",
    "GroupPendingCapacity",
    "GroupStandbyCapacity",
    "GroupTerminatingCapacity",
    "GroupTotalCapacity",
    "WarmPoolDesiredCapacity",
    "WarmPoolWarmedCapacity",
    "WarmPoolPendingCapacity",
    "WarmPoolTerminatingCapacity",
    "GroupAndWarmPoolDesiredCapacity",
    "GroupAndWarmPoolTotalCapacity",
];

/// Processes that can be suspended. Source: `autoscaling:SuspendProcesses`.
const PROCESSES: [&str; 9] = [
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
];

/// What a stateful service does without: moving its one instance loses its data.
const STATEFUL_SUSPENDED: [&str; 2] = ["AZRebalance", "ReplaceUnhealthy"];

/// Tag key prefixes that are not an operator's to set.
const RESERVED_PREFIXES: [&str; 2] = ["aws:", "plimsoll:"];

/// Most hooks of a group. Source: EC2 Auto Scaling quotas.
const MOST_HOOKS: usize = 50;

impl Lower<'_> {
    pub(super) fn selector(
        &mut self,
        selector: Option<&Selector>,
        key: &'static str,
        prefix: &str,
    ) -> Option<Selector> {
        match selector {
            None => {
                if self.node.at(&["network", key]).is_none() {
                    let message =
                        format!("service `{}` has no `network.{key}`", self.names.service);
                    let help = format!("add `{key}: {{ tags: {{ … }} }}` to `network`");
                    self.error(code::MISSING, &["network"], message, help);
                }
                None
            }
            Some(Selector::Ids(ids)) => {
                for (index, id) in ids.iter().enumerate() {
                    if let Err(message) = check_id(prefix, id) {
                        let path = ["network", key, "ids"];
                        let place = self.item_place(&path, index).or_else(|| self.place(&path));
                        let problem =
                            super::Problem::error(code::BAD_ID, place, message).help(format!(
                                "an id looks like {prefix}-0123456789abcdef0; or select by `tags`"
                            ));
                        self.problems.push(problem);
                    }
                }
                Some(Selector::Ids(ids.clone()))
            }
            Some(Selector::Tags(tags)) => {
                let filled = tags
                    .iter()
                    .filter_map(|(tag, value)| {
                        let path = ["network", key, "tags", tag.as_str()];
                        self.text(&path, Some(value)).map(|value| (tag.clone(), value))
                    })
                    .collect();
                Some(Selector::Tags(filled))
            }
        }
    }

    pub(super) fn target_group(&mut self, doc: &LoadBalancingDoc) -> Option<String> {
        let path = ["load_balancing", "target_group"];
        let name = self.text(&path, doc.target_group.as_deref())?;
        if !name.starts_with("arn:") {
            self.name(TARGET_GROUP, &path, &name);
            return Some(name);
        }
        match arn_home(&name) {
            Some((region, _)) if region == self.names.region => {}
            Some((region, _)) => self.error(
                code::BAD_ARN,
                &path,
                format!("the target group lies in {region}, the service in {}", self.names.region),
                "name target groups by name, or give each region its own ARN under `regions`",
            ),
            None => {
                let message = format!("`{name}` is no ARN of a target group");
                self.error(code::BAD_ARN, &path, message, "name the target group by its name");
            }
        }
        Some(name)
    }

    pub(super) fn tags(&mut self, tags: &BTreeMap<String, TagDoc>) -> BTreeMap<String, Tag> {
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

    pub(super) fn hooks(
        &mut self,
        hooks: &BTreeMap<String, HookDoc>,
    ) -> BTreeMap<String, LifecycleHook> {
        if hooks.len() > MOST_HOOKS {
            let message = format!("a group has {MOST_HOOKS} hooks at most, not {}", hooks.len());
            self.error(code::QUOTA, &["hooks"], message, "remove some");
        }
        let mut lowered = BTreeMap::new();
        for (name, hook) in hooks {
            self.name(HOOK, &["hooks", name], name);
            let timeout = hook.timeout.unwrap_or(Seconds(3_600));
            let path = ["hooks", name.as_str(), "timeout"];
            self.within(timeout, Seconds(30), Seconds(7_200), &path, "a hook's timeout");
            lowered.insert(
                name.clone(),
                LifecycleHook {
                    transition: match hook.on {
                        HookOn::Launch => HookTransition::Launch,
                        HookOn::Terminate => HookTransition::Terminate,
                    },
                    heartbeat_timeout: timeout,
                    default_result: match hook.otherwise {
                        Some(HookOtherwise::Continue) => "CONTINUE".to_owned(),
                        Some(HookOtherwise::Abandon) | None => "ABANDON".to_owned(),
                    },
                    notification_target: hook.notify.clone(),
                    role: hook.role.clone(),
                },
            );
        }
        lowered
    }

    pub(super) fn warm_pool(&mut self, pool: Option<&WarmPoolDoc>) -> Option<WarmPool> {
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

    pub(super) fn metrics(&mut self, metrics: Option<&[String]>) -> BTreeSet<String> {
        self.known_words(metrics, "metrics", "group metric", &KNOWN_METRICS, &METRICS)
    }

    pub(super) fn suspended(
        &mut self,
        suspended: Option<&[String]>,
        stateful: bool,
    ) -> BTreeSet<String> {
        let default: &[&str] = if stateful { &STATEFUL_SUSPENDED } else { &[] };
        self.known_words(suspended, "suspended", "process", &PROCESSES, default)
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
            if !known.contains(&word.as_str()) {
                let place = self.item_place(&[key], index).or_else(|| self.place(&[key]));
                let help = suggest::nearest(word, known.iter().copied())
                    .unwrap_or_else(|| format!("known: {}", suggest::list(known)));
                let message = format!("`{word}` is no {what}");
                self.problems
                    .push(super::Problem::error(code::WRONG_VALUE, place, message).help(help));
            }
        }
        words.iter().cloned().collect()
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

    pub(super) fn warmup(&mut self, warmup: Option<Seconds>) -> Option<Seconds> {
        if let Some(warmup) = warmup {
            self.within(warmup, Seconds(0), LONGEST_WARMUP, &["warmup"], "the warmup");
        }
        warmup
    }

    pub(super) fn maintenance(
        &mut self,
        doc: Option<&MaintenanceDoc>,
    ) -> Option<MaintenancePolicy> {
        let doc = doc?;
        let (least, most) = (doc.min_healthy_percent, doc.max_healthy_percent);
        if least > 100 || !(100..=200).contains(&most) || most - least > 100 {
            self.error(
                code::OUT_OF_RANGE,
                &["maintenance"],
                format!("AWS does not accept {least} % and {most} % together"),
                "min_healthy_percent is 0 to 100, max_healthy_percent 100 to 200, and they differ \
                 by 100 at most",
            );
        }
        Some(MaintenancePolicy { min_healthy_percent: least, max_healthy_percent: most })
    }

    pub(super) fn max_instance_lifetime(&mut self, lifetime: Option<Seconds>) -> Option<Seconds> {
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
