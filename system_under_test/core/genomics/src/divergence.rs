//! Kullback–Leibler divergence of codon frequencies.

use crate::codon_counts::CodonCounts;
use crate::codons::CODONS;
use crate::statistics_error::StatisticsError;

/// Kullback–Leibler divergence `D(P || Q) = sum_c P(c) log2(P(c) / Q(c))` in bits.
///
/// `P` and `Q` are the frequencies of the 64 codons after adding `pseudocount` to each count; it
/// keeps the divergence finite where `Q` lacks a codon of `P`, at the price of a bias towards 0
/// for short genes. With 0 it is infinite there. Not symmetric, not a distance. Source: Kullback
/// and Leibler, On information and sufficiency, Annals of Mathematical Statistics 22 (1951)
/// 79–86.
///
/// # Errors
/// [`StatisticsError`] when either side has no codons, or the pseudocount is invalid.
pub fn kl_divergence(
    p: &CodonCounts,
    q: &CodonCounts,
    pseudocount: f64,
) -> Result<f64, StatisticsError> {
    if !(pseudocount.is_finite() && pseudocount >= 0.0) {
        return Err(StatisticsError::Pseudocount);
    }
    if p.total() == 0 || q.total() == 0 {
        return Err(StatisticsError::NoCodons);
    }
    let (p, q) = (frequencies(p, pseudocount), frequencies(q, pseudocount));
    let terms = p.iter().zip(q).filter(|(p, _)| **p > 0.0).map(|(p, q)| p * (p / q).log2());
    Ok(terms.sum())
}

#[expect(clippy::cast_precision_loss, reason = "exact below 2^53 codons")]
fn frequencies(counts: &CodonCounts, pseudocount: f64) -> [f64; CODONS] {
    let total = counts.total() as f64 + pseudocount * CODONS as f64;
    counts.counts.map(|count| (count as f64 + pseudocount) / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(first: u64, second: u64) -> CodonCounts {
        let mut counts = CodonCounts::default();
        (counts.counts[0], counts.counts[1]) = (first, second);
        counts
    }

    /// 0 for equal frequencies, 1 bit for one of two equally likely, infinite without support.
    #[test]
    fn known_values() {
        assert_eq!(kl_divergence(&counts(1, 3), &counts(2, 6), 0.0), Ok(0.0));
        assert_eq!(kl_divergence(&counts(5, 0), &counts(1, 1), 0.0), Ok(1.0));
        assert_eq!(kl_divergence(&counts(1, 1), &counts(5, 0), 0.0), Ok(f64::INFINITY));
        let finite = kl_divergence(&counts(1, 1), &counts(5, 0), 0.5).unwrap();
        assert!(finite > 0.0 && finite.is_finite());
    }

    /// Without codons, or with a pseudocount that is none, there is no divergence.
    #[test]
    fn refusals() {
        let none = CodonCounts::default();
        assert_eq!(kl_divergence(&none, &counts(1, 1), 0.5), Err(StatisticsError::NoCodons));
        assert_eq!(kl_divergence(&counts(1, 1), &none, 0.0), Err(StatisticsError::NoCodons));
        for pseudocount in [-1.0, f64::NAN, f64::INFINITY] {
            let refused = kl_divergence(&counts(1, 1), &counts(1, 1), pseudocount);
            assert_eq!(refused, Err(StatisticsError::Pseudocount));
        }
    }
}
