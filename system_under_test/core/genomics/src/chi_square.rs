//! Chi-square test of codon counts.

use statrs::function::gamma::checked_gamma_ur;

use crate::codon_counts::CodonCounts;
use crate::codons::{CODONS, Codon};
use crate::genetic_code::synonymous_families;
use crate::statistics_error::StatisticsError;

/// Below this expected count a cell makes the approximation doubtful.
///
/// Source: Cochran, Some methods for strengthening the common chi-square tests, Biometrics 10
/// (1954) 417–451.
const EXPECTED_MIN: f64 = 5.0;

/// Result of a chi-square test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChiSquare {
    /// `sum (O - E)^2 / E`.
    pub statistic: f64,
    /// Degrees of freedom.
    pub degrees_of_freedom: u64,
    /// Probability of a statistic at least as large; 0 when below the smallest double.
    pub p_value: f64,
    /// Cells with an expected count below 5; with more than a fifth of them p is doubtful.
    pub cells_expected_below_5: u64,
}

/// Tests codon counts against an expectation.
///
/// With `expected`, relative frequencies by [`Codon::index`] of any positive sum, the cells are
/// the codons whose frequency is positive, and one degree of freedom is lost. Without, the
/// expectation is equal use of the synonyms of each amino acid that occurs: `sum (n_i - 1)`
/// degrees of freedom, stop codons left out. Source: Pearson, Philosophical Magazine 50 (1900)
/// 157–175; p is the regularized upper incomplete gamma function `Q(df / 2, X^2 / 2)`.
///
/// # Errors
/// [`StatisticsError`] when there are no codons, no degree of freedom, or the expectation is
/// invalid or excludes a codon that occurs.
pub fn chi_square(
    counts: &CodonCounts,
    expected: Option<&[f64; CODONS]>,
) -> Result<ChiSquare, StatisticsError> {
    if counts.total() == 0 {
        return Err(StatisticsError::NoCodons);
    }
    match expected {
        Some(frequencies) => against_frequencies(counts, frequencies),
        None => against_equal_synonyms(counts),
    }
}

/// Sums over cells.
#[derive(Debug, Default)]
struct Cells {
    statistic: f64,
    below_5: u64,
}

impl Cells {
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 codons")]
    fn add(&mut self, observed: u64, expected: f64) {
        self.statistic += (observed as f64 - expected).powi(2) / expected;
        self.below_5 += u64::from(expected < EXPECTED_MIN);
    }

