//! What groups are built on: templates, subnets, security groups and target groups.

use plimsoll_core::cloud::{ActError, RegionScope};
use plimsoll_core::world::{SecurityGroup, Subnet};

use super::{Network, Reader};
use crate::call::Call;
use crate::convert::tags;

impl Reader {
    /// As much of the network as the scope asks for.
    pub(super) async fn network(&self, wanted: &RegionScope) -> Result<Network, ActError> {
        if !wanted.resources {
            let target_groups = self.target_groups_for(wanted).await?;
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
}
