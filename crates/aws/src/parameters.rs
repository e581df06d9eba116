//! Parameters of the Systems Manager: small texts that outlive every process.

use std::collections::BTreeMap;

#[cfg(feature = "operator")]
use aws_sdk_ssm::types::ParameterType;
use plimsoll_core::cloud::ActError;

use crate::call::Call;
use crate::client::Aws;
use crate::error::act_error;

/// Names of one call. Source: API reference, `GetParameters`, `Names`.
const MOST_NAMES: usize = 10;

impl Aws {
    /// The values of parameters by their names. A name that is missing in the region is missing in
    /// the map. Values are read as they are kept: a `SecureString` stays encrypted.
    ///
    /// # Errors
    /// With the first call that fails; ten names are one call.
    pub async fn parameters(
        &self,
        region: &str,
        names: &[&str],
    ) -> Result<BTreeMap<String, String>, ActError> {
        let call = Call::GetParameters;
        let clients = self.clients(region);
        let mut found = BTreeMap::new();
        for names in names.chunks(MOST_NAMES) {
            let owned = names.iter().map(|name| (*name).to_owned()).collect();
            let answer = clients
                .ssm
                .get_parameters()
                .set_names(Some(owned))
                .send()
                .await
                .map_err(|error| act_error(call, &names.join(", "), &error))?;
            tracing::debug!(region, call = call.name(), "read");
            let values = answer.parameters.unwrap_or_default().into_iter();
            found.extend(values.filter_map(|parameter| Some((parameter.name?, parameter.value?))));
        }
        Ok(found)
    }

    /// Puts a parameter of type `String`, over the one that is there. A value holds at most 4 kB
    /// (API reference, `PutParameter`, `Value`).
    ///
    /// # Errors
    /// When AWS refuses it.
    #[cfg(feature = "operator")]
    pub async fn put_parameter(
        &self,
        region: &str,
        name: &str,
        value: &str,
    ) -> Result<(), ActError> {
        let call = Call::PutParameter;
        self.clients(region)
            .ssm
            .put_parameter()
            .name(name)
            .value(value)
            .r#type(ParameterType::String)
            .overwrite(true)
            .send()
            .await
            .map_err(|error| act_error(call, name, &error))?;
        tracing::debug!(region, call = call.name(), name, "put");
        Ok(())
    }
}
