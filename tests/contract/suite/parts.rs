//! What hangs on a group: put, read back, replaced, and taken away again.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::action::Action;
use plimsoll_core::units::{MetricValue, Seconds};
use plimsoll_core::world::{
    Adjustment, HookTransition, LifecycleHook, Metric, MetricStat, Policy, PredictiveMetric,
    PredictiveMode, PredictiveScaling, ScheduledAction, Statistic, StepAdjustment, StepScaling,
    Tag, TargetTracking, WarmPool,
};

use super::steps::{done, group, stand};
use super::{CACHE, Subject, WEB, one};

/// A tag that instances do not get.
pub(super) fn tag(value: &str) -> Tag {
    Tag { value: value.to_owned(), propagate: false }
}

/// What a policy with few settings is, on a metric that no other policy tracks.
pub(super) fn tracking(target: i32) -> Policy {
    Policy::TargetTracking(TargetTracking {
        metric: Metric::Predefined { name: "ASGAverageNetworkIn".to_owned(), resource_label: None },
        target: MetricValue::whole(target),
        scale_in: false,
        warmup: None,
        enabled: true,
    })
}

/// What a hook with few settings is.
pub(super) fn hook() -> LifecycleHook {
    LifecycleHook {
        transition: HookTransition::Launch,
        heartbeat_timeout: Seconds(120),
        default_result: "ABANDON".to_owned(),
        notification_target: None,
        role: None,
    }
}

/// What a schedule with few settings is: a morning that comes every day.
pub(super) fn schedule() -> ScheduledAction {
    ScheduledAction {
        recurrence: Some("30 6 * * *".to_owned()),
        time_zone: None,
        start: None,
        end: None,
        min: Some(3),
        max: None,
        desired: None,
    }
}

/// What a pool with few settings is.
pub(super) fn pool() -> WarmPool {
    WarmPool { min: 0, max_prepared: None, state: "Stopped".to_owned(), reuse_on_scale_in: false }
}

pub(super) fn put_policy(group: &str, name: &str, policy: &Policy) -> Action {
    let policy = Box::new(policy.clone());
    Action::PutPolicy { group: group.to_owned(), name: name.to_owned(), policy }
}

pub(super) fn put_schedule(group: &str, name: &str, schedule: &ScheduledAction) -> Action {
    let schedule = Box::new(schedule.clone());
    Action::PutSchedule { group: group.to_owned(), name: name.to_owned(), schedule }
}

pub(super) fn put_hook(group: &str, name: &str, hook: &LifecycleHook) -> Action {
    let hook = Box::new(hook.clone());
    Action::PutHook { group: group.to_owned(), name: name.to_owned(), hook }
}

pub(super) fn put_pool(group: &str, pool: &WarmPool) -> Action {
    Action::PutWarmPool { group: group.to_owned(), pool: pool.clone() }
}

/// One of each kind, with every setting.
fn policies() -> BTreeMap<String, Policy> {
    let custom = MetricStat {
        namespace: "Contract".to_owned(),
        name: "backlog".to_owned(),
        dimensions: one("Queue", "tasks".to_owned()),
        statistic: Statistic::Maximum,
        unit: None,
        period: Some(Seconds(10)),
    };
    let step = |lower, upper, change| StepAdjustment {
        lower: MetricValue::from_f64(lower).ok(),
        upper,
        change,
    };
    let policies = [
        (
            "tracking",
            Policy::TargetTracking(TargetTracking {
                metric: Metric::Single(custom),
                target: MetricValue::from_f64(12.5).unwrap(),
                scale_in: true,
                warmup: Some(Seconds(90)),
                enabled: false,
            }),
        ),
        (
            "steps",
            Policy::Step(StepScaling {
                adjustment: Adjustment::PercentChangeInCapacity,
                min_magnitude: Some(2),
                aggregation: Statistic::Maximum,
                warmup: Some(Seconds(45)),
                steps: vec![step(0.0, Some(MetricValue::whole(10)), 10), step(10.0, None, 30)],
                enabled: true,
            }),
        ),
        (
            "forecast",
            Policy::Predictive(PredictiveScaling {
                metric: PredictiveMetric {
                    name: "ASGCPUUtilization".to_owned(),
                    resource_label: None,
                },
                target: MetricValue::whole(60),
                mode: PredictiveMode::ForecastOnly,
                scheduling_buffer: Seconds(300),
                raises_max: false,
            }),
        ),
    ];
    policies.map(|(name, policy)| (name.to_owned(), policy)).into()
}

pub(crate) async fn policies_are_read_back_as_they_were_put(subject: &impl Subject) {
    stand(subject).await;
    for (name, policy) in &policies() {
        done(subject, &put_policy(CACHE, name, policy)).await;
    }
    assert_eq!(group(subject, CACHE).await.policies, policies());
    for name in policies().into_keys() {
        done(subject, &Action::DeletePolicy { group: CACHE.to_owned(), name }).await;
    }
    assert_eq!(group(subject, CACHE).await.policies, BTreeMap::new());
}

