//! The crypto engine: is a window of a gene what a random order of synonymous codons would give?
//!
//! Null model: the codons of each amino acid are permuted uniformly among its places in the whole
//! gene (see [`crate::synonymous_shuffle_null`]); a window is then drawn anew. Protein and codon
//! usage of the gene are kept, so neither can make a window significant: only where in the gene
//! its codons stand can.
//!
//! Score: each measure (see [`WindowMeasures`]) is standardized by mean and standard deviation
//! over the window as it is *and* its `n` shuffles; the score is the largest absolute value,
//! `max_j |z_j|`. Under the null model the `n + 1` scores are exchangeable, so
//! `p = (1 + #{score_i >= score}) / (1 + n)` is valid whatever the distribution of the measures
//! (Westfall and Young, Resampling-Based Multiple Testing, 1993; Phipson and Smyth, Statistical
//! Applications in Genetics and Molecular Biology 9 (2010) article 39). q-values are Benjamini
//! and Hochberg's over all windows of the call.
//!
//! Limits: a gene that is a single window has the same codons in every order, so only its
//! periodicity can be significant. p cannot be below `1 / (1 + n)`: among `m` windows a single
//! one can reach `q <= a` only where `n >= m / a`. Windows overlap: neighbours share evidence.

use std::num::NonZeroUsize;
use std::ops::Range;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::analysis_error::{AnalysisError, SHUFFLES_MAX};
use crate::benjamini_hochberg::benjamini_hochberg;
use crate::checkpoint::{Checkpoint, Interrupted};
use crate::codon_counts::CodonCounts;
use crate::error::Error;
use crate::synonymous_sites::{SynonymousSites, codon_indices};
use crate::window_measures::{MEASURES, Measurer, WindowMeasures};
use crate::windows::{Windows, bases_of};

/// Shuffles between two looks at the checkpoint: well below a millisecond.
const SHUFFLES_PER_POLL: u64 = 64;
/// Differences below this are rounding, not variation.
pub(crate) const ROUNDING: f64 = 1e-9;

/// The null model's arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shuffling {
    /// Shuffles of each gene or window.
    pub shuffles: u64,
    /// Gene `i` draws from streams of its own of a `ChaCha8` generator of this seed.
    pub seed: u64,
    /// Number of the first gene: a part of a work, numbered as in the whole, gives the same.
    pub first_gene: u64,
    /// Threads; they never change a result.
    pub threads: NonZeroUsize,
}

impl Shuffling {
    pub(crate) fn check(self) -> Result<(), AnalysisError> {
        if (1..=SHUFFLES_MAX).contains(&self.shuffles) {
            Ok(())
        } else {
            Err(AnalysisError::Shuffles)
        }
    }

    /// The generator of gene `index` of the call.
    pub(crate) fn stream(self, index: usize) -> ChaCha8Rng {
        self.numbered(self.first_gene.wrapping_add(index as u64))
    }

    /// The generator of a window of gene `index` of the call: no two windows share a stream, as
    /// genes and windows of a gene number less than 2^32 each.
    fn window_stream(self, index: usize, window: u64) -> ChaCha8Rng {
        let gene = self.first_gene.wrapping_add(index as u64);
        self.numbered(gene << 32 | window)
    }

    fn numbered(self, number: u64) -> ChaCha8Rng {
        let mut stream = ChaCha8Rng::seed_from_u64(self.seed);
        stream.set_stream(number);
        stream
    }
}

/// A window beside its null model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredWindow {
    /// Index of the gene.
    pub gene: usize,
    /// First base, 1-based within the gene.
    pub start: u64,
    /// Last base.
    pub end: u64,
    /// What is measured in it.
    pub measures: WindowMeasures,
    /// The measures standardized; 0 where shuffling cannot change one.
    pub z: [f64; MEASURES],
    /// `max_j |z_j|`.
    pub score: f64,
    /// Probability of such a score under the null model.
    pub p_value: f64,
    /// Corrected for all windows of the call.
    pub q_value: f64,
}

