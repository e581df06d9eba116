//! Metrics that target tracking tracks.

use std::collections::BTreeMap;

use super::At;
use crate::spec::lower::Lower;
use crate::spec::names::GROUP_PLACEHOLDER;
use crate::spec::problem::code;
use crate::spec::scaling::{MetricDoc, QueryDoc, StatDoc};
use crate::spec::suggest;
use crate::world::{Metric, MetricQuery, MetricSource, MetricStat, Statistic};

/// Periods that target tracking accepts. Source: `CustomizedMetricSpecification.Period`.
const PERIODS: [u32; 3] = [10, 30, 60];

impl Lower<'_> {
    pub(in crate::spec::lower) fn metric(&mut self, doc: &MetricDoc, at: At<'_>) -> Metric {
        let predefined =
            |name: &str| Metric::Predefined { name: name.to_owned(), resource_label: None };
        match doc {
            MetricDoc::Cpu => predefined("ASGAverageCPUUtilization"),
            MetricDoc::NetworkIn => predefined("ASGAverageNetworkIn"),
            MetricDoc::NetworkOut => predefined("ASGAverageNetworkOut"),
            MetricDoc::AlbRequestsPerTarget => predefined("ALBRequestCountPerTarget"),
            MetricDoc::Memory => Metric::Single(memory()),
            MetricDoc::Custom(stat) => {
                let path: Vec<&str> = at.iter().copied().chain(["metric", "custom"]).collect();
                Metric::Single(self.stat(stat, &path))
            }
            MetricDoc::Math(queries) => Metric::Math(self.math(queries, at)),
        }
    }

    fn stat(&mut self, doc: &StatDoc, path: &[&str]) -> MetricStat {
        if let Some(period) = doc.period.filter(|period| !PERIODS.contains(&period.0)) {
            let path: Vec<&str> = path.iter().copied().chain(["period"]).collect();
            let message = format!("target tracking does not accept a period of {period}");
            self.error(code::OUT_OF_RANGE, &path, message, "write 10s, 30s or 60s");
        }
        let mut dimensions = BTreeMap::new();
        for (name, value) in &doc.dimensions {
            let path: Vec<&str> = path.iter().copied().chain(["dimensions", name]).collect();
            if let Some(value) = self.text_with_group(&path, Some(value)) {
                dimensions.insert(name.clone(), value);
            }
        }
        MetricStat {
            namespace: doc.namespace.clone(),
            name: doc.name.clone(),
            dimensions,
            statistic: doc.statistic,
            unit: doc.unit.clone(),
            period: doc.period.filter(|period| period.0 != 60),
        }
    }

    fn math(&mut self, docs: &BTreeMap<String, QueryDoc>, at: At<'_>) -> Vec<MetricQuery> {
        let path: Vec<&str> = at.iter().copied().chain(["metric", "math"]).collect();
        let tracked = docs.values().filter(|query| query.tracked).count();
        if tracked != 1 {
            let message = format!("{tracked} queries are `tracked`; exactly one yields the metric");
            self.error(code::BAD_MATH, &path, message, "set `tracked: true` on one query");
        }
        let mut queries = Vec::new();
        for (id, doc) in docs {
            let path: Vec<&str> = path.iter().copied().chain([id.as_str()]).collect();
            if !id.starts_with(|c: char| c.is_ascii_lowercase())
                || !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            {
                let message = format!("`{id}` cannot be the id of a query");
                let help = "an id starts with a lower-case letter and holds letters, digits and _";
                self.error(code::BAD_NAME, &path, message, help);
            }
            let source = match (&doc.expression, &doc.metric) {
                (Some(expression), None) => {
                    let path: Vec<&str> = path.iter().copied().chain(["expression"]).collect();
                    self.queries_exist(expression, docs, &path);
                    MetricSource::Expression(expression.clone())
                }
                (None, Some(stat)) => {
                    let path: Vec<&str> = path.iter().copied().chain(["metric"]).collect();
                    MetricSource::Stat(self.stat(stat, &path))
                }
                _ => {
                    let message = format!("query `{id}` needs an `expression` or a `metric`");
                    self.error(code::BAD_MATH, &path, message, "write exactly one of them");
                    continue;
                }
            };
            queries.push(MetricQuery { id: id.clone(), source, return_data: doc.tracked });
        }
        queries
    }

    /// Ids begin with a lower-case letter and functions with a capital, so whatever else an
    /// expression names must be a query.
    fn queries_exist(&mut self, text: &str, docs: &BTreeMap<String, QueryDoc>, path: &[&str]) {
        // Every other piece between quotation marks is a text.
        let code = text.split(['"', '\'']).step_by(2);
        let words =
            code.flat_map(|code| code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
        let id = |word: &&str| word.starts_with(|c: char| c.is_ascii_lowercase());
        for word in words.filter(id).filter(|word| !docs.contains_key(*word)) {
            let help = suggest::nearest(word, docs.keys().map(String::as_str))
                .unwrap_or_else(|| "declare it beside this query".to_owned());
            let message = format!("the expression names `{word}`, which is no query");
            self.error(code::BAD_MATH, path, message, help);
        }
    }
}

/// The CloudWatch agent's memory metric, aggregated by group as its `aggregation_dimensions` do.
fn memory() -> MetricStat {
    MetricStat {
        namespace: "CWAgent".to_owned(),
        name: "mem_used_percent".to_owned(),
        dimensions: BTreeMap::from([(
            "AutoScalingGroupName".to_owned(),
            GROUP_PLACEHOLDER.to_owned(),
        )]),
        statistic: Statistic::Average,
        unit: None,
        period: None,
    }
}
