//! `synonymous_shuffle_null`.

use std::path::PathBuf;

use genomics::{Input, ShuffleNull, extract_coding_regions};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::guard::guarded;
use crate::region_argument::region;

/// Test whether the order of synonymous codons in a gene is what chance would give.
///
/// Statistic, "synonymous_codon_reuse": for each amino acid with several codons take its codons
/// in the order of the gene, c_1 .. c_n, and count neighbours that are equal,
///
///     R = sum_a #{k : c_k = c_(k+1)} / sum_a (n_a - 1),
///
/// the probability that an amino acid's next occurrence uses the same codon (Cannarozzi et al.,
/// Cell 141 (2010) 355-367). Null model: the codons of each amino acid are permuted uniformly
/// among its places, so the encoded protein and the count of every codon are kept. One-sided
/// p = (1 + #{R_i >= R}) / (1 + shuffles) (Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9
/// (2010) article 39). Stop codons, Met, Trp and ambiguous codons are left out.
///
/// The region is one of the file's only record, as in gene_codon_counts. Returns {"observed",
/// "mean", "sd" (n - 1), "p_value", "shuffles", "statistic"}, the same to the last bit for the
/// same seed (0 to 2**64 - 1).
///
/// Raises ValueError when the region cannot be read or holds nothing to shuffle, ParseError when
/// the file is malformed, OSError when it cannot be read.
#[pyfunction]
#[pyo3(signature = (path, start, end, strand, shuffles, seed))]
pub(crate) fn synonymous_shuffle_null(
    py: Python<'_>,
    path: PathBuf,
    start: i64,
    end: i64,
    strand: String,
    shuffles: u64,
    seed: u64,
) -> PyResult<Bound<'_, PyDict>> {
    let region = region(&(start, end, strand))?;
    let null = guarded(py, |signals| {
        let genes = extract_coding_regions(&Input::open(&path)?, None, &[region], signals)?;
        genomics::synonymous_shuffle_null(&genes.concat(), shuffles, seed, signals)
    })?;
    let dict = PyDict::new(py);
    dict.set_item("observed", null.observed)?;
    dict.set_item("mean", null.mean)?;
    dict.set_item("sd", null.sd)?;
    dict.set_item("p_value", null.p_value)?;
    dict.set_item("shuffles", null.shuffles)?;
    dict.set_item("statistic", ShuffleNull::STATISTIC)?;
    Ok(dict)
}
