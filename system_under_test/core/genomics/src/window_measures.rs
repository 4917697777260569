//! What is measured in a window.

use crate::codon_counts::CodonCounts;
use crate::codons::CODONS;
use crate::synonymous_sites::AMBIGUOUS;

/// Number of measures.
pub const MEASURES: usize = 5;
/// Their names, in the order of [`WindowMeasures::values`].
pub const MEASURE_NAMES: [&str; MEASURES] = [
    "log_odds_bits",
    "index_of_coincidence",
    "autocorrelation_lag_3",
    "autocorrelation_lag_9",
    "entropy_bits",
];

/// The measures of one window, `n` its unambiguous codons, `n_c` those of codon `c`. Each is 0
/// where it is not defined.
///
/// - log-odds, `sum_c (n_c / n) log2((n_c / n) / q_c)` against the background `q`: the mean over
///   the window's codons, in bits; `2 n ln 2` times it is the G statistic (Wilks, Annals of
///   Mathematical Statistics 9 (1938) 60–62);
/// - index of coincidence, `sum_c n_c (n_c - 1) / (n (n - 1))`: the probability that two codons
///   are equal (Friedman, The Index of Coincidence and Its Applications in Cryptography, 1922);
/// - periodicity, the autocorrelation of bases at lag 3 and 9: `(m_k - e) / (1 - e)` with `m_k` the
///   share of bases equal to the one `k` further on and `e = sum_b p_b^2` the share expected of
///   independent bases of the window's composition (lag 3 after Fickett, Nucleic Acids Research
///   10 (1982) 5303–5318);
/// - entropy, `-sum_c (n_c / n) log2(n_c / n)` in bits (Shannon, Bell System Technical Journal 27
///   (1948) 379–423).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowMeasures {
    /// Values in the order of [`MEASURE_NAMES`].
    pub values: [f64; MEASURES],
}

/// Measures windows beside one background.
#[derive(Debug, Clone)]
pub(crate) struct Measurer {
    log2_background: [f64; CODONS],
    /// `n log2 n`, by n.
    n_log2_n: Vec<f64>,
    /// How many of the three bases two codons share, by the exclusive or of their indices.
    shared: [u8; CODONS],
    /// Bases of each codon, a 16-bit sum for each base.
    bases: [u64; CODONS],
}

/// Added to each count of the background, so that no codon is impossible.
///
/// Source: Jeffreys, Proceedings of the Royal Society A 186 (1946) 453–461.
pub(crate) const PSEUDOCOUNT: f64 = 0.5;

