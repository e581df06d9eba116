//! Events: what happens to the instances of a group, second by second.

use plimsoll_core::units::Instances;
use plimsoll_core::world::{self, HookTransition};

use super::fleet::Parting;
use super::group::{Group, warm_at};
use super::queue::{At, Event, Step};
use super::sizing::is_suspended;
use super::{Engine, groups, seen_mut};
use crate::outcome::MarkKind;

impl Engine {
    /// Lets an event happen.
    pub(super) fn happen(&mut self, now: u64, event: Event) {
        self.now = now;
        let (at, step) = match event {
            Event::Fault(fault) => return self.change_fault(fault),
            Event::Traffic(site) => return self.notice(site),
            Event::Share(site, share) => return self.take_share(site, share),
            Event::Group(at, step) => (at, step),
        };
        self.keep_past(at.site);
        if let Some(site) = self.sites.get_mut(at.site) {
            site.advance(now);
        }
        match step {
            Step::Schedule => self.fire(at),
            Step::Reconcile => self.reconcile(at),
            Step::InService(id) => self.serve(at, id),
            Step::Warm(id) => drop(self.with(at, |group, _| group.fleet.warm(id))),
            Step::Pooled => drop(self.with(at, |group, _| group.fleet.pool.make_ready())),
            Step::HealthCheck => self.check_health(at),
            Step::Gone(id) => {
                self.with(at, |group, seen| group.fleet.forget(seen, id));
                self.reconcile(at);
            }
        }
        self.reflow(at.site);
        self.tell_overloads();
    }

    /// Does something with a group as the twin and as the world has it. `None` when it is gone.
    pub(super) fn with<T>(
        &mut self,
        at: At,
        change: impl FnOnce(&mut Group, &mut world::Group) -> T,
    ) -> Option<T> {
        let group = self.sites.get_mut(at.site)?.groups.get_mut(at.group)?;
        Some(change(group, seen_mut(&mut self.world, at)?))
    }

    /// A group, to look at.
    pub(super) fn look(&self, at: At) -> Option<(&Group, &world::Group)> {
        let seen = self.world.regions.values().nth(at.site).map(groups)?.get(at.group)?;
        Some((self.sites.get(at.site)?.groups.get(at.group)?, seen))
    }

    /// Lets something happen in a group after so many seconds.
    pub(super) fn queue_in(&mut self, seconds: u64, at: At, step: Step) {
        self.queue.push(self.now.saturating_add(seconds), Event::Group(at, step));
    }

    fn serve(&mut self, at: At, id: u64) {
        let (now, delay) = (self.now, u64::from(self.model.launch_delay.0));
        let served = self.with(at, |group, seen| {
            let launched = group.fleet.serve(seen, id, now)?;
            // It may have come for an unhealthy one, or for one of a zone with too many.
            let counts = group.fleet.counts();
            Some((warm_at(seen, now, launched.saturating_sub(delay)), counts.live() > seen.desired))
        });
        let Some((warm_at, is_more)) = served.flatten() else { return };
        self.queue_in(warm_at - now, at, Step::Warm(id));
        if is_more {
            self.reconcile_soon(at);
        }
    }

    /// Takes an instance out of service; it is gone when it has drained.
    pub(super) fn terminate(&mut self, at: At, id: u64) {
        let (drain, hook) = (u64::from(self.model.drain.0), u64::from(self.model.hook.0));
        let lasts = self.with(at, |group, seen| {
            let Parting { drains, hooks } = group.fleet.terminate(seen, id)?;
            let drains = drains && !seen.target_groups.is_empty();
            let hooks = hooks && has_hook(seen, HookTransition::Terminate);
            Some(if drains { drain } else { 0 } + if hooks { hook } else { 0 })
        });
        if let Some(lasts) = lasts.flatten() {
            self.queue_in(lasts.max(1), at, Step::Gone(id));
        }
    }

    /// Load balancer and Auto Scaling look which instances answer.
    fn check_health(&mut self, at: At) {
        let (now, detection) = (self.now, u64::from(self.model.health_detection.0));
        let answers = self.answers(at.site);
        let found = self.with(at, |group, seen| {
            let judges = answers && !is_suspended(seen, "HealthCheck");
            let replaces = !is_suspended(seen, "ReplaceUnhealthy");
            (group.fleet.check(seen, now, detection, judges), replaces)
        });
        let Some((found, replaces)) = found else { return };
        if let Some(again) = found.again {
            self.queue_in(again - now, at, Step::HealthCheck);
        }
        if found.unhealthy > 0 {
            let what = if replaces { "replaced" } else { "not replaced: that is suspended" };
            self.mark(at, MarkKind::Replaced, || {
                format!("{} unhealthy instances are {what}", found.unhealthy)
            });
            self.reconcile_soon(at);
        }
    }

    /// Whether Auto Scaling works in a region.
    pub(super) fn answers(&self, site: usize) -> bool {
        self.sites.get(site).is_some_and(|site| !site.ails.control_dark)
    }

    /// Prepares instances until the warm pool is full. They go through the launch hooks then, and
    /// again when they leave it.
    pub(super) fn fill_pool(&mut self, at: At) {
        let missing = self.with(at, |group, seen| {
            let returning = group.fleet.counts().returning;
            let missing = group.fleet.pool.fit(seen, returning);
            if is_suspended(seen, "Launch") { 0 } else { missing }
        });
        for _ in 0..missing.unwrap_or_default() {
            if self.zone_for(at).is_err() {
                return self.retry(at);
            }
            let lasts = self.boot(at, false);
            self.with(at, |group, _| group.fleet.pool.prepare());
            self.queue_in(lasts, at, Step::Pooled);
        }
    }

    /// A group has a new desired capacity, and follows it after Auto Scaling's usual delay.
    pub(super) fn desire(
        &mut self,
        at: At,
        to: Instances,
        cause: &str,
        why: impl FnOnce() -> String,
    ) {
        let now = self.now;
        let before = self.with(at, |group, seen| {
            let before = std::mem::replace(&mut seen.desired, to);
            if before != to {
                group.resized(now, before, to, cause);
            }
            before
        });
        let Some(before) = before.filter(|before| *before != to) else { return };
        let kind = if to > before { MarkKind::ScaleOut } else { MarkKind::ScaleIn };
        self.mark(at, kind, || {
            let why = why();
            let gap = if why.is_empty() { "" } else { ", " };
            format!("{before} -> {to}: {cause}{gap}{why}")
        });
        self.reconcile_soon(at);
    }
}

/// Whether a group has a lifecycle hook at a transition.
pub(super) fn has_hook(seen: &world::Group, transition: HookTransition) -> bool {
    seen.hooks.iter().flatten().any(|(_, hook)| hook.transition == transition)
}
