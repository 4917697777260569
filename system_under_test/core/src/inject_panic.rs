//! `_panic`.

use pyo3::prelude::*;

use crate::guard::guarded;

/// Panic inside the core, to test that a defect fails the call and not the process.
///
/// Raises CorePanicError with the message.
#[pyfunction]
pub(crate) fn _panic(py: Python<'_>, message: String) -> PyResult<()> {
    guarded(py, |_| panic!("{message}"))
}
