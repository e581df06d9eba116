//! Alarms that wake the controller: put whole, and deleted.
//!
//! CloudWatch allows three of either call a second in an account and region, so a first apply of many
//! managed services is throttled for a while; the client's retries wait.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::types as sdk;
use plimsoll_core::cloud::{ActError, ErrorClass, Outcome};
use plimsoll_core::units::MetricValue;
use plimsoll_core::world::{Alarm, Metric};

use super::{Actor, done, gone};
use crate::call::Call;
use crate::convert::int;
use crate::error::refusal;
use crate::measure::lower::{dimensions, math_query, period};

/// Alarms of one delete call. Source: API reference, `DeleteAlarms`, `AlarmNames`.
const ALARMS_A_CALL: usize = 100;

impl Actor {
    /// Puts an alarm, whole. Its tags count only when the call makes it (API reference,
    /// `PutMetricAlarm`, `Tags`).
    pub(super) async fn put_alarm(
        &self,
        name: &str,
        alarm: &Alarm,
        tags: &BTreeMap<String, String>,
    ) -> Result<Outcome, ActError> {
        let tag =
            |(key, value): (&String, &String)| sdk::Tag::builder().key(key).value(value).build();
        let request = self
            .clients
            .cloudwatch
            .put_metric_alarm()
            .alarm_name(name)
            .alarm_description(&alarm.description)
            .comparison_operator(alarm.comparison.as_str().into())
            .set_threshold(alarm.threshold.map(MetricValue::as_f64))
            .evaluation_periods(int(alarm.periods))
            .datapoints_to_alarm(int(alarm.datapoints))
            .treat_missing_data(&alarm.missing_data)
            .set_tags(Some(tags.iter().map(tag).collect()));
        let refused =
            |why: &str| Err(refusal(Call::PutMetricAlarm, name, ErrorClass::Invalid, why));
        let request = match &alarm.metric {
            _ if !alarm.actions.is_empty() => return refused("an alarm with actions is not put"),
            None => return refused("it is not known what it watches"),
            Some(Metric::Predefined { .. }) => {
                return refused("CloudWatch knows no predefined metrics");
            }
            Some(Metric::Single(stat)) => request
                .namespace(&stat.namespace)
                .metric_name(&stat.name)
                .set_dimensions(Some(dimensions(stat)))
                .statistic(stat.statistic.as_aws().into())
                .set_unit(stat.unit.as_deref().map(sdk::StandardUnit::from))
                .period(period(stat)),
            Some(Metric::Math(queries)) => {
                request.set_metrics(Some(queries.iter().map(math_query).collect()))
            }
        };
        done(self.call(Call::PutMetricAlarm, name, || request.clone().send()).await)
    }

    /// Deletes alarms. A call of which one alarm is not there may delete none of the others (API
    /// reference, `DeleteAlarms`), so they are then deleted one by one.
    pub(super) async fn delete_alarms(
        &self,
        names: &BTreeSet<String>,
    ) -> Result<Outcome, ActError> {
        let names: Vec<String> = names.iter().cloned().collect();
        for names in names.chunks(ALARMS_A_CALL) {
            match self.delete_at_once(names).await {
                Err(error) if error.class == ErrorClass::NotFound && names.len() > 1 => {
                    for name in names.chunks(1) {
                        gone(self.delete_at_once(name).await)?;
                    }
                }
                answer => drop(gone(answer)?),
            }
        }
        Ok(Outcome::Done)
    }

    async fn delete_at_once(&self, names: &[String]) -> Result<Outcome, ActError> {
        let request = self.clients.cloudwatch.delete_alarms().set_alarm_names(Some(names.to_vec()));
        let first = names.first().map_or("", String::as_str);
        done(self.call(Call::DeleteAlarms, first, || request.clone().send()).await)
    }
}
