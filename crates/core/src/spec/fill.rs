//! What a metric of the spec leaves open until the world is known: the group's name, and the label
//! of its target group.

use std::collections::BTreeMap;

use super::names::GROUP_PLACEHOLDER;
use crate::world::{Metric, MetricSource};

/// Fills in the group's name and the resource label; says whether a label is needed.
pub(crate) fn metric(metric: &mut Metric, group: &str, label: Option<&str>) -> bool {
    match metric {
        Metric::Predefined { name, resource_label } if name == "ALBRequestCountPerTarget" => {
            *resource_label = label.map(str::to_owned);
            return true;
        }
        Metric::Predefined { .. } => {}
        Metric::Single(stat) => name_group(&mut stat.dimensions, group),
        Metric::Math(queries) => {
            for query in queries {
                if let MetricSource::Stat(stat) = &mut query.source {
                    name_group(&mut stat.dimensions, group);
                }
            }
        }
    }
    false
}

fn name_group(dimensions: &mut BTreeMap<String, String>, group: &str) {
    for value in dimensions.values_mut() {
        *value = value.replace(GROUP_PLACEHOLDER, group);
    }
}
