//! Target groups, and how their targets fare.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticloadbalancingv2::types::{self as sdk, TargetHealthStateEnum};
use futures::{StreamExt, TryStreamExt, stream};
use plimsoll_core::cloud::{ActError, RegionScope};
use plimsoll_core::world::{Group, TargetGroup};

use super::{AT_ONCE, Reader};
use crate::call::Call;

impl Reader {
    /// Target groups, when the scope asks for them or for the health of their targets.
    pub(super) async fn target_groups_for(
        &self,
        wanted: &RegionScope,
    ) -> Result<Vec<TargetGroup>, ActError> {
        if wanted.target_health {
            return self.target_groups().await;
        }
        if !wanted.target_groups {
            return Ok(Vec::new());
        }
        // They are asked for alone to name metrics, and a metric without a name is one without data:
        // that says less of a region, and is no reason to see nothing of it.
        match self.target_groups().await {
            Ok(target_groups) => Ok(target_groups),
            Err(error) => {
                tracing::warn!(region = self.region, %error, "metrics of load balancers are unknown");
                Ok(Vec::new())
            }
        }
    }

    pub(super) async fn target_groups(&self) -> Result<Vec<TargetGroup>, ActError> {
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