/// Scores the windows of all genes, in order.
///
/// `background` is what log-odds are taken against; `None` means the codons of all genes.
///
/// # Errors
/// [`Error::Analysis`] for shuffles out of range; [`Error::Interrupted`].
pub fn scan_windows(
    genes: &[Vec<u8>],
    background: Option<&CodonCounts>,
    windows: Windows,
    shuffling: Shuffling,
    checkpoint: &impl Checkpoint,
) -> Result<Vec<ScoredWindow>, Error> {
    shuffling.check()?;
    let genes: Vec<Vec<u8>> = genes.iter().map(|bases| codon_indices(bases)).collect();
    let cut = |(gene, codons): (usize, &Vec<u8>)| {
        (0..).zip(windows.of(codons.len())).map(move |(number, window)| (gene, number, window))
    };
    let places: Vec<(usize, u64, Range<usize>)> = genes.iter().enumerate().flat_map(cut).collect();
    let pooled = pool(&genes);
    let codons_max = places.iter().map(|(.., window)| window.len()).max().unwrap_or(0);
    let measurer = Measurer::new(background.unwrap_or(&pooled), codons_max);
    let mut scored = crate::parallel::in_parallel(
        places.len(),
        shuffling.threads,
        checkpoint,
        |index, stop| {
            let (gene, number, window) = &places[index];
            let sites = SynonymousSites::new(&genes[*gene], window.clone());
            let random = shuffling.window_stream(*gene, *number);
            let test = test(sites, &measurer, shuffling.shuffles, random, stop)?;
            let (start, end) = bases_of(window);
            Ok(ScoredWindow { gene: *gene, start, end, ..test })
        },
    )?;
    let p_values: Vec<f64> = scored.iter().map(|window| window.p_value).collect();
    for (window, q_value) in scored.iter_mut().zip(benjamini_hochberg(&p_values)?) {
        window.q_value = q_value;
    }
    Ok(scored)
}

/// The codons of all genes.
pub(crate) fn pool(genes: &[Vec<u8>]) -> CodonCounts {
    let mut counts = CodonCounts::default();
    for &codon in genes.iter().flatten() {
        match counts.counts.get_mut(usize::from(codon)) {
            Some(count) => *count += 1,
            None => counts.ambiguous += 1,
        }
    }
    counts
}

/// Tests one window; where it lies is filled in by the caller.
fn test(
    mut sites: SynonymousSites,
    measurer: &Measurer,
    shuffles: u64,
    mut random: ChaCha8Rng,
    checkpoint: &impl Checkpoint,
) -> Result<ScoredWindow, Interrupted> {
    let found = measurer.measure(&sites.codons);
    let mut all = vec![found.values];
    for shuffle in 0..shuffles {
        if shuffle % SHUFFLES_PER_POLL == 0 {
            checkpoint.poll()?;
        }
        sites.draw(&mut random);
        all.push(measurer.measure(&sites.codons).values);
    }
    let scale = Scale::of(&all);
    let scores: Vec<f64> = all.iter().map(|values| largest(&scale.standardize(values))).collect();
    let at_least = scores[1..].iter().filter(|score| **score >= scores[0] - ROUNDING).count();
    #[expect(clippy::cast_precision_loss, reason = "at most a million shuffles")]
    let p_value = (1 + at_least) as f64 / (1 + shuffles) as f64;
    Ok(ScoredWindow {
        gene: 0,
        start: 0,
        end: 0,
        measures: found,
        z: scale.standardize(&found.values),
        score: scores[0],
        p_value,
        q_value: 1.0,
    })
}

fn largest(z: &[f64; MEASURES]) -> f64 {
    z.iter().fold(0.0, |most, z| z.abs().max(most))
}

/// Mean and standard deviation of each measure; an infinite one where it does not vary.
#[derive(Debug)]
struct Scale {
    mean: [f64; MEASURES],
    sd: [f64; MEASURES],
}

impl Scale {
    #[expect(clippy::cast_precision_loss, reason = "at most a million shuffles")]
    fn of(all: &[[f64; MEASURES]]) -> Self {
        let n = all.len() as f64;
        let mean: [f64; MEASURES] =
            std::array::from_fn(|j| all.iter().map(|values| values[j]).sum::<f64>() / n);
        let sd = std::array::from_fn(|j| {
            let squares: f64 = all.iter().map(|values| (values[j] - mean[j]).powi(2)).sum();
            let sd = (squares / n).sqrt();
            if sd > ROUNDING { sd } else { f64::INFINITY }
        });
        Self { mean, sd }
    }

