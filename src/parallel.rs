//! Work on several cores, with the same result as on one.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::ScopedJoinHandle;

/// More threads than this only get into each other's way.
const MAX_THREADS: usize = 8;

/// How many threads are worth it for so many items, if a thread needs `least` of them to pay.
fn threads_for(items: usize, least: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get).min(MAX_THREADS);
    (items / least.max(1)).clamp(1, cores)
}

/// Cuts `0..items` into as many runs as there are threads for, and gives their results in order. Fewer than twice
/// `least` items stay on this thread.
pub(crate) fn runs<T: Send>(items: usize, least: usize, work: impl Fn(std::ops::Range<usize>) -> T + Sync) -> Vec<T> {
    let size = items.div_ceil(threads_for(items, least)).max(1);
    let runs = (0..items).step_by(size).map(|start| start..items.min(start + size));
    on_threads(runs, work)
}

/// The results of `work` for each of `0..items`, in order. Threads take the next `block` items when they are done with
/// the last; each makes itself a state to work with by `start`.
pub(crate) fn blocks<S, T: Send>(
    items: usize,
    block: usize,
    start: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let block = block.max(1);
    let run = |_| {
        let (mut state, mut done) = (start(), Vec::new());
        loop {
            let first = next.fetch_add(block, Ordering::Relaxed);
            if first >= items {
                return done;
            }
            let results = (first..items.min(first + block)).map(|item| work(&mut state, item)).collect::<Vec<_>>();
            done.push((first, results));
        }
    };
    let mut done: Vec<_> = on_threads(0..threads_for(items, block), run).into_iter().flatten().collect();
    done.sort_unstable_by_key(|&(first, _)| first);
    done.into_iter().flat_map(|(_, results)| results).collect()
}

/// The results of `work` in the order of its inputs; every input but the first has a thread of its own.
fn on_threads<I: Send, T: Send>(inputs: impl Iterator<Item = I>, work: impl Fn(I) -> T + Sync) -> Vec<T> {
    let mut inputs = inputs.into_iter();
    let Some(first) = inputs.next() else { return Vec::new() };
    std::thread::scope(|scope| {
        let work = &work;
        let others: Vec<_> = inputs.map(|input| scope.spawn(move || work(input))).collect();
        std::iter::once(work(first)).chain(others.into_iter().map(join)).collect()
    })
}

/// Both results; the second is made on a thread of its own.
pub(crate) fn both<A, B: Send>(first: impl FnOnce() -> A, second: impl FnOnce() -> B + Send) -> (A, B) {
    std::thread::scope(|scope| {
        let second = scope.spawn(second);
        (first(), join(second))
    })
}

/// What a thread came to; its panic goes on here.
pub(crate) fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_order_whatever_the_cut() {
        for items in [0, 1, 2, 7, 100, 1001] {
            for size in [1, 3, 64, 2000] {
                let all: Vec<usize> = (0..items).collect();
                assert_eq!(runs(items, size, Iterator::collect::<Vec<_>>).concat(), all);
                assert_eq!(blocks(items, size, || (), |(), item| item), all, "{items} {size}");
            }
        }
    }
}
