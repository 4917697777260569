//! `codon_counts`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use genomics::{FileCodonCounts, Input, ShortRecord, count_file_codons};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::codon_dict::codon_dict;
use crate::guard::guarded;

/// Count the codons of every record of a FASTA or FASTQ file, in frame from its first base.
///
/// Returns {"codon_counts": {codon: count > 0, alphabetical}, "total_codons" (of A, C, G and T
/// only), "ambiguous_codons", "records", "length_bp", "short_records", "short_records_listed":
/// [{"id", "length_bp"}, ...]}. Records of fewer than `length_bp_min` bases are not counted as
/// codons: "short_records" is their number, the first 100 are listed; "records" and "length_bp"
/// include them. Bases after the last whole codon of a record are dropped.
///
/// Plain FASTA is shared among `threads`, a single long record included; of two threads one
/// decompresses gzip and one counts; plain FASTQ is read by one. The result does not depend on
/// `threads`, and memory stays below a few megabytes.
///
/// Raises ParseError when the file is malformed, OSError when it cannot be read, ValueError when
/// `threads` is 0.
#[pyfunction]
#[pyo3(signature = (path, length_bp_min=0, threads=NonZeroUsize::MIN))]
#[pyo3(text_signature = "(path, length_bp_min=0, threads=1)")]
pub(crate) fn codon_counts(
    py: Python<'_>,
    path: PathBuf,
    length_bp_min: u64,
    threads: NonZeroUsize,
) -> PyResult<Bound<'_, PyDict>> {
    let counts = guarded(py, |signals| {
        count_file_codons(&Input::open(&path)?, length_bp_min, threads, signals)
    })?;
    dict(py, &counts)
}

fn dict<'py>(py: Python<'py>, file: &FileCodonCounts) -> PyResult<Bound<'py, PyDict>> {
    let short: Vec<_> =
        file.short_records_listed.iter().map(|s| short_dict(py, s)).collect::<PyResult<_>>()?;
    let dict = PyDict::new(py);
    dict.set_item("codon_counts", codon_dict(py, &file.codons)?)?;
    dict.set_item("total_codons", file.codons.total())?;
    dict.set_item("ambiguous_codons", file.codons.ambiguous)?;
    dict.set_item("records", file.records)?;
    dict.set_item("length_bp", file.length_bp)?;
    dict.set_item("short_records", file.short_records)?;
    dict.set_item("short_records_listed", short)?;
    Ok(dict)
}

fn short_dict<'py>(py: Python<'py>, record: &ShortRecord) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("id", &record.id)?;
    dict.set_item("length_bp", record.length_bp)?;
    Ok(dict)
}
