//! What lies ahead, to the second.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Where a group lives: its region's place and its own among the region's groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At {
    pub(crate) site: usize,
    pub(crate) group: usize,
}

/// Something that will happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Event {
    /// A fault begins or ends, by its place among the faults.
    Fault(usize),
    /// The global load balancer has noticed how a region fares.
    Traffic(usize),
    /// Scheduled actions of a group fire.
    Schedule(At),
    /// Instances are launched or terminated until the size is what is desired.
    Reconcile(At),
    /// An instance comes into service.
    InService(At, u64),
    /// An instance is past its warmup.
    Warm(At, u64),
    /// An instance of the warm pool is ready.
    Pooled(At),
    /// Instances that died are found out and replaced.
    Replace(At),
    /// An instance is gone.
    Gone(At, u64),
}

impl Event {
    /// The event when a group is gone; `None` when it was about that group.
    fn without(self, gone: At) -> Option<Self> {
        let moved = |at: At| {
            let behind = at.site == gone.site && at.group > gone.group;
            (at != gone).then_some(At { group: at.group - usize::from(behind), ..at })
        };
        Some(match self {
            Self::Fault(_) | Self::Traffic(_) => self,
            Self::Schedule(at) => Self::Schedule(moved(at)?),
            Self::Reconcile(at) => Self::Reconcile(moved(at)?),
            Self::InService(at, id) => Self::InService(moved(at)?, id),
            Self::Warm(at, id) => Self::Warm(moved(at)?, id),
            Self::Pooled(at) => Self::Pooled(moved(at)?),
            Self::Replace(at) => Self::Replace(moved(at)?),
            Self::Gone(at, id) => Self::Gone(moved(at)?, id),
        })
    }
}

/// Events in order of time; those of one second in the order in which they were put in.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    heap: BinaryHeap<Reverse<(u64, u64, Event)>>,
    count: u64,
}

impl Queue {
    /// Lets something happen at a second.
    pub(crate) fn push(&mut self, at: u64, event: Event) {
        self.count += 1;
        self.heap.push(Reverse((at, self.count, event)));
    }

    /// When the next event happens.
    pub(crate) fn next_at(&self) -> Option<u64> {
        self.heap.peek().map(|Reverse((at, ..))| *at)
    }

    /// A group is gone: what was queued for it is dropped, and those behind it move up.
    pub(crate) fn drop_group(&mut self, gone: At) {
        let events = std::mem::take(&mut self.heap);
        self.heap.extend(events.into_iter().filter_map(|Reverse((at, count, event))| {
            Some(Reverse((at, count, event.without(gone)?)))
        }));
    }

    /// The next event, if it happens at a second or before it.
    pub(crate) fn pop_until(&mut self, at: u64) -> Option<(u64, Event)> {
        if self.next_at()? > at {
            return None;
        }
        self.heap.pop().map(|Reverse((at, _, event))| (at, event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_in_order_of_time_and_then_of_arrival() {
        let mut queue = Queue::default();
        for (at, fault) in [(5, 0), (3, 1), (5, 2), (3, 3)] {
            queue.push(at, Event::Fault(fault));
        }
        let order: Vec<_> = std::iter::from_fn(|| queue.pop_until(5)).collect();
        let expected = [(3, 1), (3, 3), (5, 0), (5, 2)];
        assert_eq!(order, expected.map(|(at, fault)| (at, Event::Fault(fault))));
    }

    #[test]
    fn what_lies_further_ahead_waits() {
        let mut queue = Queue::default();
        queue.push(7, Event::Fault(0));
        assert_eq!(queue.pop_until(6), None);
        assert_eq!(queue.next_at(), Some(7));
    }
}
