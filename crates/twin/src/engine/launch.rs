//! Auto Scaling brings a group to its desired capacity: it terminates, launches, and balances the
//! zones.

use plimsoll_core::units::Instances;
use plimsoll_core::world::{self, HookTransition, RegionState, ZoneDistribution};

use super::Engine;
use super::lifecycle::has_hook;
use super::queue::{At, Step};
use super::sizing::{Difference, difference, is_suspended};
use super::tally::Tally;
use crate::outcome::MarkKind;

/// How long Auto Scaling waits before it tries a launch again. AWS publishes no number.
const RETRY: u64 = 60;

impl Engine {
    /// Launches or terminates after Auto Scaling's usual delay.
    pub(super) fn reconcile_soon(&mut self, at: At) {
        self.reconcile_in(u64::from(self.model.launch_delay.0), at);
    }

    /// Tries again after a while.
    pub(super) fn retry(&mut self, at: At) {
        self.reconcile_in(RETRY, at);
    }

    /// One that is queued for an earlier second, or for the same, will do.
    fn reconcile_in(&mut self, seconds: u64, at: At) {
        let when = self.now + seconds;
        let earlier = self.with(at, |group, _| {
            let earlier = group.reconcile_at.is_none_or(|queued| when < queued);
            if earlier {
                group.reconcile_at = Some(when);
            }
            earlier
        });
        if earlier == Some(true) {
            self.queue_in(seconds, at, Step::Reconcile);
        }
    }

    /// Launches or terminates until the size is what is desired. A control plane that is dark does
    /// neither.
    pub(super) fn reconcile(&mut self, at: At) {
        let now = self.now;
        self.with(at, |group, _| group.reconcile_at.take_if(|queued| *queued <= now));
        if self.answers(at.site) {
            self.shrink(at);
            self.grow(at);
            self.fill_pool(at);
        } else {
            self.refuse(at, "the control plane does not answer");
        }
    }

    /// How the size of a group differs from what it should be.
    fn difference(&self, at: At) -> Difference {
        let found = self.look(at).map(|(group, seen)| difference(group.fleet.counts(), seen));
        found.unwrap_or_default()
    }

    fn shrink(&mut self, at: At) {
        if self.look(at).is_none_or(|(_, seen)| is_suspended(seen, "Terminate")) {
            return;
        }
        let now = self.now;
        let Difference { unhealthy, surplus, .. } = self.difference(at);
        if unhealthy > 0 {
            let found = self.with(at, |group, _| group.fleet.unhealthy()).unwrap_or_default();
            for id in found.into_iter().take(usize::try_from(unhealthy).unwrap_or(usize::MAX)) {
                self.terminate(at, id);
            }
        }
        for _ in 0..surplus {
            let victim = self.with(at, |group, seen| group.fleet.victim(seen, now)).flatten();
            // What is left is protected: the size stays above what is desired.
            let Some(victim) = victim else { break };
            self.terminate(at, victim);
        }
    }

    fn grow(&mut self, at: At) {
        if self.look(at).is_none_or(|(_, seen)| is_suspended(seen, "Launch")) {
            return;
        }
        let Difference { missing, surplus, .. } = self.difference(at);
        if missing > 0 {
            return self.launch(at, missing);
        }
        if surplus == 0
            && let Some(zone) = self.neglected_zone(at)
        {
            self.launch_in(at, &zone, true);
        }
    }

    fn launch(&mut self, at: At, count: Instances) {
        for _ in 0..count {
            match self.zone_for(at) {
                Ok(zone) => self.launch_in(at, &zone, false),
                Err(why) => return self.refuse(at, why),
            }
        }
        let now = self.now;
        self.with(at, |group, _| group.rises.launched(now));
    }

    /// Something is to be done and cannot be: it is tried again.
    fn refuse(&mut self, at: At, why: &str) {
        if self.difference(at) == Difference::default() {
            return;
        }
        if self.difference(at).missing > 0 {
            self.mark(at, MarkKind::LaunchFailed, || format!("cannot launch: {why}"));
            self.with(at, |group, _| {
                group.watch.failed = true;
                Tally::one_more(&mut group.tally.holds, &format!("launch: {why}"));
            });
        }
        self.retry(at);
    }

