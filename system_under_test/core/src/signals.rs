//! Python's signals, looked at while the core works.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use genomics::{Checkpoint, Interrupted};
use pyo3::prelude::*;

/// Time between two looks: short for a person who presses Ctrl-C, long beside taking the GIL.
const INTERVAL: Duration = Duration::from_millis(50);

/// A checkpoint that stops when a Python signal handler or the progress callback raises.
pub(crate) struct Signals {
    callback: Option<Py<PyAny>>,
    looked: Cell<Instant>,
    raised: RefCell<Option<PyErr>>,
}

impl Signals {
    pub(crate) fn new(callback: Option<Py<PyAny>>) -> Self {
        Self { callback, looked: Cell::new(Instant::now()), raised: RefCell::new(None) }
    }

    /// Whether it is time to look; the next time is one interval later.
    fn due(&self) -> bool {
        let due = self.looked.get().elapsed() >= INTERVAL;
        if due {
            self.looked.set(Instant::now());
        }
        due
    }

    /// Asks Python, and keeps what it raises.
    fn ask(&self, question: impl FnOnce(Python<'_>) -> PyResult<()>) -> Result<(), Interrupted> {
        Python::attach(question).map_err(|error| {
            self.raised.replace(Some(error));
            Interrupted
        })
    }

    /// What was raised.
    pub(crate) fn into_raised(self) -> Option<PyErr> {
        self.raised.into_inner()
    }
}

impl Checkpoint for Signals {
    fn poll(&self) -> Result<(), Interrupted> {
        #[expect(clippy::redundant_closure_for_method_calls, reason = "the lifetimes need one")]
        let look = || self.ask(|py| py.check_signals());
        if self.due() { look() } else { Ok(()) }
    }

    fn progress(&self, done: usize, total: usize) -> Result<(), Interrupted> {
        let Some(callback) = &self.callback else { return self.poll() };
        if !self.due() && done < total {
            return Ok(());
        }
        self.ask(|py| {
            py.check_signals()?;
            callback.call1(py, (done, total)).map(drop)
        })
    }
}
