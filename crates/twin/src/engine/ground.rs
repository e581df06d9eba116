//! The ground that a platform stands on: networks, target groups and instance types, made up so that
//! every reference of the spec means something.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::spec::{Machine, Region as Wanted, Selector, Spec};
use plimsoll_core::world::{InstanceType, Region, SecurityGroup, Subnet, TargetGroup};

use crate::model::ZONES;

/// Types that a `fits` machine may become: name, virtual CPUs, memory in MiB.
const TYPES: [(&str, u32, u64); 8] = [
    ("t3.nano", 2, 512),
    ("t3.micro", 2, 1_024),
    ("t3.small", 2, 2_048),
    ("t3.medium", 2, 4_096),
    ("c6i.large", 2, 4_096),
    ("c6i.xlarge", 4, 8_192),
    ("m6i.xlarge", 4, 16_384),
    ("c6i.2xlarge", 8, 16_384),
];

/// A region as its operators prepared it.
pub(crate) fn region(spec: &Spec, name: &str, wanted: &Wanted) -> Region {
    let vpc = "vpc-twin".to_owned();
    let mut region = Region { instance_types: types(wanted), ..Region::default() };
    let mut known = BTreeSet::new();
    for service in wanted.services.values() {
        let networks =
            [("subnet", &service.subnets, ZONES.len()), ("sg", &service.security_groups, 1)];
        for (kind, selector, count) in networks {
            if !known.insert((kind, format!("{selector:?}"))) {
                continue;
            }
            for (index, (id, tags)) in ids(kind, selector, count, known.len()).enumerate() {
                let zone = ZONES.get(index % ZONES.len()).copied().unwrap_or("a");
                let (zone, vpc) = (format!("{name}{zone}"), vpc.clone());
                if kind == "subnet" {
                    region.subnets.push(Subnet { id, zone, vpc, tags });
                } else {
                    region.security_groups.push(SecurityGroup { id, vpc, tags });
                }
            }
        }
        if let Some(target_group) = &service.target_group
            && known.insert(("target group", target_group.clone()))
        {
            region.target_groups.push(target_group_of(spec, name, target_group));
        }
    }
    region
}

/// Resources that a selector selects.
fn ids<'a>(
    kind: &'a str,
    selector: &'a Selector,
    count: usize,
    salt: usize,
) -> Box<dyn Iterator<Item = (String, BTreeMap<String, String>)> + 'a> {
    match selector {
        Selector::Ids(ids) => Box::new(ids.iter().map(|id| (id.clone(), BTreeMap::new()))),
        Selector::Tags(tags) => Box::new(
            (0..count).map(move |index| (format!("{kind}-{salt:04}{index:04}"), tags.clone())),
        ),
    }
}

fn target_group_of(spec: &Spec, region: &str, wanted: &str) -> TargetGroup {
    let account = &spec.account;
    let (name, arn) = if wanted.starts_with("arn:") {
        (wanted.split('/').nth(1).unwrap_or(wanted).to_owned(), wanted.to_owned())
    } else {
        let prefix = format!("arn:aws:elasticloadbalancing:{region}:{account}");
        (wanted.to_owned(), format!("{prefix}:targetgroup/{wanted}/0123456789abcdef"))
    };
    let prefix = format!("arn:aws:elasticloadbalancing:{region}:{account}");
    let balancer = format!("{prefix}:loadbalancer/app/{}/0123456789abcdef", spec.platform);
    TargetGroup { arn, name, load_balancers: BTreeSet::from([balancer]), healthy_targets: None }
}

/// Common types, and one of each size that the spec asks for and they do not have.
fn types(wanted: &Wanted) -> Vec<InstanceType> {
    let common = TYPES.iter().map(|&(name, vcpus, memory_mib)| InstanceType {
        name: name.to_owned(),
        vcpus,
        memory_mib,
        burstable: name.starts_with('t'),
        current: true,
        architectures: BTreeSet::from(["x86_64".to_owned()]),
    });
    let asked = wanted.services.values().filter_map(|service| match &service.instances.machine {
        Machine::Fits(fits) => Some(InstanceType {
            name: format!("twin.{}x{}-{}", fits.vcpus, fits.memory_gib, fits.architecture),
            vcpus: fits.vcpus,
            memory_mib: u64::from(fits.memory_gib) * 1_024,
            burstable: false,
            current: true,
            architectures: BTreeSet::from([fits.architecture.clone()]),
        }),
        Machine::Type(_) => None,
    });
    let mut types: Vec<InstanceType> = common.chain(asked).collect();
    types.sort_by(|a, b| a.name.cmp(&b.name));
    types.dedup_by(|a, b| a.name == b.name);
    types
}
