//! The instances of a group and their life cycle.
//!
//! The world keeps what an observer sees of an instance; a [`Unit`] beside it keeps what only the
//! twin knows. Both lists have the same order, which is that of launches.

use plimsoll_core::units::Instances;
use plimsoll_core::world::{self, HealthStatus, Instance};

use super::pool::Pool;

/// What the twin knows of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is true of an instance by itself")]
pub(super) struct Unit {
    pub(super) id: u64,
    pub(super) phase: Phase,
    /// When it was launched.
    pub(super) launched: u64,
    /// When it came into service; `None` before that, and for one that was there from the start.
    pub(super) served: Option<u64>,
    /// Past its warmup.
    warm: bool,
    pub(super) protected: bool,
    /// Launched beyond the desired capacity, to balance the zones.
    pub(super) extra: bool,
    /// Goes back to the warm pool when it has drained.
    pub(super) returns: bool,
    pub(super) state: State,
    /// When that became so.
    pub(super) since: u64,
    /// The load balancer sends it requests while it is in service.
    pub(super) in_rotation: bool,
    /// Auto Scaling considers it unhealthy.
    pub(super) unhealthy: bool,
}

/// Where in its life an instance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Boots, or waits for a hook.
    Pending,
    /// In service.
    InService,
    /// Drains, or waits for a hook.
    Terminating,
}

impl Phase {
    /// AWS's word.
    const fn as_aws(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::InService => "InService",
            Self::Terminating => "Terminating",
        }
    }
}

/// How an instance really is, whoever knows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It answers requests.
    Answers,
    /// It answers nothing; its machine runs on.
    Silent,
    /// Its machine is gone.
    Lost,
}

/// How many instances are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Boot, or wait for a hook.
    pub(crate) pending: Instances,
    /// In service, as far as Auto Scaling knows.
    pub(crate) in_service: Instances,
    /// Of those in service: past their warmup, with a machine that reports.
    pub(crate) warmed: Instances,
    /// Of those past their warmup: answer nothing, so that their CPU is idle.
    pub(crate) idle: Instances,
    /// Of those in service: their machine is gone.
    pub(crate) lost: Instances,
    /// Of those in service: the load balancer sends them requests.
    pub(crate) targets: Instances,
    /// Of the targets: answer nothing, and the load balancer has not noticed yet.
    pub(crate) failing: Instances,
    /// Pending or in service: found to be unhealthy, and not terminated yet.
    pub(crate) unhealthy: Instances,
    /// Pending: launched beyond the desired capacity, to balance the zones.
    pub(crate) extra: Instances,
    /// Drain, or wait for a hook.
    pub(crate) terminating: Instances,
    /// Of those that drain: go back to the warm pool.
    pub(crate) returning: Instances,
}

impl Counts {
    /// Pending or in service.
    pub(crate) const fn live(self) -> Instances {
        self.pending + self.in_service
    }

    /// Live, and not past their warmup though their machine is there.
    pub(crate) const fn warming(self) -> Instances {
        self.live() - self.warmed - self.lost
    }
}

/// The instances of a group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fleet {
    pub(super) units: Vec<Unit>,
    counts: Counts,
    pub(crate) pool: Pool,
}

impl Fleet {
    pub(crate) const fn counts(&self) -> Counts {
        self.counts
    }

    /// Instances that are billed.
    pub(crate) const fn billed(&self) -> Instances {
        self.counts.live() + self.counts.terminating + self.pool.billed()
    }

    /// Counts again what a change may have moved.
    pub(super) fn count(&mut self) {
        let mut counts = Counts::default();
        let one = Instances::from;
        for unit in &self.units {
            let answers = unit.state == State::Answers;
            match unit.phase {
                Phase::Pending => {
                    counts.pending += 1;
                    counts.extra += one(unit.extra && !unit.unhealthy);
                }
                Phase::InService => {
                    let reports = unit.warm && unit.state != State::Lost;
                    counts.in_service += 1;
                    counts.warmed += one(reports);
                    counts.idle += one(reports && !answers);
                    counts.lost += one(unit.state == State::Lost);
                    counts.targets += one(unit.in_rotation);
                    counts.failing += one(unit.in_rotation && !answers);
                }
                Phase::Terminating => {
                    counts.terminating += 1;
                    counts.returning += one(unit.returns);
                    continue;
                }
            }
            counts.unhealthy += one(unit.unhealthy);
        }
        self.counts = counts;
    }

