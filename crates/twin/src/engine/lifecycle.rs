//! Events: instances come and go, and scheduled actions fire.

use plimsoll_core::bounds::{Bounds, next_change};
use plimsoll_core::units::Instances;
use plimsoll_core::world::{self, HookTransition, ScheduledAction, ZoneDistribution};

use super::group::Group;
use super::queue::{At, Event};
use super::tally::Tally;
use super::{Engine, seen_mut};
use crate::outcome::MarkKind;

/// How long Auto Scaling waits before it tries a launch again. AWS publishes no number.
const RETRY: u64 = 60;

impl Engine {
    /// Lets an event happen.
    pub(super) fn happen(&mut self, at: u64, event: Event) {
        self.now = at;
        let group = match event {
            Event::Fault(fault) => return self.change_fault(fault),
            Event::Traffic(site) => return self.notice(site),
            Event::Reconcile(group)
            | Event::InService(group, _)
            | Event::Warm(group, _)
            | Event::Schedule(group)
            | Event::Pooled(group)
            | Event::Replace(group)
            | Event::Gone(group, _) => group,
        };
        self.keep_past(group.site);
        if let Some(site) = self.sites.get_mut(group.site) {
            site.advance(at);
        }
        match event {
            Event::InService(_, id) => self.serve(group, id),
            Event::Warm(_, id) => self.with(group, |group, _| group.fleet.warm(id)),
            Event::Schedule(_) => self.fire(group),
            Event::Pooled(_) => self.with(group, |group, _| group.fleet.pool_one()),
            Event::Replace(_) => self.replace_dead(group),
            Event::Gone(_, id) => {
                self.with(group, |group, seen| group.fleet.forget(seen, id));
                self.reconcile(group);
            }
            Event::Reconcile(_) | Event::Fault(_) | Event::Traffic(_) => self.reconcile(group),
        }
        self.reflow(group.site);
        self.tell_overloads();
    }

    /// Does something with a group as the twin and as the world has it.
    pub(super) fn with(&mut self, at: At, change: impl FnOnce(&mut Group, &mut world::Group)) {
        let group = self.sites.get_mut(at.site).and_then(|site| site.groups.get_mut(at.group));
        if let (Some(group), Some(seen)) = (group, seen_mut(&mut self.world, at)) {
            change(group, seen);
        }
    }

    /// Launches or terminates after Auto Scaling's usual delay.
    pub(super) fn reconcile_soon(&mut self, at: At) {
        let when = self.now + u64::from(self.model.launch_delay.0);
        let mut queued = true;
        self.with(at, |group, _| queued = std::mem::replace(&mut group.reconciling, true));
        if !queued {
            self.queue.push(when, Event::Reconcile(at));
        }
    }

    /// Launches or terminates until the size is what is desired.
    pub(super) fn reconcile(&mut self, at: At) {
        let (mut live, mut desired) = (0, 0);
        let mut suspended = (false, false);
        self.with(at, |group, seen| {
            group.reconciling = false;
            live = group.fleet.counts().live();
            desired = seen.desired;
            suspended = (seen.suspended.contains("Launch"), seen.suspended.contains("Terminate"));
        });
        if live < desired && !suspended.0 {
            self.launch(at, desired - live);
        } else if live > desired && !suspended.1 {
            for _ in desired..live {
                let mut victim = None;
                self.with(at, |group, seen| victim = group.fleet.victim(seen));
                // What is left is protected: the size stays above what is desired.
                let Some(victim) = victim else { break };
                self.terminate(at, victim);
            }
        }
        self.fill_pool(at);
    }

    fn launch(&mut self, at: At, count: Instances) {
        let mut refused = None;
        for _ in 0..count {
            match self.zone_for(at) {
                Ok(zone) => self.launch_in(at, &zone),
                Err(why) => {
                    refused = Some(why);
                    break;
                }
            }
        }
        let now = self.now;
        if let Some(why) = refused {
            self.mark(at, MarkKind::LaunchFailed, || format!("cannot launch: {why}"));
            self.with(at, |group, _| {
                Tally::one_more(&mut group.tally.holds, &format!("launch: {why}"));
                group.reconciling = true;
            });
            self.queue.push(now + RETRY, Event::Reconcile(at));
        } else {
            self.with(at, |group, _| group.rises.launched(now));
        }
    }

