//! The instances of a group and their life cycle.
//!
//! The world keeps what an observer sees of an instance; a [`Unit`] beside it keeps what only the
//! twin knows. Both lists have the same order.

use plimsoll_core::units::Instances;
use plimsoll_core::world::{self, HealthStatus, Instance};

/// What the twin knows of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) id: u64,
    phase: Phase,
    /// When its launch was decided.
    pub(crate) decided: u64,
    /// Past its warmup.
    warm: bool,
    /// Answers requests.
    alive: bool,
    protected: bool,
}

/// Where in its life an instance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Boots, or waits for a hook.
    Pending,
    /// Takes requests.
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

/// How many instances are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Boot, or wait for a hook.
    pub(crate) pending: Instances,
    /// Take requests, as far as Auto Scaling and the load balancer know.
    pub(crate) in_service: Instances,
    /// Of those in service: past their warmup.
    pub(crate) warmed: Instances,
    /// Of those in service: answer nothing, and nobody has noticed yet.
    pub(crate) dead: Instances,
    /// Drain.
    pub(crate) terminating: Instances,
}

impl Counts {
    /// What counts towards the desired capacity.
    pub(crate) const fn live(self) -> Instances {
        self.pending + self.in_service
    }

    /// What is billed.
    pub(crate) const fn billed(self) -> Instances {
        self.pending + self.in_service + self.terminating
    }
}

/// The instances of a group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fleet {
    units: Vec<Unit>,
    counts: Counts,
    /// Instances of the warm pool that are ready.
    pub(crate) pooled: Instances,
    /// Instances that are being prepared for it.
    pub(crate) pooling: Instances,
}

impl Fleet {
    pub(crate) const fn counts(&self) -> Counts {
        self.counts
    }

    fn count(&mut self) {
        let mut counts = Counts::default();
        for unit in &self.units {
            match unit.phase {
                Phase::Pending => counts.pending += 1,
                Phase::InService => {
                    counts.in_service += 1;
                    counts.warmed += Instances::from(unit.warm && unit.alive);
                    counts.dead += Instances::from(!unit.alive);
                }
                Phase::Terminating => counts.terminating += 1,
            }
        }
        self.counts = counts;
    }

    /// Launches an instance.
    pub(crate) fn launch(&mut self, seen: &mut world::Group, id: u64, zone: &str, decided: u64) {
        let protected = seen.settings.scale_in_protection;
        let phase = Phase::Pending;
        self.units.push(Unit { id, phase, decided, warm: false, alive: true, protected });
        seen.instances.push(Instance {
            id: format!("i-{id:017x}"),
            zone: zone.to_owned(),
            lifecycle: phase.as_aws().to_owned(),
            health: HealthStatus::Healthy,
            template: seen.settings.template.clone(),
        });
        self.count();
    }

    fn place(&self, id: u64) -> Option<usize> {
        self.units.iter().position(|unit| unit.id == id)
    }

    fn set(&mut self, seen: &mut world::Group, id: u64, from: &[Phase], to: Phase) -> bool {
        let Some(place) = self.place(id) else { return false };
        let (Some(unit), Some(instance)) =
            (self.units.get_mut(place), seen.instances.get_mut(place))
        else {
            return false;
        };
        if !from.contains(&unit.phase) {
            return false;
        }
        unit.phase = to;
        to.as_aws().clone_into(&mut instance.lifecycle);
        self.count();
        true
    }

    /// An instance comes into service, unless it was terminated meanwhile.
    pub(crate) fn serve(&mut self, seen: &mut world::Group, id: u64) -> bool {
        self.set(seen, id, &[Phase::Pending], Phase::InService)
    }

    /// An instance is past its warmup.
    pub(crate) fn warm(&mut self, id: u64) {
        if let Some(unit) = self.place(id).and_then(|place| self.units.get_mut(place)) {
            unit.warm = true;
        }
        self.count();
    }

