//! `scan_traits`.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use genomics::{AnalysisError, TraitInGene, TraitProfile, TraitSignal, Windows};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::codon_dict::frequencies_argument;
use crate::guard::guarded_with_progress;
use crate::region_argument::RegionArgument;
use crate::window_arguments::{Genes, background, shuffling};

/// Ask of each gene whether a stretch of it leans towards the codons of each trait.
///
/// A trait is a reference profile, {name: {codon: frequency}}, that comes from elsewhere; only the
/// ratios of synonyms count. L_w = sum_c log2(p(c|a) / q(c|a)) over a window's codons, p the
/// profile mixed with 1 % of q, q the background (None: the codons of all genes; 0.5 is added to
/// each count). Null model: the codons of each amino acid are permuted uniformly among its places
/// in the gene; under it L_w has the exact mean E_w = sum_a k_a mu_a and variance V_w = sum_a k_a
/// s_a^2 (n_a - k_a) / (n_a - 1) (Cochran, Sampling Techniques, 1977). "score" = max_w (L_w - E_w)
/// / sqrt(V_w), one-sided, a window counting at most 0 for all traits but the one of the largest
/// L_w; "p_value" from shuffles made until 20 reach the score (20 / number) or
/// all are made ((1 + #) / (1 + shuffles)) (Besag and Clifford, Biometrika 78 (1991) 301-304);
/// "q_value" is Benjamini and Hochberg's over all pairs of gene and trait, "confidence" = 1 - q,
/// "passes" q <= `fdr` and the
/// window of the score does not overlap that of a stronger trait of the gene. A gene where two or more traits pass is "pleiotropic".
///
/// The gene is its own control: a preference spread evenly over it is not seen. A stretch of one
/// trait can make a trait of similar profile pass as well. "log_odds_bits",
/// the mean of the whole gene, describes it and is not tested. Where no order of the gene's
/// codons changes any window the score and what follows from it are None and nothing passes.
///
/// Returns, by gene, {"traits": [{"trait", "log_odds_bits", "score", "start", "end" (the window of
/// the score, 1-based within the gene), "excess_bits" ((L_w - E_w) per codon), "p_value",
/// "q_value", "confidence", "shuffles" (made),
/// "overlaps_stronger", "passes"}, ... by name], "pleiotropic"}, the same
/// to the last bit for the same seed on any number of `threads`. `progress(done, total)` is called
/// about every 50 ms and at the end; what it raises ends the call. `first_gene` as in scan_windows.
///
/// Raises as scan_windows, and ValueError for `fdr` outside 0 to 1, a key that is no codon, a
/// frequency that is none, or a profile without synonyms.
#[pyfunction]
#[pyo3(signature = (path, regions, profiles, record=None, background_counts=None, window_bp=150,
    step_bp=75, shuffles=9999, fdr=0.05, seed=0, threads=NonZeroUsize::MIN, progress=None, first_gene=0))]
#[pyo3(text_signature = "(path, regions, profiles, record=None, background_counts=None, \
    window_bp=150, step_bp=75, shuffles=9999, fdr=0.05, seed=0, threads=1, progress=None, first_gene=0)")]
#[expect(clippy::too_many_arguments, reason = "named ones in Python, most with a default")]
pub(crate) fn scan_traits(
    py: Python<'_>,
    path: PathBuf,
    regions: Vec<RegionArgument>,
    profiles: BTreeMap<String, BTreeMap<String, f64>>,
    record: Option<String>,
    background_counts: Option<BTreeMap<String, u64>>,
    window_bp: u64,
    step_bp: u64,
    shuffles: u64,
    fdr: f64,
    seed: u64,
    threads: NonZeroUsize,
    progress: Option<Py<PyAny>>,
    first_gene: u64,
) -> PyResult<Vec<Bound<'_, PyDict>>> {
    let genes = Genes::new(&path, &regions, record.as_deref())?;
    let background = background(background_counts)?;
    let profile = |(name, codons)| {
        frequencies_argument(codons).map(|frequencies| TraitProfile { name, frequencies })
    };
    let profiles: Vec<_> = profiles.into_iter().map(profile).collect::<PyResult<_>>()?;
    let rows = guarded_with_progress(py, progress, |signals| {
        if !(fdr > 0.0 && fdr < 1.0) {
            return Err(AnalysisError::FalseDiscoveryRate(fdr).into());
        }
        let windows = Windows::new(window_bp, step_bp)?;
        let shuffling = shuffling(shuffles, seed, threads, first_gene);
        let genes = genes.read(signals)?;
        genomics::scan_traits(&genes, &profiles, background.as_ref(), windows, shuffling, signals)
    })?;
    rows.iter().map(|row| gene_dict(py, &profiles, row, fdr)).collect()
}

fn gene_dict<'py>(
    py: Python<'py>,
    profiles: &[TraitProfile],
    row: &[TraitInGene],
    fdr: f64,
) -> PyResult<Bound<'py, PyDict>> {
    let stands = |signal: TraitSignal| signal.q_value <= fdr && !signal.overlaps_stronger;
    let passes = |found: &TraitInGene| found.signal.is_some_and(stands);
    let traits = PyList::empty(py);
    for (profile, found) in profiles.iter().zip(row) {
        let signal = found.signal.as_ref();
        let dict = PyDict::new(py);
        dict.set_item("trait", &profile.name)?;
        dict.set_item("log_odds_bits", found.log_odds_bits)?;
        dict.set_item("score", signal.map(|s| s.score))?;
        dict.set_item("start", signal.map(|s| s.start))?;
        dict.set_item("end", signal.map(|s| s.end))?;
        dict.set_item("excess_bits", signal.map(|s| s.excess_bits))?;
        dict.set_item("p_value", signal.map(|s| s.p_value))?;
        dict.set_item("q_value", signal.map(|s| s.q_value))?;
        dict.set_item("confidence", signal.map(|s| 1.0 - s.q_value))?;
        dict.set_item("shuffles", signal.map_or(0, |s| s.shuffles))?;
        dict.set_item("overlaps_stronger", signal.is_some_and(|s| s.overlaps_stronger))?;
        dict.set_item("passes", passes(found))?;
        traits.append(dict)?;
    }
    let dict = PyDict::new(py);
    dict.set_item("traits", traits)?;
    dict.set_item("pleiotropic", row.iter().filter(|found| passes(found)).count() >= 2)?;
    Ok(dict)
}
