//! What the layers of a file make: whatever its order, a valid spec.

use std::collections::BTreeMap;

use plimsoll_core::spec::{Slot, Spec};
use proptest::prelude::*;

use crate::support::{alfred, production};

/// A platform with these settings of `web`, in this order.
fn web(settings: &[String]) -> String {
    format!("{HEAD}services:\n  web:\n    {}\n", settings.join("\n    "))
}

const HEAD: &str = "\
platform: alfred
account: \"123456789012\"
regions: { eu-central-1: {}, us-east-1: {} }
environments: { production: {} }
defaults:
  network: { subnets: { tags: { tier: private } }, security_groups: { tags: { role: instance } } }
  instances: { machine: { type: c6i.large }, image: { ssm_parameter: /image } }
";

const SETTINGS: [&str; 7] = [
    "bounds: { min: 2, max: 10 }",
    "warmup: 90s",
    "tags: { Service: \"${service}\", Region: \"${region}\", Name: \"${platform}-${environment}\" }",
    "health_check: { grace: 60s }",
    "scaling: { policies: { cpu: { target_tracking: { metric: cpu, target: 75 } } } }",
    "regions: { us-east-1: { bounds: { max: 20 } } }",
    "instances: { root_volume: { size_gib: 40 } }",
];

/// A spec without the places in its file.
fn content(spec: &Spec) -> serde_json::Value {
    serde_json::to_value(spec).unwrap()
}

#[test]
fn placeholders_stand_for_what_the_service_is_part_of() {
    let spec = production(&web(&SETTINGS.map(str::to_owned)));
    let tags: BTreeMap<_, _> = spec.regions["us-east-1"].services["web"]
        .tags
        .iter()
        .map(|(key, tag)| (key.as_str(), tag.value.as_str()))
        .collect();
    let expected = [("Name", "alfred-production"), ("Region", "us-east-1"), ("Service", "web")];
    assert_eq!(tags, BTreeMap::from(expected));
}

#[test]
fn the_stronger_layer_wins_where_it_speaks() {
    let text = "\
platform: alfred
account: \"123456789012\"
regions:
  eu-central-1: { defaults: { warmup: 2s } }
  us-east-1: { defaults: { warmup: 2s } }
  us-west-2: {}
environments:
  production: { services: { queue: { warmup: 5s } } }
defaults:
  bounds: { min: 1, max: 2 }
  warmup: 1s
  network: { subnets: { tags: { tier: private } }, security_groups: { tags: { role: instance } } }
  instances: { machine: { type: c6i.large }, image: { ssm_parameter: /image } }
services:
  plain: {}
  web: { warmup: 3s, regions: { us-east-1: { warmup: 4s } } }
  queue: { warmup: 3s }
  batch: { warmup: null }
";
    let spec = production(text);
    let warmup = |region: &str, service: &str| spec.regions[region].services[service].warmup;
    let seconds = |region, service| warmup(region, service).map(|seconds| seconds.0);
    assert_eq!(seconds("us-west-2", "plain"), Some(1), "the defaults");
    assert_eq!(seconds("us-east-1", "plain"), Some(2), "the region's defaults");
    assert_eq!(seconds("eu-central-1", "web"), Some(3), "the service");
    assert_eq!(seconds("us-east-1", "web"), Some(4), "what the service says of the region");
    assert_eq!(seconds("us-west-2", "queue"), Some(5), "the environment");
    assert_eq!(seconds("us-west-2", "batch"), None, "`null` takes it away");
}

#[test]
fn keys_with_nothing_behind_them_say_nothing() {
    let empty = "\
platform: alfred
account: \"123456789012\"
regions:
  eu-central-1:
environments:
  production:
defaults:
  network: { subnets: { tags: { tier: private } }, security_groups: { tags: { role: instance } } }
  instances: { machine: { type: c6i.large }, image: { ssm_parameter: /image } }
services:
  web:
    bounds: { min: 1, max: 2 }
    hooks:
    tags:
    scaling:
      schedule:
        # evening: { cron: 0 20 * * *, min: 1 }
";
    assert_eq!(production(empty).regions["eu-central-1"].services["web"].bounds.max, 2);
}

#[test]
fn a_compiled_spec_is_valid() {
    let (document, files) = alfred();
    for environment in document.environments() {
        let spec = document.compile(&environment, &files).spec.unwrap();
        assert!(spec.account.len() == 12 && spec.account.chars().all(|c| c.is_ascii_digit()));
        for (region, name, service) in spec.services() {
            assert!(service.bounds.min <= service.bounds.max, "{name}");
            assert!(spec.group_name(name, Slot::A).len() <= 128, "{name}");
            assert!(service.target_group.as_ref().is_none_or(|group| group.len() <= 32), "{name}");
            for dependency in service.uses.keys() {
                assert!(spec.regions[region].services.contains_key(dependency), "{name}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_order_of_keys_does_not_change_the_spec(
        settings in Just(SETTINGS.map(str::to_owned).to_vec()).prop_shuffle(),
    ) {
        let ordered = production(&web(&SETTINGS.map(str::to_owned)));
        prop_assert_eq!(content(&production(&web(&settings))), content(&ordered));
    }

    #[test]
    fn bounds_that_compile_are_in_order(min in 0..6u32, max in 0..6u32) {
        let bounds = format!("bounds: {{ min: {min}, max: {max} }}");
        let compiled =
            crate::support::document(&web(&[bounds])).compile("production", &BTreeMap::new());
        prop_assert_eq!(compiled.spec.is_some(), min <= max);
    }
}
