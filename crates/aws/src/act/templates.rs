//! Launch templates: made, given a new version, and deleted.

use std::collections::BTreeMap;

use aws_sdk_ec2::types as sdk;
use aws_smithy_types::base64;
use plimsoll_core::cloud::{ActError, ErrorClass, Outcome};
use plimsoll_core::world::{RootVolume, Template, TemplateData};

use super::{Actor, gone};
use crate::call::Call;
use crate::convert::int;
use crate::error::refusal;
use crate::observe::templates::template as observed;

impl Actor {
    /// Makes a template with its first version.
    pub(super) async fn create_template(
        &self,
        name: &str,
        data: &TemplateData,
        tags: &BTreeMap<String, String>,
    ) -> Result<Outcome, ActError> {
        let own_tags = sdk::TagSpecification::builder()
            .resource_type(sdk::ResourceType::LaunchTemplate)
            .set_tags(Some(to_tags(tags)))
            .build();
        let request = self
            .clients
            .ec2
            .create_launch_template()
            .launch_template_name(name)
            .launch_template_data(request(data))
            // A specification without tags is refused.
            .set_tag_specifications((!tags.is_empty()).then(|| vec![own_tags]));
        let call = Call::CreateLaunchTemplate;
        match self.call(call, name, || request.clone().send()).await {
            Err(error) if error.class == ErrorClass::Taken => match self.latest(name).await? {
                Some(template) if template.data == *data => Ok(made(name, template.version)),
                _ => {
                    let message = "a launch template of this name exists and launches something \
                                   else; run plan again";
                    Err(refusal(call, name, ErrorClass::Taken, message))
                }
            },
            Err(error) => Err(error),
            Ok(_) => Ok(made(name, 1)),
        }
    }

    /// Adds a version, unless the newest one holds the data already: a call whose answer was lost
    /// must not make a second one.
    pub(super) async fn create_template_version(
        &self,
        name: &str,
        data: &TemplateData,
    ) -> Result<Outcome, ActError> {
        if let Some(template) = self.latest(name).await?
            && template.data == *data
        {
            return Ok(made(name, template.version));
        }
        let request = self
            .clients
            .ec2
            .create_launch_template_version()
            .launch_template_name(name)
            .launch_template_data(request(data));
        let call = Call::CreateLaunchTemplateVersion;
        let answer = self.call(call, name, || request.clone().send()).await?;
        answer
            .launch_template_version()
            .and_then(|version| u64::try_from(version.version_number?).ok())
            .map(|version| made(name, version))
            .ok_or_else(|| {
                let message = "the answer has no version number";
                refusal(call, name, ErrorClass::Unreachable, message)
            })
    }

    /// The newest version of a template, if there is one.
    async fn latest(&self, name: &str) -> Result<Option<Template>, ActError> {
        let request = self
            .clients
            .ec2
            .describe_launch_template_versions()
            .launch_template_name(name)
            .versions("$Latest");
        let call = Call::DescribeLaunchTemplateVersions;
        match self.call(call, name, || request.clone().send()).await {
            Ok(answer) => Ok(answer.launch_template_versions().first().map(observed)),
            Err(error) if error.class == ErrorClass::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deletes a template with all its versions.
    pub(super) async fn delete_template(&self, name: &str) -> Result<Outcome, ActError> {
        let request = self.clients.ec2.delete_launch_template().launch_template_name(name);
        gone(self.call(Call::DeleteLaunchTemplate, name, || request.clone().send()).await)
    }
}

fn made(name: &str, version: u64) -> Outcome {
    Outcome::TemplateVersion { name: name.to_owned(), version }
}

/// What a template launches, for the wire. Everything managed is said outright, defaults included,
/// so that neither the subnet nor the account decides it.
pub(crate) fn request(data: &TemplateData) -> sdk::RequestLaunchTemplateData {
    let tokens = if data.imdsv2_required {
        sdk::LaunchTemplateHttpTokensState::Required
    } else {
        sdk::LaunchTemplateHttpTokensState::Optional
    };
    let metadata = sdk::LaunchTemplateInstanceMetadataOptionsRequest::builder().http_tokens(tokens);
    let monitoring =
        sdk::LaunchTemplatesMonitoringRequest::builder().enabled(data.detailed_monitoring);
    let profile = data.instance_profile.as_ref().map(|name| {
        sdk::LaunchTemplateIamInstanceProfileSpecificationRequest::builder().name(name).build()
    });
    let volume_tags = (!data.volume_tags.is_empty()).then(|| {
        sdk::LaunchTemplateTagSpecificationRequest::builder()
            .resource_type(sdk::ResourceType::Volume)
            .set_tags(Some(to_tags(&data.volume_tags)))
            .build()
    });
    sdk::RequestLaunchTemplateData::builder()
        .image_id(&data.image)
        .instance_type(data.instance_type.as_str().into())
        .set_iam_instance_profile(profile)
        .set_user_data(data.user_data.as_ref().map(base64::encode))
        .network_interfaces(primary_interface(data))
        .metadata_options(metadata.build())
        .monitoring(monitoring.build())
        .set_block_device_mappings(data.root_volume.as_ref().map(|root| vec![root_volume(root)]))
        .set_tag_specifications(volume_tags.map(|tags| vec![tags]))
        .build()
}

/// A public address can only be asked for on an interface, and then the security groups belong
/// there too (API reference, `RunInstances`, `NetworkInterface`).
fn primary_interface(
    data: &TemplateData,
) -> sdk::LaunchTemplateInstanceNetworkInterfaceSpecificationRequest {
    sdk::LaunchTemplateInstanceNetworkInterfaceSpecificationRequest::builder()
        .device_index(0)
        .associate_public_ip_address(data.public_address)
        .set_groups(Some(data.security_groups.iter().cloned().collect()))
        .build()
}

fn root_volume(root: &RootVolume) -> sdk::LaunchTemplateBlockDeviceMappingRequest {
    let ebs = sdk::LaunchTemplateEbsBlockDeviceRequest::builder()
        .volume_size(int(root.size_gib))
        .volume_type(root.kind.as_str().into())
        .encrypted(root.encrypted)
        .delete_on_termination(root.delete_on_termination)
        .build();
    sdk::LaunchTemplateBlockDeviceMappingRequest::builder()
        .device_name(&root.device)
        .ebs(ebs)
        .build()
}

fn to_tags(tags: &BTreeMap<String, String>) -> Vec<sdk::Tag> {
    tags.iter().map(|(key, value)| sdk::Tag::builder().key(key).value(value).build()).collect()
}
