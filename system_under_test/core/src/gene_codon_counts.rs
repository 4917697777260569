//! `gene_codon_counts`.

use std::path::PathBuf;

use genomics::{CodonCounts, Composition, Input, count_coding_regions};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::codon_dict::codon_dict;
use crate::guard::guarded;
use crate::region_argument::{RegionArgument, region};

/// Count the in-frame codons of coding sequences given by coordinates, all in one pass.
///
/// `regions` are (start, end, strand): 1-based, both ends included, on the forward strand; "-"
/// is read as the reverse complement. `record` names a record by its identifier; None means the
/// only one. Returns, in the order given, {"codon_counts": {codon: count > 0, alphabetical},
/// "total_codons" (of A, C, G and T only), "ambiguous_codons", "length_bp", "gc", "gc3"}; "gc"
/// and "gc3" are None without unambiguous bases or codons.
///
/// Raises ValueError naming the region that is out of range or no multiple of 3, or the record
/// that is not there; ParseError when the file is malformed; OSError when it cannot be read.
#[pyfunction]
#[pyo3(signature = (path, regions, record=None))]
pub(crate) fn gene_codon_counts(
    py: Python<'_>,
    path: PathBuf,
    regions: Vec<RegionArgument>,
    record: Option<String>,
) -> PyResult<Vec<Bound<'_, PyDict>>> {
    let regions: Vec<_> = regions.iter().map(region).collect::<PyResult<_>>()?;
    let genes = guarded(py, |signals| {
        count_coding_regions(&Input::open(&path)?, record.as_deref(), &regions, signals)
    })?;
    genes.iter().map(|(counts, composition)| gene_dict(py, counts, *composition)).collect()
}

fn gene_dict<'py>(
    py: Python<'py>,
    counts: &CodonCounts,
    composition: Composition,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("codon_counts", codon_dict(py, counts)?)?;
    dict.set_item("total_codons", counts.total())?;
    dict.set_item("ambiguous_codons", counts.ambiguous)?;
    dict.set_item("length_bp", composition.length_bp())?;
    dict.set_item("gc", composition.gc())?;
    dict.set_item("gc3", counts.gc3())?;
    Ok(dict)
}
