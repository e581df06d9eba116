//! What is launched.

use super::Lower;
use crate::spec::document::{Image, Imdsv2, InstancesDoc, Kind, Machine, RootVolumeDoc};
use crate::spec::model::Instances;
use crate::spec::names::{INSTANCE_PROFILE, check_id};
use crate::spec::problem::code;
use crate::spec::suggest;
use crate::world::RootVolume;

/// Most bytes of user data before it is encoded. Source: EC2 user guide, "Run commands when you
/// launch an EC2 instance with user data input".
const USER_DATA_BYTES: usize = 16 * 1024;

/// Root volume size when none is given: Amazon Linux needs 8 GiB, logs and images the rest.
const ROOT_VOLUME_GIB: u32 = 20;

/// Largest root volume. Source: EBS user guide, "General Purpose SSD volumes", for gp2.
const LARGEST_VOLUME_GIB: u32 = 16_384;

/// Root volume types that need no further figures; io1 and io2 ask for IOPS.
const VOLUME_TYPES: [&str; 3] = ["gp3", "gp2", "standard"];

impl Lower<'_> {
    pub(super) fn instances(&mut self, doc: &InstancesDoc, kind: Kind) -> Option<Instances> {
        let machine = self.machine(doc.machine.as_ref());
        let image = self.image(doc.image.as_ref());
        let user_data = self.user_data(doc.user_data.as_deref());
        if let Some(profile) = &doc.profile {
            self.name(INSTANCE_PROFILE, &["instances", "profile"], profile);
        }
        self.root_volume(&doc.root_volume);
        let instances = Instances {
            machine: machine?,
            image: image?,
            user_data,
            profile: doc.profile.clone(),
            root_volume: RootVolume {
                device: doc.root_volume.device.clone().unwrap_or_else(|| "/dev/xvda".to_owned()),
                size_gib: doc.root_volume.size_gib.unwrap_or(ROOT_VOLUME_GIB),
                kind: doc.root_volume.kind.clone().unwrap_or_else(|| "gp3".to_owned()),
                encrypted: doc.root_volume.encrypted.unwrap_or(true),
                // The data of a stateful service outlives the instance that held it.
                delete_on_termination: kind == Kind::Stateless,
            },
            imdsv2_required: doc.imdsv2 != Some(Imdsv2::Optional),
            public_address: doc.public_address.unwrap_or(false),
            detailed_monitoring: doc.detailed_monitoring.unwrap_or(true),
        };
        self.doubts(&instances);
        Some(instances)
    }

    fn root_volume(&mut self, doc: &RootVolumeDoc) {
        if let Some(kind) = doc.kind.as_deref().filter(|kind| !VOLUME_TYPES.contains(kind)) {
            let help = suggest::nearest(kind, VOLUME_TYPES)
                .unwrap_or_else(|| format!("known: {}", suggest::list(&VOLUME_TYPES)));
            let message = format!("`{kind}` is no type of a root volume that Plimsoll makes");
            let path = ["instances", "root_volume", "type"];
            self.error(code::WRONG_VALUE, &path, message, help);
        }
        if let Some(size) = doc.size_gib.filter(|size| !(1..=LARGEST_VOLUME_GIB).contains(size)) {
            let message = format!("a root volume cannot have {size} GiB");
            let path = ["instances", "root_volume", "size_gib"];
            let help = format!("AWS accepts 1 to {LARGEST_VOLUME_GIB}");
            self.error(code::OUT_OF_RANGE, &path, message, help);
        }
    }

    fn machine(&mut self, machine: Option<&Machine>) -> Option<Machine> {
        if machine.is_none() && self.node.at(&["instances", "machine"]).is_none() {
            let message = format!("service `{}` has no `instances.machine`", self.names.service);
            let help = "add `machine: { type: c6i.large }` or `machine: { fits: { vcpus: 2, \
                        memory_gib: 4 } }`";
            self.error(code::MISSING, &["instances"], message, help);
        }
        if let Some(Machine::Fits(fits)) = machine
            && !["x86_64", "arm64"].contains(&fits.architecture.as_str())
        {
            let message = format!("`{}` is no architecture", fits.architecture);
            let path = ["instances", "machine", "fits", "architecture"];
            self.error(code::WRONG_VALUE, &path, message, "write x86_64 or arm64");
        }
        if let Some(Machine::Type(name)) = machine
            && !name.contains('.')
        {
            let message = format!("`{name}` is no instance type");
            let path = ["instances", "machine", "type"];
            self.error(code::WRONG_VALUE, &path, message, "a type looks like c6i.large");
        }
        machine.cloned()
    }

    fn image(&mut self, image: Option<&Image>) -> Option<String> {
        match image {
            Some(Image::Id(id)) => {
                if let Err(message) = check_id("ami", id) {
                    let help = "an image id looks like ami-0123456789abcdef0";
                    self.error(code::BAD_ID, &["instances", "image", "id"], message, help);
                }
                Some(id.clone())
            }
            Some(Image::SsmParameter(name)) => {
                let path = ["instances", "image", "ssm_parameter"];
                self.text(&path, Some(name)).map(|name| format!("resolve:ssm:{name}"))
            }
            None => {
                if self.node.at(&["instances", "image"]).is_none() {
                    let message =
                        format!("service `{}` has no `instances.image`", self.names.service);
                    let help = "add `image: { ssm_parameter: /path }` or `image: { id: ami-… }`";
                    self.error(code::MISSING, &["instances"], message, help);
                }
                None
            }
        }
    }

    fn user_data(&mut self, path: Option<&str>) -> Option<String> {
        let file = path?;
        let at = ["instances", "user_data"];
        match self.files.get(file) {
            Some(Ok(text)) if text.len() > USER_DATA_BYTES => {
                let size = text.len();
                self.error(
                    code::USER_DATA,
                    &at,
                    format!("`{file}` has {size} bytes; user data holds {USER_DATA_BYTES}"),
                    "let the script fetch the rest",
                );
                None
            }
            Some(Ok(text)) => Some(text.clone()),
            Some(Err(why)) => {
                let message = format!("`{file}` cannot be read: {why}");
                self.error(code::USER_DATA, &at, message, "the path is relative to the spec");
                None
            }
            None => None,
        }
    }

    fn doubts(&mut self, instances: &Instances) {
        let service = self.names.service;
        if !instances.imdsv2_required {
            self.warning(
                code::IMDS_V1,
                &["instances", "imdsv2"],
                format!("the metadata service of `{service}` answers without tokens"),
                "a request forged through the service can read its credentials; use `required`",
            );
        }
        if instances.public_address {
            self.warning(
                code::PUBLIC_ADDRESS,
                &["instances", "public_address"],
                format!("instances of `{service}` have public addresses"),
                "let a load balancer face the internet, and launch in private subnets",
            );
        }
        if !instances.detailed_monitoring {
            self.warning(
                code::BASIC_MONITORING,
                &["instances", "detailed_monitoring"],
                format!("metrics of `{service}` come every five minutes"),
                "target tracking then takes about 15 minutes to scale out and 75 to scale in",
            );
        }
        if !instances.root_volume.encrypted {
            self.warning(
                code::UNENCRYPTED,
                &["instances", "root_volume", "encrypted"],
                format!("root volumes of `{service}` are not encrypted"),
                "encryption costs nothing; remove the setting",
            );
        }
    }
}
