//! What Auto Scaling's predefined metrics are in CloudWatch.

use std::collections::BTreeMap;

use super::{MetricStat, Statistic};

impl MetricStat {
    /// The CloudWatch metric behind a predefined one. Sources: API reference of Auto Scaling,
    /// `PredefinedMetricSpecification`; "CloudWatch metrics for your Application Load Balancer",
    /// where the sum is the only statistic of `RequestCountPerTarget` that means something.
    ///
    /// # Errors
    /// When it is not known what the metric measures, or its label names no target group.
    pub fn of_predefined(name: &str, label: Option<&str>, group: &str) -> Result<Self, String> {
        let of_group = |name: &str| Self {
            namespace: "AWS/EC2".to_owned(),
            name: name.to_owned(),
            dimensions: BTreeMap::from([("AutoScalingGroupName".to_owned(), group.to_owned())]),
            statistic: Statistic::Average,
            unit: None,
            period: None,
        };
        match name {
            "ASGAverageCPUUtilization" => Ok(of_group("CPUUtilization")),
            "ASGAverageNetworkIn" => Ok(of_group("NetworkIn")),
            "ASGAverageNetworkOut" => Ok(of_group("NetworkOut")),
            "ALBRequestCountPerTarget" => requests_per_target(label, group),
            other => Err(format!("it is not known what the predefined metric `{other}` measures")),
        }
    }
}

/// The label is `app/<name>/<id>/targetgroup/<name>/<id>`; each dimension is a part of it.
fn requests_per_target(label: Option<&str>, group: &str) -> Result<MetricStat, String> {
    let label = label.ok_or_else(|| {
        format!("no load balancer forwards to the target group of {group}, so nothing is counted")
    })?;
    let (load_balancer, target_group) = label
        .split_once("/targetgroup/")
        .map(|(before, after)| (before.to_owned(), format!("targetgroup/{after}")))
        .ok_or_else(|| format!("`{label}` names no load balancer and target group"))?;
    Ok(MetricStat {
        namespace: "AWS/ApplicationELB".to_owned(),
        name: "RequestCountPerTarget".to_owned(),
        dimensions: BTreeMap::from([
            ("LoadBalancer".to_owned(), load_balancer),
            ("TargetGroup".to_owned(), target_group),
        ]),
        statistic: Statistic::Sum,
        unit: None,
        period: None,
    })
}
