//! Statements of a policy: resources and conditions, as IAM has them for each action.

use std::collections::BTreeSet;

use plimsoll_core::lease::KEY_PREFIX;
use plimsoll_core::reflex::{moves, shortage};
use plimsoll_core::world::{tag_keys, wake_prefix};
use serde_json::{Map, Value, json};

use super::Boundary;
use super::table::{Bound, Depends};

/// Where the controller publishes what it knows of its region.
const SUMMARIES: &str = "Plimsoll/Controller";

/// The statements that grant some actions.
pub(super) fn granted(
    bound: Bound,
    actions: &BTreeSet<&'static str>,
    boundary: &Boundary,
) -> Vec<Value> {
    let Boundary { partition, account, region, platform, environment, .. } = boundary;
    let arn = |service: &str, rest: String| {
        json!(format!("arn:{partition}:{service}:{region}:{account}:{rest}"))
    };
    let groups = || arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/*".to_owned());
    let templates = || arn("ec2", "launch-template/*".to_owned());
    let of = |sid: &str, resource: Value, condition: Option<Value>| {
        vec![statement(sid, actions, &resource, condition)]
    };
    match bound {
        Bound::Anything => of("Look", json!("*"), None),
        Bound::Groups => of("ChangeGroups", groups(), Some(tagged("aws:ResourceTag", boundary))),
        Bound::Sizes => of("ChangeSizes", groups(), Some(sizes(boundary))),
        Bound::Memory => of("Remember", groups(), Some(memory(boundary))),
        Bound::Tags => of("TagGroups", groups(), Some(tagged("aws:ResourceTag", boundary))),
        Bound::NewGroups => of("MakeGroups", groups(), Some(tagged("aws:RequestTag", boundary))),
        Bound::NewTemplates => {
            of("MakeTemplates", templates(), Some(tagged("aws:RequestTag", boundary)))
        }
        Bound::Templates => {
            of("ChangeTemplates", templates(), Some(tagged("aws:ResourceTag", boundary)))
        }
        Bound::Alarms => {
            let names = format!("alarm:{}*", wake_prefix(platform, environment));
            of("WakeAlarms", arn("cloudwatch", names), None)
        }
        Bound::Metrics => vec![metrics("PublishSummaries", &[SUMMARIES])],
        Bound::Parameters => {
            let names = format!("parameter/plimsoll/{platform}/{environment}/*");
            of("Parameters", arn("ssm", names), None)
        }
    }
}

/// The statement for an action that AWS asks for behind a call.
pub(super) fn needed(action: Depends, boundary: &Boundary) -> Value {
    let Boundary { partition, account, region, platform, environment, .. } = boundary;
    let one = |sid, action, resource: String, condition| {
        statement(sid, &BTreeSet::from([action]), &json!(resource), condition)
    };
    match action {
        Depends::PassRole => {
            let role = format!("arn:{partition}:iam::{account}:role/*");
            let condition =
                json!({ "StringEquals": { "iam:PassedToService": "ec2.amazonaws.com" } });
            one("PassInstanceRole", "iam:PassRole", role, Some(condition))
        }
        Depends::ServiceLinkedRole => {
            let role = format!(
                "arn:{partition}:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/*"
            );
            let name = json!({ "iam:AWSServiceName": "autoscaling.amazonaws.com" });
            let condition = Some(json!({ "StringEquals": name }));
            one("ServiceLinkedRole", "iam:CreateServiceLinkedRole", role, condition)
        }
        Depends::RunInstances => one("LaunchFromTemplates", "ec2:RunInstances", "*".into(), None),
        Depends::CreateTags => {
            let resource = format!("arn:{partition}:ec2:{region}:{account}:*/*");
            let from = ["CreateLaunchTemplate", "RunInstances"];
            let condition = Some(json!({ "StringEquals": { "ec2:CreateAction": from } }));
            one("TagWhatIsMade", "ec2:CreateTags", resource, condition)
        }
        Depends::TagAlarms => {
            let prefix = wake_prefix(platform, environment);
            let names = format!("arn:{partition}:cloudwatch:{region}:{account}:alarm:{prefix}*");
            one("TagWakeAlarms", "cloudwatch:TagResource", names, None)
        }
        Depends::ImageParameters => {
            let names = format!("arn:{partition}:ssm:{region}:*:parameter/*");
            one("ResolveImages", "ssm:GetParameters", names, None)
        }
    }
}

/// The grant to publish metrics of some namespaces.
pub(super) fn metrics(sid: &str, namespaces: &[&str]) -> Value {
    let condition = json!({ "StringEquals": { "cloudwatch:namespace": namespaces } });
    let actions = BTreeSet::from(["cloudwatch:PutMetricData"]);
    statement(sid, &actions, &json!("*"), Some(condition))
}

fn statement(
    sid: &str,
    actions: &BTreeSet<&str>,
    resource: &Value,
    condition: Option<Value>,
) -> Value {
    let mut statement = Map::new();
    statement.insert("Sid".to_owned(), json!(sid));
    statement.insert("Effect".to_owned(), json!("Allow"));
    statement.insert("Action".to_owned(), json!(actions));
    statement.insert("Resource".to_owned(), resource.clone());
    if let Some(condition) = condition {
        statement.insert("Condition".to_owned(), condition);
    }
    Value::Object(statement)
}

/// The platform's and environment's tags, on the resource or in the request.
fn tagged(where_: &str, boundary: &Boundary) -> Value {
    let pairs =
        [(tag_keys::PLATFORM, &boundary.platform), (tag_keys::ENVIRONMENT, &boundary.environment)];
    let tags: Map<String, Value> =
        pairs.into_iter().map(|(key, value)| (format!("{where_}/{key}"), json!(value))).collect();
    json!({ "StringEquals": tags })
}

/// The same, and no size beyond the largest of the spec.
fn sizes(boundary: &Boundary) -> Value {
    let most = boundary.most.to_string();
    let sizes = json!({ "autoscaling:MinSize": most, "autoscaling:MaxSize": most });
    and(tagged("aws:ResourceTag", boundary), "NumericLessThanEqualsIfExists", sizes)
}

/// The same as [`tagged`], and only tags that are the controller's memory.
fn memory(boundary: &Boundary) -> Value {
    let keys = [format!("{KEY_PREFIX}*"), moves::KEY.to_owned(), shortage::KEY.to_owned()];
    let keys = json!({ "aws:TagKeys": keys });
    and(tagged("aws:ResourceTag", boundary), "ForAllValues:StringLike", keys)
}

/// A condition with one operator more.
fn and(mut condition: Value, operator: &str, keys: Value) -> Value {
    if let Value::Object(operators) = &mut condition {
        operators.insert(operator.to_owned(), keys);
    }
    condition
}
