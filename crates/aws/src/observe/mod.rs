//! One region as it is: two round trips, each a set of calls at once.
//!
//! ```text
//!   first: groups by tag, policies, scheduled actions, templates, subnets, security groups,
//!          target groups, instance types, alarms
//!   then:  what the first answers point at: namesakes, lifecycle hooks, target health
//! ```
//!
//! Everything that the plan compares is normalised here, so that a setting which AWS shows in
//! several ways (absent, zero, minus one, empty) has one form.

#[cfg(feature = "operator")]
pub(crate) mod alarms;
#[cfg(not(feature = "operator"))]
mod controller;
pub(crate) mod groups;
#[cfg(feature = "operator")]
pub(crate) mod hooks;
#[cfg(feature = "operator")]
mod instance_types;
#[cfg(feature = "operator")]
mod network;
pub(crate) mod policies;
pub(crate) mod schedules;
mod target_groups;
#[cfg(feature = "operator")]
pub(crate) mod templates;
#[cfg(feature = "operator")]
mod unmanaged;

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use plimsoll_core::cloud::{ActError, RegionScope, Scope};
use plimsoll_core::world::{Region, SecurityGroup, Subnet, TargetGroup, Template};

use crate::call::Call;
use crate::client::{Aws, Clients};
use crate::error::{Failure, act_error};

/// Calls of one kind that run at once. Load balancing throttles describes at some ten a second,
/// see aws-load-balancer-controller issue 2809.
const AT_ONCE: usize = 8;

/// Parts of groups, by the group's name and then by their own.
type ByGroup<T> = BTreeMap<String, BTreeMap<String, T>>;

/// What groups are built on.
#[derive(Default)]
struct Network {
    templates: BTreeMap<String, Template>,
    subnets: Vec<Subnet>,
    security_groups: Vec<SecurityGroup>,
    target_groups: Vec<TargetGroup>,
}

/// Reads one region.
///
/// # Errors
/// With the first call that fails: a region that is known in part would be planned wrongly.
pub(crate) async fn region(aws: &Aws, name: &str, scope: &Scope) -> Result<Region, ActError> {
    let nothing = RegionScope::default();
    let wanted = scope.regions.get(name).unwrap_or(&nothing);
    let reader = Reader::new(aws, name);

    let (mut groups, mut policies, mut schedules, mut network, instance_types, alarms) = tokio::try_join!(
        reader.groups_of(&scope.platform, &scope.environment),
        reader.policies_if(wanted.policies),
        reader.schedules(),
        reader.network(wanted),
        reader.instance_types(aws, wanted.instance_types),
        reader.alarms(scope, wanted),
    )?;

    let names = scope.names_in_question(wanted, &network.templates);
    let (mut namesakes, mut hooks, healthy) = tokio::try_join!(
        reader.namesakes(&names, &groups),
        reader.hooks(&wanted.hooks_of, &groups),
        reader.healthy_targets(wanted.target_health, &groups, &network.target_groups),
    )?;

    // Filters lag writes: a group that was made a moment ago is found by its name first.
    groups.extend(namesakes.extract_if(.., |group| scope.owns(group)));
    for group in groups.iter_mut().chain(&mut namesakes) {
        group.policies = policies.remove(&group.name).unwrap_or_default();
        group.schedules = schedules.remove(&group.name).unwrap_or_default();
        group.hooks = hooks.remove(&group.name);
    }
    for target_group in &mut network.target_groups {
        target_group.healthy_targets = healthy.get(&target_group.arn).cloned();
    }
    Ok(Region {
        groups,
        namesakes,
        templates: network.templates,
        subnets: network.subnets,
        security_groups: network.security_groups,
        target_groups: network.target_groups,
        instance_types,
        alarms,
        calls: reader.into_calls(),
    })
}

/// Makes the calls of one region and remembers them.
struct Reader {
    region: String,
    clients: Arc<Clients>,
    calls: Mutex<Vec<String>>,
}

impl Reader {
    fn new(aws: &Aws, region: &str) -> Self {
        let (region, clients) = (region.to_owned(), aws.clients(region));
        Self { region, clients, calls: Mutex::default() }
    }

    /// The pages of a listing; each was one call.
    fn pages<T, E>(&self, call: Call, pages: Result<Vec<T>, Failure<E>>) -> Result<Vec<T>, ActError>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let pages = pages.map_err(|error| act_error(call, &self.region, &error))?;
        tracing::debug!(region = self.region, call = call.name(), pages = pages.len(), "observed");
        let made = pages.iter().map(|_| call.name().to_owned());
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).extend(made);
        Ok(pages)
    }

    /// The answer of a single call.
    fn answer<T, E>(&self, call: Call, answer: Result<T, Failure<E>>) -> Result<T, ActError>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let answer = answer.map_err(|error| act_error(call, &self.region, &error))?;
        tracing::debug!(region = self.region, call = call.name(), "observed");
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call.name().to_owned());
        Ok(answer)
    }

    fn into_calls(self) -> Vec<String> {
        self.calls.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
