//! Why an analysis of genes is refused.

use crate::codons::Codon;

/// Most shuffles a test may ask for; their scores are kept in memory.
pub const SHUFFLES_MAX: u64 = 1_000_000;

/// Why an analysis of genes is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AnalysisError {
    /// Windows out of frame, of no length or with gaps between them.
    #[error(
        "windows of {window_bp} bp, {step_bp} bp apart: both must be positive multiples of 3, \
         and the step not longer than the window"
    )]
    Windows {
        /// Length of a window.
        window_bp: u64,
        /// Distance of their starts.
        step_bp: u64,
    },
    /// Too few or too many shuffles.
    #[error("shuffles must be 1 to {SHUFFLES_MAX}")]
    Shuffles,
    /// A false-discovery rate that is none.
    #[error("false-discovery rate {0} must be above 0 and below 1")]
    FalseDiscoveryRate(f64),
    /// A frequency that is none.
    #[error("frequency of {codon} in {table} must be finite and not negative")]
    Frequency {
        /// The codon.
        codon: Codon,
        /// The profile, or the background.
        table: String,
    },
    /// A profile without synonymous codons.
    #[error("profile '{0}' has no amino acid with several codons")]
    EmptyProfile(String),
    /// A generator's argument out of range.
    #[error("{name} must be {range}")]
    Generator {
        /// The argument.
        name: &'static str,
        /// What it must be.
        range: &'static str,
    },
}
