//! Independent work on several threads, its results in order.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use crate::checkpoint::{Checkpoint, Interrupted};

/// Longest time between two looks at the checkpoint; it limits the rate itself.
const LOOK: Duration = Duration::from_millis(20);

/// Stops the other threads when the calling one was stopped.
pub(crate) struct StopFlag<'a>(pub &'a AtomicBool);

impl Checkpoint for StopFlag<'_> {
    fn poll(&self) -> Result<(), Interrupted> {
        if self.0.load(Ordering::Relaxed) { Err(Interrupted) } else { Ok(()) }
    }
}

/// `work(0) .. work(count - 1)` in order, made by `threads` while the calling one watches.
///
/// `work` is to poll the checkpoint it is given now and then.
///
/// # Errors
/// [`Interrupted`] when the checkpoint asks to stop.
pub(crate) fn in_parallel<T: Send>(
    count: usize,
    threads: NonZeroUsize,
    checkpoint: &impl Checkpoint,
    work: impl Fn(usize, &StopFlag<'_>) -> Result<T, Interrupted> + Sync,
) -> Result<Vec<T>, Interrupted> {
    let (stop, next) = (AtomicBool::new(false), AtomicUsize::new(0));
    let mut results: Vec<Option<T>> = std::iter::repeat_with(|| None).take(count).collect();
    let (sender, receiver) = channel();
    let run = |sender: Sender<(usize, T)>| {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                return;
            }
            // Stopped, or nobody listens any more.
            let Ok(result) = work(index, &StopFlag(&stop)) else { return };
            if sender.send((index, result)).is_err() {
                return;
            }
        }
    };
    let run = &run;
    let outcome = std::thread::scope(|scope| {
        let spawn = |_| {
            let sender = sender.clone();
            scope.spawn(move || run(sender))
        };
        let workers: Vec<_> = (0..threads.get().min(count)).map(spawn).collect();
        drop(sender);
        let outcome = collect(&receiver, &mut results, checkpoint);
        stop.store(true, Ordering::Relaxed);
        for worker in workers {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
        outcome
    });
    outcome?;
    results.into_iter().map(|result| result.ok_or(Interrupted)).collect()
}

/// Puts results in their places until no worker is left or the checkpoint asks to stop.
fn collect<T>(
    receiver: &Receiver<(usize, T)>,
    results: &mut [Option<T>],
    checkpoint: &impl Checkpoint,
) -> Result<(), Interrupted> {
    let mut done = 0;
    loop {
        match receiver.recv_timeout(LOOK) {
            Ok((index, result)) => {
                results[index] = Some(result);
                done += 1;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        checkpoint.progress(done, results.len())?;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::checkpoint::NoCheckpoint;

    fn threads(n: usize) -> NonZeroUsize {
        NonZeroUsize::new(n).unwrap()
    }

    /// Results stand in the order of their indices on any number of threads.
    #[test]
    fn keeps_the_order() {
        for n in [1, 2, 7, 200] {
            let squares = in_parallel(100, threads(n), &NoCheckpoint, |i, _| Ok(i * i));
            assert!(squares.unwrap().into_iter().eq((0..100).map(|i| i * i)));
        }
        assert_eq!(in_parallel(0, threads(3), &NoCheckpoint, |i, _| Ok(i)), Ok(vec![]));
    }

    /// Progress rises by one to the total.
    #[test]
    fn reports_progress() {
        struct Record(RefCell<Vec<(usize, usize)>>);
        impl Checkpoint for Record {
            fn poll(&self) -> Result<(), Interrupted> {
                Ok(())
            }
            fn progress(&self, done: usize, total: usize) -> Result<(), Interrupted> {
                self.0.borrow_mut().push((done, total));
                Ok(())
            }
        }
        let record = Record(RefCell::default());
        in_parallel(5, threads(2), &record, |i, _| Ok(i)).unwrap();
        let mut seen = record.0.into_inner();
        seen.dedup();
        seen.retain(|&(done, _)| done > 0);
        assert_eq!(seen, [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]);
    }

    /// A stop reaches work that would never end by itself.
    #[test]
    fn stops_endless_work() {
        struct Stop;
        impl Checkpoint for Stop {
            fn poll(&self) -> Result<(), Interrupted> {
                Err(Interrupted)
            }
        }
        let endless = |_, stop: &StopFlag<'_>| -> Result<(), Interrupted> {
            loop {
                stop.poll()?;
                std::thread::yield_now();
            }
        };
        assert_eq!(in_parallel(3, threads(2), &Stop, endless), Err(Interrupted));
    }

    /// A panic of a worker is the caller's.
    #[test]
    #[should_panic(expected = "a defect")]
    fn panics_pass_on() {
        let _ = in_parallel(3, threads(2), &NoCheckpoint, |i, _| {
            assert_ne!(i, 1, "a defect");
            Ok(())
        });
    }
}
