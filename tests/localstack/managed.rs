//! Managed scaling: the controller decides the size, and one native policy stays as a backstop.

use serde_json::{Map, Value, json};

use crate::harness::{Account, Operator, REGIONS, Spec, differences};

const GROUP: &str = "alfred-production-agent-core-a";

/// The policies of agent-core, without what only AWS decides.
fn policies(account: &Account, region: &str) -> Value {
    let world = account.read_back();
    let policies = world.group(region, GROUP)["Policies"].as_object().unwrap();
    let told = policies.iter().map(|(name, policy)| {
        assert_eq!(policy["PolicyType"], "TargetTrackingScaling");
        assert_eq!(policy["Enabled"], true);
        (name.clone(), policy["TargetTrackingConfiguration"].clone())
    });
    told.collect::<Map<_, _>>().into()
}

#[test]
fn a_managed_service_keeps_the_backstop_alone_and_gets_its_policies_back() {
    let account = Account::production();
    let native = Spec::pair(&account);
    let managed =
        Spec::pair(&account).edit("    scaling:\n", "    scaling:\n      mode: managed\n");
    Operator::new(&account, &native).done("apply --yes");
    let before = account.normalised();

    let operator = Operator::new(&account, &managed);
    let shown = ["put scaling policy plimsoll-backstop", "delete scaling policy requests"];
    operator.run("plan --detailed-exitcode").expect(2, &shown);
    operator.done("apply --yes");
    let backstop = json!({
        "plimsoll-backstop": {
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "ASGAverageCPUUtilization",
            },
            "TargetValue": 90.0,
            "DisableScaleIn": true,
        },
    });
    for region in REGIONS {
        assert_eq!(policies(&account, region), backstop, "{region}");
    }
    operator.run("plan --detailed-exitcode").expect(0, &["Up to date"]);

    let operator = Operator::new(&account, &native);
    operator.done("apply --yes");
    operator.run("plan --detailed-exitcode").expect(0, &["Up to date"]);
    assert_eq!(differences(&before, &account.normalised()), [""; 0], "all is as it was");
}

#[test]
fn a_new_managed_service_never_has_other_policies() {
    let account = Account::production();
    let managed =
        Spec::pair(&account).edit("    scaling:\n", "    scaling:\n      mode: managed\n");
    let operator = Operator::new(&account, &managed);
    operator.done("apply --yes");
    for region in REGIONS {
        let policies = policies(&account, region);
        assert_eq!(policies.as_object().unwrap().keys().collect::<Vec<_>>(), ["plimsoll-backstop"]);
    }
    operator.run("plan --detailed-exitcode").expect(0, &["Up to date"]);
}
