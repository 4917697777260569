//! Why a statistic is not defined.

use crate::codons::Codon;

/// Why a statistic is not defined.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum StatisticsError {
    /// There are no codons to compute it from.
    #[error("no codons are counted")]
    NoCodons,
    /// No category is free to vary.
    #[error("fewer than two codons can occur: no degree of freedom")]
    NoFreedom,
    /// An expected frequency is negative, infinite or not a number.
    #[error("expected frequency of {0} must be finite and not negative")]
    Expectation(Codon),
    /// A codon occurs that the expectation excludes.
    #[error("{0} is counted, and its expected frequency is 0")]
    Unexpected(Codon),
    /// A probability is none.
    #[error("{0} is not a probability")]
    Probability(f64),
    /// The pseudocount is negative, infinite or not a number.
    #[error("pseudocount must be finite and not negative")]
    Pseudocount,
}
