//! What a Lambda function is over AWS: the keys of its role, and little patience.

use std::fmt;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::SdkConfig;

use crate::client::{Aws, Patience, behavior};
use crate::count::Count;
use crate::trust::Trust;

/// The patience of a function that runs again in a minute.
const PATIENCE: Patience = Patience {
    // A healthy region accepts a connection within milliseconds, from anywhere within one second.
    connect: Duration::from_millis(1_500),
    // The controller's reads are a page or two, and answer within a second.
    attempt: Duration::from_secs(3),
    // A dark peer is waited for once, beside all other reads; a function has 30 seconds in all.
    operation: Duration::from_secs(6),
    attempts: 3,
    // What is busy longer is met again at the next tick.
    busy_pauses: &[Duration::from_secs(1), Duration::from_secs(2)],
};

/// The keys of a role's session, as Lambda hands them to a function. They hold for as long as the
/// sandbox lives.
#[derive(Clone)]
pub struct Keys {
    /// The access key id.
    pub id: String,
    /// The secret access key.
    pub secret: String,
    /// The session's token; a user's keys have none.
    pub token: Option<String>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Aws {
    /// AWS for a function: no file is read, no other process or service is asked for credentials,
    /// and nothing is connected before the first call.
    ///
    /// `endpoint_url` stands in for all of AWS, as in a test.
    #[must_use]
    pub fn in_function(keys: Keys, trust: &Trust, endpoint_url: Option<String>) -> Self {
        let credentials =
            Credentials::new(keys.id, keys.secret, keys.token, None, "the function's environment");
        let count = Count::default();
        let mut config = SdkConfig::builder()
            .behavior_version(behavior())
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(count.over(trust.client()))
            .retry_config(PATIENCE.retry())
            .timeout_config(PATIENCE.timeouts());
        config.set_endpoint_url(endpoint_url);
        let mut aws = Self::over(config.build(), PATIENCE.busy_pauses);
        aws.count = count;
        aws.probe_trust = trust.of_endpoints();
        aws
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_not_told() {
        let keys = Keys { id: "AKIA".into(), secret: "s3cret".into(), token: Some("t0ken".into()) };
        let told = format!("{keys:?}");
        assert!(told.contains("AKIA") && !told.contains("s3cret") && !told.contains("t0ken"));
    }
}
