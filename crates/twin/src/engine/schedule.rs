//! Scheduled actions fire.

use plimsoll_core::bounds::{Bounds, next_change};
use plimsoll_core::world::ScheduledAction;

use super::Engine;
use super::queue::{At, Step};
use super::sizing::is_suspended;
use crate::outcome::MarkKind;

impl Engine {
    /// Queues the next scheduled actions of a group.
    pub(super) fn queue_schedule(&mut self, at: At) {
        self.queue_schedule_after(at, self.now);
    }

    fn queue_schedule_after(&mut self, at: At, after: u64) {
        let moment = self.moment(after);
        let Some((_, seen)) = self.look(at) else { return };
        let next = next_change(&seen.schedules, moment).and_then(|(next, _)| self.second(next));
        let queued = self.with(at, |group, _| std::mem::replace(&mut group.schedule_at, next));
        if let Some(next) = next.filter(|_| queued != Some(next)) {
            self.queue_in(next.saturating_sub(self.now), at, Step::Schedule);
        }
    }

    /// Scheduled actions fire, unless the control plane is dark: then they are late, and
    /// [`Engine::catch_up`] brings them.
    pub(super) fn fire(&mut self, at: At) {
        let due = self.look(at).and_then(|(group, _)| group.schedule_at);
        // The schedule may have changed since this was queued.
        let Some(due) = due.filter(|due| *due <= self.now && self.answers(at.site)) else { return };
        for (name, entry) in self.firing(at, due) {
            let desired = self.with(at, |_, seen| {
                let min = entry.min.unwrap_or(seen.bounds.min);
                let max = entry.max.unwrap_or(seen.bounds.max);
                seen.bounds = Bounds { min: min.min(max), max };
                let desired = seen.bounds.clamp(entry.desired.unwrap_or(seen.desired));
                (seen.bounds, desired)
            });
            let Some((Bounds { min, max }, desired)) = desired else { return };
            self.mark(at, MarkKind::Schedule, || format!("{name}: bounds {min} to {max}"));
            self.desire(at, desired, &format!("schedule {name}"), String::new);
        }
        self.queue_schedule_after(at, due);
        // The warm pool depends on the bounds.
        self.reconcile_soon(at);
    }

    /// The entries that fire at a second. What is suspended then is not made up for.
    fn firing(&self, at: At, due: u64) -> Vec<(String, ScheduledAction)> {
        let before = self.moment(due.saturating_sub(1));
        let Some((_, seen)) = self.look(at) else { return Vec::new() };
        if is_suspended(seen, "ScheduledActions") {
            return Vec::new();
        }
        let names = next_change(&seen.schedules, before).map(|(_, names)| names);
        let entry = |name: &str| Some((name.to_owned(), seen.schedules.get(name)?.clone()));
        names.unwrap_or_default().into_iter().filter_map(entry).collect()
    }

    /// The control plane of a region is back: Auto Scaling does what it has left undone.
    pub(super) fn catch_up(&mut self, site: usize) {
        for group in 0..self.groups_of(site).len() {
            let at = At { site, group };
            self.queue_in(0, at, Step::Schedule);
            if self.look(at).is_some_and(|(group, _)| group.fleet.has_news()) {
                self.queue_in(0, at, Step::HealthCheck);
            }
            self.reconcile_soon(at);
        }
    }
}