    fn standardize(&self, values: &[f64; MEASURES]) -> [f64; MEASURES] {
        std::array::from_fn(|j| (values[j] - self.mean[j]) / self.sd[j])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::NoCheckpoint;

    fn scan(genes: &[Vec<u8>], shuffles: u64, seed: u64, threads: usize) -> Vec<ScoredWindow> {
        let windows = Windows::new(300, 150).unwrap();
        let threads = NonZeroUsize::new(threads).unwrap();
        let shuffling = Shuffling { shuffles, seed, first_gene: 0, threads };
        scan_windows(genes, None, windows, shuffling, &NoCheckpoint).unwrap()
    }

    /// A stretch of one synonym in a gene that has both is found, and where it is.
    #[test]
    fn finds_a_planted_stretch() {
        let mixed = b"AAAAAGCTGTTA".repeat(50);
        let gene = [&mixed[..], &b"AAACTG".repeat(50), &mixed].concat();
        let found = scan(&[gene], 999, 1, 1);
        let best = found.iter().max_by(|a, b| a.score.total_cmp(&b.score)).unwrap();
        assert_eq!((best.start, best.end, best.p_value), (601, 900, 0.001));
        assert!(best.z[1] > 3.0 && best.z[4] < -3.0, "{best:?}");
    }

    /// Threads change nothing, the seed does, and progress of a stopped scan is an error.
    #[test]
    fn depends_on_the_seed_alone() {
        let genes = vec![b"CTGCTACTCTTATTGCTTAAAAAG".repeat(40), b"GGTGGCGGAGGG".repeat(20)];
        let one = scan(&genes, 50, 7, 1);
        assert_eq!(scan(&genes, 50, 7, 2), one);
        assert_eq!(scan(&genes, 50, 7, 5), one);
        assert_ne!(scan(&genes, 50, 8, 1), one);
    }

    /// Genes scanned in parts, numbered as in the whole, score as in the whole.
    #[test]
    fn parts_are_the_whole() {
        let genes = vec![b"CTGCTACTCTTATTGCTTAAAAAG".repeat(40), b"GGTGGCGGAGGG".repeat(60)];
        let whole = scan(&genes, 50, 7, 1);
        let background = pool(&genes.iter().map(|g| codon_indices(g)).collect::<Vec<_>>());
        let windows = Windows::new(300, 150).unwrap();
        let mut parts = Vec::new();
        for (first_gene, gene) in (0..).zip(&genes) {
            let threads = NonZeroUsize::MIN;
            let shuffling = Shuffling { shuffles: 50, seed: 7, first_gene, threads };
            let gene = std::slice::from_ref(gene);
            let background = Some(&background);
            let part = scan_windows(gene, background, windows, shuffling, &NoCheckpoint).unwrap();
            parts.extend(part);
        }
        let p_values = |windows: &[ScoredWindow]| -> Vec<(f64, f64)> {
            windows.iter().map(|window| (window.score, window.p_value)).collect()
        };
        assert_eq!(p_values(&parts), p_values(&whole));
    }

    /// A window that no order can change has score 0 and p 1; a gene without codons no window.
    #[test]
    fn nothing_to_shuffle() {
        let found = scan(&[b"ATGTGG".repeat(60), vec![], b"AAAATG".repeat(5)], 20, 1, 1);
        assert!(found.iter().all(|w| w.score == 0.0 && w.p_value.to_bits() == 1_f64.to_bits()));
        assert_eq!(found.iter().filter(|window| window.gene == 1).count(), 0);
    }

    /// No shuffles, and more than are kept in memory, are refused.
    #[test]
    fn refusals() {
        for shuffles in [0, SHUFFLES_MAX + 1] {
            let (seed, threads) = (1, NonZeroUsize::MIN);
            let shuffling = Shuffling { shuffles, seed, first_gene: 0, threads };
            let windows = Windows::new(3, 3).unwrap();
            let error = scan_windows(&[], None, windows, shuffling, &NoCheckpoint).unwrap_err();
            assert_eq!(error.to_string(), "shuffles must be 1 to 1000000");
        }
    }
}
