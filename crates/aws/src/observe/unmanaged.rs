//! Settings that a launch template can hold and Plimsoll does not manage.
//!
//! A new version is made from the wanted data alone, so each of these would be lost with it. The
//! plan names them, and an operator decides.

use std::collections::BTreeSet;

use aws_sdk_ec2::types as sdk;

/// The unmanaged settings of a template, by the API's names. A setting at the API's default
/// changes nothing and is not one.
pub(super) fn unmanaged(data: &sdk::ResponseLaunchTemplateData) -> BTreeSet<String> {
    let top_level = [
        ("CapacityReservationSpecification", data.capacity_reservation_specification.is_some()),
        ("CpuOptions", data.cpu_options.is_some()),
        ("CreditSpecification", data.credit_specification.is_some()),
        ("DisableApiStop", data.disable_api_stop == Some(true)),
        ("DisableApiTermination", data.disable_api_termination == Some(true)),
        ("EbsOptimized", data.ebs_optimized == Some(true)),
        ("ElasticGpuSpecifications", !data.elastic_gpu_specifications().is_empty()),
        ("ElasticInferenceAccelerators", !data.elastic_inference_accelerators().is_empty()),
        ("EnclaveOptions", data.enclave_options.is_some()),
        ("HibernationOptions", data.hibernation_options.is_some()),
        (
            "InstanceInitiatedShutdownBehavior",
            data.instance_initiated_shutdown_behavior() == Some(&sdk::ShutdownBehavior::Terminate),
        ),
        ("InstanceMarketOptions", data.instance_market_options.is_some()),
        ("InstanceRequirements", data.instance_requirements.is_some()),
        ("KernelId", is_set(data.kernel_id())),
        ("KeyName", is_set(data.key_name())),
        ("LicenseSpecifications", !data.license_specifications().is_empty()),
        ("MaintenanceOptions", data.maintenance_options.is_some()),
        ("NetworkPerformanceOptions", data.network_performance_options.is_some()),
        ("Operator", data.operator().is_some_and(|operator| operator.managed == Some(true))),
        ("Placement", data.placement.is_some()),
        ("PrivateDnsNameOptions", data.private_dns_name_options.is_some()),
        ("RamDiskId", is_set(data.ram_disk_id())),
        ("SecondaryInterfaces", !data.secondary_interfaces().is_empty()),
        ("SecurityGroups", !data.security_groups().is_empty()),
    ];
    let nested = [
        ("BlockDeviceMappings", has_more_than_a_root(data.block_device_mappings())),
        ("MetadataOptions", data.metadata_options().is_some_and(has_more_than_tokens)),
        ("NetworkInterfaces", has_more_than_a_primary(data.network_interfaces())),
        ("TagSpecifications", has_more_than_volume_tags(data.tag_specifications())),
    ];
    let present = top_level.into_iter().chain(nested).filter(|(_, present)| *present);
    present.map(|(name, _)| name.to_owned()).collect()
}

fn is_set(value: Option<&str>) -> bool {
    value.is_some_and(|value| !value.is_empty())
}

fn has_more_than_a_root(mappings: &[sdk::LaunchTemplateBlockDeviceMapping]) -> bool {
    let special = |mapping: &sdk::LaunchTemplateBlockDeviceMapping| {
        is_set(mapping.virtual_name())
            || is_set(mapping.no_device())
            || mapping.ebs().is_some_and(|ebs| {
                ebs.iops.is_some()
                    || ebs.throughput.is_some()
                    || is_set(ebs.kms_key_id())
                    || is_set(ebs.snapshot_id())
                    || ebs.volume_initialization_rate.is_some()
                    || ebs.ebs_card_index.is_some()
            })
    };
    mappings.len() > 1 || mappings.iter().any(special)
}

/// Options beside the tokens, unless they have EC2's defaults: endpoint on, one hop, neither
/// addresses of IPv6 nor tags.
fn has_more_than_tokens(options: &sdk::LaunchTemplateInstanceMetadataOptions) -> bool {
    use sdk::{
        LaunchTemplateInstanceMetadataEndpointState as Endpoint,
        LaunchTemplateInstanceMetadataProtocolIpv6 as Ipv6,
        LaunchTemplateInstanceMetadataTagsState as Tags,
    };
    options.http_endpoint().is_some_and(|endpoint| *endpoint != Endpoint::Enabled)
        || options.http_put_response_hop_limit.is_some_and(|hops| hops != 1)
        || options.http_protocol_ipv6().is_some_and(|ipv6| *ipv6 != Ipv6::Disabled)
        || options.instance_metadata_tags().is_some_and(|tags| *tags != Tags::Disabled)
}

/// Anything beside the one new interface that carries security groups and a public address.
fn has_more_than_a_primary(
    interfaces: &[sdk::LaunchTemplateInstanceNetworkInterfaceSpecification],
) -> bool {
    let special = |interface: &sdk::LaunchTemplateInstanceNetworkInterfaceSpecification| {
        interface.device_index.is_some_and(|index| index != 0)
            || interface.network_card_index.is_some_and(|index| index != 0)
            || interface.delete_on_termination == Some(false)
            || interface.associate_carrier_ip_address == Some(true)
            || interface.primary_ipv6 == Some(true)
            || is_set(interface.description())
            || interface.interface_type().is_some_and(|kind| kind != "interface")
            || is_set(interface.network_interface_id())
            || is_set(interface.private_ip_address())
            || is_set(interface.subnet_id())
            || !interface.private_ip_addresses().is_empty()
            || !interface.ipv6_addresses().is_empty()
            || !interface.ipv4_prefixes().is_empty()
            || !interface.ipv6_prefixes().is_empty()
            || interface.secondary_private_ip_address_count.is_some_and(|count| count > 0)
            || interface.ipv6_address_count.is_some_and(|count| count > 0)
            || interface.ipv4_prefix_count.is_some_and(|count| count > 0)
            || interface.ipv6_prefix_count.is_some_and(|count| count > 0)
            || interface.ena_srd_specification.is_some()
            || interface.connection_tracking_specification.is_some()
            || interface.ena_queue_count.is_some()
    };
    interfaces.len() > 1 || interfaces.iter().any(special)
}

fn has_more_than_volume_tags(tagged: &[sdk::LaunchTemplateTagSpecification]) -> bool {
    let other = |tagged: &sdk::LaunchTemplateTagSpecification| {
        tagged.resource_type() != Some(&sdk::ResourceType::Volume) && !tagged.tags().is_empty()
    };
    tagged.iter().any(other)
}
