//! Alarms that wake the controller: put whole, read back, replaced and deleted.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::action::Action;
use plimsoll_core::cloud::{Cloud as _, RegionScope, Scope};
use plimsoll_core::units::{MetricValue, Seconds};
use plimsoll_core::world::{
    Alarm, Metric, MetricQuery, MetricSource, MetricStat, Statistic, Wake, tag_keys,
};

use super::steps::{done, region, scope, stand};
use super::{HERE, Subject, THERE, WEB, one};

fn wake<'a>(environment: &'a str, policy: &'a str) -> Wake<'a> {
    Wake { platform: "contract", environment, service: "web", policy }
}

fn backlog(statistic: Statistic) -> MetricStat {
    MetricStat {
        namespace: "Contract".to_owned(),
        name: "Backlog".to_owned(),
        dimensions: one("Queue", "jobs".to_owned()),
        statistic,
        unit: None,
        period: None,
    }
}

/// One of each kind: a metric that AWS predefines, a load balancer's, one of ours in short periods,
/// and metric math.
fn metrics() -> [(&'static str, Metric); 4] {
    let label = "app/contract/1/targetgroup/contract/2".to_owned();
    let predefined =
        |name: &str, resource_label| Metric::Predefined { name: name.to_owned(), resource_label };
    let query =
        |id: &str, source, return_data| MetricQuery { id: id.to_owned(), source, return_data };
    let math = vec![
        query("backlog", MetricSource::Stat(backlog(Statistic::Maximum)), false),
        query("per", MetricSource::Expression("backlog / 4".to_owned()), true),
    ];
    [
        ("cpu", predefined("ASGAverageCPUUtilization", None)),
        ("requests", predefined("ALBRequestCountPerTarget", Some(label))),
        ("backlog", Metric::Single(backlog(Statistic::Sum))),
        ("math", Metric::Math(math)),
    ]
}

fn alarm(wake: Wake<'_>, metric: &Metric, target: i32) -> Alarm {
    wake.alarm(WEB, metric, MetricValue::whole(target), Seconds(10)).unwrap()
}

fn put(wake: Wake<'_>, alarm: &Alarm) -> Action {
    let tags = BTreeMap::from([
        (tag_keys::PLATFORM.to_owned(), wake.platform.to_owned()),
        (tag_keys::ENVIRONMENT.to_owned(), wake.environment.to_owned()),
    ]);
    Action::PutAlarm { name: wake.name(), alarm: Box::new(alarm.clone()), tags }
}

fn delete<const N: usize>(names: [String; N]) -> Action {
    Action::DeleteAlarms { names: names.into() }
}

async fn alarms(subject: &impl Subject, name: &str) -> BTreeMap<String, Alarm> {
    let asked = RegionScope { alarms: true, ..RegionScope::default() };
    let world = subject.cloud().observe(&Scope { regions: one(name, asked), ..scope() }).await;
    region(&world, name).alarms.clone()
}

pub(crate) async fn alarms_are_read_back_as_they_were_put(subject: &impl Subject) {
    assert_eq!(alarms(subject, HERE).await, BTreeMap::new());
    let mut wanted = BTreeMap::new();
    for (policy, metric) in metrics() {
        let wake = wake("production", policy);
        let alarm = alarm(wake, &metric, 600);
        done(subject, &put(wake, &alarm)).await;
        wanted.insert(wake.name(), alarm);
    }
    assert_eq!(alarms(subject, HERE).await, wanted);
    assert_eq!(alarms(subject, THERE).await, BTreeMap::new(), "an alarm is in one region");
    done(subject, &Action::DeleteAlarms { names: wanted.into_keys().collect() }).await;
    assert_eq!(alarms(subject, HERE).await, BTreeMap::new());
}

pub(crate) async fn an_alarm_that_is_put_again_is_replaced(subject: &impl Subject) {
    let wake = wake("production", "load");
    for (_, metric) in metrics() {
        let alarm = alarm(wake, &metric, 300);
        // A repeat, as after a call whose answer was lost.
        for _ in 0..2 {
            done(subject, &put(wake, &alarm)).await;
            assert_eq!(alarms(subject, HERE).await, one(&wake.name(), alarm.clone()));
        }
    }
    done(subject, &delete([wake.name()])).await;
}

pub(crate) async fn alarms_that_are_not_there_are_deleted(subject: &impl Subject) {
    let [cpu, load] = ["cpu", "load"].map(|policy| wake("production", policy));
    let [(_, metric), ..] = metrics();
    done(subject, &put(cpu, &alarm(cpu, &metric, 60))).await;
    // One of two is gone: the other must go as well.
    done(subject, &delete([cpu.name(), load.name()])).await;
    assert_eq!(alarms(subject, HERE).await, BTreeMap::new());
    done(subject, &delete([cpu.name(), load.name()])).await;
}

pub(crate) async fn only_alarms_with_the_prefix_of_the_platform_are_read(subject: &impl Subject) {
    stand(subject).await;
    let (ours, theirs) = (wake("production", "cpu"), wake("staging", "cpu"));
    let [(_, metric), ..] = metrics();
    for wake in [ours, theirs] {
        done(subject, &put(wake, &alarm(wake, &metric, 60))).await;
    }
    let read: BTreeSet<String> = alarms(subject, HERE).await.into_keys().collect();
    assert_eq!(read, [ours.name()].into());
    done(subject, &delete([ours.name(), theirs.name()])).await;
}
