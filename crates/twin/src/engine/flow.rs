//! What goes through a group while nothing changes.

use plimsoll_core::units::Instances;

use super::fleet::Counts;
use crate::station::{Position, Station, position};

/// What goes through a group while neither its load nor its size changes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Flow {
    /// Requests per second that arrive.
    pub(crate) offered: f64,
    /// Requests per second that fail or are refused.
    pub(crate) lost: f64,
    /// Requests per second that reach instances.
    pub(crate) reached: f64,
    /// Load by rated load of an instance.
    pub(crate) utilisation: f64,
    /// Where that lies among the levels.
    pub(crate) at: Position,
    /// Seconds that a request waits for other services, beyond what they take without load.
    pub(crate) elsewhere: f64,
    /// What loses requests, when it is not the group's own instances.
    pub(crate) blame: Option<Blame>,
}

/// What loses the requests of a group, other than its own instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Blame {
    /// The region answers nothing.
    Dark,
    /// Nothing is in service.
    Empty,
    /// Instances in service answer nothing.
    Failed,
    /// The service at that place has too few connections.
    Connections(usize),
    /// The service at that place does not answer all.
    Called(usize),
}

/// What other services and the region do to the requests of a group.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Surroundings {
    /// No request is answered at all.
    pub(crate) dark: bool,
    /// Share of requests that fails because another service does not answer.
    pub(crate) failing: f64,
    /// The one that fails most.
    pub(crate) blame: Option<Blame>,
    /// See [`Flow::elsewhere`].
    pub(crate) elsewhere: f64,
}

impl Flow {
    /// What becomes of so many requests per second.
    pub(crate) fn of(
        offered: f64,
        counts: Counts,
        station: &Station,
        around: Surroundings,
    ) -> Self {
        if counts.targets == 0 || around.dark || offered <= 0.0 {
            let blame = Some(if around.dark { Blame::Dark } else { Blame::Empty });
            return Self { offered, lost: offered.max(0.0), blame, ..Self::default() };
        }
        let targets = f64::from(counts.targets);
        let utilisation = offered / targets / station.rated;
        let at = position(utilisation);
        let answering = 1.0 - f64::from(counts.failing) / targets;
        let served = answering * (1.0 - station.refused(utilisation, at));
        Self {
            offered,
            lost: offered * (1.0 - served * (1.0 - around.failing)),
            reached: offered * answering,
            utilisation,
            at,
            elsewhere: around.elsewhere,
            blame: around.blame.or_else(|| (counts.failing > 0).then_some(Blame::Failed)),
        }
    }

    /// CPU of an instance in percent. It cannot show more than all of it.
    pub(crate) fn cpu(&self) -> f64 {
        (self.utilisation * 100.0).min(100.0)
    }

    /// Whether more than one request in a hundred is lost.
    pub(crate) fn is_overloaded(&self) -> bool {
        self.lost > self.offered * 0.01 && self.offered > 0.0
    }
}

/// Instances that a load needs at the targets, within what is allowed.
pub(crate) fn needed(offered: f64, instances_per_rps: f64, max: Instances) -> Instances {
    let needed = (offered * instances_per_rps - 1e-9).ceil();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "cut to what is allowed; what is no number becomes 0"
    )]
    {
        needed.clamp(0.0, f64::from(max)) as Instances
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(targets: Instances, failing: Instances) -> Counts {
        Counts { in_service: targets, targets, failing, ..Counts::default() }
    }

    fn flow(offered: f64, counts: Counts, around: Surroundings) -> Flow {
        Flow::of(offered, counts, &Station::new(100.0, 0.05, 1.0), around)
    }

    #[test]
    fn requests_spread_evenly_over_the_targets_and_those_at_failing_ones_are_lost() {
        let flow = flow(100.0, counts(4, 1), Surroundings::default());
        assert!((flow.utilisation - 0.25).abs() < 1e-12 && (flow.cpu() - 25.0).abs() < 1e-9);
        assert!((flow.lost - 25.0).abs() < 1e-6 && (flow.reached - 75.0).abs() < 1e-9);
    }

    #[test]
    fn what_a_service_that_is_leaned_on_does_not_answer_is_lost_after_it_was_handled() {
        let around = Surroundings { failing: 0.5, elsewhere: 0.2, ..Surroundings::default() };
        let flow = flow(100.0, counts(4, 0), around);
        assert!((flow.lost - 50.0).abs() < 1e-6 && (flow.reached - 100.0).abs() < 1e-9);
        assert!((flow.elsewhere - 0.2).abs() < 1e-12);
    }

    #[test]
    fn without_a_target_and_in_the_dark_everything_is_lost_and_nothing_is_used() {
        let dark = Surroundings { dark: true, ..Surroundings::default() };
        for (counts, around) in [(counts(0, 0), Surroundings::default()), (counts(4, 0), dark)] {
            let flow = flow(100.0, counts, around);
            assert_eq!((flow.lost, flow.reached, flow.cpu()), (100.0, 0.0, 0.0));
            assert!(flow.is_overloaded());
        }
        assert!(!flow(0.0, counts(0, 0), Surroundings::default()).is_overloaded());
    }

    #[test]
    fn cpu_ends_at_all_of_it_where_requests_begin_to_be_refused() {
        let flow = flow(800.0, counts(4, 0), Surroundings::default());
        assert!((flow.cpu() - 100.0).abs() < 1e-12 && (flow.lost - 400.0).abs() < 4.0);
    }

    #[test]
    fn the_need_is_rounded_up_and_ends_at_what_is_allowed() {
        let cases = [(0.0, 0), (50.0, 1), (50.1, 2), (449.0, 9), (1e12, 10), (f64::NAN, 0)];
        for (offered, expected) in cases {
            assert_eq!(needed(offered, 1.0 / 50.0, 10), expected, "{offered}");
        }
    }
}
