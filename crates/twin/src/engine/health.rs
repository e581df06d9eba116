//! Instances stop answering, and load balancer and Auto Scaling find out.
//!
//! The load balancer sends no more requests to an instance that has not answered for
//! [`Model::health_detection`]. Auto Scaling replaces it then when its machine is gone, since EC2
//! checks are always on. While its machine runs only `ELB` checks find it, and not before the
//! group's health check grace period is over. Source: EC2 Auto Scaling user guide, "Health checks
//! for instances in an Auto Scaling group".
//!
//! [`Model::health_detection`]: crate::model::Model::health_detection

use plimsoll_core::world::{self, HealthStatus};

use super::fleet::{Fleet, Phase, State, Unit};

/// What a look at the instances found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// Instances that Auto Scaling considers unhealthy from now on.
    pub(crate) unhealthy: usize,
    /// When to look again.
    pub(crate) again: Option<u64>,
}

impl Fleet {
    /// The instances of a zone are gone. How many.
    pub(crate) fn lose_zone(&mut self, seen: &world::Group, zone: &str, now: u64) -> usize {
        self.turn(usize::MAX, State::Lost, now, |unit, place| {
            unit.state != State::Lost && is_in(seen, place, zone)
        })
    }

    /// The instances of a zone that nobody has replaced are back. How many.
    pub(crate) fn regain_zone(&mut self, seen: &world::Group, zone: &str, now: u64) -> usize {
        self.turn(usize::MAX, State::Answers, now, |unit, place| {
            unit.state == State::Lost && is_in(seen, place, zone)
        })
    }

    /// So many instances in service stop answering, those first that were launched first. How many
    /// did.
    pub(crate) fn fall_silent(&mut self, count: usize, now: u64) -> usize {
        self.turn(count, State::Silent, now, |unit, _| {
            unit.phase == Phase::InService && unit.state == State::Answers
        })
    }

    /// So many silent instances answer again. How many did.
    pub(crate) fn speak_again(&mut self, count: usize, now: u64) -> usize {
        self.turn(count, State::Answers, now, |unit, _| unit.state == State::Silent)
    }

    fn turn(
        &mut self,
        count: usize,
        state: State,
        now: u64,
        which: impl Fn(&Unit, usize) -> bool,
    ) -> usize {
        let mut turned = 0;
        for (place, unit) in self.units.iter_mut().enumerate() {
            if turned < count && which(unit, place) {
                (unit.state, unit.since) = (state, now);
                turned += 1;
            }
        }
        self.count();
        turned
    }

    /// Whether somebody may still find out about an instance.
    pub(crate) fn has_news(&self) -> bool {
        self.units.iter().any(|unit| unit.state != State::Answers || !unit.in_rotation)
    }

    /// Load balancer and, when it `judges`, Auto Scaling look at the instances. It takes them
    /// `detection` seconds to find out.
    pub(crate) fn check(
        &mut self,
        seen: &mut world::Group,
        now: u64,
        detection: u64,
        judges: bool,
    ) -> Findings {
        let mut findings = Findings::default();
        let mut look_at = |at: u64| {
            findings.again = Some(findings.again.map_or(at, |again: u64| again.min(at)));
        };
        for (unit, instance) in self.units.iter_mut().zip(&mut seen.instances) {
            if unit.state == State::Answers && unit.in_rotation {
                continue;
            }
            let noticed = unit.since + detection;
            if noticed > now {
                look_at(noticed);
                continue;
            }
            unit.in_rotation = unit.state == State::Answers;
            let due = judged_at(unit, &seen.settings, !seen.target_groups.is_empty());
            match due.filter(|_| judges && !unit.unhealthy) {
                Some(at) if at > now => look_at(at),
                Some(_) => {
                    unit.unhealthy = true;
                    instance.health = HealthStatus::Unhealthy;
                    findings.unhealthy += 1;
                }
                None => {}
            }
        }
        self.count();
        findings
    }
}

/// When Auto Scaling may find an instance unhealthy; `None` for never.
fn judged_at(unit: &Unit, settings: &world::GroupSettings, has_targets: bool) -> Option<u64> {
    match (unit.state, unit.phase) {
        (State::Answers, _) | (_, Phase::Terminating) => None,
        (State::Lost, _) => Some(0),
        (State::Silent, _) if !has_targets || !settings.health_checks.contains("ELB") => None,
        (State::Silent, _) => {
            let grace = u64::from(settings.health_check_grace.0);
            Some(unit.served.map_or(0, |served| served + grace))
        }
    }
}

fn is_in(seen: &world::Group, place: usize, zone: &str) -> bool {
    seen.instances.get(place).is_some_and(|instance| instance.zone == zone)
}
