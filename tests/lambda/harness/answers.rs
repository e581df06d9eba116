//! Answers for Alfred's five stateless services, three instances each, written after what
//! LocalStack answers for the demo and the API references of the services.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::ACCOUNT;
use super::cbor::Cbor;
use super::http::{Answer, Request};
use super::metrics;
use super::world::{Group, SERVICES, World};

/// The operation that is asked for, in any of the protocols: query, JSON and CBOR.
pub(crate) fn operation(request: &Request) -> String {
    if let Some((_, operation)) = request.path.split_once("/operation/") {
        return operation.to_owned();
    }
    if let Some((_, operation)) = request.header("x-amz-target").rsplit_once('.') {
        return operation.to_owned();
    }
    form(request).get("Action").cloned().unwrap_or_else(|| "?".to_owned())
}

/// The answer of one region, noted down first.
pub(crate) fn answer(
    request: &Request,
    (service, region): (&str, &str),
    operation: &str,
    world: &mut World,
) -> Answer {
    let form = form(request);
    let group = ["AutoScalingGroupName", "Tags.member.1.ResourceId"];
    let group = group.iter().find_map(|key| form.get(*key)).map(String::as_str);
    let said = match operation {
        "GetMetricData" | "PutMetricData" => metrics::asked(request),
        _ => Value::Null,
    };
    let about = match operation {
        "UpdateAutoScalingGroup" => {
            let sizes =
                form.iter().filter(|(key, _)| !["Action", "Version"].contains(&key.as_str()));
            let sizes = sizes.filter(|(key, _)| *key != "AutoScalingGroupName");
            let sizes: String = sizes.map(|(key, size)| format!(" {key}={size}")).collect();
            format!(" {}{sizes}", group.unwrap_or_default())
        }
        "CreateOrUpdateTags" => format!(" {}", group.unwrap_or_default()),
        "PutMetricData" => format!(" {}", said["Namespace"].as_str().unwrap_or_default()),
        _ => String::new(),
    };
    world.calls.push(format!("{service}:{operation} {region}{about}"));
    match operation {
        "DescribeAutoScalingGroups" => query(operation, &groups(region, world)),
        "DescribeScheduledActions" => query(operation, "<ScheduledUpdateGroupActions/>"),
        "DescribeTargetGroups" => query(operation, &target_groups(region)),
        "CreateOrUpdateTags" => {
            tag(&form, world);
            query(operation, "")
        }
        "PutScheduledUpdateGroupAction" => query(operation, ""),
        "UpdateAutoScalingGroup" => {
            if let Some(group) = group.and_then(|name| world.groups.get_mut(name)) {
                let fields = [
                    ("MinSize", &mut group.min),
                    ("MaxSize", &mut group.max),
                    ("DesiredCapacity", &mut group.desired),
                ];
                for (field, size) in fields {
                    *size = form.get(field).map_or(*size, |given| given.parse().unwrap());
                }
            }
            query(operation, "")
        }
        "GetParameters" => get_parameters(request, region, &world.parameters),
        "GetMetricData" => metrics::data(request, &said, world),
        "PutMetricData" => metrics::put(request, &said, world),
        _ => refusal(request, "UnknownOperationException"),
    }
}

/// AWS's refusal, as each protocol has it.
pub(crate) fn refusal(request: &Request, code: &str) -> Answer {
    let message = "the stub was told to refuse";
    let mut answer = if metrics::is_cbor(request) {
        let fields = [("__type", code), ("message", message)];
        cbor(&Cbor::Map(fields.map(|(key, text)| (key, Cbor::Text(text.to_owned()))).into()))
    } else if request.header("x-amz-target").is_empty() {
        let error = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
             <Message>{message}</Message></Error><RequestId>7c6e177f</RequestId></ErrorResponse>"
        );
        Answer::ok("text/xml", error)
    } else {
        json(&json!({ "__type": code, "message": message }))
    };
    answer.status = 400;
    answer
}

/// Keeps the tags of a group.
fn tag(form: &BTreeMap<String, String>, world: &mut World) {
    for position in 1.. {
        let field = |name| form.get(&format!("Tags.member.{position}.{name}"));
        let (Some(group), Some(key)) = (field("ResourceId"), field("Key")) else { break };
        if let Some(group) = world.groups.get_mut(group) {
            group.tags.insert(key.clone(), field("Value").cloned().unwrap_or_default());
        }
    }
}

/// The fields of a query, decoded.
fn form(request: &Request) -> BTreeMap<String, String> {
    let body = String::from_utf8_lossy(&request.body);
    let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (plain(key), plain(value))).collect()
}

fn plain(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let mut bytes = parts.next().unwrap_or_default().replace('+', " ").into_bytes();
    for part in parts {
        let (code, rest) = part.split_at_checked(2).expect("an escape has two digits");
        bytes.push(u8::from_str_radix(code, 16).expect("an escape has two digits"));
        bytes.extend(rest.replace('+', " ").bytes());
    }
    String::from_utf8(bytes).expect("a form is text")
}

fn query(operation: &str, result: &str) -> Answer {
    let body = format!(
        "<{operation}Response xmlns=\"http://autoscaling.amazonaws.com/doc/2011-01-01/\">\
         <{operation}Result>{result}</{operation}Result>\
         <ResponseMetadata><RequestId>7c6e177f</RequestId></ResponseMetadata>\
         </{operation}Response>"
    );
    Answer::ok("text/xml", body)
}

