//! Dictionaries by codon.

use std::collections::BTreeMap;

use genomics::{CODONS, Codon, CodonCounts};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The codons that occur, alphabetical, with their counts.
pub(crate) fn codon_dict<'py>(
    py: Python<'py>,
    counts: &CodonCounts,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (codon, count) in counts.present() {
        dict.set_item(codon.to_string(), count)?;
    }
    Ok(dict)
}

/// Counts from a dictionary; codons it lacks count 0, either case is read.
pub(crate) fn counts_argument(codons: BTreeMap<String, u64>) -> PyResult<CodonCounts> {
    let mut counts = CodonCounts::default();
    let mut total = 0_u64;
    for (name, count) in codons {
        total = total.checked_add(count).ok_or_else(|| PyValueError::new_err("too many codons"))?;
        counts.counts[codon(&name)?.index()] += count;
    }
    Ok(counts)
}

/// Frequencies from a dictionary; codons it lacks have 0.
pub(crate) fn frequencies_argument(codons: BTreeMap<String, f64>) -> PyResult<[f64; CODONS]> {
    let mut frequencies = [0.0; CODONS];
    for (name, frequency) in codons {
        frequencies[codon(&name)?.index()] += frequency;
    }
    Ok(frequencies)
}

fn codon(name: &str) -> PyResult<Codon> {
    let bases = <[u8; 3]>::try_from(name.as_bytes()).ok();
    let refused = || PyValueError::new_err(format!("'{name}' is not a codon of A, C, G and T"));
    bases.and_then(Codon::from_bases).ok_or_else(refused)
}
