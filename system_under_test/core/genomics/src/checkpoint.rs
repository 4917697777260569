//! Cancellation of a long computation.

/// The computation was asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("interrupted")]
pub struct Interrupted;

/// Asked now and then, on the calling thread, whether to go on.
///
/// Called between windows of input and between shuffles; an implementation limits the rate of
/// whatever costs time in it.
pub trait Checkpoint {
    /// Goes on, or stops the computation.
    ///
    /// # Errors
    /// [`Interrupted`] to stop it.
    fn poll(&self) -> Result<(), Interrupted>;

    /// Hears that `done` of `total` pieces of work are done; called at least at the last one.
    ///
    /// # Errors
    /// [`Interrupted`] to stop it.
    fn progress(&self, done: usize, total: usize) -> Result<(), Interrupted> {
        let _ = (done, total);
        self.poll()
    }
}

/// Never stops.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoCheckpoint;

impl Checkpoint for NoCheckpoint {
    fn poll(&self) -> Result<(), Interrupted> {
        Ok(())
    }
}