pub(super) fn json(body: &Value) -> Answer {
    Answer::ok("application/x-amz-json-1.1", body.to_string())
}

pub(super) fn cbor(body: &Cbor) -> Answer {
    let mut answer = Answer::ok("application/cbor", body.encode());
    answer.headers.push(("smithy-protocol", "rpc-v2-cbor".to_owned()));
    answer
}

fn groups(region: &str, world: &World) -> String {
    let member = |(name, group): (&String, &Group)| group_member(region, name, group);
    let members: String = world.groups.iter().map(member).collect();
    format!("<AutoScalingGroups>{members}</AutoScalingGroups>")
}

fn group_member(region: &str, name: &str, group: &Group) -> String {
    let Group { service, min, max, desired, tags } = group;
    let tag = |(key, value): (&String, &String)| {
        format!(
            "<member><ResourceId>{name}</ResourceId><ResourceType>auto-scaling-group</ResourceType>\
             <Key>{key}</Key><Value>{value}</Value><PropagateAtLaunch>true</PropagateAtLaunch></member>"
        )
    };
    let tags: String = tags.iter().map(tag).collect();
    let template = format!(
        "<LaunchTemplate><LaunchTemplateId>lt-0a1b2c3d</LaunchTemplateId>\
         <LaunchTemplateName>{name}</LaunchTemplateName><Version>3</Version></LaunchTemplate>"
    );
    let instances = ["a", "b", "c"].map(|zone| {
        format!(
            "<member><InstanceId>i-0{service}{zone}</InstanceId>\
             <AvailabilityZone>{region}{zone}</AvailabilityZone>\
             <LifecycleState>InService</LifecycleState><HealthStatus>Healthy</HealthStatus>\
             <ProtectedFromScaleIn>false</ProtectedFromScaleIn>{template}</member>"
        )
    });
    let instances = instances.concat();
    format!(
        "<member><AutoScalingGroupName>{name}</AutoScalingGroupName>\
         <AutoScalingGroupARN>arn:aws:autoscaling:{region}:{ACCOUNT}:autoScalingGroup:1:autoScalingGroupName/{name}</AutoScalingGroupARN>\
         {template}<MinSize>{min}</MinSize><MaxSize>{max}</MaxSize><DesiredCapacity>{desired}</DesiredCapacity>\
         <DefaultCooldown>300</DefaultCooldown><AvailabilityZones><member>{region}a</member></AvailabilityZones>\
         <TargetGroupARNs><member>{}</member></TargetGroupARNs>\
         <HealthCheckType>ELB</HealthCheckType><HealthCheckGracePeriod>300</HealthCheckGracePeriod>\
         <Instances>{instances}</Instances>{COLLECTED}<CreatedTime>2026-10-01T08:00:00Z</CreatedTime>\
         <VPCZoneIdentifier>subnet-1,subnet-2,subnet-3</VPCZoneIdentifier><Tags>{tags}</Tags>\
         <TerminationPolicies><member>Default</member></TerminationPolicies>\
         <DefaultInstanceWarmup>120</DefaultInstanceWarmup></member>",
        target_group_arn(region, service)
    )
}

/// Of the metrics that the spec lets groups collect, those that the controller reads.
const COLLECTED: &str = "<EnabledMetrics>\
    <member><Metric>GroupDesiredCapacity</Metric><Granularity>1Minute</Granularity></member>\
    <member><Metric>GroupInServiceInstances</Metric><Granularity>1Minute</Granularity></member>\
    <member><Metric>GroupTotalInstances</Metric><Granularity>1Minute</Granularity></member>\
    </EnabledMetrics>";

fn target_group_arn(region: &str, service: &str) -> String {
    format!(
        "arn:aws:elasticloadbalancing:{region}:{ACCOUNT}:targetgroup/alfred-prod-{service}/943f017f100becff"
    )
}

fn target_groups(region: &str) -> String {
    let mut members = String::new();
    for (service, ..) in SERVICES {
        let _ = write!(
            members,
            "<member><TargetGroupArn>{}</TargetGroupArn><TargetGroupName>alfred-prod-{service}</TargetGroupName>\
             <LoadBalancerArns><member>arn:aws:elasticloadbalancing:{region}:{ACCOUNT}:loadbalancer/app/alfred/50dc6c495c0c9188</member></LoadBalancerArns></member>",
            target_group_arn(region, service)
        );
    }
    format!("<TargetGroups>{members}</TargetGroups>")
}

fn get_parameters(
    request: &Request,
    region: &str,
    parameters: &BTreeMap<String, String>,
) -> Answer {
    let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let names: Vec<&str> =
        asked["Names"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let (found, missing): (Vec<&str>, Vec<&str>) =
        names.into_iter().partition(|name| parameters.contains_key(*name));
    let found: Vec<Value> = found
        .into_iter()
        .map(|name| {
            json!({
                "Name": name,
                "Type": "String",
                "Value": parameters[name],
                "Version": 1,
                "LastModifiedDate": 1_793_000_000.0,
                "ARN": format!("arn:aws:ssm:{region}:{ACCOUNT}:parameter{name}"),
                "DataType": "text",
            })
        })
        .collect();
    json(&json!({ "Parameters": found, "InvalidParameters": missing }))
}
