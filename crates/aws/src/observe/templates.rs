//! Launch templates: the newest version of each.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types as sdk;
use aws_smithy_types::base64;
use plimsoll_core::cloud::ActError;
use plimsoll_core::world::{RootVolume, Template, TemplateData};

use super::Reader;
use super::unmanaged::unmanaged;
use crate::call::Call;
use crate::convert::{count, tags, text};

impl Reader {
    /// The newest version of every template in the region, by name: one call where asking by name
    /// would be one per template (API reference, `DescribeLaunchTemplateVersions`, `Versions`).
    pub(super) async fn templates(&self) -> Result<BTreeMap<String, Template>, ActError> {
        let pages = self
            .clients
            .ec2
            .describe_launch_template_versions()
            .versions("$Latest")
            .into_paginator()
            .page_size(200)
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await;
        let pages = self.pages(Call::DescribeLaunchTemplateVersions, pages)?;
        let templates = pages.iter().flat_map(|page| page.launch_template_versions().iter());
        Ok(templates.map(template).map(|template| (template.name.clone(), template)).collect())
    }
}

/// A version of a template.
pub(crate) fn template(version: &sdk::LaunchTemplateVersion) -> Template {
    Template {
        id: version.launch_template_id.clone().unwrap_or_default(),
        name: version.launch_template_name.clone().unwrap_or_default(),
        version: version.version_number.and_then(|number| number.try_into().ok()).unwrap_or(0),
        data: version
            .launch_template_data()
            .map_or_else(|| data(&sdk::ResponseLaunchTemplateData::builder().build()), data),
    }
}

/// What a template launches.
pub(crate) fn data(data: &sdk::ResponseLaunchTemplateData) -> TemplateData {
    let interface = data.network_interfaces().first();
    let by_interface = interface
        .map(sdk::LaunchTemplateInstanceNetworkInterfaceSpecification::groups)
        .unwrap_or_default();
    let security_groups: BTreeSet<String> =
        data.security_group_ids().iter().chain(by_interface).cloned().collect();
    TemplateData {
        image: data.image_id.clone().unwrap_or_default(),
        instance_type: data
            .instance_type()
            .map(|kind| kind.as_str().to_owned())
            .unwrap_or_default(),
        instance_profile: data.iam_instance_profile().and_then(instance_profile),
        user_data: text(data.user_data()).map(user_data),
        security_groups,
        public_address: interface
            .and_then(|interface| interface.associate_public_ip_address)
            .unwrap_or(false),
        imdsv2_required: data.metadata_options().and_then(|options| options.http_tokens())
            == Some(&sdk::LaunchTemplateHttpTokensState::Required),
        detailed_monitoring: data
            .monitoring()
            .and_then(|monitoring| monitoring.enabled)
            .unwrap_or(false),
        root_volume: data.block_device_mappings().first().map(root_volume),
        volume_tags: data
            .tag_specifications()
            .iter()
            .filter(|tagged| tagged.resource_type() == Some(&sdk::ResourceType::Volume))
            .flat_map(|tagged| tags(tagged.tags()))
            .collect(),
        unmanaged: unmanaged(data),
    }
}

/// The name, which is also the tail of the ARN: `arn:aws:iam::<account>:instance-profile/<name>`.
fn instance_profile(
    profile: &sdk::LaunchTemplateIamInstanceProfileSpecification,
) -> Option<String> {
    let by_arn = || text(profile.arn()?.rsplit('/').next());
    text(profile.name()).or_else(by_arn)
}

/// User data travels in base64. What is not text (gzip) is shown as well as it goes: it differs
/// from every wanted script either way.
fn user_data(encoded: String) -> String {
    match base64::decode(&encoded) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => encoded,
    }
}

/// What is absent is the API's default (API reference, `EbsBlockDevice`).
fn root_volume(mapping: &sdk::LaunchTemplateBlockDeviceMapping) -> RootVolume {
    let ebs = mapping.ebs();
    RootVolume {
        device: mapping.device_name.clone().unwrap_or_default(),
        size_gib: ebs.and_then(|ebs| count(ebs.volume_size)).unwrap_or(0),
        kind: ebs
            .and_then(|ebs| ebs.volume_type())
            .map_or("gp2", sdk::VolumeType::as_str)
            .to_owned(),
        encrypted: ebs.and_then(|ebs| ebs.encrypted).unwrap_or(false),
        delete_on_termination: ebs.and_then(|ebs| ebs.delete_on_termination).unwrap_or(true),
    }
}
