//! What the controller does not read, since a plan needs it and a tick does not.

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Ready, ready};

use plimsoll_core::cloud::{ActError, ErrorClass, RegionScope, Scope};
use plimsoll_core::world::{Alarm, Group, InstanceType, LifecycleHook};

use super::{ByGroup, Network, Reader};
use crate::call::Call;
use crate::client::Aws;
use crate::error::refusal;

impl Reader {
    /// Target groups, when the scope asks for them.
    pub(super) async fn network(&self, wanted: &RegionScope) -> Result<Network, ActError> {
        if wanted.resources {
            return Err(self.beyond(Call::DescribeSubnets));
        }
        let target_groups = self.target_groups_for(wanted).await?;
        Ok(Network { target_groups, ..Network::default() })
    }

    pub(super) fn instance_types(
        &self,
        _: &Aws,
        wanted: bool,
    ) -> Ready<Result<Vec<InstanceType>, ActError>> {
        ready(if wanted { Err(self.beyond(Call::DescribeInstanceTypes)) } else { Ok(Vec::new()) })
    }

    pub(super) fn hooks(
        &self,
        wanted: &BTreeSet<String>,
        _: &[Group],
    ) -> Ready<Result<ByGroup<LifecycleHook>, ActError>> {
        let beyond = || Err(self.beyond(Call::DescribeLifecycleHooks));
        ready(if wanted.is_empty() { Ok(BTreeMap::new()) } else { beyond() })
    }

    pub(super) fn alarms(
        &self,
        _: &Scope,
        wanted: &RegionScope,
    ) -> Ready<Result<BTreeMap<String, Alarm>, ActError>> {
        let beyond = || Err(self.beyond(Call::DescribeAlarms));
        ready(if wanted.alarms { beyond() } else { Ok(BTreeMap::new()) })
    }

    fn beyond(&self, call: Call) -> ActError {
        refusal(call, &self.region, ErrorClass::Invalid, "the controller does not read this")
    }
}
