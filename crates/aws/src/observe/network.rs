//! What groups are built on: templates, subnets, security groups and target groups.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticloadbalancingv2::types::{self as sdk, TargetHealthStateEnum};
use futures::{StreamExt, TryStreamExt, stream};
use plimsoll_core::cloud::{ActError, RegionScope};
use plimsoll_core::world::{Group, SecurityGroup, Subnet, TargetGroup, Template};

use super::{AT_ONCE, Reader};
use crate::call::Call;
use crate::convert::tags;

/// What groups are built on.
#[derive(Default)]
pub(super) struct Network {
    pub(super) templates: BTreeMap<String, Template>,
    pub(super) subnets: Vec<Subnet>,
    pub(super) security_groups: Vec<SecurityGroup>,
    pub(super) target_groups: Vec<TargetGroup>,
}

impl Reader {
    /// As much of the network as the scope asks for.
    pub(super) async fn network(&self, wanted: &RegionScope) -> Result<Network, ActError> {
        if !wanted.resources {
            let target_groups =
                if wanted.target_health { self.target_groups().await? } else { Vec::new() };
            return Ok(Network { target_groups, ..Network::default() });
        }
        let (templates, subnets, security_groups, target_groups) = tokio::try_join!(
            self.templates(),
            self.subnets(),
            self.security_groups(),
            self.target_groups(),
        )?;
        Ok(Network { templates, subnets, security_groups, target_groups })
    }

    async fn subnets(&self) -> Result<Vec<Subnet>, ActError> {
        let pages = self
            .clients
            .ec2
            .describe_subnets()
            .into_paginator()
            .page_size(1000)
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await;
        let pages = self.pages(Call::DescribeSubnets, pages)?;
        let subnet = |subnet: &aws_sdk_ec2::types::Subnet| Subnet {
            id: subnet.subnet_id.clone().unwrap_or_default(),
            zone: subnet.availability_zone.clone().unwrap_or_default(),
            vpc: subnet.vpc_id.clone().unwrap_or_default(),
            tags: tags(subnet.tags()),
        };
        Ok(pages.iter().flat_map(|page| page.subnets().iter()).map(subnet).collect())
    }

    async fn security_groups(&self) -> Result<Vec<SecurityGroup>, ActError> {
        let pages = self
            .clients
            .ec2
            .describe_security_groups()
            .into_paginator()
            .page_size(1000)
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await;
        let pages = self.pages(Call::DescribeSecurityGroups, pages)?;
        let security_group = |group: &aws_sdk_ec2::types::SecurityGroup| SecurityGroup {
            id: group.group_id.clone().unwrap_or_default(),
            vpc: group.vpc_id.clone().unwrap_or_default(),
            tags: tags(group.tags()),
        };
        Ok(pages
            .iter()
            .flat_map(|page| page.security_groups().iter())
            .map(security_group)
            .collect())
    }

    async fn target_groups(&self) -> Result<Vec<TargetGroup>, ActError> {
        let pages = self
            .clients
            .load_balancing
            .describe_target_groups()
            .page_size(400)
            .into_paginator()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await;
        let pages = self.pages(Call::DescribeTargetGroups, pages)?;
        let target_group = |group: &sdk::TargetGroup| TargetGroup {
            arn: group.target_group_arn.clone().unwrap_or_default(),
            name: group.target_group_name.clone().unwrap_or_default(),
            load_balancers: group.load_balancer_arns().iter().cloned().collect(),
            healthy_targets: None,
        };
        Ok(pages.iter().flat_map(|page| page.target_groups().iter()).map(target_group).collect())
    }

    /// Healthy targets by the ARN of those `target_groups` that `groups` register with. The API
    /// takes one target group per call.
    pub(super) async fn healthy_targets(
        &self,
        wanted: bool,
        groups: &[Group],
        target_groups: &[TargetGroup],
    ) -> Result<BTreeMap<String, BTreeSet<String>>, ActError> {
        let ours: BTreeSet<&String> =
            groups.iter().flat_map(|group| &group.target_groups).collect();
        let read = target_groups.iter().map(|group| &group.arn);
        let arns: Vec<String> = read.filter(|arn| wanted && ours.contains(arn)).cloned().collect();
        stream::iter(arns.into_iter().map(|arn| self.healthy_targets_of(arn)))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    async fn healthy_targets_of(
        &self,
        arn: String,
    ) -> Result<(String, BTreeSet<String>), ActError> {
        let client = &self.clients.load_balancing;
        let answer = client.describe_target_health().target_group_arn(&arn).send().await;
        let answer = self.answer(Call::DescribeTargetHealth, answer)?;
        let healthy = answer.target_health_descriptions().iter().filter(|target| {
            let state = target.target_health().and_then(|health| health.state());
            state == Some(&TargetHealthStateEnum::Healthy)
        });
        let ids = healthy.filter_map(|target| target.target()?.id.clone()).collect();
        Ok((arn, ids))
    }
}
