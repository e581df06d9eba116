//! Load, and what AWS's metrics say of it.
//!
//! LocalStack's instances serve nobody, so no service publishes their metrics; this does, as EC2, the
//! load balancer and CloudWatch's agent would. A load is told in percent of one instance, and spreads
//! over those that are in service: more instances are less busy each.

use std::collections::BTreeMap;
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::client::call;
use crate::house::{House, name_of};

/// Minutes before the first that are told as well: they were over before the story began, and what a
/// service that was there would have published in them.
const BEFORE: i64 = 3;

/// The loads of services in regions, and the last minute that was told.
#[derive(Default)]
pub(crate) struct Weather {
    loads: BTreeMap<(&'static str, &'static str), f64>,
    told: Mutex<BTreeMap<(&'static str, &'static str), Timestamp>>,
}

impl Weather {
    /// From the next minute on that is told, a service has this load in a region.
    pub(crate) fn set(&mut self, region: &'static str, service: &'static str, load: f64) {
        self.loads.insert((region, service), load);
    }

    /// Tells every minute that is over and was not told.
    ///
    /// A minute is told once, when it is over: the value of a minute does not change behind the back
    /// of whoever read it.
    pub(crate) fn tell(&self, house: &House) {
        let minute = minute_of(Timestamp::now()) - SignedDuration::from_secs(60);
        let mut told = self.told.lock().unwrap();
        let due: Vec<_> =
            self.loads.iter().filter(|(of, _)| told.get(*of) != Some(&minute)).collect();
        if due.is_empty() {
            return;
        }
        let wanted: Vec<_> = due.iter().map(|((region, service), _)| (*region, *service)).collect();
        let mut calls = Vec::new();
        for (((region, service), load), group) in due.iter().zip(house.groups(&wanted)) {
            let first = told.insert((region, service), minute);
            let start = first.map_or_else(
                || minute - SignedDuration::from_mins(BEFORE),
                |last| last + SignedDuration::from_secs(60),
            );
            let mut at = start;
            while at <= minute {
                calls.extend(metrics(house, (region, service), **load, group.in_service, at));
                at += SignedDuration::from_secs(60);
            }
        }
        house.client.done(&calls);
    }
}

/// The beginning of a minute.
pub(crate) fn minute_of(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second().div_euclid(60) * 60).unwrap()
}

/// What is published of one service in one minute.
fn metrics(
    house: &House,
    (region, service): (&str, &str),
    load: f64,
    in_service: u64,
    at: Timestamp,
) -> Vec<Value> {
    // So many that a cast loses nothing.
    let instances = f64::from(u32::try_from(in_service).unwrap());
    let busy = load / instances.max(1.0);
    let group = json!([{ "Name": "AutoScalingGroupName", "Value": name_of(service) }]);
    let (balancer, targets) = balancing(house, region, service);
    let targets = json!([
        { "Name": "LoadBalancer", "Value": balancer },
        { "Name": "TargetGroup", "Value": targets },
    ]);
    // A busy instance serves 600 requests in a minute: below the target, so that CPU has the word.
    let requests = busy * 6.0;
    [
        ("AWS/AutoScaling", "GroupDesiredCapacity", &group, instances),
        ("AWS/AutoScaling", "GroupInServiceInstances", &group, instances),
        ("AWS/EC2", "CPUUtilization", &group, busy.min(100.0)),
        ("CWAgent", "mem_used_percent", &group, 10.0),
        ("AWS/ApplicationELB", "RequestCountPerTarget", &targets, requests),
        ("AWS/ApplicationELB", "RequestCount", &targets, load * 6.0),
    ]
    .into_iter()
    .map(|(namespace, name, dimensions, value)| {
        let datum = json!({ "MetricName": name, "Dimensions": dimensions, "Value": value,
            "Timestamp": at.to_string() });
        let with = json!({ "Namespace": namespace, "MetricData": [datum] });
        call(region, "cloudwatch", "put_metric_data", with)
    })
    .collect()
}

/// The load balancer and the target group of a service, as dimensions name them: the last parts of
/// their ARNs.
fn balancing(house: &House, region: &str, service: &str) -> (String, String) {
    let ground = |part| house.account.ground(region, part);
    let balancer = ground("load_balancer").as_str().unwrap();
    let targets = ground("target_groups")[service].as_str().unwrap();
    let balancer = balancer.split_once(":loadbalancer/").unwrap().1;
    let targets = targets.rsplit_once(':').unwrap().1;
    (balancer.to_owned(), targets.to_owned())
}
