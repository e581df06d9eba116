//! The warm pool of a group: instances that were prepared and wait.
//!
//! Source: EC2 Auto Scaling user guide, "Warm pools for Amazon EC2 Auto Scaling".

use plimsoll_core::units::Instances;
use plimsoll_core::world;

/// The warm pool of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pool {
    /// Instances that are ready.
    ready: Instances,
    /// Instances that are being prepared.
    preparing: Instances,
    /// Ready instances run, and so are billed; they are stopped or hibernated otherwise.
    running: bool,
}

impl Pool {
    /// Instances that are billed.
    pub(crate) const fn billed(self) -> Instances {
        self.preparing + if self.running { self.ready } else { 0 }
    }

    /// Takes an instance out, if one is ready.
    pub(crate) fn take(&mut self) -> bool {
        let ready = self.ready > 0;
        self.ready = self.ready.saturating_sub(1);
        ready
    }

    /// An instance that was prepared is ready.
    pub(crate) fn make_ready(&mut self) {
        // One whose pool was emptied meanwhile comes too late.
        if self.preparing > 0 {
            self.preparing -= 1;
            self.ready += 1;
        }
    }

    /// An instance that left service is ready again.
    pub(crate) fn take_back(&mut self) {
        self.ready += 1;
    }

    /// What is being prepared is ready at once.
    pub(crate) fn settle(&mut self) {
        (self.ready, self.preparing) = (self.ready + self.preparing, 0);
    }

    /// Ends what is too much, when so many instances come back. How many have to be prepared.
    ///
    /// Source of the size: EC2 Auto Scaling API, `PutWarmPool`.
    pub(crate) fn fit(&mut self, seen: &world::Group, returning: Instances) -> Instances {
        let wanted = seen.warm_pool.as_ref().map_or(0, |pool| {
            self.running = pool.state == "Running";
            let prepared = pool.max_prepared.unwrap_or(seen.bounds.max);
            prepared.saturating_sub(seen.desired).max(pool.min)
        });
        let there = self.ready + self.preparing + returning;
        let mut surplus = there.saturating_sub(wanted);
        for part in [&mut self.preparing, &mut self.ready] {
            let ended = surplus.min(*part);
            *part -= ended;
            surplus -= ended;
        }
        wanted.saturating_sub(there)
    }

    /// Begins to prepare an instance.
    pub(crate) fn prepare(&mut self) {
        self.preparing += 1;
    }
}
