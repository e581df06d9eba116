//! What an operator may write about what is launched.

use schemars::JsonSchema;
use serde::Deserialize;

/// What is launched.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::spec) struct InstancesDoc {
    /// The instance type, or what it must offer.
    pub(in crate::spec) machine: Option<Machine>,
    /// The image.
    pub(in crate::spec) image: Option<Image>,
    /// A file with the script of the first boot, relative to the spec; at most 16 KB.
    pub(in crate::spec) user_data: Option<String>,
    /// Name of the IAM instance profile.
    pub(in crate::spec) profile: Option<String>,
    /// The root volume.
    pub(in crate::spec) root_volume: RootVolumeDoc,
    /// Whether the metadata service answers only to tokens (`IMDSv2`). Default: required.
    pub(in crate::spec) imdsv2: Option<Imdsv2>,
    /// Whether instances get a public address. Default: no.
    pub(in crate::spec) public_address: Option<bool>,
    /// Whether EC2 metrics come each minute. Default: yes.
    pub(in crate::spec) detailed_monitoring: Option<bool>,
}

/// The instance type, or what it must offer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Machine {
    /// An instance type, such as c6i.large.
    Type(String),
    /// The smallest current type that offers this. A living group keeps its type as long as it
    /// fits, so a new type at AWS replaces nothing.
    Fits(Fits),
}

/// What an instance type must offer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fits {
    /// Virtual CPUs, at least.
    pub vcpus: u32,
    /// Memory in GiB, at least.
    pub memory_gib: u32,
    /// The processor architecture: `x86_64` (default) or `arm64`.
    #[serde(default = "x86_64")]
    pub architecture: String,
    /// Whether types with CPU credits (the T families) may be chosen.
    #[serde(default)]
    pub burstable: bool,
}

fn x86_64() -> String {
    "x86_64".to_owned()
}

/// The image.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::spec) enum Image {
    /// An image id, such as ami-0abc; different in every region.
    Id(String),
    /// An SSM parameter that holds an image id; EC2 reads it at each launch.
    SsmParameter(String),
}

/// Whether the metadata service asks for tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::spec) enum Imdsv2 {
    /// Only tokens are answered.
    Required,
    /// Requests without tokens are answered too.
    Optional,
}

/// The root volume.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::spec) struct RootVolumeDoc {
    /// The image's root device. Default: /dev/xvda, as Amazon Linux has it.
    pub(in crate::spec) device: Option<String>,
    /// Size in GiB. Default: 20.
    pub(in crate::spec) size_gib: Option<u32>,
    /// Volume type. Default: gp3.
    #[serde(rename = "type")]
    pub(in crate::spec) kind: Option<String>,
    /// Whether it is encrypted. Default: yes.
    pub(in crate::spec) encrypted: Option<bool>,
}
