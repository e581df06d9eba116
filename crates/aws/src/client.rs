//! Configuration, and one set of clients per region.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use plimsoll_core::cloud::{ActError, ErrorClass};

use crate::call::Call;
use crate::error;

/// A healthy region accepts a connection within milliseconds, from anywhere within one second.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The slowest honest answers are full pages of launch templates: a few seconds.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);

/// All attempts together: a dead region is reported within a minute and does not hang a command.
const OPERATION_TIMEOUT: Duration = Duration::from_mins(1);

/// Throttling passes within seconds. The default of three attempts is too few for a burst of
/// regions and groups.
const ATTEMPTS: u32 = 5;

/// Pauses between attempts while a resource is busy: half a minute in all, since scaling
/// activities end in minutes and then a later run of the command is the better answer.
const BUSY_PAUSES: &[Duration] = &[
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
];

/// How to reach AWS. What is `None` is found as the AWS CLI finds it: environment, shared files,
/// container or instance role.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// A profile of the shared configuration files.
    pub profile: Option<String>,
    /// An endpoint that stands in for all of AWS, such as a LocalStack.
    pub endpoint_url: Option<String>,
    /// Where the list of instance types is kept for a week; `None` reads it each time.
    pub cache_dir: Option<PathBuf>,
}

/// AWS, behind the port [`plimsoll_core::cloud::Cloud`].
#[derive(Debug)]
pub struct Aws {
    config: SdkConfig,
    regions: Mutex<BTreeMap<String, Arc<Clients>>>,
    /// Where lists that change rarely are kept.
    pub(crate) cache_dir: Option<PathBuf>,
    /// Pauses between attempts while a resource is busy.
    pub(crate) busy_pauses: &'static [Duration],
}

/// The clients of one region.
#[derive(Debug)]
pub(crate) struct Clients {
    pub(crate) autoscaling: aws_sdk_autoscaling::Client,
    pub(crate) cloudwatch: aws_sdk_cloudwatch::Client,
    pub(crate) ec2: aws_sdk_ec2::Client,
    pub(crate) load_balancing: aws_sdk_elasticloadbalancingv2::Client,
}

impl Aws {
    /// Reads the configuration. Makes no API call: wrong credentials show at the first one.
    pub async fn connect(settings: Settings) -> Self {
        // Adaptive retry would slow all groups of a region down for one throttled call, and AWS
        // advises it only for clients that work on a single resource.
        let retry = RetryConfig::standard().with_max_attempts(ATTEMPTS);
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(OPERATION_TIMEOUT)
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .retry_config(retry)
            .timeout_config(timeouts);
        if let Some(profile) = settings.profile {
            // A profile that is named wins over keys in the environment, as in the AWS CLI; the
            // SDK's own chain would ask the environment first.
            let credentials = ProfileFileCredentialsProvider::builder()
                .configure(&ProviderConfig::with_default_region().await)
                .profile_name(&profile)
                .build();
            loader = loader.profile_name(profile).credentials_provider(credentials);
        }
        if let Some(endpoint) = settings.endpoint_url {
            loader = loader.endpoint_url(endpoint);
        }
        let mut aws = Self::over(loader.load().await, BUSY_PAUSES);
        aws.cache_dir = settings.cache_dir;
        aws
    }

    /// AWS over a configuration that is ready.
    pub(crate) fn over(config: SdkConfig, busy_pauses: &'static [Duration]) -> Self {
        Self { config, regions: Mutex::default(), cache_dir: None, busy_pauses }
    }

    /// The number of the account whose credentials are in use, asked in `region`: its own STS
    /// answers even while another region's does not.
    ///
    /// # Errors
    /// When there are no valid credentials, or the region does not answer.
    pub async fn account(&self, region: &str) -> Result<String, ActError> {
        let call = Call::GetCallerIdentity;
        let config = aws_sdk_sts::config::Builder::from(&self.config).region(at(region)).build();
        let identity = aws_sdk_sts::Client::from_conf(config)
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| error::act_error(call, "the caller", &error))?;
        identity.account.ok_or_else(|| {
            error::refusal(call, "the caller", ErrorClass::Unreachable, "the answer has no account")
        })
    }

    /// The clients of a region, made once. They share the credentials.
    pub(crate) fn clients(&self, region: &str) -> Arc<Clients> {
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        let clients = regions
            .entry(region.to_owned())
            .or_insert_with(|| Arc::new(Clients::new(&self.config, region)));
        Arc::clone(clients)
    }

    /// The endpoint that stands in for AWS, if one does.
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
    fn new(config: &SdkConfig, region: &str) -> Self {
        let autoscaling =
            aws_sdk_autoscaling::config::Builder::from(config).region(at(region)).build();
        let cloudwatch =
            aws_sdk_cloudwatch::config::Builder::from(config).region(at(region)).build();
        let ec2 = aws_sdk_ec2::config::Builder::from(config).region(at(region)).build();
        let load_balancing =
            aws_sdk_elasticloadbalancingv2::config::Builder::from(config).region(at(region));
        Self {
            autoscaling: aws_sdk_autoscaling::Client::from_conf(autoscaling),
            cloudwatch: aws_sdk_cloudwatch::Client::from_conf(cloudwatch),
            ec2: aws_sdk_ec2::Client::from_conf(ec2),
            load_balancing: aws_sdk_elasticloadbalancingv2::Client::from_conf(
                load_balancing.build(),
            ),
        }
    }
}

fn at(region: &str) -> Region {
    Region::new(region.to_owned())
}
