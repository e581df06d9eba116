//! What an instance makes of its load: latency, refusals and utilisation.
//!
//! An instance is an M/M/c/K queue: requests arrive at random, `c` of them are served at a time in
//! exponential times with the mean that the spec gives as latency without load, and `c` is what
//! makes its rated requests per second come out. At most [`Model::queue_seconds`] of its rated
//! load wait; more are refused. Source of the formulas: Gross, Shortle, Thompson and Harris,
//! "Fundamentals of Queueing Theory", 4th edition, sections 2.3 and 2.5 (multi-server queues, with
//! and without a limit).
//!
//! Between two changes of load or size the queue is taken to be in its steady state (the pointwise
//! stationary approximation: Green and Kolesar, Management Science 37(1), 1991). That is right while
//! loads change slower than requests are served, which is seconds. The waiting time of those who
//! wait is taken as continuous: an exponential that is cut at the longest wait.
//!
//! All of it depends on the utilisation alone, so it is computed once for each of [`LEVELS`]
//! levels, and a run keeps how many requests met each level.
//!
//! [`Model::queue_seconds`]: crate::model::Model::queue_seconds

/// Levels of utilisation that are told apart.
pub(crate) const LEVELS: usize = 56 + 256 + 57;

/// Coarse steps below and above, fine ones around 1, where latency grows steeply.
const FINE_FROM: f64 = 0.875;
const FINE_TO: f64 = 1.125;
const COARSE: f64 = 64.0;
const FINE: f64 = 1024.0;

/// A point between two levels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Position {
    /// The level below.
    pub(crate) level: usize,
    /// How far towards the level above, 0 to 1.
    pub(crate) share: f64,
}

/// Where a utilisation lies among the levels.
pub(crate) fn position(utilisation: f64) -> Position {
    let place = if utilisation < FINE_FROM {
        utilisation.max(0.0) * COARSE
    } else if utilisation < FINE_TO {
        (utilisation - FINE_FROM).mul_add(FINE, 56.0)
    } else {
        (utilisation - FINE_TO).mul_add(COARSE, 56.0 + 256.0).min(367.999)
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "between 0 and the number of levels; what is no number becomes 0"
    )]
    {
        let level = place as usize;
        Position { level, share: place - level as f64 }
    }
}

/// The utilisation of a level.
fn utilisation(level: usize) -> f64 {
    let level = f64::from(u32::try_from(level).unwrap_or(u32::MAX));
    if level < 56.0 {
        level / COARSE
    } else if level < 312.0 {
        FINE_FROM + (level - 56.0) / FINE
    } else {
        FINE_TO + (level - 312.0) / COARSE
    }
}

/// What an instance of a kind makes of every level of load.
#[derive(Clone, Debug)]
pub(crate) struct Station {
    /// Requests per second that it is rated for; above 0.
    pub(crate) rated: f64,
    /// Mean latency without load, in seconds.
    pub(crate) idle: f64,
    levels: Vec<Level>,
}

/// An instance in the steady state of one utilisation.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    /// Share of requests that is refused.
    refused: f64,
    /// Mean latency of those that are not, in seconds.
    mean: f64,
    /// The latency that 95 % of those that are not do not exceed, in seconds.
    p95: f64,
    tail: Tail,
}

impl Station {
    /// A kind of instance. `base` is the mean latency without load in seconds, and `queue` the
    /// longest queue, in seconds of rated load.
    pub(crate) fn new(rated: f64, base: f64, queue: f64) -> Self {
        let rated = rated.max(1e-6);
        let servers = (rated * base).round().clamp(1.0, 100_000.0);
        let room = (queue * rated).round().max(1.0);
        let levels = (0..LEVELS).map(|level| Level::of(utilisation(level), servers, room, rated));
        let levels: Vec<Level> = levels.collect();
        let idle = levels.first().map_or(0.0, |level| level.mean);
        Self { rated, idle, levels }
    }

    fn between(&self, at: Position, of: impl Fn(&Level) -> f64) -> f64 {
        match (self.levels.get(at.level), self.levels.get(at.level + 1)) {
            (Some(below), Some(above)) => {
                let (below, above) = (of(below), of(above));
                (above - below).mul_add(at.share, below)
            }
            _ => 0.0,
        }
    }

    /// Share of requests that is refused.
    pub(crate) fn refused(&self, utilisation: f64, at: Position) -> f64 {
        // Far beyond the last level everything beyond the rated load is refused.
        if utilisation >= 1.5 { 1.0 - 1.0 / utilisation } else { self.between(at, |l| l.refused) }
    }