    /// An instance gets no more requests.
    pub(crate) fn terminate(&mut self, seen: &mut world::Group, id: u64) {
        self.set(seen, id, &[Phase::Pending, Phase::InService], Phase::Terminating);
    }

    /// An instance is gone.
    pub(crate) fn forget(&mut self, seen: &mut world::Group, id: u64) {
        if let Some(place) = self.place(id) {
            self.units.remove(place);
            if place < seen.instances.len() {
                seen.instances.remove(place);
            }
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
        (self.pooled, self.pooling) = (self.pooled + self.pooling, 0);
        self.count();
    }

    /// An instance of the warm pool is ready.
    pub(crate) fn pool_one(&mut self) {
        self.pooling = self.pooling.saturating_sub(1);
        self.pooled += 1;
    }

    /// Takes an instance out of the warm pool, if one is ready.
    pub(crate) fn take_pooled(&mut self) -> bool {
        let ready = self.pooled > 0;
        self.pooled = self.pooled.saturating_sub(1);
        ready
    }

    /// When the launch of an instance was decided.
    pub(crate) fn decided(&self, id: u64) -> Option<u64> {
        self.place(id).and_then(|place| self.units.get(place)).map(|unit| unit.decided)
    }

    /// The instances of a zone stop answering. How many.
    pub(crate) fn kill_zone(&mut self, seen: &world::Group, zone: &str) -> usize {
        let mut killed = 0;
        for (unit, instance) in self.units.iter_mut().zip(&seen.instances) {
            if instance.zone == zone && unit.alive {
                unit.alive = false;
                killed += 1;
            }
        }
        self.count();
        killed
    }

    /// Instances that do not answer.
    pub(crate) fn dead(&self) -> Vec<u64> {
        self.units.iter().filter(|unit| !unit.alive).map(|unit| unit.id).collect()
    }

    /// Live instances in a zone.
    pub(crate) fn in_zone(&self, seen: &world::Group, zone: &str) -> usize {
        let live = |(unit, instance): &(&Unit, &Instance)| {
            unit.phase != Phase::Terminating && instance.zone == zone
        };
        self.units.iter().zip(&seen.instances).filter(live).count()
    }

    /// The instance to terminate next: from the zone with the most, then as the group's
    /// termination policies say; `None` when all that is left is protected.
    ///
    /// Source: EC2 Auto Scaling user guide, "Configure termination policies".
    pub(crate) fn victim(&self, seen: &world::Group) -> Option<u64> {
        let live = |unit: &Unit| unit.phase != Phase::Terminating;
        let candidates: Vec<(&Unit, &Instance)> = self
            .units
            .iter()
            .zip(&seen.instances)
            .filter(|(unit, _)| live(unit) && !unit.protected)
            .collect();
        let most = candidates.iter().map(|(_, i)| self.in_zone(seen, &i.zone)).max()?;
        let mut left: Vec<(&Unit, &Instance)> = candidates
            .into_iter()
            .filter(|(_, instance)| self.in_zone(seen, &instance.zone) == most)
            .collect();
        let version = |instance: &Instance| {
            instance.template.as_ref().and_then(|t| t.version.parse::<u64>().ok())
        };
        for policy in &seen.settings.termination_policies {
            let keep: Option<u64> = match policy.as_str() {
                "OldestInstance" => left.iter().map(|(unit, _)| unit.id).min(),
                "NewestInstance" => left.iter().map(|(unit, _)| unit.id).max(),
                // Default begins with the oldest template too; then the billing hour, which no
                // longer matters with billing by the second, and then chance.
                "OldestLaunchTemplate" | "Default" => {
                    let oldest = left.iter().map(|(_, instance)| version(instance)).min();
                    left.retain(|(_, instance)| Some(version(instance)) == oldest);
                    None
                }
                _ => None,
            };
            if let Some(id) = keep {
                left.retain(|(unit, _)| unit.id == id);
            }
        }
        left.first().map(|(unit, _)| unit.id)
    }
}
