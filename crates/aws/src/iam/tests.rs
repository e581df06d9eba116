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
    let made = CALLS.iter().map(|call| call.name()).chain(behind);
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
fn the_controller_cannot_move_traffic_by_its_other_grants() {
    let publishes = statements(Role::Controller);
    let publishes = publishes.iter().find(|it| it["Sid"] == "PublishSummaries").unwrap();
    let namespaces = &publishes["Condition"]["StringEquals"]["cloudwatch:namespace"];
    assert_eq!(namespaces, &serde_json::json!(["Plimsoll/Controller"]));
    let moves = &traffic()["Condition"]["StringEquals"]["cloudwatch:namespace"];
    assert_eq!(moves, &serde_json::json!(["Plimsoll/Traffic"]));
}

#[test]
fn the_controller_tags_only_what_it_remembers_and_makes_nothing_too_large() {
    let all = statements(Role::Controller);
    let of = |sid: &str| all.iter().find(|it| it["Sid"] == sid).unwrap()["Condition"].clone();
    let keys = &of("Remember")["ForAllValues:StringLike"]["aws:TagKeys"];
    let expected = ["plimsoll:lease:*", "plimsoll:scaled", "plimsoll:shortage"];
    assert_eq!(keys, &serde_json::json!(expected));
    let most = &of("ChangeSizes")["NumericLessThanEqualsIfExists"]["autoscaling:MaxSize"];
    assert_eq!(most, "12");
}
