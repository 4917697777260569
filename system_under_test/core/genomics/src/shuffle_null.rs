//! Is the order of synonymous codons in a gene what chance would give?
//!
//! Statistic: codon reuse. For each amino acid with several codons take its codons in the order
//! of the gene, `c_1 .. c_n`, and count the neighbours that are equal:
//!
//! `R = sum_a #{k : c_k = c_(k+1)} / sum_a (n_a - 1)`
//!
//! that is, the probability that an amino acid's next occurrence uses the same codon. Source:
//! Cannarozzi et al., A role for codon order in translation dynamics, Cell 141 (2010) 355–367.
//!
//! Null model: the codons of each amino acid are permuted uniformly among the places where that
//! amino acid stands. The encoded protein and the count of every codon stay exactly what they
//! are, so neither composition nor codon bias can make the statistic significant: only order can.
//!
//! p-value: one-sided (more reuse than by chance), `(1 + #{R_i >= R}) / (1 + n)`, which is never
//! zero. Source: Phipson and Smyth, Permutation p-values should never be zero, Statistical
//! Applications in Genetics and Molecular Biology 9 (2010) article 39.
//!
//! Limits: stop codons, Met, Trp and ambiguous codons carry no information and are left out. A
//! trend of codon usage along the gene raises R as well; the test says that order is not random,
//! not why.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::checkpoint::Checkpoint;
use crate::codons::Codon;
use crate::error::Error;
use crate::genetic_code::synonymous_families;

/// Shuffles between two looks at the checkpoint: a few milliseconds for a long gene.
const SHUFFLES_PER_POLL: u64 = 256;

/// The observed statistic beside its distribution under the null model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShuffleNull {
    /// Codon reuse of the sequence, 0 to 1.
    pub observed: f64,
    /// Mean over the shuffles.
    pub mean: f64,
    /// Standard deviation over the shuffles (n - 1 in the denominator; 0 for one shuffle).
    pub sd: f64,
    /// One-sided p-value, more reuse than by chance.
    pub p_value: f64,
    /// Number of shuffles.
    pub shuffles: u64,
}

impl ShuffleNull {
    /// Name of the statistic.
    pub const STATISTIC: &str = "synonymous_codon_reuse";
}

/// Why a sequence does not admit the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShuffleNullError {
    /// No shuffle was asked for.
    #[error("shuffles must be at least 1")]
    NoShuffles,
    /// There is nothing to permute.
    #[error("no amino acid with several codons occurs twice: the order of codons says nothing")]
    NothingToShuffle,
}

/// Tests the order of synonymous codons in a coding sequence, read in frame from its first base.
///
/// Shuffle `i` draws from stream `i` of a `ChaCha8` generator seeded with `seed`, so the result
/// is the same to the last bit wherever and in whatever order the shuffles are made.
///
/// # Errors
/// [`Error::ShuffleNull`] when there is nothing to test; [`Error::Interrupted`].
pub fn synonymous_shuffle_null(
    bases: &[u8],
    shuffles: u64,
    seed: u64,
    checkpoint: &impl Checkpoint,
) -> Result<ShuffleNull, Error> {
    if shuffles == 0 {
        return Err(ShuffleNullError::NoShuffles.into());
    }
    let mut families = codons_by_family(bases);
    let pairs: u64 = families.iter().map(|codons| codons.len() as u64 - 1).sum();
    if pairs == 0 {
        return Err(ShuffleNullError::NothingToShuffle.into());
    }
    let observed = reused(&families);
    let original = families.clone();
    let generator = ChaCha8Rng::seed_from_u64(seed);
    let mut sums = Sums::default();
    for index in 0..shuffles {
        if index % SHUFFLES_PER_POLL == 0 {
            checkpoint.poll()?;
        }
        let mut stream = generator.clone();
        stream.set_stream(index);
        for (family, source) in families.iter_mut().zip(&original) {
            family.copy_from_slice(source);
            family.shuffle(&mut stream);
        }
        sums.add(reused(&families), observed);
    }
    Ok(sums.finish(observed, pairs, shuffles))
}

/// The codons of each amino acid that has several and occurs twice, in the order of the gene.
fn codons_by_family(bases: &[u8]) -> Vec<Vec<Codon>> {
    let codons = bases.as_chunks::<3>().0;
    let codons: Vec<Codon> = codons.iter().filter_map(|&codon| Codon::from_bases(codon)).collect();
    let families = synonymous_families().into_iter();
    families
        .filter(|family| family.amino_acid != b'*' && family.codons.len() > 1)
        .map(|family| {
            codons.iter().copied().filter(|codon| family.codons.contains(codon)).collect()
        })
        .filter(|occurrences: &Vec<Codon>| occurrences.len() > 1)
        .collect()
}

