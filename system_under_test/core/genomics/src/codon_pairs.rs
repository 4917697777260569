//! Mutual information of neighbouring codons.

use crate::checkpoint::Checkpoint;
use crate::codons::{CODONS, Codon};
use crate::error::Error;
use crate::input::Input;
use crate::regions::{Region, extract_coding_regions};
use crate::statistics_error::StatisticsError;

/// How much a codon says about the next one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CodonPairInformation {
    /// Plug-in estimate in bits; biased upwards.
    pub mutual_information_bits: f64,
    /// Expected bias of the estimate in bits; where it is not small beside the estimate, the
    /// estimate says nothing.
    pub bias_bits: f64,
    /// Number of neighbouring pairs.
    pub pairs: u64,
}

/// Mutual information of neighbouring codons within coding sequences, pooled over all of them.
///
/// `I = sum_xy p(x, y) log2(p(x, y) / (p(x) p(y)))` with `p(x)` and `p(y)` the margins of the pair
/// table; pairs with an ambiguous codon are left out, and no pair spans two sequences. The bias is
/// `(K_xy - K_x - K_y + 1) / (2 N ln 2)` with `K` the numbers of non-empty cells. Sources:
/// Shannon, Bell System Technical Journal 27 (1948) 379–423; Miller, Note on the bias of
/// information estimates, in Quastler, Information Theory in Psychology (1955) 95–100.
///
/// # Errors
/// [`StatisticsError::NoCodons`] without a pair, and as [`extract_coding_regions`].
pub fn codon_pair_information(
    input: &Input,
    record: Option<&str>,
    regions: &[Region],
    checkpoint: &impl Checkpoint,
) -> Result<CodonPairInformation, Error> {
    let mut table = PairTable::default();
    for bases in extract_coding_regions(input, record, regions, checkpoint)? {
        table.count(&bases);
    }
    Ok(table.information()?)
}

/// Counts of pairs of codons, the first one choosing the row.
#[derive(Debug)]
struct PairTable(Vec<[u64; CODONS]>);

impl Default for PairTable {
    fn default() -> Self {
        Self(vec![[0; CODONS]; CODONS])
    }
}

impl PairTable {
    fn count(&mut self, bases: &[u8]) {
        for pair in bases.as_chunks::<3>().0.windows(2) {
            let codons = (Codon::from_bases(pair[0]), Codon::from_bases(pair[1]));
            if let (Some(first), Some(second)) = codons {
                self.0[first.index()][second.index()] += 1;
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 pairs")]
    fn information(&self) -> Result<CodonPairInformation, StatisticsError> {
        let rows: Vec<u64> = self.0.iter().map(|row| row.iter().sum()).collect();
        let columns: Vec<u64> =
            (0..CODONS).map(|column| self.0.iter().map(|row| row[column]).sum()).collect();
        let pairs: u64 = rows.iter().sum();
        if pairs == 0 {
            return Err(StatisticsError::NoCodons);
        }
        let n = pairs as f64;
        let mut bits = 0.0;
        let mut cells = 0_usize;
        for (row, &in_row) in self.0.iter().zip(&rows) {
            for (&count, &in_column) in row.iter().zip(&columns).filter(|(count, _)| **count > 0) {
                let independent = in_row as f64 / n * in_column as f64;
                bits += count as f64 / n * (count as f64 / independent).log2();
                cells += 1;
            }
        }
        let non_empty = |margin: &[u64]| margin.iter().filter(|count| **count > 0).count();
        let freedom = cells as f64 - non_empty(&rows) as f64 - non_empty(&columns) as f64 + 1.0;
        Ok(CodonPairInformation {
            mutual_information_bits: bits,
            bias_bits: freedom / (2.0 * n * std::f64::consts::LN_2),
            pairs,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Alternating codons tell one another (1 bit), constant ones nothing.
    #[test]
    fn known_values() {
        let mut table = PairTable::default();
        table.count(&b"AAACCC".repeat(50));
        table.count(b"CCCAAA");
        let found = table.information().unwrap();
        assert!((found.mutual_information_bits - 1.0).abs() < 1e-12);
        assert_eq!(found.pairs, 100);
        assert!((found.bias_bits + 1.0 / (200.0 * std::f64::consts::LN_2)).abs() < 1e-15);
        let mut constant = PairTable::default();
        constant.count(b"AAAAAANNNAAAAAA");
        let found = constant.information().unwrap();
        assert_eq!((found.mutual_information_bits, found.pairs), (0.0, 2));
    }

    /// Without a pair there is no information to measure.
    #[test]
    fn needs_a_pair() {
        assert_eq!(PairTable::default().information(), Err(StatisticsError::NoCodons));
    }
}
