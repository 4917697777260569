//! `rscu`.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::codon_dict::counts_argument;
use crate::guard::guarded;

/// Relative synonymous codon usage, by codon, alphabetical.
///
/// RSCU_ij = x_ij / ((1 / n_i) sum_j x_ij) for codon j of amino acid i with n_i codons in the
/// standard code (Sharp, Tuohy and Mosurski, Nucleic Acids Res. 14 (1986) 5125-5143). 1.0 for
/// Met and Trp, 0.0 for a codon that an amino acid which occurs never uses; amino acids that do
/// not occur and stop codons are left out.
///
/// Raises ValueError for a key that is no codon.
#[pyfunction]
#[pyo3(signature = (codon_counts))]
pub(crate) fn rscu(
    py: Python<'_>,
    codon_counts: BTreeMap<String, u64>,
) -> PyResult<Bound<'_, PyDict>> {
    let counts = counts_argument(codon_counts)?;
    let usage = guarded(py, |_| Ok(genomics::rscu(&counts)))?;
    let dict = PyDict::new(py);
    for (codon, value) in usage {
        dict.set_item(codon.to_string(), value)?;
    }
    Ok(dict)
}
