use std::collections::BTreeSet;

use serde_json::Value;

use super::*;

fn boundary() -> Boundary {
    Boundary {
        partition: "aws".to_owned(),
        account: "123456789012".to_owned(),
        region: "eu-central-1".to_owned(),
        platform: "alfred".to_owned(),
        environment: "production".to_owned(),
        most: 12,
    }
}

fn statements(role: Role) -> Vec<Value> {
    policy(role, &boundary())["Statement"].as_array().unwrap().clone()
}

fn actions(role: Role) -> BTreeSet<String> {
    let of = |statement: &Value| statement["Action"].as_array().unwrap().clone();
    let all = statements(role).iter().flat_map(of).collect::<Vec<_>>();
    all.iter().map(|action| action.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_call_is_granted_to_somebody_and_nothing_else_is() {
    let roles = [Role::Controller, Role::Operator, Role::Reader];
    let granted: BTreeSet<String> = roles.into_iter().flat_map(actions).collect();
    let behind = [
        "cloudwatch:TagResource",
        "ec2:CreateTags",
        "ec2:RunInstances",
        "iam:CreateServiceLinkedRole",
        "iam:PassRole",
    ];
    // The queue's and the log's are of the function that the controller runs in.
    let shell = [
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
    ];
    let made = CALLS.iter().map(|call| call.name()).chain(behind).chain(shell);
    assert_eq!(granted, made.map(str::to_owned).collect());
}

#[test]
fn who_only_looks_writes_nothing() {
    let writes: BTreeSet<&str> =
        CALLS.iter().filter(|call| call.writes()).map(|call| call.name()).collect();
    assert!(actions(Role::Reader).iter().all(|action| !writes.contains(action.as_str())));
}

#[test]
fn every_write_is_bound_to_the_platform() {
    for role in [Role::Controller, Role::Operator] {
        for statement in statements(role) {
            let sid = statement["Sid"].as_str().unwrap();
            if ["Look", "LaunchFromTemplates"].contains(&sid) {
                continue;
            }
            let bound = statement["Resource"] != "*" || !statement["Condition"].is_null();
            assert!(bound, "{role:?} {sid}");
        }
    }
}

#[test]
fn the_controller_moves_traffic_by_a_grant_of_its_own_and_in_its_own_region() {
    let publishes = |policy: &Value| {
        let all = policy["Statement"].as_array().unwrap().clone();
        let mut found = all.iter().filter(|it| it["Action"] == json!(["cloudwatch:PutMetricData"]));
        let namespaces =
            found.clone().map(|it| &it["Condition"]["StringEquals"]["cloudwatch:namespace"]);
        let namespaces: Vec<Value> = namespaces.cloned().collect();
        let own =
            |it: &Value| it["Condition"]["StringEquals"]["aws:RequestedRegion"] == "eu-central-1";
        assert!(found.all(own));
        namespaces
    };
    let policy = policy(Role::Controller, &boundary());
    assert_eq!(publishes(&policy), [json!("Plimsoll/Controller")]);
    let with = with_traffic(policy, &boundary());
    assert_eq!(publishes(&with), [json!("Plimsoll/Controller"), json!("Plimsoll/Traffic")]);
}

/// The reference platform's policies, as `infra/tests` checks them. `BLESS` writes them.
#[test]
fn the_committed_policies_are_current() {
    let boundary = Boundary {
        account: "000000000000".to_owned(),
        region: "us-east-1".to_owned(),
        ..boundary()
    };
    let all = json!({
        "controller": with_traffic(policy(Role::Controller, &boundary), &boundary),
        "operator": policy(Role::Operator, &boundary),
        "reader": policy(Role::Reader, &boundary),
    });
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/tests/policies.json");
    if std::env::var_os("BLESS").is_some() {
        let text = serde_json::to_string_pretty(&all).unwrap();
        std::fs::write(path, text + "\n").unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    let committed: Value = serde_json::from_str(&committed).unwrap();
    assert!(committed == all, "{path} is old: run the test with BLESS=1, and look at the change");
}

#[test]
fn a_region_says_its_partition() {
    let of = Boundary::partition_of;
    assert_eq!(
        [of("eu-central-1"), of("cn-north-1"), of("us-gov-west-1"), of("*")],
        ["aws", "aws-cn", "aws-us-gov", "aws"]
    );
}

#[test]
fn the_controller_tags_only_what_it_remembers_and_makes_nothing_too_large() {
    let all = statements(Role::Controller);
    let of = |sid: &str| all.iter().find(|it| it["Sid"] == sid).unwrap()["Condition"].clone();
    let keys = &of("Remember")["ForAllValues:StringLike"]["aws:TagKeys"];
    let expected = ["plimsoll:lease:*", "plimsoll:scaled", "plimsoll:shortage"];
    assert_eq!(keys, &serde_json::json!(expected));
    let most = &of("ChangeSizes")["NumericLessThanEqualsIfExists"]["autoscaling:MaxSize"];
    assert_eq!(most, &json!(["12"]));
}
