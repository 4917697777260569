//! `kl_divergence`.

use std::collections::BTreeMap;

use pyo3::prelude::*;

use crate::codon_dict::counts_argument;
use crate::guard::guarded;

/// Kullback-Leibler divergence D(P || Q) of codon frequencies, in bits.
///
/// sum_c P(c) log2(P(c) / Q(c)) over the 64 codons (Kullback and Leibler, Ann. Math. Stat. 22
/// (1951) 79-86), P and Q the frequencies after adding `pseudocount` to each count. With 0.0 the
/// divergence is infinite where Q lacks a codon of P; a positive one keeps it finite and biases
/// it towards 0 for short genes. Not symmetric.
///
/// Raises ValueError when either side has no codons, for a key that is no codon, or for a
/// pseudocount that is negative or not finite.
#[pyfunction]
#[pyo3(signature = (p_counts, q_counts, pseudocount=0.0))]
pub(crate) fn kl_divergence(
    py: Python<'_>,
    p_counts: BTreeMap<String, u64>,
    q_counts: BTreeMap<String, u64>,
    pseudocount: f64,
) -> PyResult<f64> {
    let (p, q) = (counts_argument(p_counts)?, counts_argument(q_counts)?);
    guarded(py, |_| Ok(genomics::kl_divergence(&p, &q, pseudocount)?))
}
