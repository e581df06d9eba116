//! What `apply` built of Alfred, read back with boto3 and compared with what the reference says.

use std::collections::BTreeMap;
use std::fs;

use jiff::civil::Weekday;
use serde_json::{Value, json};

use crate::harness::{REGIONS, file};
use crate::standing::alfred;

/// A service as the reference platform has it.
struct Service {
    name: &'static str,
    min: u64,
    max: u64,
    stateful: bool,
    disk: u64,
}

const fn stateless(name: &'static str, min: u64, max: u64) -> Service {
    Service { name, min, max, stateful: false, disk: 20 }
}

const fn stateful(name: &'static str, disk: u64) -> Service {
    Service { name, min: 1, max: 1, stateful: true, disk }
}

const SERVICES: [Service; 8] = [
    stateless("agent-core", 2, 10),
    stateless("agent-rag", 2, 8),
    stateless("agent-financial", 1, 6),
    stateless("agent-legal", 1, 6),
    stateless("agent-social", 1, 6),
    stateful("db-postgres", 100),
    stateful("redis", 20),
    stateful("vector-db", 20),
];

impl Service {
    /// The minimum when the world was read: the schedule raises agent-core's on working days.
    fn min(&self) -> u64 {
        let now = alfred().at.in_tz("Europe/Berlin").unwrap();
        let weekend = matches!(now.weekday(), Weekday::Saturday | Weekday::Sunday);
        let working = ((6, 30)..(20, 0)).contains(&(now.hour(), now.minute()));
        if self.name == "agent-core" && working && !weekend { 3 } else { self.min }
    }

    fn group(&self) -> String {
        format!("alfred-production-{}-a", self.name)
    }

    fn target_group(&self) -> Option<String> {
        (!self.stateful).then(|| format!("alfred-prod-{}", self.name))
    }
}

fn each(check: impl Fn(&str, &Service)) {
    for region in REGIONS {
        for service in &SERVICES {
            check(region, service);
        }
    }
}

#[test]
fn every_region_has_the_eight_groups_and_templates_and_no_others() {
    let mut names: Vec<String> = SERVICES.iter().map(Service::group).collect();
    names.sort();
    for region in REGIONS {
        for kind in ["groups", "templates"] {
            let found: Vec<_> = alfred().world.kind(region, kind).keys().cloned().collect();
            assert_eq!(found, names, "{kind} in {region}");
        }
    }
}

#[test]
fn groups_have_the_bounds_health_checks_and_processes_of_the_reference() {
    each(|region, service| {
        let group = alfred().world.service(region, service.name);
        let checks = if service.stateful { "EC2" } else { "ELB" };
        let suspended: &[&str] =
            if service.stateful { &["AZRebalance", "ReplaceUnhealthy"] } else { &[] };
        let expected = [
            ("MinSize", json!(service.min())),
            ("MaxSize", json!(service.max)),
            ("DesiredCapacity", json!(service.min())),
            ("HealthCheckType", json!(checks)),
            ("HealthCheckGracePeriod", json!(300)),
            ("DefaultInstanceWarmup", json!(120)),
            ("NewInstancesProtectedFromScaleIn", json!(service.stateful)),
            ("SuspendedProcesses", json!(suspended)),
            (
                "EnabledMetrics",
                json!([
                    "GroupDesiredCapacity",
                    "GroupInServiceInstances",
                    "GroupMaxSize",
                    "GroupMinSize",
                    "GroupTotalInstances",
                ]),
            ),
        ];
        for (field, value) in expected {
            assert_eq!(group[field], value, "{field} of {} in {region}", service.name);
        }
    });
}

#[test]
fn agent_core_alone_has_a_maintenance_policy() {
    each(|region, service| {
        let expected = match service.name {
            "agent-core" => json!({ "MinHealthyPercentage": 100, "MaxHealthyPercentage": 150 }),
            _ => Value::Null,
        };
        let group = alfred().world.service(region, service.name);
        assert_eq!(group["InstanceMaintenancePolicy"], expected, "{} in {region}", service.name);
    });
}

#[test]
fn groups_span_the_private_subnets_of_three_zones() {
    each(|region, service| {
        let group = alfred().world.service(region, service.name);
        let mut subnets: Vec<&str> = alfred()
            .account
            .ground(region, "subnets")
            .as_array()
            .unwrap()
            .iter()
            .map(|id| id.as_str().unwrap())
            .collect();
        subnets.sort_unstable();
        assert_eq!(group["VPCZoneIdentifier"], json!(subnets));
        assert_eq!(group["AvailabilityZones"].as_array().unwrap().len(), 3);
    });
}