    /// Mean latency of answered requests, in seconds.
    pub(crate) fn mean(&self, at: Position) -> f64 {
        self.between(at, |level| level.mean)
    }

    /// 95th percentile of the latency of answered requests, in seconds.
    pub(crate) fn p95(&self, at: Position) -> f64 {
        self.between(at, |level| level.p95)
    }

    /// Mean latency of answered requests at a level, in seconds.
    pub(crate) fn mean_at(&self, level: usize) -> f64 {
        self.levels.get(level).map_or(0.0, |level| level.mean)
    }

    /// Share of the answered requests at a level that takes longer than so many seconds.
    pub(crate) fn slower_than(&self, level: usize, seconds: f64) -> f64 {
        self.levels.get(level).map_or(0.0, |level| level.tail.beyond(seconds))
    }
}

impl Level {
    fn of(utilisation: f64, servers: f64, room: f64, rated: f64) -> Self {
        let serving = rated / servers;
        let (waits, refused) = occupancy(utilisation, servers, room);
        let tail = Tail {
            serving,
            waits,
            // Of an unlimited queue; the cut at the longest wait makes it hold at and beyond 1.
            easing: rated * (1.0 - utilisation),
            longest: room / rated,
        };
        Self { refused, mean: tail.mean(), p95: tail.quantile(0.95), tail }
    }
}

/// The share of accepted requests that has to wait, and the share of all that is refused.
///
/// The probabilities of 0 to c requests are counted down from the one of c, so that nothing
/// overflows but what is as good as zero.
fn occupancy(utilisation: f64, servers: f64, room: f64) -> (f64, f64) {
    if utilisation <= 0.0 {
        return (0.0, 0.0);
    }
    let offered = utilisation * servers;
    let (mut below, mut term, mut number) = (0.0, 1.0, servers);
    while number >= 1.0 && below < 1e15 {
        term *= number / offered;
        below += term;
        number -= 1.0;
    }
    // From c to K: a geometric series, of which the last term is the full house.
    let last = utilisation.powf(room);
    if last > 1e200 {
        return (1.0, 1.0 - 1.0 / utilisation);
    }
    let queue = if (utilisation - 1.0).abs() < 1e-9 {
        room + 1.0
    } else {
        (1.0 - last * utilisation) / (1.0 - utilisation)
    };
    let all = below + queue;
    let accepted = all - last;
    (((queue - last) / accepted).clamp(0.0, 1.0), (last / all).clamp(0.0, 1.0))
}

/// The latency of answered requests: a service time, and for some a wait before it.
#[derive(Clone, Copy, Debug, Default)]
struct Tail {
    /// Services per second of one server.
    serving: f64,
    /// Share of the requests that waits.
    waits: f64,
    /// Rate of the exponential wait; negative when most wait long.
    easing: f64,
    /// The longest wait, in seconds.
    longest: f64,
}

impl Tail {
    /// Share of the requests that takes longer than so many seconds.
    fn beyond(self, seconds: f64) -> f64 {
        let served = (-self.serving * seconds).exp();
        if self.waits <= 0.0 {
            return served;
        }
        // In units of the wait's density at 0; a long wait is counted from its end instead, so that
        // no exponential overflows.
        let shift = if self.easing < 0.0 { self.easing * self.longest } else { 0.0 };
        let waited = seconds.min(self.longest);
        let density = |x: f64| (shift - self.easing * x).exp();
        let whole = scaled_area(self.easing, shift, 0.0, self.longest);
        let still_waiting = scaled_area(self.easing, shift, waited, self.longest);
        // Those whose wait is over at x and who are still being served.
        let rate = self.easing - self.serving;
        let being_served = if rate.abs() * waited < 1e-9 {
            served * waited * shift.exp()
        } else {
            (served * shift.exp() - (-self.serving * (seconds - waited)).exp() * density(waited))
                / rate
        };
        let late = ((still_waiting + being_served) / whole).clamp(0.0, 1.0);
        self.waits.mul_add(late, (1.0 - self.waits) * served)
    }

    /// In seconds.
    fn mean(self) -> f64 {
        let shift = if self.easing < 0.0 { self.easing * self.longest } else { 0.0 };
        let steps = self.easing * self.longest;
        let wait = if steps.abs() < 1e-6 {
            self.longest / 2.0
        } else {
            let whole = scaled_area(self.easing, shift, 0.0, self.longest);
            let end = self.longest * (shift - steps).exp();
            (whole - end) / (self.easing * whole)
        };
        self.waits.mul_add(wait, 1.0 / self.serving)
    }