    /// The zone with the fewest instances that can launch.
    fn zone_for(&self, at: At) -> Result<String, &'static str> {
        let nowhere = Err("the group has no subnet");
        let Some((group, seen)) = self.look(at) else { return nowhere };
        let Some(site) = self.sites.get(at.site) else { return nowhere };
        let zones = self.zones(at, seen);
        let instance_type = self.instance_type(at, seen);
        let mut ordered: Vec<(usize, &str)> =
            zones.iter().map(|zone| (group.fleet.in_zone(seen, zone), *zone)).collect();
        ordered.sort_unstable();
        let mut why = nowhere;
        for (_, zone) in ordered {
            match site.ails.refuses(zone, instance_type) {
                None => return Ok(zone.to_owned()),
                Some(refusal) => why = Err(refusal),
            }
            if seen.settings.zones == ZoneDistribution::BalancedOnly {
                break;
            }
        }
        why
    }

    fn launch_in(&mut self, at: At, zone: &str) {
        let (id, now) = (self.next_id, self.now);
        self.next_id += 1;
        let percent = self.sites.get(at.site).map_or(100, |site| site.ails.boot_percent);
        let mut from_pool = false;
        let mut hooked = false;
        let decided = now.saturating_sub(u64::from(self.model.launch_delay.0));
        self.with(at, |group, seen| {
            group.fleet.launch(seen, id, zone, decided);
            from_pool = group.fleet.take_pooled();
            hooked = has_hook(seen, HookTransition::Launch);
        });
        let boot = self.boot_seconds(from_pool) * f64::from(percent) / 100.0;
        let hook = if hooked { u64::from(self.model.hook.0) } else { 0 };
        self.queue.push(now + whole_seconds(boot) + hook, Event::InService(at, id));
    }

    /// At least the shortest boot; what is above it is exponential.
    fn boot_seconds(&mut self, from_pool: bool) -> f64 {
        if from_pool {
            return f64::from(self.model.boot_warm.0);
        }
        let least = f64::from(self.model.boot_least.0);
        let mean = f64::from(self.model.boot_mean.0).max(least);
        (mean - least).mul_add(-(1.0 - self.rng.f64()).ln(), least)
    }

    fn serve(&mut self, at: At, id: u64) {
        let now = self.now;
        let mut warm_at = None;
        self.with(at, |group, seen| {
            if group.fleet.serve(seen, id) {
                let decided = group.fleet.decided(id).unwrap_or(now);
                warm_at = Some(super::group::warm_at(seen, now, decided));
            }
        });
        if let Some(warm_at) = warm_at {
            self.queue.push(warm_at, Event::Warm(at, id));
        }
    }

    /// Takes an instance out of service; it is gone when it has drained.
    pub(super) fn terminate(&mut self, at: At, id: u64) {
        let (drain, hook) = (u64::from(self.model.drain.0), u64::from(self.model.hook.0));
        let mut lasts = 0;
        self.with(at, |group, seen| {
            lasts += if seen.target_groups.is_empty() { 0 } else { drain };
            lasts += if has_hook(seen, HookTransition::Terminate) { hook } else { 0 };
            group.fleet.terminate(seen, id);
            if seen.warm_pool.as_ref().is_some_and(|pool| pool.reuse_on_scale_in) {
                group.fleet.pooling += 1;
                group.fleet.pool_one();
            }
        });
        self.queue.push(self.now + lasts.max(1), Event::Gone(at, id));
    }

    /// Instances that died were found out: they are replaced, those that drain included.
    fn replace_dead(&mut self, at: At) {
        let mut dead = Vec::new();
        self.with(at, |group, seen| {
            dead = group.fleet.dead();
            for id in &dead {
                group.fleet.forget(seen, *id);
            }
        });
        if !dead.is_empty() {
            self.mark(at, MarkKind::Replaced, || {
                format!("{} lost instances are replaced", dead.len())
            });
            self.reconcile_soon(at);
        }
    }

    /// Prepares instances until the warm pool is full.
    /// Source: EC2 Auto Scaling API, `PutWarmPool`.
    fn fill_pool(&mut self, at: At) {
        let mut missing = 0;
        self.with(at, |group, seen| {
            let Some(pool) = &seen.warm_pool else { return };
            let most = pool.max_prepared.unwrap_or(seen.bounds.max).saturating_sub(seen.desired);
            let prepared = group.fleet.pooled + group.fleet.pooling;
            missing = most.max(pool.min).saturating_sub(prepared);
            group.fleet.pooling += missing;
        });
        for _ in 0..missing {
            let boot = self.boot_seconds(false);
            self.queue.push(self.now + whole_seconds(boot), Event::Pooled(at));
        }
    }

    /// Queues the next scheduled actions of a group.
    pub(super) fn queue_schedule(&mut self, at: At) {
        let after = self.moment(self.now);
        let Some((_, seen)) = self.look(at) else { return };
        let next = next_change(&seen.schedules, after).and_then(|(next, _)| self.second(next));
        let mut queued = None;
        self.with(at, |group, _| queued = std::mem::replace(&mut group.schedule_at, next));
        if let Some(next) = next.filter(|_| queued != next) {
            self.queue.push(next, Event::Schedule(at));
        }
    }

    /// Scheduled actions fire.
    fn fire(&mut self, at: At) {
        let before = self.moment(self.now.saturating_sub(1));
        let fired: Vec<(String, ScheduledAction)> = {
            let Some((group, seen)) = self.look(at) else { return };
            // The schedule may have changed since this was queued.
            if group.schedule_at != Some(self.now) {
                return;
            }
            let names = next_change(&seen.schedules, before).map(|(_, names)| names);
            let entry = |name: &str| Some((name.to_owned(), seen.schedules.get(name)?.clone()));
            names.unwrap_or_default().into_iter().filter_map(entry).collect()
        };
        let active =
            self.look(at).is_some_and(|(_, seen)| !seen.suspended.contains("ScheduledActions"));
        for (name, entry) in fired.into_iter().filter(|_| active) {
            let mut desired = None;
            self.with(at, |_, seen| {
                let min = entry.min.unwrap_or(seen.bounds.min);
                let max = entry.max.unwrap_or(seen.bounds.max);
                seen.bounds = Bounds { min: min.min(max), max };
                desired = Some(seen.bounds.clamp(entry.desired.unwrap_or(seen.desired)));
            });
            if let Some((_, seen)) = self.look(at) {
                let Bounds { min, max } = seen.bounds;
                self.mark(at, MarkKind::Schedule, || format!("{name}: bounds {min} to {max}"));
            }
            if let Some(desired) = desired {
                self.desire(at, desired, &format!("schedule {name}"), String::new);
            }
        }
        self.queue_schedule(at);
    }

    /// A group, to look at.
    pub(super) fn look(&self, at: At) -> Option<(&Group, &world::Group)> {
        let seen = self.world.regions.values().nth(at.site).map(super::groups)?.get(at.group)?;
        Some((self.sites.get(at.site)?.groups.get(at.group)?, seen))
    }

    /// Zones in which a group has subnets, in order.
    fn zones(&self, at: At, seen: &world::Group) -> Vec<&str> {
        let Some(world::RegionState::Observed(region)) = self.world.regions.values().nth(at.site)
        else {
            return Vec::new();
        };
        let mut zones: Vec<&str> = region
            .subnets
            .iter()
            .filter(|subnet| seen.settings.subnets.contains(&subnet.id))
            .map(|subnet| subnet.zone.as_str())
            .collect();
        zones.sort_unstable();
        zones.dedup();
        zones
    }

    fn instance_type(&self, at: At, seen: &world::Group) -> &str {
        let Some(world::RegionState::Observed(region)) = self.world.regions.values().nth(at.site)
        else {
            return "";
        };
        let name = seen.settings.template.as_ref().map(|template| &template.name);
        name.and_then(|name| region.templates.get(name))
            .map_or("", |template| template.data.instance_type.as_str())
    }
}

fn has_hook(seen: &world::Group, transition: HookTransition) -> bool {
    seen.hooks.iter().flatten().any(|(_, hook)| hook.transition == transition)
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
