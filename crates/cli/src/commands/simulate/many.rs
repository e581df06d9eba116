//! Many runs at once, on all cores.

use std::num::NonZero;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::Result;
use plimsoll_core::spec::Spec;
use plimsoll_twin::load::Load;
use plimsoll_twin::run::{Options, simulate};

use crate::args::Seeds;
use crate::exit::Exit;
use crate::view::Console;
use crate::view::simulation::{Sample, Spread};

/// Runs a load with each seed and shows how the results spread.
pub(super) fn run(
    spec: &Spec,
    load: &Load,
    options: &Options,
    seeds: Seeds,
    console: Console,
) -> Result<Exit> {
    let each: Vec<u64> = (seeds.first..=seeds.last).collect();
    let samples = on_all_cores(&each, |seed| {
        // Only the figures are kept: outcomes of a thousand seeds would fill the memory.
        Sample::of(&simulate(spec, load, &Options { seed: *seed, ..options.clone() }))
    });
    let spread = Spread::new(&spec.title(), load, options, &samples);
    console.result(&spread)?;
    Ok(if spread.held() { Exit::Done } else { Exit::Failed })
}

/// Does the work for every item, on as many threads as there are cores, and keeps their order.
/// Threads take the next item when they are done with one, since runs differ in length.
pub(super) fn on_all_cores<Item: Sync, Answer: Send>(
    items: &[Item],
    work: impl Fn(&Item) -> Answer + Sync,
) -> Vec<Answer> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut answers = Vec::new();
        loop {
            let turn = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(turn) else { return answers };
            answers.push((turn, work(item)));
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(items.len());
    let mut answers: Vec<(usize, Answer)> = thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let ended = started.into_iter().map(thread::ScopedJoinHandle::join);
        // A panic of a thread is one of the whole command.
        ended.flat_map(|ended| ended.unwrap_or_else(|why| panic::resume_unwind(why))).collect()
    });
    answers.sort_by_key(|(turn, _)| *turn);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_items_whoever_is_done_first() {
        let items: Vec<u64> = (0..100).collect();
        let answers = on_all_cores(&items, |item| {
            thread::sleep(std::time::Duration::from_micros((100 - item) * 10));
            item * 2
        });
        assert_eq!(answers, (0..100).map(|item| item * 2).collect::<Vec<u64>>());
        assert_eq!(on_all_cores(&[], |item: &u64| *item), Vec::<u64>::new());
    }
}
