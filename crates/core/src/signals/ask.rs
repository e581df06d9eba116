//! Metrics by the names and dimensions in which AWS publishes them.
//!
//! Sources: Auto Scaling user guide, "Amazon CloudWatch metrics for Amazon EC2 Auto Scaling";
//! "CloudWatch metrics for your Application Load Balancer".

use std::collections::BTreeMap;

use crate::units::Seconds;
use crate::world::{Metric, MetricSource, MetricStat, Statistic};

/// A metric of a group.
pub(super) fn of_group(name: &str, group: &str) -> Metric {
    stat("AWS/AutoScaling", name, [("AutoScalingGroupName", group)], Statistic::Average)
}

/// A count of a load balancer, or of one target group behind it. The sum is the only statistic of
/// counts that means something.
pub(super) fn sum(name: &str, balancer: &str, targets: Option<&str>) -> Metric {
    let targets = targets.map(|targets| ("TargetGroup", targets));
    let dimensions = targets.into_iter().chain([("LoadBalancer", balancer)]);
    stat("AWS/ApplicationELB", name, dimensions, Statistic::Sum)
}

/// A state of a target group.
pub(super) fn mean(name: &str, balancer: &str, targets: &str) -> Metric {
    let dimensions = [("TargetGroup", targets), ("LoadBalancer", balancer)];
    stat("AWS/ApplicationELB", name, dimensions, Statistic::Average)
}

fn stat<'a>(
    namespace: &str,
    name: &str,
    dimensions: impl IntoIterator<Item = (&'a str, &'a str)>,
    statistic: Statistic,
) -> Metric {
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    Metric::Single(MetricStat {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        dimensions: dimensions.into_iter().map(own).collect::<BTreeMap<_, _>>(),
        statistic,
        unit: None,
        period: None,
    })
}

/// Gives a metric of a managed service the period of its decisions. AWS publishes predefined
/// metrics each minute.
pub(super) fn every(metric: &mut Metric, interval: Seconds) {
    let set = |stat: &mut MetricStat| stat.period = stat.period.or(Some(interval));
    match metric {
        Metric::Predefined { .. } => {}
        Metric::Single(stat) => set(stat),
        Metric::Math(queries) => {
            for query in queries {
                if let MetricSource::Stat(stat) = &mut query.source {
                    set(stat);
                }
            }
        }
    }
}

/// Whether EC2 publishes a metric of the group's instances.
pub(super) fn is_of_ec2(metric: &Metric) -> bool {
    matches!(metric, Metric::Predefined { name, .. } if name.starts_with("ASG"))
}
