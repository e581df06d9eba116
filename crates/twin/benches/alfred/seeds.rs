//! Many seeds at once: what more cores bring.

use std::time::{Duration, Instant};

use plimsoll_twin::parallel::{cores, on_cores};

use crate::platform::{MONTH, Platform};

const SEEDS: u64 = 24;

/// Turns of each kind; the fastest counts, since others only take time away.
const TURNS: u32 = 3;

/// How much faster many seeds are on all cores than on one.
pub(crate) fn measured(platform: &Platform) -> String {
    let cores = cores();
    let (mut one, mut all) = (Duration::MAX, Duration::MAX);
    for _ in 0..TURNS {
        one = one.min(time(platform, 1));
        all = all.min(time(platform, cores));
    }
    format!(
        "{SEEDS} seeds of {MONTH} days: {:.2} s on one core, {:.2} s on {cores}, which is {:.2} \
         times as fast",
        one.as_secs_f64(),
        all.as_secs_f64(),
        one.as_secs_f64() / all.as_secs_f64()
    )
}

fn time(platform: &Platform, cores: usize) -> Duration {
    let seeds: Vec<u64> = (1..=SEEDS).collect();
    let begin = Instant::now();
    on_cores(cores, &seeds, |seed| platform.run(MONTH, *seed).total.scaling_events);
    begin.elapsed()
}