impl Measurer {
    /// For windows of up to `codons_max` codons.
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 codons")]
    pub(crate) fn new(background: &CodonCounts, codons_max: usize) -> Self {
        let total = background.total() as f64 + PSEUDOCOUNT * CODONS as f64;
        let n_log2_n = |n| if n == 0 { 0.0 } else { n as f64 * (n as f64).log2() };
        let shares =
            |codons: usize| [0, 2, 4].map(|at| u8::from((codons >> at).trailing_zeros() >= 2));
        let bases = |codon: usize| [0, 2, 4].map(|at| 1_u64 << (16 * (codon >> at & 3)));
        Self {
            log2_background: background.counts.map(|n| ((n as f64 + PSEUDOCOUNT) / total).log2()),
            n_log2_n: (0..=codons_max).map(n_log2_n).collect(),
            shared: std::array::from_fn(|codons| shares(codons).iter().sum()),
            bases: std::array::from_fn(|codon| bases(codon).iter().sum()),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a window's codons are few")]
    pub(crate) fn measure(&self, window: &[u8]) -> WindowMeasures {
        let mut counts = [0_u32; CODONS + 1];
        let mut bases = [0_u64; 4];
        // 16-bit sums hold 21,845 codons at 3 bases each.
        for block in window.chunks(20_000) {
            let mut packed = 0;
            for &codon in block {
                counts[usize::from(codon)] += 1;
                packed += self.bases.get(usize::from(codon)).copied().unwrap_or(0);
            }
            (0..4).for_each(|base| bases[base] += packed >> (16 * base) & 0xFFFF);
        }
        let clear = window.len() - counts[usize::from(AMBIGUOUS)] as usize;
        if clear == 0 {
            return WindowMeasures { values: [0.0; MEASURES] };
        }
        let (mut n_log2_n, mut log2_background, mut coincidences) = (0.0, 0.0, 0_u64);
        for (&count, log2) in counts.iter().zip(&self.log2_background).filter(|(n, _)| **n > 0) {
            n_log2_n += self.n_log2_n[count as usize];
            log2_background += f64::from(count) * log2;
            coincidences += u64::from(count) * u64::from(count - 1);
        }
        let n = clear as f64;
        let entropy = n.log2() - n_log2_n / n;
        let chance: f64 = bases.iter().map(|&base| (base as f64 / (3.0 * n)).powi(2)).sum();
        let pairs = n * (n - 1.0);
        WindowMeasures {
            values: [
                -entropy - log2_background / n,
                if clear > 1 { coincidences as f64 / pairs } else { 0.0 },
                self.autocorrelation(window, 1, chance),
                self.autocorrelation(window, 3, chance),
                entropy,
            ],
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a window's codons are few")]
    fn autocorrelation(&self, window: &[u8], lag_codons: usize, chance: f64) -> f64 {
        let later = window.get(lag_codons..).unwrap_or_default();
        let (mut shared, mut pairs) = (0_u64, 0_u64);
        for (&a, &b) in window.iter().zip(later) {
            if (a | b) < AMBIGUOUS {
                shared += u64::from(self.shared[usize::from(a ^ b)]);
                pairs += 3;
            }
        }
        if pairs == 0 || chance >= 1.0 {
            return 0.0;
        }
        (shared as f64 / pairs as f64 - chance) / (1.0 - chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synonymous_sites::codon_indices;

    fn measure(bases: &[u8], background: &CodonCounts) -> [f64; MEASURES] {
        let window = codon_indices(bases);
        Measurer::new(background, window.len()).measure(&window).values
    }

    fn uniform() -> CodonCounts {
        CodonCounts { counts: [1_000_000_000; CODONS], ambiguous: 0 }
    }

    fn close(found: [f64; MEASURES], expected: [f64; MEASURES]) {
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
    }

    /// Values one can work out by hand: two codons alternating, a single one, and four in turn.
    #[test]
    fn known_values() {
        // Half A, half C; the next codon shares no base, the third one neither.
        close(measure(&b"AAACCC".repeat(10), &uniform()), [5.0, 9.0 / 19.0, -1.0, -1.0, 1.0]);
        close(measure(&b"AAA".repeat(10), &uniform()), [6.0, 1.0, 0.0, 0.0, 0.0]);
        let third = -1.0 / 3.0;
        let four = measure(&b"AAACCCGGGTTT".repeat(3), &uniform());
        close(four, [4.0, 4.0 * 6.0 / (12.0 * 11.0), third, third, 2.0]);
        // A third of the bases is equal at each lag: p is (1/3, 1/3, 1/3).
        close(measure(b"ACGACGACGACG", &uniform()), [6.0, 1.0, 1.0, 1.0, 0.0]);
    }

    /// Ambiguous codons are not counted, and nothing at all measures 0.
    #[test]
    fn ambiguous_codons() {
        let clear = measure(b"AAACCCAAA", &uniform());
        let mixed = measure(b"AAACCCAAANNNNNNNNN", &uniform());
        close(clear, mixed);
        close(measure(b"NNNNNN", &uniform()), [0.0; MEASURES]);
        close(measure(b"AAA", &uniform()), [6.0, 0.0, 0.0, 0.0, 0.0]);
    }
}
