//! What metrics say of the own region.

mod laws;
mod load;
mod managed;
mod moves;
mod questions;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use plimsoll_core::cloud::{Point, Series};
use plimsoll_core::reflex::Signals;
use plimsoll_core::signals::{Purpose, Questions, questions, read};
use plimsoll_core::spec::Spec;
use plimsoll_core::units::MetricValue;
use plimsoll_core::world::{Group, TargetGroup};

use crate::support::{REGION, group, now, spec};

/// A region, and what its metrics hold: by what they are about and for, the values of the last
/// minutes, the newest last. The newest minute that shows ended a minute ago.
struct Region {
    spec: Spec,
    groups: Vec<Group>,
    target_groups: Vec<TargetGroup>,
    metrics: BTreeMap<(String, Purpose), Vec<Option<f64>>>,
    /// By the same keys: series of which CloudWatch says that they are not all there.
    partial: BTreeSet<(String, Purpose)>,
}

const BALANCER: &str = "app/ship/1";

impl Region {
    /// Two services behind one load balancer.
    fn new() -> Self {
        let mut groups = vec![group("web", 4), group("worker", 4), group("static", 4)];
        groups.push(group("db", 1));
        for group in &mut groups {
            group.metrics =
                ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupTotalInstances"]
                    .map(str::to_owned)
                    .into();
        }
        let target_groups = ["ship-web", "ship-worker"].map(|name| target_group(name, "ship"));
        Self {
            spec: spec().clone(),
            groups,
            target_groups: target_groups.into(),
            metrics: BTreeMap::new(),
            partial: BTreeSet::new(),
        }
    }

    fn group(&mut self, service: &str) -> &mut Group {
        self.groups.iter_mut().find(|group| group.serves(service)).unwrap()
    }

    /// Puts a worker at its maximum, so that its policies are read.
    fn at_maximum(mut self) -> Self {
        let full = group("worker", 8);
        let worker = self.group("worker");
        (worker.desired, worker.instances) = (8, full.instances);
        self
    }

    fn set(&mut self, about: &str, purpose: Purpose, values: &[f64]) {
        let values = values.iter().map(|value| Some(*value)).collect();
        self.metrics.insert((about.to_owned(), purpose), values);
    }

    fn questions(&self) -> Questions {
        questions(&self.spec, REGION, &self.groups, &self.target_groups, now())
    }

    /// One series for each question; what is not set has no point.
    fn answers(&self, questions: &Questions) -> Vec<Series> {
        let series = |(asked, query): (&plimsoll_core::signals::Asked, &_)| {
            let query: &plimsoll_core::cloud::Query = query;
            let key = (asked.about.clone(), asked.purpose.clone());
            let period = i64::from(query.metric.period().0);
            let values = self.metrics.get(&key).cloned().unwrap_or_default();
            let points = values.iter().rev().zip(2i64..).filter_map(|(value, back)| {
                let at = now() - SignedDuration::from_secs(back * period);
                Some((at, Point::from((*value)?)))
            });
            let mut points: Vec<(Timestamp, Point)> = points.collect();
            points.reverse();
            let mut series = Series { points, ..Series::default() };
            if self.partial.contains(&key) {
                series.extent = plimsoll_core::cloud::Extent::Partial("throttled".to_owned());
            }
            series
        };
        questions.asked.iter().zip(&questions.queries).map(series).collect()
    }

    fn read(&self) -> BTreeMap<String, Signals> {
        let questions = self.questions();
        self.read_as(&questions, self.answers(&questions))
    }

    fn read_as(&self, questions: &Questions, series: Vec<Series>) -> BTreeMap<String, Signals> {
        read(&self.spec, REGION, &self.groups, questions, series, now())
    }

    fn of(&self, service: &str) -> Signals {
        self.read().remove(service).unwrap()
    }
}

fn target_group(name: &str, balancer: &str) -> TargetGroup {
    let arn = |tail: &str| format!("arn:aws:elasticloadbalancing:{REGION}:000000000000:{tail}");
    TargetGroup {
        arn: arn(&format!("targetgroup/{name}/1")),
        name: name.to_owned(),
        load_balancers: BTreeSet::from([arn(&format!("loadbalancer/app/{balancer}/1"))]),
        healthy_targets: None,
    }
}

fn value(number: f64) -> MetricValue {
    MetricValue::from_f64(number).unwrap()
}

fn cpu() -> Purpose {
    Purpose::Policy("cpu".to_owned())
}