    /// Launches an instance; an `extra` one is beyond the desired capacity.
    pub(crate) fn launch(
        &mut self,
        seen: &mut world::Group,
        id: u64,
        zone: &str,
        now: u64,
        extra: bool,
    ) {
        self.units.push(Unit {
            id,
            phase: Phase::Pending,
            launched: now,
            served: None,
            warm: false,
            protected: seen.settings.scale_in_protection,
            extra,
            returns: false,
            state: State::Answers,
            since: now,
            in_rotation: true,
            unhealthy: false,
        });
        seen.instances.push(Instance {
            id: name_of(id),
            zone: zone.to_owned(),
            lifecycle: Phase::Pending.as_aws().to_owned(),
            health: HealthStatus::Healthy,
            template: seen.settings.template.clone(),
        });
        self.count();
    }

    /// Instances that the load balancer sends no requests.
    pub(crate) fn out_of_rotation(&self) -> impl Iterator<Item = String> {
        self.units.iter().filter(|unit| !unit.in_rotation).map(|unit| name_of(unit.id))
    }

    fn place(&self, id: u64) -> Option<usize> {
        self.units.iter().position(|unit| unit.id == id)
    }

    /// An instance comes into service, unless it was terminated or lost meanwhile. When its launch
    /// was decided.
    pub(crate) fn serve(&mut self, seen: &mut world::Group, id: u64, now: u64) -> Option<u64> {
        let place = self.place(id)?;
        let (unit, instance) = (self.units.get_mut(place)?, seen.instances.get_mut(place)?);
        if unit.phase != Phase::Pending || unit.state == State::Lost {
            return None;
        }
        (unit.phase, unit.served, unit.extra) = (Phase::InService, Some(now), false);
        unit.phase.as_aws().clone_into(&mut instance.lifecycle);
        let launched = unit.launched;
        self.count();
        Some(launched)
    }

    /// An instance is past its warmup.
    pub(crate) fn warm(&mut self, id: u64) {
        if let Some(unit) = self.place(id).and_then(|place| self.units.get_mut(place)) {
            unit.warm = true;
        }
        self.count();
    }

    /// Takes an instance out of service. What it has to wait for until it is gone.
    pub(crate) fn terminate(&mut self, seen: &mut world::Group, id: u64) -> Option<Parting> {
        let place = self.place(id)?;
        let (unit, instance) = (self.units.get_mut(place)?, seen.instances.get_mut(place)?);
        let parting = Parting {
            drains: unit.phase == Phase::InService && unit.state != State::Lost,
            hooks: unit.state != State::Lost,
        };
        unit.phase = Phase::Terminating;
        unit.returns = unit.state == State::Answers
            && !unit.unhealthy
            && seen.warm_pool.as_ref().is_some_and(|pool| pool.reuse_on_scale_in);
        unit.phase.as_aws().clone_into(&mut instance.lifecycle);
        self.count();
        Some(parting)
    }

    /// An instance is gone: ended, or back in the warm pool.
    pub(crate) fn forget(&mut self, seen: &mut world::Group, id: u64) {
        let Some(place) = self.place(id) else { return };
        if self.units.remove(place).returns {
            self.pool.take_back();
        }
        if place < seen.instances.len() {
            seen.instances.remove(place);
        }
        self.count();
    }

    /// What boots is in service at once, and warm.
    pub(crate) fn settle(&mut self, seen: &mut world::Group) {
        for (unit, instance) in self.units.iter_mut().zip(&mut seen.instances) {
            if unit.phase == Phase::Pending {
                unit.phase = Phase::InService;
                unit.phase.as_aws().clone_into(&mut instance.lifecycle);
            }
            unit.warm = true;
        }
        self.pool.settle();
        self.count();
    }

    /// The zone of an instance.
    pub(crate) fn zone_of<'a>(&self, seen: &'a world::Group, id: u64) -> Option<&'a str> {
        self.place(id).and_then(|place| seen.instances.get(place)).map(|it| it.zone.as_str())
    }

    /// Live instances in a zone.
    pub(crate) fn in_zone(&self, seen: &world::Group, zone: &str) -> usize {
        let live = |(unit, instance): &(&Unit, &Instance)| {
            unit.phase != Phase::Terminating && instance.zone == zone
        };
        self.units.iter().zip(&seen.instances).filter(live).count()
    }
}

/// What an instance waits for when it is taken out of service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parting {
    /// Its target groups drain it.
    pub(crate) drains: bool,
    /// Its lifecycle hooks run.
    pub(crate) hooks: bool,
}

/// The id of an instance as EC2 writes it.
fn name_of(id: u64) -> String {
    format!("i-{id:017x}")
}