#[test]
fn identity_and_spec_tags_reach_groups_instances_and_volumes() {
    each(|region, service| {
        let tags = BTreeMap::from([
            ("plimsoll:platform", "alfred"),
            ("plimsoll:environment", "production"),
            ("plimsoll:service", service.name),
            ("plimsoll:role", "active"),
            ("Name", "Alfred-Agent-Node"),
            ("Service", service.name),
        ]);
        let world = &alfred().world;
        let group = world.service(region, service.name);
        let propagated: BTreeMap<_, _> = tags.iter().map(|(k, v)| (*k, json!([v, true]))).collect();
        assert_eq!(group["Tags"], json!(propagated));
        for instance in group["Instances"].as_array().unwrap() {
            let found = &world.kind(region, "instances")[instance["InstanceId"].as_str().unwrap()];
            for (key, value) in &tags {
                assert_eq!(found["Tags"][key], json!(value), "{key} of {instance}");
            }
        }
        let specified = &world.template(region, &service.group())["TagSpecifications"];
        let specified = specified.as_array().unwrap();
        assert_eq!(specified.len(), 1);
        assert_eq!(specified[0]["ResourceType"], "volume");
        let found: BTreeMap<_, _> = specified[0]["Tags"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tag| (tag["Key"].as_str().unwrap(), tag["Value"].as_str().unwrap()))
            .collect();
        assert_eq!(found, tags);
    });
}

#[test]
fn templates_are_safe_by_default_and_hold_what_the_spec_says() {
    let script = fs::read_to_string(file("examples/alfred/user-data.sh")).unwrap();
    each(|region, service| {
        let group = alfred().world.service(region, service.name);
        let template = alfred().world.template(region, &service.group());
        let disk = &template["BlockDeviceMappings"][0];
        let interface = &template["NetworkInterfaces"][0];
        let ground = |part| alfred().account.ground(region, part).clone();
        let expected = [
            (&group["LaunchTemplate"]["LaunchTemplateName"], json!(service.group())),
            (&group["LaunchTemplate"]["Version"], json!("1")),
            (&template["ImageId"], json!("resolve:ssm:/alfred/production/image")),
            (&template["IamInstanceProfile"]["Name"], json!("alfred-instance")),
            (&template["UserData"], json!(script)),
            (&template["MetadataOptions"]["HttpTokens"], json!("required")),
            (&template["Monitoring"]["Enabled"], json!(true)),
            (&disk["Ebs"]["Encrypted"], json!(true)),
            (&disk["Ebs"]["VolumeType"], json!("gp3")),
            (&disk["Ebs"]["VolumeSize"], json!(service.disk)),
            // The volume of a service that holds data outlives its instance.
            (&disk["Ebs"]["DeleteOnTermination"], json!(!service.stateful)),
            (&interface["AssociatePublicIpAddress"], json!(false)),
            (&interface["Groups"], json!([ground("security_group")])),
        ];
        for (found, value) in expected {
            assert_eq!(*found, value, "{} in {region}: {template}", service.name);
        }
    });
}

#[test]
fn machines_are_those_of_the_spec_and_the_smallest_that_fit() {
    let machine = |region: &str, service: &str| {
        let name = format!("alfred-production-{service}-a");
        alfred().world.template(region, &name)["InstanceType"].as_str().unwrap().to_owned()
    };
    for region in REGIONS {
        assert_eq!(machine(region, "agent-core"), "c6i.large");
        assert_eq!(machine(region, "db-postgres"), "c6i.xlarge");
        let burstable = machine(region, "redis");
        assert!(burstable.starts_with('t'), "{burstable}");
        let of_four_gib = machine(region, "vector-db");
        assert_eq!(of_four_gib.split_once('.').unwrap().1, "large", "{of_four_gib}");
    }
}

#[test]
fn instances_run_the_image_of_the_parameter_and_spread_over_zones() {
    each(|region, service| {
        let world = &alfred().world;
        let group = world.service(region, service.name);
        let instances = group["Instances"].as_array().unwrap();
        assert_eq!(instances.len() as u64, service.min());
        let zones: std::collections::BTreeSet<_> =
            instances.iter().map(|instance| instance["AvailabilityZone"].as_str()).collect();
        assert_eq!(zones.len() as u64, service.min().min(3), "{instances:?}");
        for instance in instances {
            assert_eq!(instance["LifecycleState"], "InService");
            let found = &world.kind(region, "instances")[instance["InstanceId"].as_str().unwrap()];
            assert_eq!(found["ImageId"], *alfred().account.ground(region, "image"));
            assert_eq!(found["PublicIpAddress"], Value::Null);
        }
    });
}

#[test]
fn stateless_services_have_all_their_instances_healthy_behind_the_load_balancer() {
    each(|region, service| {
        let group = alfred().world.service(region, service.name);
        let attached = group["TargetGroupARNs"].as_array().unwrap();
        let Some(target_group) = service.target_group() else {
            assert!(attached.is_empty());
            return;
        };
        let target_group = &alfred().world.kind(region, "target_groups")[&target_group];
        assert_eq!(*attached, [target_group["TargetGroupArn"].clone()]);
        let health = target_group["Health"].as_object().unwrap();
        let ids = group["Instances"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["InstanceId"].as_str().unwrap());
        assert_eq!(health.len() as u64, service.min());
        for id in ids {
            assert_eq!(health[id]["State"], "healthy", "{id} of {} in {region}", service.name);
        }
    });
}
