//! Relative synonymous codon usage.

use crate::codon_counts::CodonCounts;
use crate::codons::Codon;
use crate::genetic_code::synonymous_families;

/// Relative synonymous codon usage of the amino acids that occur, alphabetical by codon.
///
/// `RSCU_ij = x_ij / ((1 / n_i) * sum_j x_ij)` for codon `j` of amino acid `i` with `n_i` codons:
/// how often a codon is used beside equal use of its synonyms. 1 for Met and Trp; a codon never
/// used by an amino acid that occurs has 0; amino acids that do not occur and stop codons are
/// left out. Source: Sharp, Tuohy and Mosurski, Nucleic Acids Research 14 (1986) 5125–5143.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53 codons")]
pub fn rscu(counts: &CodonCounts) -> Vec<(Codon, f64)> {
    let mut usage = Vec::new();
    for family in synonymous_families().iter().filter(|family| family.amino_acid != b'*') {
        let total: u64 = family.codons.iter().map(|codon| counts.counts[codon.index()]).sum();
        if total == 0 {
            continue;
        }
        let mean = total as f64 / family.codons.len() as f64;
        let relative = |&codon: &Codon| (codon, counts.counts[codon.index()] as f64 / mean);
        usage.extend(family.codons.iter().map(relative));
    }
    usage.sort_by_key(|&(codon, _)| codon);
    usage
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Within a family the values add up to the number of its codons; absent families are absent.
    #[test]
    fn families_add_up() {
        let mut counts = CodonCounts::default();
        for (bases, count) in [(b"AAA", 3), (b"AAG", 1), (b"ATG", 7), (b"TAA", 1)] {
            counts.counts[Codon::from_bases(*bases).unwrap().index()] = count;
        }
        let usage: Vec<(String, f64)> =
            rscu(&counts).into_iter().map(|(codon, value)| (codon.to_string(), value)).collect();
        let expected = [("AAA", 1.5), ("AAG", 0.5), ("ATG", 1.0)];
        assert_eq!(usage, expected.map(|(codon, value)| (codon.to_owned(), value)));
    }
}