    /// The zone with the fewest instances that can launch.
    pub(super) fn zone_for(&self, at: At) -> Result<String, &'static str> {
        let nowhere = Err("the group has no subnet");
        let Some((_, seen)) = self.look(at) else { return nowhere };
        let mut why = nowhere;
        for (_, zone) in self.zones(at, seen) {
            match self.refusal(at, seen, zone) {
                None => return Ok(zone.to_owned()),
                Some(refusal) => why = Err(refusal),
            }
            if seen.settings.zones == ZoneDistribution::BalancedOnly {
                break;
            }
        }
        why
    }

    /// A zone that has two instances less than another and can launch: Auto Scaling launches there
    /// before it terminates elsewhere, one at a time.
    ///
    /// Source: EC2 Auto Scaling user guide, "Auto Scaling benefits", rebalancing.
    fn neglected_zone(&self, at: At) -> Option<String> {
        let (group, seen) = self.look(at)?;
        let counts = group.fleet.counts();
        let busy = counts.pending + counts.unhealthy > 0;
        if busy || is_suspended(seen, "AZRebalance") || is_suspended(seen, "Terminate") {
            return None;
        }
        let zones = self.zones(at, seen);
        let (fewest, zone) =
            *zones.iter().find(|(_, zone)| self.refusal(at, seen, zone).is_none())?;
        // The one that would go for it must not be protected, or this would have no end.
        let victim = group.fleet.victim(seen, self.now)?;
        let from = group.fleet.zone_of(seen, victim)?;
        (group.fleet.in_zone(seen, from) >= fewest + 2).then(|| zone.to_owned())
    }

    /// Why a group cannot launch in a zone.
    fn refusal(&self, at: At, seen: &world::Group, zone: &str) -> Option<&'static str> {
        self.sites.get(at.site)?.ails.refuses(zone, self.instance_type(at, seen))
    }

    fn launch_in(&mut self, at: At, zone: &str, extra: bool) {
        let (id, now) = (self.next_id, self.now);
        self.next_id += 1;
        let from_pool = self.with(at, |group, seen| {
            group.fleet.launch(seen, id, zone, now, extra);
            group.fleet.pool.take()
        });
        let lasts = self.boot(at, from_pool == Some(true));
        self.queue_in(lasts, at, Step::InService(id));
    }

    /// Seconds of a launch until service, hooks included. At least the shortest boot; what is above
    /// it is exponential.
    pub(super) fn boot(&mut self, at: At, from_pool: bool) -> u64 {
        let usual = if from_pool {
            f64::from(self.model.boot_warm.0)
        } else {
            let least = f64::from(self.model.boot_least.0);
            let mean = f64::from(self.model.boot_mean.0).max(least);
            (mean - least).mul_add(-(1.0 - self.rng.f64()).ln(), least)
        };
        let percent = self.sites.get(at.site).map_or(100, |site| site.ails.boot_percent);
        let hooked = self.look(at).is_some_and(|(_, seen)| has_hook(seen, HookTransition::Launch));
        let hook = if hooked { u64::from(self.model.hook.0) } else { 0 };
        whole_seconds(usual * f64::from(percent) / 100.0) + hook
    }

    /// Zones in which a group has subnets, with its live instances there, the fewest first.
    fn zones<'a>(&'a self, at: At, seen: &world::Group) -> Vec<(usize, &'a str)> {
        let Some((group, _)) = self.look(at) else { return Vec::new() };
        let Some(RegionState::Observed(region)) = self.world.regions.values().nth(at.site) else {
            return Vec::new();
        };
        let mut zones: Vec<(usize, &str)> = region
            .subnets
            .iter()
            .filter(|subnet| seen.settings.subnets.contains(&subnet.id))
            .map(|subnet| (group.fleet.in_zone(seen, &subnet.zone), subnet.zone.as_str()))
            .collect();
        zones.sort_unstable();
        zones.dedup();
        zones
    }

    fn instance_type(&self, at: At, seen: &world::Group) -> &str {
        let Some(RegionState::Observed(region)) = self.world.regions.values().nth(at.site) else {
            return "";
        };
        let name = seen.settings.template.as_ref().map(|template| &template.name);
        name.and_then(|name| region.templates.get(name))
            .map_or("", |template| template.data.instance_type.as_str())
    }
}

fn whole_seconds(seconds: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a boot time: far below 2^52, and what is no number becomes 0"
    )]
    {
        seconds.round().max(1.0) as u64
    }
}
