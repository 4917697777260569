//! `read_records`.

use std::path::PathBuf;

use genomics::Input;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::guard::guarded;

/// Read the sequences of a FASTA or FASTQ file, plain or gzip, into memory.
///
/// Returns [(identifier, bases), ...] in the order of the file, with the case of the file and
/// without line ends; identifiers may repeat. Memory is twice the sequences'.
///
/// Raises ParseError when the file is malformed, OSError when it cannot be read, MemoryError when
/// it does not fit.
#[pyfunction]
pub(crate) fn read_records(
    py: Python<'_>,
    path: PathBuf,
) -> PyResult<Vec<(String, Bound<'_, PyBytes>)>> {
    let records = guarded(py, |signals| genomics::read_records(&Input::open(&path)?, signals))?;
    Ok(records.into_iter().map(|record| (record.id, PyBytes::new(py, &record.bases))).collect())
}
