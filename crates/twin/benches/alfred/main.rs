//! What a month and a year of Alfred cost: time and memory, instructions, and what more cores
//! bring. `cargo bench -p plimsoll-twin` prints the figures; none of them fails it.

#![expect(clippy::expect_used, reason = "a benchmark that cannot begin stops")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod instructions;
mod platform;
mod seeds;

use divan::{AllocProfiler, Bencher};
use plimsoll_twin::run::Controller;

use self::platform::{MONTH, Platform, YEAR};

/// Counts what a run has on the heap at most: `max alloc` is flat when memory is.
#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    let platform = Platform::alfred();
    if instructions::are_being_counted() {
        instructions::counted(&platform);
        return;
    }
    for days in [MONTH, YEAR] {
        let events = platform.liveliness(days);
        println!("{days} days: every stateless group makes at least {events} scaling events a day");
    }
    divan::main();
    println!("{}", seeds::measured(&platform));
    println!("{}", instructions::of_a_month());
}

/// One run on one core, by its days.
#[divan::bench(args = [MONTH, YEAR], sample_count = 10)]
fn days(bencher: Bencher<'_, '_>, days: u32) {
    let platform = Platform::alfred();
    bencher.bench_local(|| platform.run(days, 1));
}

/// A month with the controller in every region: 129 600 decisions.
#[divan::bench(sample_count = 10)]
fn month_with_controller(bencher: Bencher<'_, '_>) {
    let platform = Platform::alfred();
    bencher.bench_local(|| platform.run_with(Controller::On, MONTH, 1));
}
