//! The reads of the port.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use plimsoll_core::cloud::{ErrorClass, Query, RegionScope, Scope, Series, Window};
use plimsoll_core::world::{Group, Metric, Region, RegionState, TargetGroup, Unreachable, World};

use super::Engine;
use super::fleet::Fleet;

/// Metrics that are published, and not measured, have namespaces that begin so.
const OURS: &str = "Plimsoll/";

/// States of a region that reads may still show: until which second each was the newest.
pub(super) type Past = Vec<(u64, Region)>;

impl Engine {
    /// Seconds from the first moment.
    pub(crate) const fn now(&self) -> u64 {
        self.now
    }

    /// What can be seen from a region, or from outside.
    pub(crate) fn observe(&self, scope: &Scope, from: Option<&str>) -> World {
        let regions = scope.regions.iter().map(|(name, wanted)| {
            let state = match self.readable(name, from, "autoscaling:DescribeAutoScalingGroups") {
                Ok(place) => RegionState::Observed(Box::new(self.region(place, scope, wanted))),
                Err(why) => RegionState::Unreachable(why),
            };
            (name.clone(), state)
        });
        World { regions: regions.collect() }
    }

    /// The series of metrics that policies track, as far as they show.
    pub(crate) fn measure(
        &self,
        region: &str,
        queries: &[Query],
        window: Window,
        from: Option<&str>,
    ) -> Result<Vec<Series>, Unreachable> {
        let place = self.readable(region, from, "cloudwatch:GetMetricData")?;
        Ok(queries.iter().map(|query| self.series(place, region, query, window)).collect())
    }

    fn series(&self, place: usize, region: &str, query: &Query, window: Window) -> Series {
        if let Metric::Single(stat) = &query.metric
            && stat.namespace.starts_with(OURS)
        {
            return self.published(place, stat, window);
        }
        // CloudWatch knows metrics and no groups: one that is not there has no data.
        let Some((group, _)) = self.find(region, &query.group).and_then(|at| self.look(at)) else {
            return Series::default();
        };
        let managed = group.managed.iter().flat_map(|managed| &managed.gauges);
        let period = u64::from(query.metric.period().0);
        let gauge = group
            .native
            .iter()
            .chain(managed)
            .find(|gauge| gauge.metric == query.metric && gauge.period == period);
        let Some(gauge) = gauge else {
            return Series::unknown("no policy of the group tracks this metric");
        };
        let Some(whole) = window.whole_periods(query.metric.period()) else {
            return Series::default();
        };
        let points = gauge.points().filter_map(|(second, point)| {
            let second = i64::try_from(second).ok()?;
            let moment = self.start.checked_add(SignedDuration::from_secs(second)).ok()?;
            (whole.start <= moment && moment < whole.end).then_some((moment, point))
        });
        Series { points: points.collect(), ..Series::default() }
    }

    /// The place of a region that answers.
    pub(super) fn readable(
        &self,
        name: &str,
        from: Option<&str>,
        call: &str,
    ) -> Result<usize, Unreachable> {
        let dark = |class, message: &str| {
            let (call, message) = (call.to_owned(), message.to_owned());
            Unreachable { call, class, message }
        };
        let place = self.sites.iter().position(|site| site.name == name);
        let Some((place, site)) = place.and_then(|place| Some((place, self.sites.get(place)?)))
        else {
            return Err(dark(ErrorClass::Unreachable, "the twin has no such region"));
        };
        if site.ails.control_dark {
            return Err(dark(ErrorClass::Unreachable, "the API does not answer"));
        }
        if from.is_some_and(|from| site.ails.cut_off_from.contains(from)) {
            return Err(dark(ErrorClass::Unreachable, "the network between the regions is cut"));
        }
        if site.ails.throttled {
            return Err(dark(ErrorClass::Throttled, "Rate exceeded"));
        }
        Ok(place)
    }

    fn region(&self, place: usize, scope: &Scope, wanted: &RegionScope) -> Region {
        let Some(whole) = self.as_read(place) else { return Region::default() };
        let (groups, others): (Vec<Group>, Vec<Group>) =
            whole.groups.iter().cloned().partition(|group| scope.owns(group));
        let mut region = Region {
            groups,
            calls: vec!["autoscaling:DescribeAutoScalingGroups".to_owned()],
            ..Region::default()
        };
        if wanted.resources {
            region.templates.clone_from(&whole.templates);
            region.subnets.clone_from(&whole.subnets);
            region.security_groups.clone_from(&whole.security_groups);
        }
        if wanted.resources || wanted.target_groups || wanted.target_health {
            region.target_groups.clone_from(&whole.target_groups);
        }
        let names = scope.names_in_question(wanted, &region.templates);
        region.namesakes = others.into_iter().filter(|group| names.contains(&group.name)).collect();
        for group in region.groups.iter_mut().chain(&mut region.namesakes) {
            if !wanted.policies {
                group.policies.clear();
            }
            group.hooks = group.hooks.take().filter(|_| wanted.hooks_of.contains(&group.name));
        }
        if wanted.alarms {
            let prefix = scope.wake_prefix();
            let ours = whole.alarms.iter().filter(|(name, _)| name.starts_with(&prefix));
            region.alarms = ours.map(|(name, alarm)| (name.clone(), alarm.clone())).collect();
        }
        if wanted.instance_types {
            region.instance_types.clone_from(&whole.instance_types);
        }
        if wanted.target_health {
            let site = self.sites.get(place);
            let fleets = site.into_iter().flat_map(|site| &site.groups).map(|group| &group.fleet);
            let failing: BTreeSet<String> = fleets.flat_map(Fleet::out_of_rotation).collect();
            for target_group in &mut region.target_groups {
                let ours = |group: &Group| group.target_groups.contains(&target_group.arn);
                target_group.healthy_targets = region
                    .groups
                    .iter()
                    .any(ours)
                    .then(|| healthy(target_group, &whole.groups, &failing));
            }
        }
        region
    }

    /// A region as reads show it: as it was a while ago, when they lag.
    pub(super) fn as_read(&self, place: usize) -> Option<&Region> {
        let site = self.sites.get(place)?;
        let moment = self.now.saturating_sub(u64::from(site.ails.stale));
        let past = site.past.iter().find(|(until, _)| *until > moment);
        match self.world.regions.values().nth(place)? {
            RegionState::Observed(region) => Some(past.map_or(&**region, |(_, region)| region)),
            RegionState::Unreachable(_) => None,
        }
    }

    /// Keeps a region as it is before it changes, while reads lag there.
    pub(super) fn keep_past(&mut self, place: usize) {
        let now = self.now;
        let Some(site) = self.sites.get_mut(place) else { return };
        if site.ails.stale == 0 {
            site.past.clear();
            return;
        }
        let oldest = now.saturating_sub(u64::from(site.ails.stale));
        site.past.retain(|(until, _)| *until > oldest);
        // What changes twice in a second was never seen between.
        if site.past.last().is_some_and(|(until, _)| *until == now) {
            return;
        }
        if let Some(RegionState::Observed(region)) = self.world.regions.values().nth(place) {
            site.past.push((now, (**region).clone()));
        }
    }
}

/// Targets that take requests: in service, and not found to be failing.
fn healthy(
    target_group: &TargetGroup,
    groups: &[Group],
    failing: &BTreeSet<String>,
) -> BTreeSet<String> {
    groups
        .iter()
        .filter(|group| group.target_groups.contains(&target_group.arn))
        .flat_map(|group| &group.instances)
        .filter(|it| it.lifecycle == "InService" && !failing.contains(&it.id))
        .map(|instance| instance.id.clone())
        .collect()
}