    #[expect(clippy::cast_precision_loss, reason = "there are 64 codons")]
    fn test(&self, degrees_of_freedom: u64) -> Result<ChiSquare, StatisticsError> {
        if degrees_of_freedom == 0 {
            return Err(StatisticsError::NoFreedom);
        }
        let upper = checked_gamma_ur(degrees_of_freedom as f64 / 2.0, self.statistic / 2.0);
        // Only a statistic of 0 lies outside the function's domain.
        let p_value = if self.statistic > 0.0 { upper.unwrap_or(f64::NAN) } else { 1.0 };
        Ok(ChiSquare {
            statistic: self.statistic,
            degrees_of_freedom,
            p_value,
            cells_expected_below_5: self.below_5,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "exact below 2^53 codons")]
fn against_frequencies(
    counts: &CodonCounts,
    frequencies: &[f64; CODONS],
) -> Result<ChiSquare, StatisticsError> {
    for (codon, (&count, &frequency)) in Codon::all().zip(counts.counts.iter().zip(frequencies)) {
        if !(frequency.is_finite() && frequency >= 0.0) {
            return Err(StatisticsError::Expectation(codon));
        }
        if frequency == 0.0 && count > 0 {
            return Err(StatisticsError::Unexpected(codon));
        }
    }
    let scale = counts.total() as f64 / frequencies.iter().sum::<f64>();
    let mut cells = Cells::default();
    let mut degrees_of_freedom = 0_u64;
    for (&count, &frequency) in counts.counts.iter().zip(frequencies).filter(|(_, f)| **f > 0.0) {
        cells.add(count, frequency * scale);
        degrees_of_freedom += 1;
    }
    cells.test(degrees_of_freedom - 1)
}

#[expect(clippy::cast_precision_loss, reason = "exact below 2^53 codons")]
fn against_equal_synonyms(counts: &CodonCounts) -> Result<ChiSquare, StatisticsError> {
    let mut cells = Cells::default();
    let mut degrees_of_freedom = 0_u64;
    for family in synonymous_families() {
        let observed: Vec<u64> = family.codons.iter().map(|c| counts.counts[c.index()]).collect();
        let total: u64 = observed.iter().sum();
        if family.amino_acid == b'*' || observed.len() < 2 || total == 0 {
            continue;
        }
        let expected = total as f64 / observed.len() as f64;
        for &count in &observed {
            cells.add(count, expected);
        }
        degrees_of_freedom += observed.len() as u64 - 1;
    }
    cells.test(degrees_of_freedom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(codons: &[(&[u8; 3], u64)]) -> CodonCounts {
        let mut counts = CodonCounts::default();
        for (bases, count) in codons {
            counts.counts[Codon::from_bases(**bases).unwrap().index()] = *count;
        }
        counts
    }

    fn frequencies(codons: &[(&[u8; 3], f64)]) -> [f64; CODONS] {
        let mut frequencies = [0.0; CODONS];
        for (bases, frequency) in codons {
            frequencies[Codon::from_bases(**bases).unwrap().index()] = *frequency;
        }
        frequencies
    }

    /// Equal synonyms: one degree of freedom for Lys, p of a textbook value; stops do not count.
    #[test]
    fn equal_synonyms() {
        let test = chi_square(&counts(&[(b"AAA", 60), (b"AAG", 40), (b"TAA", 9)]), None).unwrap();
        assert!((test.statistic - 4.0).abs() < 1e-12);
        assert!((test.p_value - 0.045_500_263_896_358_4).abs() < 1e-12, "{}", test.p_value);
        assert_eq!((test.degrees_of_freedom, test.cells_expected_below_5), (1, 0));
    }

    /// Given frequencies are scaled to the total; a perfect fit has p 1.
    #[test]
    fn given_frequencies() {
        let observed = counts(&[(b"AAA", 3), (b"ATG", 6)]);
        let expected = frequencies(&[(b"AAA", 1.0), (b"ATG", 2.0)]);
        let test = chi_square(&observed, Some(&expected)).unwrap();
        assert_eq!((test.statistic, test.p_value), (0.0, 1.0));
        assert_eq!((test.degrees_of_freedom, test.cells_expected_below_5), (1, 1));
    }

    /// Every refusal says why.
    #[test]
    fn refusals() {
        let observed = counts(&[(b"AAA", 3), (b"ATG", 6)]);
        let aaa = Codon::from_bases(*b"AAA").unwrap();
        let atg = Codon::from_bases(*b"ATG").unwrap();
        let refused = |expected: Option<&[f64; CODONS]>, counts: &CodonCounts| {
            chi_square(counts, expected).unwrap_err()
        };
        assert_eq!(refused(None, &CodonCounts::default()), StatisticsError::NoCodons);
        assert_eq!(refused(None, &counts(&[(b"ATG", 6)])), StatisticsError::NoFreedom);
        let partial = frequencies(&[(b"AAA", 1.0)]);
        assert_eq!(refused(Some(&partial), &observed), StatisticsError::Unexpected(atg));
        assert_eq!(refused(Some(&partial), &counts(&[(b"AAA", 1)])), StatisticsError::NoFreedom);
        let negative = frequencies(&[(b"AAA", -1.0), (b"ATG", 1.0)]);
        assert_eq!(refused(Some(&negative), &observed), StatisticsError::Expectation(aaa));
    }
}
