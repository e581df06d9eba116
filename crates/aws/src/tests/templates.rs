//! Templates as they are made are read back as they were.

use std::collections::BTreeMap;

use aws_sdk_ec2::types as sdk;
use plimsoll_core::world::TemplateData;

use super::{set, template_data};
use crate::act::templates::request;
use crate::observe::templates::data;

/// What EC2 would describe of a template that was made from `sent`.
pub(super) fn described(sent: &sdk::RequestLaunchTemplateData) -> sdk::ResponseLaunchTemplateData {
    let profile = sent.iam_instance_profile().map(|profile| {
        sdk::LaunchTemplateIamInstanceProfileSpecification::builder()
            .set_name(profile.name.clone())
            .build()
    });
    let interface = |sent: &sdk::LaunchTemplateInstanceNetworkInterfaceSpecificationRequest| {
        sdk::LaunchTemplateInstanceNetworkInterfaceSpecification::builder()
            .set_device_index(sent.device_index)
            .set_associate_public_ip_address(sent.associate_public_ip_address)
            .set_groups(sent.groups.clone())
            .build()
    };
    let volume = |sent: &sdk::LaunchTemplateBlockDeviceMappingRequest| {
        let ebs = sent.ebs().unwrap();
        let ebs = sdk::LaunchTemplateEbsBlockDevice::builder()
            .set_volume_size(ebs.volume_size)
            .set_volume_type(ebs.volume_type.clone())
            .set_encrypted(ebs.encrypted)
            .set_delete_on_termination(ebs.delete_on_termination);
        sdk::LaunchTemplateBlockDeviceMapping::builder()
            .set_device_name(sent.device_name.clone())
            .ebs(ebs.build())
            .build()
    };
    let tagged = |sent: &sdk::LaunchTemplateTagSpecificationRequest| {
        sdk::LaunchTemplateTagSpecification::builder()
            .set_resource_type(sent.resource_type.clone())
            .set_tags(sent.tags.clone())
            .build()
    };
    let tokens = sent.metadata_options().and_then(|options| options.http_tokens.clone());
    let monitoring = sent.monitoring().and_then(|monitoring| monitoring.enabled);
    sdk::ResponseLaunchTemplateData::builder()
        .set_image_id(sent.image_id.clone())
        .set_instance_type(sent.instance_type.clone())
        .set_iam_instance_profile(profile)
        .set_user_data(sent.user_data.clone())
        .set_network_interfaces(Some(sent.network_interfaces().iter().map(interface).collect()))
        .metadata_options(
            sdk::LaunchTemplateInstanceMetadataOptions::builder().set_http_tokens(tokens).build(),
        )
        .monitoring(sdk::LaunchTemplatesMonitoring::builder().set_enabled(monitoring).build())
        .set_block_device_mappings(Some(sent.block_device_mappings().iter().map(volume).collect()))
        .set_tag_specifications(Some(sent.tag_specifications().iter().map(tagged).collect()))
        .build()
}

#[test]
fn a_template_reads_back_as_it_was_made() {
    let full = template_data();
    let bare = TemplateData {
        instance_profile: None,
        user_data: None,
        public_address: true,
        imdsv2_required: false,
        detailed_monitoring: false,
        root_volume: None,
        volume_tags: BTreeMap::new(),
        ..full.clone()
    };
    for wanted in [full, bare] {
        assert_eq!(data(&described(&request(&wanted))), wanted);
    }
}

#[test]
fn security_groups_are_read_in_either_form() {
    let plain = sdk::ResponseLaunchTemplateData::builder()
        .security_group_ids("sg-1")
        .security_group_ids("sg-2")
        .build();
    assert_eq!(data(&plain).security_groups, set(["sg-1", "sg-2"]));
    assert!(data(&plain).unmanaged.is_empty());
}

#[test]
fn an_instance_profile_is_read_by_its_arn_too() {
    let profile = sdk::LaunchTemplateIamInstanceProfileSpecification::builder()
        .arn("arn:aws:iam::123456789012:instance-profile/team/agent");
    let sent =
        sdk::ResponseLaunchTemplateData::builder().iam_instance_profile(profile.build()).build();
    assert_eq!(data(&sent).instance_profile.as_deref(), Some("agent"));
}

#[test]
fn what_a_new_version_would_lose_is_named() {
    let second = sdk::LaunchTemplateBlockDeviceMapping::builder().device_name("/dev/sdb").build();
    let instance_tags = sdk::LaunchTemplateTagSpecification::builder()
        .resource_type(sdk::ResourceType::Instance)
        .tags(sdk::Tag::builder().key("a").value("b").build())
        .build();
    let hops = sdk::LaunchTemplateInstanceMetadataOptions::builder()
        .http_tokens(sdk::LaunchTemplateHttpTokensState::Required)
        .http_put_response_hop_limit(2);
    let found = sdk::ResponseLaunchTemplateData::builder()
        .key_name("admin")
        .kernel_id("")
        .ebs_optimized(false)
        .block_device_mappings(second.clone())
        .block_device_mappings(second)
        .tag_specifications(instance_tags)
        .metadata_options(hops.build())
        .build();
    let named = set(["BlockDeviceMappings", "KeyName", "MetadataOptions", "TagSpecifications"]);
    assert_eq!(data(&found).unmanaged, named);
}
