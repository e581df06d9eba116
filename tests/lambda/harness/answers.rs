//! Answers for Alfred's five stateless services, three instances each, written after what
//! LocalStack answers for the demo and the API references of the services.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::ACCOUNT;
use super::cbor::{Cbor, texts_of};
use super::http::{Answer, Request};

const SERVICES: [&str; 5] =
    ["agent-core", "agent-rag", "agent-financial", "agent-legal", "agent-social"];

/// Points of each series: a quarter of an hour.
const MINUTES: u32 = 15;

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

/// The answer of one region.
pub(crate) fn answer(
    request: &Request,
    region: &str,
    operation: &str,
    parameters: &BTreeMap<String, String>,
) -> Answer {
    match operation {
        "DescribeAutoScalingGroups" => query(operation, &groups(region)),
        "DescribePolicies" => query(operation, &policies()),
        "DescribeScheduledActions" => query(operation, "<ScheduledUpdateGroupActions/>"),
        "DescribeTargetGroups" => query(operation, &target_groups(region)),
        "GetParameters" => get_parameters(request, region, parameters),
        "GetMetricData" => metric_data(request),
        "PutMetricData" if is_cbor(request) => cbor(&Cbor::Map(Vec::new())),
        "PutMetricData" => Answer::ok("application/x-amz-json-1.0", "{}"),
        _ => Answer { status: 400, ..json(&json!({ "__type": "UnknownOperationException" })) },
    }
}

/// The fields of a query, decoded as far as names and numbers need it.
fn form(request: &Request) -> BTreeMap<String, String> {
    let body = String::from_utf8_lossy(&request.body);
    let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
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

fn json(body: &Value) -> Answer {
    Answer::ok("application/x-amz-json-1.1", body.to_string())
}

fn is_cbor(request: &Request) -> bool {
    request.header("smithy-protocol") == "rpc-v2-cbor"
}

fn cbor(body: &Cbor) -> Answer {
    let mut answer = Answer::ok("application/cbor", body.encode());
    answer.headers.push(("smithy-protocol", "rpc-v2-cbor".to_owned()));
    answer
}

fn group_name(service: &str) -> String {
    format!("alfred-production-{service}-a")
}

fn groups(region: &str) -> String {
    let members: String = SERVICES.iter().map(|service| group(region, service)).collect();
    format!("<AutoScalingGroups>{members}</AutoScalingGroups>")
}

fn group(region: &str, service: &str) -> String {
    let name = group_name(service);
    let tag = |key: &str, value: &str| {
        format!(
            "<member><ResourceId>{name}</ResourceId><ResourceType>auto-scaling-group</ResourceType>\
             <Key>{key}</Key><Value>{value}</Value><PropagateAtLaunch>true</PropagateAtLaunch></member>"
        )
    };
    let tags = tag("plimsoll:platform", "alfred")
        + &tag("plimsoll:environment", "production")
        + &tag("plimsoll:service", service)
        + &tag("plimsoll:role", "active");
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
         {template}<MinSize>2</MinSize><MaxSize>10</MaxSize><DesiredCapacity>3</DesiredCapacity>\
         <DefaultCooldown>300</DefaultCooldown><AvailabilityZones><member>{region}a</member></AvailabilityZones>\
         <TargetGroupARNs><member>{}</member></TargetGroupARNs>\
         <HealthCheckType>ELB</HealthCheckType><HealthCheckGracePeriod>300</HealthCheckGracePeriod>\
         <Instances>{instances}</Instances><CreatedTime>2026-10-01T08:00:00Z</CreatedTime>\
         <VPCZoneIdentifier>subnet-1,subnet-2,subnet-3</VPCZoneIdentifier><Tags>{tags}</Tags>\
         <TerminationPolicies><member>Default</member></TerminationPolicies>\
         <DefaultInstanceWarmup>120</DefaultInstanceWarmup></member>",
        target_group_arn(region, service)
    )
}

/// The one policy that a managed group keeps.
fn policies() -> String {
    let mut members = String::new();
    for service in SERVICES {
        let _ = write!(
            members,
            "<member><AutoScalingGroupName>{}</AutoScalingGroupName><PolicyName>plimsoll-backstop</PolicyName>\
             <PolicyARN>arn:aws:autoscaling:policy/{service}</PolicyARN>\
             <PolicyType>TargetTrackingScaling</PolicyType><StepAdjustments/><Alarms/><Enabled>true</Enabled>\
             <TargetTrackingConfiguration><PredefinedMetricSpecification>\
             <PredefinedMetricType>ASGAverageCPUUtilization</PredefinedMetricType>\
             </PredefinedMetricSpecification><TargetValue>90.0</TargetValue>\
             <DisableScaleIn>true</DisableScaleIn></TargetTrackingConfiguration></member>",
            group_name(service)
        );
    }
    format!("<ScalingPolicies>{members}</ScalingPolicies>")
}

fn target_group_arn(region: &str, service: &str) -> String {
    format!(
        "arn:aws:elasticloadbalancing:{region}:{ACCOUNT}:targetgroup/alfred-prod-{service}/943f017f100becff"
    )
}

fn target_groups(region: &str) -> String {
    let mut members = String::new();
    for service in SERVICES {
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

/// Each series that is asked for, at 60 %, minute by minute until now.
fn metric_data(request: &Request) -> Answer {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let minutes = (1..=u64::from(MINUTES)).rev().map(|minute| now / 60 * 60 - minute * 60);
    let times: Vec<f64> = minutes.map(|time| f64::from(u32::try_from(time).unwrap())).collect();
    if is_cbor(request) {
        let result = |id: String| {
            Cbor::Map(vec![
                ("Id", Cbor::Text(id.clone())),
                ("Label", Cbor::Text(id)),
                ("Timestamps", Cbor::List(times.iter().copied().map(Cbor::Time).collect())),
                ("Values", Cbor::List(times.iter().map(|_| Cbor::Float(60.0)).collect())),
                ("StatusCode", Cbor::Text("Complete".to_owned())),
            ])
        };
        let results = texts_of("Id", &request.body).into_iter().map(result).collect();
        return cbor(&Cbor::Map(vec![("MetricDataResults", Cbor::List(results))]));
    }
    let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let ids = asked["MetricDataQueries"].as_array().into_iter().flatten();
    let results: Vec<Value> = ids
        .map(|query| {
            let values = vec![60.0; times.len()];
            json!({ "Id": query["Id"], "Label": query["Id"], "Timestamps": times, "Values": values, "StatusCode": "Complete" })
        })
        .collect();
    json(&json!({ "MetricDataResults": results }))
}
