//! Launch templates.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// The newest version of a launch template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Template {
    /// Such as `lt-0abc`.
    pub id: String,
    /// Unique in the region.
    pub name: String,
    /// Counts up from 1.
    pub version: u64,
    /// What it launches.
    pub data: TemplateData,
}

/// What a launch template launches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateData {
    /// An image id, or `resolve:ssm:` and a parameter that EC2 resolves at launch.
    pub image: String,
    /// Such as `c6i.large`.
    pub instance_type: String,
    /// Name of the IAM instance profile.
    pub instance_profile: Option<String>,
    /// The script that an instance runs at its first boot, as it is written (not in base64).
    pub user_data: Option<String>,
    /// Ids of the security groups.
    pub security_groups: BTreeSet<String>,
    /// Whether instances get a public address.
    pub public_address: bool,
    /// Whether the metadata service answers only to tokens (`IMDSv2`).
    pub imdsv2_required: bool,
    /// Whether EC2 metrics come each minute and not each five.
    pub detailed_monitoring: bool,
    /// The root volume.
    pub root_volume: Option<RootVolume>,
    /// Tags of the volumes; Auto Scaling propagates a group's tags to instances only.
    pub volume_tags: BTreeMap<String, String>,
    /// Settings that a template can hold and Plimsoll does not manage, by the API's name.
    /// A wanted template has none.
    pub unmanaged: BTreeSet<String>,
}

/// The root volume of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RootVolume {
    /// The image's root device, such as `/dev/xvda`.
    pub device: String,
    /// Size in GiB.
    pub size_gib: u32,
    /// Such as `gp3`.
    pub kind: String,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// Whether it ends with its instance.
    pub delete_on_termination: bool,
}
