//! Counts of in-frame codons.

use crate::codons::{CODONS, Codon};

/// Counts of in-frame codons, ambiguous ones apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodonCounts {
    /// Count of each codon, by [`Codon::index`].
    pub counts: [u64; CODONS],
    /// Codons with a base other than A, C, G and T.
    pub ambiguous: u64,
}

impl Default for CodonCounts {
    fn default() -> Self {
        Self { counts: [0; CODONS], ambiguous: 0 }
    }
}

impl CodonCounts {
    /// Number of unambiguous codons.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The codons that occur, alphabetical, with their counts.
    pub fn present(&self) -> impl Iterator<Item = (Codon, u64)> {
        Codon::all().zip(self.counts).filter(|&(_, count)| count > 0)
    }

    /// Adds the counts of another stretch.
    pub fn add(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count += more;
        }
        self.ambiguous += other.ambiguous;
    }

    /// Share of G and C at the third position of the unambiguous codons; `None` without any.
    ///
    /// Every codon is counted, stop codons, Met and Trp included (some authors leave these out
    /// and call the result `GC3s`).
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 codons")]
    pub fn gc3(&self) -> Option<f64> {
        let total = self.total();
        let gc = self.present().filter(|(codon, _)| matches!(codon.bases()[2], b'G' | b'C'));
        (total > 0).then(|| gc.map(|(_, count)| count).sum::<u64>() as f64 / total as f64)
    }
}