/// Number of neighbours that are equal.
fn reused(families: &[Vec<Codon>]) -> u64 {
    let pairs = families.iter().flat_map(|codons| codons.windows(2));
    pairs.map(|pair| u64::from(pair[0] == pair[1])).sum()
}

/// Exact sums over the shuffles, so that no order of summation can change a digit.
#[derive(Debug, Default)]
struct Sums {
    reused: u128,
    squares: u128,
    at_least_observed: u64,
}

impl Sums {
    fn add(&mut self, reused: u64, observed: u64) {
        let wide = u128::from(reused);
        self.reused += wide;
        self.squares += wide * wide;
        self.at_least_observed += u64::from(reused >= observed);
    }

    #[expect(clippy::cast_precision_loss, reason = "rounded once, after the exact sums")]
    fn finish(&self, observed: u64, pairs: u64, shuffles: u64) -> ShuffleNull {
        let n = u128::from(shuffles);
        let pairs = pairs as f64;
        // n^2 times the variance, exact.
        let spread = (n * self.squares - self.reused * self.reused) as f64;
        let freedom = (n * (n - 1)) as f64;
        let sd = if shuffles > 1 { (spread / freedom).sqrt() / pairs } else { 0.0 };
        ShuffleNull {
            observed: observed as f64 / pairs,
            mean: self.reused as f64 / shuffles as f64 / pairs,
            sd,
            p_value: (1 + self.at_least_observed) as f64 / (1.0 + shuffles as f64),
            shuffles,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::{Interrupted, NoCheckpoint};

    fn test(bases: &[u8], shuffles: u64, seed: u64) -> ShuffleNull {
        synonymous_shuffle_null(bases, shuffles, seed, &NoCheckpoint).unwrap()
    }

    /// Codons in runs are significant, the same codons alternating are at the other end.
    #[test]
    fn finds_planted_order() {
        let runs = [b"AAA".repeat(20), b"AAG".repeat(20)].concat();
        let alternating = b"AAAAAG".repeat(20);
        let found = test(&runs, 999, 1);
        assert!((found.observed - 38.0 / 39.0).abs() < 1e-15);
        assert!((found.p_value - 0.001).abs() < 1e-15);
        assert!((found.mean - 19.0 / 39.0).abs() < 0.01, "mean {}", found.mean);
        assert!((test(&alternating, 999, 1).p_value - 1.0).abs() < 1e-15);
    }

    /// A single codon per amino acid cannot vary: sd 0, p 1.
    #[test]
    fn constant_statistic() {
        let null = test(&b"AAAGGC".repeat(5), 50, 3);
        assert_eq!((null.observed, null.mean, null.sd, null.p_value), (1.0, 1.0, 0.0, 1.0));
    }

    /// Case, stop codons, Met, Trp and ambiguous codons change nothing.
    #[test]
    fn ignores_what_carries_no_information() {
        let plain = test(b"AAAAAGAAAAAG", 200, 7);
        assert_eq!(test(b"ATGaaaTGGaagNNNAAAAAGTAATAATA", 200, 7), plain);
    }

    /// The same seed gives the same bits, another seed another null.
    #[test]
    fn depends_on_the_seed_alone() {
        let bases = b"CTGCTACTCTTATTGCTT".repeat(12);
        assert_eq!(test(&bases, 300, 5), test(&bases, 300, 5));
        assert_ne!(test(&bases, 300, 5), test(&bases, 300, 6));
    }

    /// Without an amino acid to permute, or without shuffles, there is no test.
    #[test]
    fn refuses_what_cannot_be_tested() {
        for (bases, shuffles, message) in [
            (&b"ATGTGGAAATAA"[..], 10, "no amino acid with several codons occurs twice"),
            (b"AAAAAG", 0, "shuffles must be at least 1"),
        ] {
            let error = synonymous_shuffle_null(bases, shuffles, 1, &NoCheckpoint).unwrap_err();
            assert!(error.to_string().starts_with(message), "{error}");
        }
    }

    /// A checkpoint stops it.
    #[test]
    fn stops_when_asked() {
        struct Stop;
        impl Checkpoint for Stop {
            fn poll(&self) -> Result<(), Interrupted> {
                Err(Interrupted)
            }
        }
        let error = synonymous_shuffle_null(b"AAAAAG", 10, 1, &Stop).unwrap_err();
        assert!(matches!(error, Error::Interrupted(Interrupted)));
    }
}
