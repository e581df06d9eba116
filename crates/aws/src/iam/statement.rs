//! Statements of a policy: resources and conditions, as IAM has them for each action.

use std::collections::BTreeSet;

use plimsoll_core::controller::switch;
use plimsoll_core::lease::KEY_PREFIX;
use plimsoll_core::peers::NAMESPACE;
use plimsoll_core::reflex::{moves, shortage};
use plimsoll_core::world::{tag_keys, wake_prefix};
use serde_json::{Map, Value, json};

use super::table::{Bound, Depends};
use super::{Boundary, Role};
use crate::published;

/// The statement that grants some actions.
pub(super) fn granted(
    bound: Bound,
    role: Role,
    actions: &BTreeSet<&'static str>,
    boundary: &Boundary,
) -> Value {
    let Boundary { platform, environment, .. } = boundary;
    // Groups are known by their tags. An operator deletes those that were named otherwise too; the
    // controller has no business with them.
    let names = if role == Role::Controller {
        format!("{platform}-{environment}-*")
    } else {
        "*".to_owned()
    };
    let groups = || {
        let names = format!("autoScalingGroup:*:autoScalingGroupName/{names}");
        json!(arn(boundary, "autoscaling", &names))
    };
    let templates = || json!(arn(boundary, "ec2", "launch-template/*"));
    let of = |sid: &str, resource: Value, condition: Option<Value>| {
        statement(sid, actions, &resource, condition)
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
            of("WakeAlarms", json!(arn(boundary, "cloudwatch", &names)), None)
        }
        Bound::Metrics => metrics("PublishSummaries", NAMESPACE, boundary),
        Bound::Parameters => of("Parameters", parameters(role, boundary), None),
    }
}

/// What the controller's function needs beside the calls that it makes itself: to be handed what
/// woke it, and to write its log.
pub(super) fn shell(boundary: &Boundary) -> [Value; 2] {
    let Boundary { platform, environment, .. } = boundary;
    let name = format!("plimsoll-{platform}-{environment}-controller");
    let log = format!("log-group:/aws/lambda/{name}:log-stream:*");
    let receive = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
    let write = ["logs:CreateLogStream", "logs:PutLogEvents"];
    let one = |sid, actions: &[&'static str], service, rest: &str| {
        let resource = json!(arn(boundary, service, rest));
        statement(sid, &actions.iter().copied().collect(), &resource, None)
    };
    [one("ReceiveTriggers", &receive, "sqs", &name), one("WriteLog", &write, "logs", &log)]
}

/// The controller reads the two that it lives by.
fn parameters(role: Role, boundary: &Boundary) -> Value {
    let Boundary { platform, environment, .. } = boundary;
    let own = |name: &str| arn(boundary, "ssm", &format!("parameter{name}"));
    if role == Role::Controller {
        let spec = published::parameter(platform, environment);
        json!([own(&switch::parameter(platform, environment)), own(&spec)])
    } else {
        json!(own(&format!("/plimsoll/{platform}/{environment}/*")))
    }
}

fn arn(boundary: &Boundary, service: &str, rest: &str) -> String {
    let Boundary { partition, account, region, .. } = boundary;
    format!("arn:{partition}:{service}:{region}:{account}:{rest}")
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

/// The grant to publish metrics of a namespace, in the region of the boundary. The action knows no
/// resources, so only the request says where.
pub(super) fn metrics(sid: &str, namespace: &str, boundary: &Boundary) -> Value {
    let mut equals = Map::from_iter([("cloudwatch:namespace".to_owned(), json!(namespace))]);
    if boundary.region != "*" {
        equals.insert("aws:RequestedRegion".to_owned(), json!(boundary.region));
    }
    let actions = BTreeSet::from(["cloudwatch:PutMetricData"]);
    statement(sid, &actions, &json!("*"), Some(json!({ "StringEquals": equals })))
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
    let sizes = json!({ "autoscaling:MinSize": [most], "autoscaling:MaxSize": [most] });
    also(tagged("aws:ResourceTag", boundary), "NumericLessThanEqualsIfExists", sizes)
}

/// The same as [`tagged`], and only tags that are the controller's memory.
fn memory(boundary: &Boundary) -> Value {
    let keys = [format!("{KEY_PREFIX}*"), moves::KEY.to_owned(), shortage::KEY.to_owned()];
    let keys = json!({ "aws:TagKeys": keys });
    also(tagged("aws:ResourceTag", boundary), "ForAllValues:StringLike", keys)
}

/// A condition that asks for one thing more.
fn also(mut condition: Value, operator: &str, keys: Value) -> Value {
    if let Some(operators) = condition.as_object_mut() {
        operators.insert(operator.to_owned(), keys);
    }
    condition
}
