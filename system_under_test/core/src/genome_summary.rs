//! `genome_summary`.

use std::path::PathBuf;

use genomics::{Composition, GenomeSummary, Input, RecordSummary, summarize};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::guard::guarded;

/// Say what a FASTA or FASTQ file holds, plain or gzip.
///
/// Returns {"records": [{"id", "description", "length_bp", "a", "c", "g", "t", "other"}, ...],
/// "length_bp", "gc"}. Bases are counted in either case; "other" are all further IUPAC codes,
/// U and gaps included; "gc" is (G + C) / (A + C + G + T), None without any of these.
///
/// Raises ParseError when the file is malformed, OSError when it cannot be read.
#[pyfunction]
pub(crate) fn genome_summary(py: Python<'_>, path: PathBuf) -> PyResult<Bound<'_, PyDict>> {
    let summary = guarded(py, |signals| summarize(&Input::open(&path)?, signals))?;
    dict(py, &summary)
}

fn dict<'py>(py: Python<'py>, summary: &GenomeSummary) -> PyResult<Bound<'py, PyDict>> {
    let records: Vec<_> =
        summary.records.iter().map(|record| record_dict(py, record)).collect::<PyResult<_>>()?;
    let dict = PyDict::new(py);
    dict.set_item("records", records)?;
    dict.set_item("length_bp", summary.total.length_bp())?;
    dict.set_item("gc", summary.total.gc())?;
    Ok(dict)
}

fn record_dict<'py>(py: Python<'py>, record: &RecordSummary) -> PyResult<Bound<'py, PyDict>> {
    let Composition { a, c, g, t, other } = record.composition;
    let dict = PyDict::new(py);
    dict.set_item("id", &record.id)?;
    dict.set_item("description", &record.description)?;
    dict.set_item("length_bp", record.composition.length_bp())?;
    for (base, count) in [("a", a), ("c", c), ("g", g), ("t", t), ("other", other)] {
        dict.set_item(base, count)?;
    }
    Ok(dict)
}
