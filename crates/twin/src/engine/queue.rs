//! What lies ahead, to the second.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use plimsoll_core::traffic::Share;

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
    /// A region has another share of its traffic from now on, in the eyes of its peers.
    Share(usize, Share),
    /// Something happens in a group.
    Group(At, Step),
}

/// Something that will happen in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// Scheduled actions fire.
    Schedule,
    /// Instances are launched or terminated until the size is what is desired.
    Reconcile,
    /// An instance comes into service.
    InService(u64),
    /// An instance is past its warmup.
    Warm(u64),
    /// An instance of the warm pool is ready.
    Pooled,
    /// Load balancer and Auto Scaling find out which instances answer.
    HealthCheck,
    /// An instance is gone.
    Gone(u64),
}

impl Event {
    /// The event when a group is gone; `None` when it was about that group.
    fn without(self, gone: At) -> Option<Self> {
        let Self::Group(at, step) = self else { return Some(self) };
        let behind = at.site == gone.site && at.group > gone.group;
        let moved = At { group: at.group - usize::from(behind), ..at };
        (at != gone).then_some(Self::Group(moved, step))
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

    /// A group is gone: what was queued for it is dropped, and those behind it move up.
    pub(crate) fn drop_group(&mut self, gone: At) {
        let events = std::mem::take(&mut self.heap);
        self.heap.extend(events.into_iter().filter_map(|Reverse((at, count, event))| {
            Some(Reverse((at, count, event.without(gone)?)))
        }));
    }

    /// The next event, if it happens at a second or before it.
    pub(crate) fn pop_until(&mut self, at: u64) -> Option<(u64, Event)> {
        let next = self.heap.peek_mut().filter(|next| next.0.0 <= at)?;
        let Reverse((at, _, event)) = PeekMut::pop(next);
        Some((at, event))
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
        assert_eq!(queue.pop_until(7), Some((7, Event::Fault(0))));
    }

    #[test]
    fn what_was_queued_for_a_deleted_group_is_dropped_and_the_groups_behind_it_move_up() {
        let at = |site, group| At { site, group };
        let mut queue = Queue::default();
        for place in [at(0, 0), at(0, 1), at(0, 2), at(1, 2)] {
            queue.push(9, Event::Group(place, Step::Reconcile));
        }
        queue.push(9, Event::Traffic(0));
        queue.drop_group(at(0, 1));
        let left: Vec<_> = std::iter::from_fn(|| queue.pop_until(9)).map(|(_, e)| e).collect();
        let reconcile = |place| Event::Group(place, Step::Reconcile);
        let moved = [at(0, 0), at(0, 1), at(1, 2)].map(reconcile);
        assert_eq!(left, [&moved[..], &[Event::Traffic(0)]].concat());
    }
}
