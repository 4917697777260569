//! `chi_square`.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::codon_dict::{counts_argument, frequencies_argument};
use crate::guard::guarded;

/// Test codon counts against an expectation.
///
/// X^2 = sum (O - E)^2 / E (Pearson, Phil. Mag. 50 (1900) 157-175); p = Q(df / 2, X^2 / 2), the
/// regularized upper incomplete gamma function, 0.0 below the smallest double. `expected` are
/// relative frequencies of any positive sum: the cells are the codons whose frequency is
/// positive, df one less. None expects equal use of the synonyms of each amino acid that occurs:
/// df = sum (n_i - 1), stop codons left out. Returns {"statistic", "degrees_of_freedom",
/// "p_value", "cells_expected_below_5"}; with more than a fifth of the cells below 5 p is
/// doubtful (Cochran, Biometrics 10 (1954) 417-451).
///
/// Raises ValueError without codons or degrees of freedom, for a key that is no codon, for a
/// frequency that is negative or not finite, or for a counted codon whose frequency is 0.
#[pyfunction]
#[pyo3(signature = (codon_counts, expected=None))]
pub(crate) fn chi_square(
    py: Python<'_>,
    codon_counts: BTreeMap<String, u64>,
    expected: Option<BTreeMap<String, f64>>,
) -> PyResult<Bound<'_, PyDict>> {
    let counts = counts_argument(codon_counts)?;
    let expected = expected.map(frequencies_argument).transpose()?;
    let test = guarded(py, |_| Ok(genomics::chi_square(&counts, expected.as_ref())?))?;
    let dict = PyDict::new(py);
    dict.set_item("statistic", test.statistic)?;
    dict.set_item("degrees_of_freedom", test.degrees_of_freedom)?;
    dict.set_item("p_value", test.p_value)?;
    dict.set_item("cells_expected_below_5", test.cells_expected_below_5)?;
    Ok(dict)
}
