//! One table of a platform: service by region.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::action::Action;
use crate::bounds::{Bounds, Declared, Effective};
use crate::lease::{Lease, Leases, Unreadable, leases_of};
use crate::plan::{self, Options, Step};
use crate::spec::{Kind, Problem, Spec};
use crate::world::{Group, Region, RegionState, Role, Unreachable, World, tag_keys};

/// What a platform looks like now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The platform.
    pub platform: String,
    /// The environment.
    pub environment: String,
    /// The moment at which it does.
    pub at: Timestamp,
    /// One row for each service in each region that was read, by service and then region.
    pub rows: Vec<Row>,
    /// Totals by service.
    pub totals: BTreeMap<String, Totals>,
    /// What kept a service from being compared with the spec.
    pub problems: Vec<Problem>,
    /// Regions that could not be read.
    pub unreachable: BTreeMap<String, Unreachable>,
}

/// A service in a region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The service.
    pub service: String,
    /// The region.
    pub region: String,
    /// Whether it can be scaled out.
    pub kind: Kind,
    /// The group, when there is one.
    pub group: Option<GroupRow>,
}

/// The group of a service in a region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupRow {
    /// Its name.
    pub name: String,
    /// Its bounds as they are in AWS.
    pub bounds: Bounds,
    /// Its bounds as they should be now, schedule and leases included.
    pub effective: Bounds,
    /// The leases in force behind them.
    pub leases: Vec<Lease>,
    /// Tags that look like leases and cannot be read; they have no effect.
    pub unreadable: Vec<Unreadable>,
    /// The size that Auto Scaling steers to.
    pub desired: u32,
    /// Instances in service.
    pub in_service: u32,
    /// Healthy targets; `None` without a target group.
    pub healthy_targets: Option<u32>,
    /// Policies that are as the spec has them.
    pub policies_in_place: u32,
    /// Policies that the spec has.
    pub policies_wanted: u32,
    /// What differs from the spec, in the words of a plan; empty when nothing does.
    pub drift: Vec<String>,
}

/// Sums over the regions that were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Of the minima.
    pub min: u32,
    /// Of the desired capacities.
    pub desired: u32,
    /// Of the maxima.
    pub max: u32,
    /// Of the instances in service.
    pub in_service: u32,
}

/// What the platform looks like at `now`, compared with the spec by the plan.
#[must_use]
pub fn status(spec: &Spec, world: &World, now: Timestamp, options: &Options) -> Status {
    let plan = plan::plan(spec, world, now, options);
    let mut status = Status {
        platform: spec.platform.clone(),
        environment: spec.environment.clone(),
        at: now,
        rows: Vec::new(),
        totals: BTreeMap::new(),
        problems: plan.problems.clone(),
        unreachable: BTreeMap::new(),
    };
    for (name, state) in &world.regions {
        let region = match state {
            RegionState::Observed(region) => region,
            RegionState::Unreachable(why) => {
                status.unreachable.insert(name.clone(), why.clone());
                continue;
            }
        };
        let steps = plan.regions.get(name).map_or(&[][..], plan::RegionPlan::steps);
        let Some(declared) = spec.regions.get(name) else { continue };
        for (service, wanted) in &declared.services {
            if !options.services.is_empty() && !options.services.contains(service) {
                continue;
            }
            let living = find(region, service);
            let leases = leases_of(wanted, living);
            let effective = Declared::of(declared, wanted).with(&leases, now);
            let own: Vec<&Step> = steps.iter().filter(|step| step.service == *service).collect();
            let policies = wanted.native_policies().len();
            let group = living.map(|group| row(region, group, &effective, policies, &own));
            if let Some(group) = &group {
                let totals = status.totals.entry(service.clone()).or_default();
                totals.min += group.bounds.min;
                totals.max += group.bounds.max;
                totals.desired += group.desired;
                totals.in_service += group.in_service;
            }
            let (service, region) = (service.clone(), name.clone());
            status.rows.push(Row { service, region, kind: wanted.kind, group });
        }
    }
    status.rows.sort_by(|a, b| (&a.service, &a.region).cmp(&(&b.service, &b.region)));
    status
}

fn find<'a>(region: &'a Region, service: &str) -> Option<&'a Group> {
    region.groups.iter().find(|group| {
        group.tag(tag_keys::SERVICE) == Some(service)
            && group.tag(tag_keys::ROLE).is_none_or(|role| role == Role::Active.as_str())
    })
}

fn row(
    region: &Region,
    group: &Group,
    effective: &Effective,
    policies: usize,
    steps: &[&Step],
) -> GroupRow {
    let puts = steps.iter().filter(|step| matches!(step.action, Action::PutPolicy { .. })).count();
    let healthy = region
        .target_groups
        .iter()
        .filter(|target| group.target_groups.contains(&target.arn))
        .flat_map(|target| target.healthy_targets.iter().flatten())
        .filter(|target| group.instances.iter().any(|instance| instance.id == **target));
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    GroupRow {
        name: group.name.clone(),
        bounds: group.bounds,
        effective: effective.bounds,
        leases: effective.leases.clone(),
        unreadable: Leases::of(group).unreadable,
        desired: group.desired,
        in_service: small(group.in_service()),
        healthy_targets: (!group.target_groups.is_empty()).then(|| small(healthy.count())),
        policies_in_place: small(policies.saturating_sub(puts)),
        policies_wanted: small(policies),
        drift: drift(steps),
    }
}

/// The fields that differ, and actions that have none.
fn drift(steps: &[&Step]) -> Vec<String> {
    steps
        .iter()
        .flat_map(|step| {
            let fields = step.changes.iter().map(|change| change.field.clone());
            let action = step.changes.is_empty().then(|| step.action.to_string());
            fields.chain(action)
        })
        .collect()
}
