//! `_decompress`.

use std::path::PathBuf;

use genomics::Input;
use pyo3::prelude::*;

use crate::guard::guarded;

/// Decompress a gzip file and throw the text away: what a benchmark measures parsing against.
///
/// Returns the length of the text in bytes. Raises OSError when it cannot be read.
#[pyfunction]
pub(crate) fn _decompress(py: Python<'_>, path: PathBuf) -> PyResult<u64> {
    guarded(py, |_| genomics::decompress(&Input::open(&path)?))
}
