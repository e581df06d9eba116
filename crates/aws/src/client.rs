//! One set of clients per region, over a configuration that is ready.

use std::collections::BTreeMap;
#[cfg(feature = "operator")]
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_sdk_autoscaling::config::BehaviorVersion;
use aws_smithy_http_client::Connector;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::count::Count;
use crate::trust::Trust;

/// How long one waits, and how often one asks again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// Until a connection is there.
    pub(crate) connect: Duration,
    /// Until one attempt is answered.
    pub(crate) attempt: Duration,
    /// Until all attempts of a call are over.
    pub(crate) operation: Duration,
    /// Attempts when a service throttles or fails.
    pub(crate) attempts: u32,
    /// Pauses between attempts while a resource is busy.
    pub(crate) busy_pauses: &'static [Duration],
}

impl Patience {
    /// Adaptive retry would slow all groups of a region down for one throttled call, and AWS
    /// advises it only for clients that work on a single resource.
    pub(crate) fn retry(&self) -> RetryConfig {
        RetryConfig::standard().with_max_attempts(self.attempts)
    }

    pub(crate) fn timeouts(&self) -> TimeoutConfig {
        TimeoutConfig::builder()
            .connect_timeout(self.connect)
            .operation_attempt_timeout(self.attempt)
            .operation_timeout(self.operation)
            .build()
    }
}

/// The SDK's defaults that everything here was written and tested with.
pub(crate) fn behavior() -> BehaviorVersion {
    BehaviorVersion::latest()
}

/// AWS, behind the port [`plimsoll_core::cloud::Cloud`].
#[derive(Debug)]
pub struct Aws {
    config: SdkConfig,
    regions: Mutex<BTreeMap<String, Arc<Clients>>>,
    /// Where lists that change rarely are kept.
    #[cfg(feature = "operator")]
    pub(crate) cache_dir: Option<PathBuf>,
    /// Pauses between attempts while a resource is busy.
    pub(crate) busy_pauses: &'static [Duration],
    /// Counts the requests that are sent.
    pub(crate) count: Count,
    /// Asks endpoints; made for the first that is asked.
    prober: OnceLock<Connector>,
    /// Whom it believes: the endpoints' certificates are not Amazon's alone.
    pub(crate) probe_trust: Trust,
}

/// The clients of one region.
#[derive(Debug)]
pub(crate) struct Clients {
    pub(crate) autoscaling: aws_sdk_autoscaling::Client,
    pub(crate) cloudwatch: aws_sdk_cloudwatch::Client,
    #[cfg(feature = "operator")]
    pub(crate) ec2: aws_sdk_ec2::Client,
    pub(crate) load_balancing: aws_sdk_elasticloadbalancingv2::Client,
    pub(crate) ssm: aws_sdk_ssm::Client,
}

impl Aws {
    /// AWS over a configuration that is ready.
    pub(crate) fn over(config: SdkConfig, busy_pauses: &'static [Duration]) -> Self {
        Self {
            config,
            regions: Mutex::default(),
            #[cfg(feature = "operator")]
            cache_dir: None,
            busy_pauses,
            count: Count::default(),
            prober: OnceLock::new(),
            probe_trust: Trust::system(),
        }
    }

    /// The clients of a region, made once. They share the credentials and the connections.
    pub(crate) fn clients(&self, region: &str) -> Arc<Clients> {
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        let clients = regions.entry(region.to_owned()).or_insert_with(|| {
            let config = self.config.to_builder().region(at(region)).build();
            Arc::new(Clients::new(&config))
        });
        Arc::clone(clients)
    }

    /// Makes the clients of a region before the first call needs them, without calling anybody.
    pub fn prepare(&self, region: &str) {
        drop(self.clients(region));
    }

    /// How many requests were sent to AWS so far, repeated ones included.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.count.now()
    }

    /// What asks endpoints.
    pub(crate) fn prober(&self) -> &Connector {
        self.prober.get_or_init(|| self.probe_trust.connector())
    }

    /// The configuration without a region.
    #[cfg(feature = "operator")]
    pub(crate) const fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// The endpoint that stands in for AWS, if one does.
    #[cfg(feature = "operator")]
    pub(crate) fn stand_in(&self) -> Option<&str> {
        self.config.endpoint_url()
    }

    /// Lets a test put its own clients in the place of a region's.
    #[cfg(test)]
    pub(crate) fn put_clients(&self, region: &str, clients: Clients) {
        self.regions.lock().unwrap().insert(region.to_owned(), Arc::new(clients));
    }
}

impl Clients {
    /// Clients over a configuration that names its region.
    fn new(config: &SdkConfig) -> Self {
        Self {
            autoscaling: aws_sdk_autoscaling::Client::new(config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(config),
            #[cfg(feature = "operator")]
            ec2: aws_sdk_ec2::Client::new(config),
            load_balancing: aws_sdk_elasticloadbalancingv2::Client::new(config),
            ssm: aws_sdk_ssm::Client::new(config),
        }
    }
}

pub(crate) fn at(region: &str) -> Region {
    Region::new(region.to_owned())
}
