//! Samples to CloudWatch.

use aws_sdk_cloudwatch::types::{Dimension, MetricDatum};
use plimsoll_core::cloud::{ActError, Sample};

use crate::call::Call;
use crate::client::Aws;
use crate::convert::date_time;
use crate::error::act_error;

/// Most metrics of one call. Source: API reference, `PutMetricData`, `MetricData`.
const MOST: usize = 1_000;

/// Publishes samples, namespace by namespace: a call has one.
///
/// # Errors
/// With the first call that fails.
pub(crate) async fn region(aws: &Aws, region: &str, samples: &[Sample]) -> Result<(), ActError> {
    let mut samples: Vec<&Sample> = samples.iter().collect();
    samples.sort_by_key(|sample| sample.namespace);
    for of_one in samples.chunk_by(|one, other| one.namespace == other.namespace) {
        for batch in of_one.chunks(MOST) {
            put(aws, region, batch).await?;
        }
    }
    Ok(())
}

async fn put(aws: &Aws, region: &str, samples: &[&Sample]) -> Result<(), ActError> {
    let Some(first) = samples.first() else { return Ok(()) };
    let call = Call::PutMetricData;
    aws.clients(region)
        .cloudwatch
        .put_metric_data()
        .namespace(first.namespace)
        .set_metric_data(Some(samples.iter().map(|sample| datum(sample)).collect()))
        .send()
        .await
        .map_err(|error| act_error(call, first.namespace, &error))?;
    tracing::debug!(region, call = call.name(), samples = samples.len(), "published");
    Ok(())
}

fn datum(sample: &Sample) -> MetricDatum {
    let dimension =
        |(name, value): (&&str, &String)| Dimension::builder().name(*name).value(value).build();
    MetricDatum::builder()
        .metric_name(sample.name)
        .set_dimensions(Some(sample.dimensions.iter().map(dimension).collect()))
        .timestamp(date_time(sample.at))
        .value(sample.value.as_f64())
        .build()
}