pub(crate) async fn schedules_hooks_and_warm_pools_are_read_back_as_they_were_put(
    subject: &impl Subject,
) {
    stand(subject).await;
    let before = group(subject, WEB).await;
    // Of a recurrence AWS tells the next time in the place of the first, so there is none here.
    let schedule = ScheduledAction {
        time_zone: Some("Europe/Berlin".to_owned()),
        end: Some("2032-03-01T00:00:00Z".parse().unwrap()),
        max: Some(8),
        desired: Some(4),
        ..schedule()
    };
    let single = ScheduledAction {
        recurrence: None,
        start: Some("2031-03-01T00:00:00Z".parse().unwrap()),
        ..self::schedule()
    };
    let pool = WarmPool {
        min: 2,
        max_prepared: Some(8),
        state: "Running".to_owned(),
        reuse_on_scale_in: true,
    };
    done(subject, &put_schedule(WEB, "morning", &schedule)).await;
    done(subject, &put_schedule(WEB, "single", &single)).await;
    done(subject, &put_hook(WEB, "boot", &hook())).await;
    done(subject, &put_pool(WEB, &pool)).await;
    let after = group(subject, WEB).await;
    assert_eq!(after.schedules["morning"], schedule);
    assert_eq!(after.schedules["single"], single);
    assert_eq!(after.hooks.as_ref().unwrap()["boot"], hook());
    assert_eq!(after.warm_pool, Some(pool));

    let group_name = || WEB.to_owned();
    for name in ["morning", "single"] {
        let name = name.to_owned();
        done(subject, &Action::DeleteSchedule { group: group_name(), name }).await;
    }
    done(subject, &Action::DeleteHook { group: group_name(), name: "boot".to_owned() }).await;
    done(subject, &put_pool(WEB, before.warm_pool.as_ref().unwrap())).await;
    assert_eq!(group(subject, WEB).await, before);
    done(subject, &Action::DeleteWarmPool { group: group_name() }).await;
    assert_eq!(group(subject, WEB).await.warm_pool, None);
}

pub(crate) async fn a_put_replaces_the_whole_part(subject: &impl Subject) {
    stand(subject).await;
    let rich = ScheduledAction {
        time_zone: Some("Europe/Berlin".to_owned()),
        max: Some(8),
        desired: Some(4),
        ..schedule()
    };
    let full = WarmPool { max_prepared: Some(8), reuse_on_scale_in: true, ..pool() };
    let longer = LifecycleHook { heartbeat_timeout: Seconds(600), ..hook() };
    for (schedule, hook, pool, policy) in [
        (rich, longer, full, &policies()["steps"]),
        (schedule(), hook(), pool(), &tracking(1_000_000)),
    ] {
        done(subject, &put_schedule(WEB, "part", &schedule)).await;
        done(subject, &put_hook(WEB, "part", &hook)).await;
        done(subject, &put_pool(WEB, &pool)).await;
        // Auto Scaling keeps the kind of a policy, so one of another kind has a place of its own.
        let name = if matches!(policy, Policy::Step(_)) { "steps" } else { "part" };
        done(subject, &put_policy(WEB, name, policy)).await;
        let group = group(subject, WEB).await;
        assert_eq!(group.schedules["part"], schedule);
        assert_eq!(group.hooks.as_ref().unwrap()["part"], hook);
        assert_eq!(group.warm_pool.as_ref(), Some(&pool));
        assert_eq!(&group.policies[name], policy);
    }
    done(subject, &put_policy(WEB, "part", &tracking(2_000_000))).await;
    assert_eq!(group(subject, WEB).await.policies["part"], tracking(2_000_000));
}

/// Every kind of action on a part, each with its undoing after it.
fn on_parts(arns: &BTreeSet<String>) -> Vec<Action> {
    let name = || "part".to_owned();
    let group = || WEB.to_owned();
    let of = |word: &str| BTreeSet::from([word.to_owned()]);
    vec![
        Action::PutTags { group: group(), tags: one("Team", tag("web")) },
        Action::DeleteTags { group: group(), keys: of("Team") },
        Action::DetachTargetGroups { group: group(), arns: arns.clone() },
        Action::AttachTargetGroups { group: group(), arns: arns.clone() },
        Action::EnableMetrics { group: group(), metrics: of("GroupMaxSize") },
        Action::DisableMetrics { group: group(), metrics: of("GroupMaxSize") },
        Action::SuspendProcesses { group: group(), processes: of("AZRebalance") },
        Action::ResumeProcesses { group: group(), processes: of("AZRebalance") },
        put_policy(WEB, "part", &tracking(1_000_000)),
        Action::DeletePolicy { group: group(), name: name() },
        put_schedule(WEB, "part", &schedule()),
        Action::DeleteSchedule { group: group(), name: name() },
        put_hook(WEB, "part", &hook()),
        Action::DeleteHook { group: group(), name: name() },
        put_pool(WEB, &WarmPool { max_prepared: Some(7), ..pool() }),
        Action::DeleteWarmPool { group: group() },
    ]
}

pub(crate) async fn every_action_on_a_part_may_be_repeated(subject: &impl Subject) {
    stand(subject).await;
    let mut before = group(subject, WEB).await;
    for action in &on_parts(&before.target_groups) {
        done(subject, action).await;
        let once = group(subject, WEB).await;
        assert_ne!(once, before, "{action} does something");
        done(subject, action).await;
        assert_eq!(group(subject, WEB).await, once, "{action}, twice");
        before = once;
    }
}

pub(crate) async fn tags_of_others_stay(subject: &impl Subject) {
    stand(subject).await;
    let mut expected = group(subject, WEB).await.tags;
    let theirs = Tag { value: "finance".to_owned(), propagate: true };
    for (key, tag) in [("CostCentre", theirs), ("Team", tag("web"))] {
        let tags = one(key, tag);
        done(subject, &Action::PutTags { group: WEB.to_owned(), tags: tags.clone() }).await;
        expected.extend(tags);
        assert_eq!(group(subject, WEB).await.tags, expected);
    }
    let keys = BTreeSet::from(["Team".to_owned()]);
    done(subject, &Action::DeleteTags { group: WEB.to_owned(), keys }).await;
    expected.remove("Team");
    assert_eq!(group(subject, WEB).await.tags, expected);
}
