//! The contract of the port, kept by the twin; and what the twin shows of clouds that fail.

#[cfg(test)]
mod failures;
#[cfg(test)]
mod suite;

#[cfg(test)]
mod twin {
    use std::cell::Cell;
    use std::future::Future;
    use std::task::{Context, Poll, Waker};

    use jiff::{SignedDuration, Timestamp};
    use plimsoll_core::cloud::Window;
    use plimsoll_twin::cloud::Twin;
    use plimsoll_twin::fault::{Fault, Kind, TO_THE_END};
    use plimsoll_twin::load::{Curve, Load, Source};
    use plimsoll_twin::model::Model;
    use plimsoll_twin::run::{Controller, Options};

    use crate::suite::{self, Subject, THERE, every_case};

    /// A Saturday noon: the platform's schedule is far from firing.
    pub(crate) const START: &str = "2026-11-21T12:00:00Z";
    /// When [`THERE`] goes dark: after all that a case lets pass before.
    const DARK_FROM: u64 = 3_600;
    /// Longer than any boot.
    const SETTLED: u64 = 900;

    macro_rules! test {
        ($case:ident) => {
            #[test]
            fn $case() {
                block_on(suite::$case(&Tried::new()));
            }
        };
    }
    every_case!(test);

    /// The twin does not wait, so one poll is enough.
    pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
        let mut future = std::pin::pin!(future);
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("the twin never waits"),
        }
    }

    /// Regions with networks and nothing else, and the faults that they will meet.
    pub(crate) fn twin(faults: Vec<Fault>) -> Twin {
        // Too little for any policy to act on.
        let rate = Curve::Steady(40.0);
        let source = Source::Open { service: "web".to_owned(), region: None, rate };
        let load = Load { sources: vec![source], ..Load::default() };
        let (start, model) = (START.parse().unwrap(), Model::default());
        let (seconds, controller) = (86_400, Controller::Off);
        let options = Options { start, seconds, seed: 1, trace: false, model, faults, controller };
        Twin::empty(suite::spec(), &load, &options)
    }

    pub(crate) struct Tried {
        twin: Twin,
        passed: Cell<u64>,
    }

    impl Tried {
        fn new() -> Self {
            let kind = Kind::ControlPlaneDark { region: THERE.to_owned() };
            let fault = Fault { from: DARK_FROM, to: TO_THE_END, kind };
            Self { twin: twin(vec![fault]), passed: Cell::new(0) }
        }

        fn pass(&self, seconds: u64) {
            self.twin.pass(seconds);
            self.passed.set(self.passed.get() + seconds);
        }
    }

    impl Subject for Tried {
        type Cloud = Twin;

        fn cloud(&self) -> &Twin {
            &self.twin
        }

        fn without_there(&self) -> &Twin {
            self.pass((DARK_FROM + 1).saturating_sub(self.passed.get()));
            &self.twin
        }

        fn now(&self) -> Timestamp {
            let start: Timestamp = START.parse().unwrap();
            start + SignedDuration::from_secs(self.passed.get().try_into().unwrap())
        }

        fn settle(&self) {
            self.pass(SETTLED);
        }

        fn measured(&self) -> Window {
            self.settle();
            Window { start: START.parse().unwrap(), end: self.now() }
        }
    }
}