    /// The latency that so large a share of the requests does not exceed, in seconds.
    fn quantile(self, share: f64) -> f64 {
        let most = self.longest + 40.0 / self.serving;
        crate::quantile::of_tail(share, most, |seconds| self.beyond(seconds))
    }
}

/// The integral of `exp(shift - rate x)` over `from..to`.
fn scaled_area(rate: f64, shift: f64, from: f64, to: f64) -> f64 {
    let (start, end) = ((shift - rate * from).exp(), (shift - rate * to).exp());
    if (rate * (to - from)).abs() < 1e-6 {
        return (to - from) * f64::midpoint(start, end);
    }
    (start - end) / rate
}

#[cfg(test)]
mod tests {
    use super::*;

    fn station() -> Station {
        Station::new(500.0, 0.05, 1.0)
    }

    fn at(utilisation: f64) -> (f64, f64) {
        let (station, at) = (station(), position(utilisation));
        (station.refused(utilisation, at), station.mean(at))
    }

    #[test]
    fn levels_and_utilisations_are_two_words_for_one_thing() {
        for level in 0..LEVELS - 1 {
            let back = position(utilisation(level));
            assert!(back.level == level && back.share < 1e-6, "{level}: {back:?}");
        }
    }

    #[test]
    fn without_load_the_latency_is_the_declared_one() {
        let (refused, mean) = at(0.03);
        assert!(refused < 1e-9 && (mean - 0.05).abs() < 1e-6, "{refused} {mean}");
        // An exponential time's 95th percentile is ln 20 of its mean: 150 ms.
        assert!((station().p95(position(0.03)) - 0.149_787).abs() < 1e-4);
    }

    #[test]
    fn one_server_with_a_long_queue_behaves_as_the_textbook_says() {
        // M/M/1 at 0.75: mean 1 / (rate - load) = 1 / (10 - 7.5) = 0.4 s.
        let station = Station::new(10.0, 0.1, 1_000.0);
        let mean = station.mean(position(0.75));
        assert!((mean - 0.4).abs() < 1e-3, "{mean}");
        let p95 = station.p95(position(0.75));
        assert!((p95 - 0.4 * 20f64.ln()).abs() < 1e-3, "{p95}");
    }

    #[test]
    fn several_servers_wait_as_erlang_c_says() {
        // c = 2, load 1.5: Erlang C = 9/14, mean wait = C / (c - load) of a service time.
        let station = Station::new(2.0, 1.0, 10_000.0);
        let mean = station.mean(position(0.75));
        assert!((mean - (1.0 + 9.0 / 14.0 / 0.5)).abs() < 1e-3, "{mean}");
    }

    #[test]
    fn beyond_the_rated_load_the_excess_is_refused_and_the_rest_waits_its_longest() {
        for overload in [1.3, 1.6, 2.0, 5.0] {
            let (refused, mean) = at(overload);
            assert!((refused - (1.0 - 1.0 / overload)).abs() < 0.005, "{overload}: {refused}");
            assert!((0.95..1.06).contains(&mean), "{overload}: {mean}");
        }
    }

    #[test]
    fn more_load_is_never_faster_and_never_refuses_less() {
        let station = station();
        let mut last = (0.0, 0.0, 0.0);
        for step in 0..4_000u32 {
            let utilisation = f64::from(step) / 1_000.0;
            let at = position(utilisation);
            let now = (station.refused(utilisation, at), station.mean(at), station.p95(at));
            assert!(now.0 >= last.0 - 1e-3 && now.1 >= last.1 - 1e-9, "{utilisation}: {now:?}");
            assert!(now.2 >= last.2 - 1e-3 && now.2.is_finite(), "{utilisation}: {now:?}");
            last = now;
        }
    }

    #[test]
    fn a_tail_falls_from_all_to_none() {
        let station = station();
        for level in 0..LEVELS {
            let mut last = 1.0 + 1e-9;
            for milliseconds in 0..4_000u32 {
                let share = station.slower_than(level, f64::from(milliseconds) / 1_000.0);
                assert!((0.0..=last + 1e-9).contains(&share), "level {level}, {milliseconds} ms");
                last = share;
            }
            assert!(last < 1e-3, "level {level}: {last}");
        }
    }

    #[test]
    fn the_largest_stations_stay_numbers() {
        for (rated, base) in [(10_000.0, 0.01), (1e6, 10.0), (0.001, 0.001), (2_000.0, 1.0)] {
            let station = Station::new(rated, base, 1.0);
            for level in &station.levels {
                let Level { refused, mean, p95, .. } = *level;
                assert!((0.0..=1.0).contains(&refused) && mean.is_finite() && p95.is_finite());
            }
        }
    }
}
