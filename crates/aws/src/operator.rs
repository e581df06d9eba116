//! What an operator's command is over AWS: credentials as the AWS CLI finds them, and whose they
//! are.

use std::path::PathBuf;
use std::time::Duration;

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use plimsoll_core::cloud::{ActError, ErrorClass};

use crate::call::Call;
use crate::client::{Aws, Patience, at, behavior};
use crate::error;
use crate::trust::Trust;

/// The patience of a command that a person waits for.
const PATIENCE: Patience = Patience {
    // A healthy region accepts a connection within milliseconds, from anywhere within one second.
    connect: Duration::from_secs(3),
    // The slowest honest answers are full pages of launch templates: a few seconds.
    attempt: Duration::from_secs(20),
    // A dead region is reported within a minute and does not hang a command.
    operation: Duration::from_mins(1),
    // Throttling passes within seconds. The default of three attempts is too few for a burst of
    // regions and groups.
    attempts: 5,
    // Half a minute in all, since scaling activities end in minutes and then a later run of the
    // command is the better answer.
    busy_pauses: &[
        Duration::from_secs(1),
        Duration::from_secs(2),
        Duration::from_secs(4),
        Duration::from_secs(8),
        Duration::from_secs(15),
    ],
};

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

/// Whose credentials are in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The number of the account, twelve digits.
    pub account: String,
    /// The name of the user, or of the role's session; empty when AWS gives none.
    pub name: String,
}

/// `arn:aws:sts::123456789012:assumed-role/operator/maria` is maria.
fn name_of(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or_default()
}

impl Aws {
    /// Reads the configuration. Makes no API call: wrong credentials show at the first one.
    pub async fn connect(settings: Settings) -> Self {
        let client = Trust::system().client();
        let mut loader = aws_config::defaults(behavior())
            .retry_config(PATIENCE.retry())
            .timeout_config(PATIENCE.timeouts())
            .http_client(client.clone());
        if let Some(profile) = settings.profile {
            // A profile that is named wins over keys in the environment, as in the AWS CLI; the
            // SDK's own chain would ask the environment first.
            let provider = ProviderConfig::without_region().with_http_client(client);
            // A role is assumed in the region of the environment or of the profile.
            let of_profile = ProfileFileRegionProvider::builder().profile_name(&profile).build();
            let region = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new());
            let provider = provider.with_region(region.or_else(of_profile).region().await);
            let credentials = ProfileFileCredentialsProvider::builder()
                .configure(&provider)
                .profile_name(&profile)
                .build();
            loader = loader.profile_name(profile).credentials_provider(credentials);
        }
        if let Some(endpoint) = settings.endpoint_url {
            loader = loader.endpoint_url(endpoint);
        }
        let mut aws = Self::over(loader.load().await, PATIENCE.busy_pauses);
        aws.cache_dir = settings.cache_dir;
        aws
    }

    /// Whose credentials are in use, asked in `region`: its own STS answers even while another
    /// region's does not.
    ///
    /// # Errors
    /// When there are no valid credentials, or the region does not answer.
    pub async fn caller(&self, region: &str) -> Result<Caller, ActError> {
        let call = Call::GetCallerIdentity;
        let config = aws_sdk_sts::config::Builder::from(self.config()).region(at(region)).build();
        let identity = aws_sdk_sts::Client::from_conf(config)
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| error::act_error(call, "the caller", &error))?;
        let account = identity.account.ok_or_else(|| {
            error::refusal(call, "the caller", ErrorClass::Unreachable, "the answer has no account")
        })?;
        Ok(Caller { account, name: name_of(&identity.arn.unwrap_or_default()).to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn a_session_a_user_and_the_root_have_names() {
        let of = ["assumed-role/operator/maria", "user/staff/joe", "root"]
            .map(|rest| format!("arn:aws:iam::123456789012:{rest}"));
        assert_eq!(of.each_ref().map(|arn| name_of(arn)), ["maria", "joe", "root"]);
        assert_eq!(name_of(""), "");
    }
}
