//! Many runs at once, on as many cores as there are.

use std::num::NonZero;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Cores that this process may use; 1 when nobody knows.
#[must_use]
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Does the work for every item, on at most so many threads, and keeps their order. Threads take
/// the next item when they are done with one, since runs differ in length.
///
/// # Panics
/// When the work panics for an item.
pub fn on_cores<Item: Sync, Answer: Send>(
    cores: usize,
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
    let threads = cores.max(1).min(items.len());
    let mut answers: Vec<(usize, Answer)> = thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let ended = started.into_iter().map(thread::ScopedJoinHandle::join);
        // A panic of a thread is one of the whole.
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
        let answers = on_cores(4, &items, |item| {
            thread::sleep(std::time::Duration::from_micros((100 - item) * 10));
            item * 2
        });
        assert_eq!(answers, (0..100).map(|item| item * 2).collect::<Vec<u64>>());
        assert_eq!(on_cores(4, &[], |item: &u64| *item), Vec::<u64>::new());
    }

    #[test]
    fn there_is_always_one_thread() {
        assert_eq!(on_cores(0, &[1, 2], |item| item + 1), [2, 3]);
    }
}
