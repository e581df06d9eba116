//! Launch templates.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};

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
    /// The script that an instance runs at its first boot, as it is written (not in base64). It may
    /// hold what should not be in a log, so only its digest is serialised.
    #[serde(serialize_with = "digest_only")]
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

#[expect(clippy::ref_option, reason = "serde hands the field over as it is")]
fn digest_only<S: Serializer>(script: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    script.as_deref().map(script_digest).serialize(serializer)
}

/// A script is long; its size and a fingerprint tell whether it is the same.
pub(crate) fn script_digest(text: &str) -> String {
    // FNV-1a, to tell scripts of one size apart on the screen; nothing depends on it.
    let hash = text
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{} lines, {} bytes, #{hash:08x}", text.lines().count(), text.len())
}
