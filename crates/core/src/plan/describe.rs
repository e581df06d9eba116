//! Parts of a group in an operator's words: what a plan shows as old and new.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::Change;
use crate::units::{MetricValue, Seconds};
use crate::world::{
    ABOVE, Adjustment, Alarm, GroupSettings, HookTransition, LifecycleHook, Metric, MetricSource,
    MetricStat, Policy, PredictiveMode, ScheduledAction, Tag, TemplateData, WarmPool,
    ZoneDistribution, script_digest,
};

/// A part by its name in the spec, and its value.
pub(super) type Field = (&'static str, Option<String>);

/// What differs between two descriptions of the same kind of thing.
pub(super) fn changes(old: Option<&[Field]>, new: &[Field], reason: &str) -> Vec<Change> {
    let before: BTreeMap<&str, &Option<String>> =
        old.unwrap_or_default().iter().map(|(name, value)| (*name, value)).collect();
    new.iter()
        .filter_map(|(name, value)| {
            let was = before.get(name).copied().cloned().flatten();
            (was != *value).then(|| Change {
                field: (*name).to_owned(),
                old: was,
                new: value.clone(),
                reason: reason.to_owned(),
            })
        })
        .collect()
}

/// The fields of a group's settings, without its template.
pub(super) fn settings(settings: &GroupSettings) -> Vec<Field> {
    let duration = |value: Option<Seconds>| value.map(|value| value.to_string());
    vec![
        ("network.subnets", Some(list(&settings.subnets))),
        ("health_check.type", Some(list(&settings.health_checks))),
        ("health_check.grace", duration(Some(settings.health_check_grace))),
        ("warmup", duration(settings.warmup)),
        ("termination_policies", Some(settings.termination_policies.join(", "))),
        (
            "maintenance",
            settings.maintenance.map(|policy| {
                format!("{} to {} %", policy.min_healthy_percent, policy.max_healthy_percent)
            }),
        ),
        (
            "zones",
            Some(
                match settings.zones {
                    ZoneDistribution::BalancedBestEffort => "balanced best effort",
                    ZoneDistribution::BalancedOnly => "balanced only",
                }
                .to_owned(),
            ),
        ),
        ("scale_in_protection", Some(yes_no(settings.scale_in_protection))),
        ("max_instance_lifetime", duration(settings.max_instance_lifetime)),
    ]
}

/// The fields of a launch template.
pub(super) fn template(data: &TemplateData) -> Vec<Field> {
    let volume = data.root_volume.as_ref().map(|volume| {
        let encrypted = if volume.encrypted { "encrypted" } else { "NOT encrypted" };
        let kept = if volume.delete_on_termination { "" } else { ", outlives its instance" };
        format!("{} {} GiB {}, {encrypted}{kept}", volume.device, volume.size_gib, volume.kind)
    });
    let tags: BTreeSet<String> =
        data.volume_tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    vec![
        ("instances.image", Some(data.image.clone())),
        ("instances.machine", Some(data.instance_type.clone())),
        ("instances.profile", data.instance_profile.clone()),
        ("instances.user_data", data.user_data.as_deref().map(script_digest)),
        ("network.security_groups", Some(list(&data.security_groups))),
        ("instances.public_address", Some(yes_no(data.public_address))),
        (
            "instances.imdsv2",
            Some(if data.imdsv2_required { "required" } else { "optional" }.to_owned()),
        ),
        ("instances.detailed_monitoring", Some(yes_no(data.detailed_monitoring))),
        ("instances.root_volume", volume),
        ("tags of volumes", Some(list(&tags))),
        ("not managed", Some(list(&data.unmanaged)).filter(|names| !names.is_empty())),
    ]
}

/// A scaling policy in one line.
pub(super) fn policy(policy: &Policy) -> String {
    match policy {
        Policy::TargetTracking(policy) => {
            let mut text = format!("keep {} at {}", metric(&policy.metric), policy.target);
            if !policy.scale_in {
                text.push_str(", never scale in");
            }
            suffix(&mut text, policy.warmup, policy.enabled);
            text
        }
        Policy::Step(policy) => {
            let steps: Vec<String> = policy
                .steps
                .iter()
                .map(|step| {
                    let edge = |value: Option<MetricValue>| {
                        value.map_or_else(|| "…".to_owned(), |value| value.to_string())
                    };
                    let change = match policy.adjustment {
                        Adjustment::ExactCapacity => format!("={}", step.change),
                        Adjustment::ChangeInCapacity => format!("{:+}", step.change),
                        Adjustment::PercentChangeInCapacity => format!("{:+}%", step.change),
                    };
                    format!("{}..{}: {change}", edge(step.lower), edge(step.upper))
                })
                .collect();
            let mut text = format!("step by {}: {}", policy.aggregation.as_aws(), steps.join(", "));
            if let Some(least) = policy.min_magnitude {
                let _ = write!(text, ", at least {least}");
            }
            suffix(&mut text, policy.warmup, policy.enabled);
            text
        }
        Policy::Predictive(policy) => {
            let mode = match policy.mode {
                PredictiveMode::ForecastOnly => "forecast only",
                PredictiveMode::ForecastAndScale => "forecast and scale",
            };
            let label = policy.metric.resource_label.as_deref().unwrap_or_default();
            let raises = if policy.raises_max { ", raises the maximum" } else { "" };
            format!(
                "{mode} {} {label} at {}, {} ahead{raises}",
                policy.metric.name, policy.target, policy.scheduling_buffer
            )
        }
        Policy::Foreign(kind) => kind.clone(),
    }
}

fn suffix(text: &mut String, warmup: Option<Seconds>, enabled: bool) {
    if let Some(warmup) = warmup {
        let _ = write!(text, ", warmup {warmup}");
    }
    if !enabled {
        text.push_str(", disabled");
    }
}

fn metric(metric: &Metric) -> String {
    match metric {
        Metric::Predefined { name, resource_label: Some(label) } => format!("{name} of {label}"),
        Metric::Predefined { name, resource_label: None } => name.clone(),
        Metric::Single(stat) => metric_stat(stat),
        Metric::Math(queries) => {
            let parts: Vec<String> = queries
                .iter()
                .map(|query| {
                    let source = match &query.source {
                        MetricSource::Stat(stat) => metric_stat(stat),
                        MetricSource::Expression(expression) => expression.clone(),
                    };
                    let mark = if query.return_data { "*" } else { "" };
                    format!("{}{mark} = {source}", query.id)
                })
                .collect();
            format!("[{}]", parts.join("; "))
        }
    }
}

fn metric_stat(stat: &MetricStat) -> String {
    let dimensions: Vec<String> =
        stat.dimensions.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let mut text = format!(
        "{} {}/{}{{{}}}",
        stat.statistic.as_aws(),
        stat.namespace,
        stat.name,
        dimensions.join(", ")
    );
    if let Some(unit) = &stat.unit {
        let _ = write!(text, " in {unit}");
    }
    if let Some(period) = stat.period {
        let _ = write!(text, " each {period}");
    }
    text
}

/// An alarm in one line.
pub(super) fn alarm(alarm: &Alarm) -> String {
    let told = if alarm.actions.is_empty() { "" } else { ", with actions" };
    format!("{} {} {}{told}", watched(alarm), compared(alarm), threshold(alarm))
}

/// The fields of an alarm.
pub(super) fn alarm_fields(alarm: &Alarm) -> Vec<Field> {
    vec![
        ("metric", Some(watched(alarm))),
        ("threshold", Some(format!("{} {}", compared(alarm), threshold(alarm)))),
        ("datapoints", Some(format!("{} of {}", alarm.datapoints, alarm.periods))),
        ("missing data", Some(alarm.missing_data.clone())),
        ("actions", Some(list(&alarm.actions)).filter(|actions| !actions.is_empty())),
        ("description", Some(alarm.description.clone())),
    ]
}

fn watched(alarm: &Alarm) -> String {
    alarm.metric.as_ref().map_or_else(|| "something else".to_owned(), metric)
}

fn compared(alarm: &Alarm) -> &str {
    if alarm.comparison == ABOVE { "above" } else { &alarm.comparison }
}

fn threshold(alarm: &Alarm) -> String {
    alarm.threshold.map_or_else(|| "no fixed threshold".to_owned(), |it| it.to_string())
}

/// A scheduled action in one line.
pub(super) fn schedule(action: &ScheduledAction) -> String {
    let when = match (&action.recurrence, action.start) {
        (Some(cron), _) => {
            format!("{cron} {}", action.time_zone.as_deref().unwrap_or("UTC"))
        }
        (None, Some(start)) => start.to_string(),
        (None, None) => "never".to_owned(),
    };
    let until = action.end.map(|end| format!(" until {end}")).unwrap_or_default();
    let sets: Vec<String> = [("min", action.min), ("max", action.max), ("desired", action.desired)]
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| format!("{name} {value}")))
        .collect();
    format!("{when}{until}: {}", sets.join(", "))
}

/// A lifecycle hook in one line.
pub(super) fn hook(hook: &LifecycleHook) -> String {
    let on = match hook.transition {
        HookTransition::Launch => "launch",
        HookTransition::Terminate => "terminate",
    };
    let told = hook.notification_target.as_deref().map(|to| format!(", tells {to}"));
    let role = hook.role.as_deref().map(|role| format!(" as {role}"));
    format!(
        "on {on}, {} then {}{}{}",
        hook.heartbeat_timeout,
        hook.default_result,
        told.unwrap_or_default(),
        role.unwrap_or_default()
    )
}

/// A warm pool in one line.
pub(super) fn warm_pool(pool: &WarmPool) -> String {
    let most = pool.max_prepared.map_or_else(|| "max".to_owned(), |most| most.to_string());
    let reuse = if pool.reuse_on_scale_in { ", reused" } else { "" };
    format!("{} to {most} {}{reuse}", pool.min, pool.state)
}

/// A tag in one line.
pub(super) fn tag(tag: &Tag) -> String {
    let propagate = if tag.propagate { "" } else { " (not on instances)" };
    format!("{}{propagate}", tag.value)
}

/// Words, joined.
pub(super) fn list(words: &BTreeSet<String>) -> String {
    words.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn yes_no(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}
