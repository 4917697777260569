//! The border between Python and the core.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use genomics::Error;
use pyo3::prelude::*;

use crate::errors::{CorePanicError, exception};
use crate::signals::Signals;

/// Runs `work` without the GIL; its errors, its panics and signals become exceptions.
pub(crate) fn guarded<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&Signals) -> Result<T, Error> + Send,
) -> PyResult<T> {
    guarded_with_progress(py, None, work)
}

/// As [`guarded`]; `callback(done, total)` hears of the progress.
pub(crate) fn guarded_with_progress<T: Send>(
    py: Python<'_>,
    callback: Option<Py<PyAny>>,
    work: impl FnOnce(&Signals) -> Result<T, Error> + Send,
) -> PyResult<T> {
    let (outcome, raised) = py.detach(|| {
        let signals = Signals::new(callback);
        // What `work` touched is dropped with it: nothing half-changed is seen again.
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&signals)));
        (outcome, signals.into_raised())
    });
    if let Some(raised) = raised {
        return Err(raised);
    }
    match outcome {
        Ok(result) => result.map_err(|error| exception(py, error)),
        Err(panic) => Err(CorePanicError::new_err(panic_message(panic.as_ref()))),
    }
}

/// What the panic said.
fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panic without a message".to_owned())
}
