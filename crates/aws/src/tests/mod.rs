//! Mappings there and back, and whole calls over mocked answers.

#[cfg(feature = "operator")]
mod alarms;
#[cfg(not(feature = "operator"))]
mod controller;
mod measure;
mod parameters;
#[cfg(feature = "operator")]
mod parts;
#[cfg(feature = "operator")]
mod policies;
#[cfg(feature = "operator")]
mod templates;
#[cfg(feature = "operator")]
mod wire;
#[cfg(feature = "operator")]
mod wire_templates;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_autoscaling::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_mocks::{MockResponseInterceptor, Rule, create_mock_http_client};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
#[cfg(feature = "operator")]
use plimsoll_core::world::{RootVolume, TemplateData};

use crate::client::{Aws, Clients, behavior};

/// Pauses that a test does not notice.
const NO_TIME: &[Duration] = &[Duration::from_millis(1); 3];

const REGION: &str = "eu-central-1";

fn config() -> SdkConfig {
    let credentials = Credentials::new("key", "secret", None, None, "test");
    let retry = RetryConfig::standard()
        .with_max_attempts(3)
        .with_initial_backoff(Duration::from_millis(1))
        .with_max_backoff(Duration::from_millis(1));
    SdkConfig::builder()
        .behavior_version(behavior())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(retry)
        .build()
}

/// AWS with one region that answers by rules.
fn aws(rules: &[&Rule]) -> Aws {
    let aws = Aws::over(config(), NO_TIME);
    aws.put_clients(REGION, clients(REGION, rules));
    aws
}

/// Clients that answer by rules; a call that no rule foresees panics.
fn clients(region: &'static str, rules: &[&Rule]) -> Clients {
    let rules = rules.iter().fold(MockResponseInterceptor::new(), |all, rule| all.with_rule(rule));
    let rules = SharedInterceptor::new(rules);
    let config = config()
        .into_builder()
        .region(aws_types::region::Region::new(region))
        .http_client(create_mock_http_client())
        .build();
    let autoscaling = aws_sdk_autoscaling::config::Builder::from(&config);
    let cloudwatch = aws_sdk_cloudwatch::config::Builder::from(&config);
    #[cfg(feature = "operator")]
    let ec2 = aws_sdk_ec2::config::Builder::from(&config);
    let load_balancing = aws_sdk_elasticloadbalancingv2::config::Builder::from(&config);
    let ssm = aws_sdk_ssm::config::Builder::from(&config);
    Clients {
        autoscaling: aws_sdk_autoscaling::Client::from_conf(
            autoscaling.interceptor(rules.clone()).build(),
        ),
        cloudwatch: aws_sdk_cloudwatch::Client::from_conf(
            cloudwatch.interceptor(rules.clone()).build(),
        ),
        #[cfg(feature = "operator")]
        ec2: aws_sdk_ec2::Client::from_conf(ec2.interceptor(rules.clone()).build()),
        load_balancing: aws_sdk_elasticloadbalancingv2::Client::from_conf(
            load_balancing.interceptor(rules.clone()).build(),
        ),
        ssm: aws_sdk_ssm::Client::from_conf(ssm.interceptor(rules).build()),
    }
}

/// An error of the Auto Scaling API as it comes over the wire.
fn autoscaling_error(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
    )
}

/// An error of the EC2 API as it comes over the wire.
#[cfg(feature = "operator")]
fn ec2_error(code: &str, message: &str) -> String {
    format!(
        "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error>\
         </Errors><RequestID>1</RequestID></Response>"
    )
}

fn set<const N: usize>(items: [&str; N]) -> BTreeSet<String> {
    items.map(str::to_owned).into()
}

fn map<const N: usize>(items: [(&str, &str); N]) -> BTreeMap<String, String> {
    items.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

/// A template that uses every managed setting.
#[cfg(feature = "operator")]
fn template_data() -> TemplateData {
    TemplateData {
        image: "resolve:ssm:/aws/service/ami".to_owned(),
        instance_type: "c6i.large".to_owned(),
        instance_profile: Some("agent".to_owned()),
        user_data: Some("#!/bin/sh\necho grüß dich\n".to_owned()),
        security_groups: set(["sg-1", "sg-2"]),
        public_address: false,
        imdsv2_required: true,
        detailed_monitoring: true,
        root_volume: Some(RootVolume {
            device: "/dev/xvda".to_owned(),
            size_gib: 30,
            kind: "gp3".to_owned(),
            encrypted: true,
            delete_on_termination: true,
        }),
        volume_tags: map([("Name", "agent")]),
        unmanaged: BTreeSet::new(),
    }
}
