//! `scan_windows`.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use genomics::{MEASURE_NAMES, ScoredWindow, Windows};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::guard::guarded_with_progress;
use crate::region_argument::RegionArgument;
use crate::window_arguments::{Genes, background, shuffling};

/// Ask of each window of coding sequences whether a random order of synonymous codons gives it.
///
/// Windows of `window_bp` start every `step_bp`; a last one ends with the gene, and a shorter gene
/// is one window. In each: "log_odds_bits" = sum_c (n_c / n) log2((n_c / n) / q_c), the mean
/// log-odds against the background q (None: the codons of all genes; 0.5 is added to each count);
/// "index_of_coincidence" = sum_c n_c (n_c - 1) / (n (n - 1)) (Friedman 1922);
/// "autocorrelation_lag_3" and "_9" = (m_k - e) / (1 - e), m_k the share of bases equal to the one
/// k further on and e = sum_b p_b^2; "entropy_bits" = -sum_c (n_c / n) log2(n_c / n) (Shannon
/// 1948).
///
/// Null model: the codons of each amino acid are permuted uniformly among its places in the gene,
/// so protein and codon usage of the gene are kept. "z" are the measures standardized over the
/// window and its shuffles, 0.0 where nothing can vary; "score" = max |z|; "p_value" =
/// (1 + #{score_i >= score}) / (1 + shuffles) (Westfall and Young 1993; Phipson and Smyth 2010);
/// "q_value" is Benjamini and Hochberg's over all windows. Among m windows a single one reaches
/// q <= a only where shuffles >= m / a.
///
/// Returns, by gene and place, {"gene" (index of the region), "start", "end" (1-based within the
/// gene, in its direction), the five measures, "z": {measure: z}, "score", "p_value", "q_value"},
/// the same to the last bit for the same seed on any number of `threads`. `progress(done, total)`
/// is called about every 50 ms and at the end; what it raises ends the call. A part of the genes
/// scores as within the whole when `first_gene` is the place of its first one in the whole and the
/// background is that of the whole; q-values are the call's own.
///
/// Raises as gene_codon_counts, and ValueError for windows out of frame or with gaps between them
/// and for `shuffles` outside 1 to 1,000,000.
#[pyfunction]
#[pyo3(signature = (path, regions, record=None, background_counts=None, window_bp=300, step_bp=150,
    shuffles=999, seed=0, threads=NonZeroUsize::MIN, progress=None, first_gene=0))]
#[pyo3(text_signature = "(path, regions, record=None, background_counts=None, window_bp=300, \
    step_bp=150, shuffles=999, seed=0, threads=1, progress=None, first_gene=0)")]
#[expect(clippy::too_many_arguments, reason = "named ones in Python, most with a default")]
pub(crate) fn scan_windows(
    py: Python<'_>,
    path: PathBuf,
    regions: Vec<RegionArgument>,
    record: Option<String>,
    background_counts: Option<BTreeMap<String, u64>>,
    window_bp: u64,
    step_bp: u64,
    shuffles: u64,
    seed: u64,
    threads: NonZeroUsize,
    progress: Option<Py<PyAny>>,
    first_gene: u64,
) -> PyResult<Vec<Bound<'_, PyDict>>> {
    let genes = Genes::new(&path, &regions, record.as_deref())?;
    let background = background(background_counts)?;
    let windows = guarded_with_progress(py, progress, |signals| {
        let windows = Windows::new(window_bp, step_bp)?;
        let shuffling = shuffling(shuffles, seed, threads, first_gene);
        let genes = genes.read(signals)?;
        genomics::scan_windows(&genes, background.as_ref(), windows, shuffling, signals)
    })?;
    windows.iter().map(|window| dict(py, window)).collect()
}

fn dict<'py>(py: Python<'py>, window: &ScoredWindow) -> PyResult<Bound<'py, PyDict>> {
    let (dict, z) = (PyDict::new(py), PyDict::new(py));
    dict.set_item("gene", window.gene)?;
    dict.set_item("start", window.start)?;
    dict.set_item("end", window.end)?;
    for (at, name) in MEASURE_NAMES.into_iter().enumerate() {
        dict.set_item(name, window.measures.values[at])?;
        z.set_item(name, window.z[at])?;
    }
    dict.set_item("z", z)?;
    dict.set_item("score", window.score)?;
    dict.set_item("p_value", window.p_value)?;
    dict.set_item("q_value", window.q_value)?;
    Ok(dict)
}
