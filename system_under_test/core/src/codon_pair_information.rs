//! `codon_pair_information`.

use std::path::PathBuf;

use genomics::Input;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::guard::guarded;
use crate::region_argument::{RegionArgument, region};

/// Mutual information of neighbouring codons within coding sequences, pooled over all of them.
///
/// I = sum_xy p(x, y) log2(p(x, y) / (p(x) p(y))) over pairs of neighbours (Shannon, Bell Syst.
/// Tech. J. 27 (1948) 379-423); pairs with an ambiguous codon are left out and none spans two
/// sequences. Returns {"mutual_information_bits", "bias_bits", "pairs"}: the plug-in estimate
/// overestimates by about "bias_bits" = (K_xy - K_x - K_y + 1) / (2 N ln 2), K the numbers of
/// non-empty cells (Miller, in Quastler, Information Theory in Psychology (1955) 95-100), and
/// says nothing where that is not small beside it: some 10,000 codons are needed. `regions` and
/// `record` are as in gene_codon_counts.
///
/// Raises as gene_codon_counts, and ValueError without a pair.
#[pyfunction]
#[pyo3(signature = (path, regions, record=None))]
pub(crate) fn codon_pair_information(
    py: Python<'_>,
    path: PathBuf,
    regions: Vec<RegionArgument>,
    record: Option<String>,
) -> PyResult<Bound<'_, PyDict>> {
    let regions: Vec<_> = regions.iter().map(region).collect::<PyResult<_>>()?;
    let found = guarded(py, |signals| {
        let input = Input::open(&path)?;
        genomics::codon_pair_information(&input, record.as_deref(), &regions, signals)
    })?;
    let dict = PyDict::new(py);
    dict.set_item("mutual_information_bits", found.mutual_information_bits)?;
    dict.set_item("bias_bits", found.bias_bits)?;
    dict.set_item("pairs", found.pairs)?;
    Ok(dict)
}
