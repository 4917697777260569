//! Python's signals, looked at while the core works.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use genomics::{Checkpoint, Interrupted};
use pyo3::prelude::*;

/// Time between two looks: short for a person who presses Ctrl-C, long beside taking the GIL.
const INTERVAL: Duration = Duration::from_millis(50);

/// A checkpoint that stops when a Python signal handler raises.
pub(crate) struct Signals {
    looked: Cell<Instant>,
    raised: RefCell<Option<PyErr>>,
}

impl Signals {
    pub(crate) fn new() -> Self {
        Self { looked: Cell::new(Instant::now()), raised: RefCell::new(None) }
    }

    /// What the handler raised.
    pub(crate) fn into_raised(self) -> Option<PyErr> {
        self.raised.into_inner()
    }
}

impl Checkpoint for Signals {
    fn poll(&self) -> Result<(), Interrupted> {
        if self.looked.get().elapsed() < INTERVAL {
            return Ok(());
        }
        self.looked.set(Instant::now());
        #[expect(clippy::redundant_closure_for_method_calls, reason = "the lifetimes need one")]
        Python::attach(|py| py.check_signals()).map_err(|error| {
            self.raised.replace(Some(error));
            Interrupted
        })
    }
}
