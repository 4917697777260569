//! The standard genetic code.
//!
//! Source: NCBI, The Genetic Codes, table 1; table 11 (bacteria) assigns the same amino acids.

use crate::codons::{CODONS, Codon};

/// The amino acid of each codon by [`Codon::index`], `*` for stop.
pub const AMINO_ACIDS: &[u8; CODONS] =
    b"KNKNTTTTRSRSIIMIQHQHPPPPRRRRLLLLEDEDAAAAGGGGVVVV*Y*YSSSS*CWCLFLF";

/// The amino acid a codon stands for, `*` for stop.
#[must_use]
pub fn amino_acid(codon: Codon) -> u8 {
    AMINO_ACIDS[codon.index()]
}

/// The codons of one amino acid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SynonymousFamily {
    /// One-letter code, `*` for stop.
    pub amino_acid: u8,
    /// Its codons, alphabetical.
    pub codons: Vec<Codon>,
}

/// The 21 families (stop included) by one-letter code.
#[must_use]
pub fn synonymous_families() -> Vec<SynonymousFamily> {
    let mut letters = AMINO_ACIDS.to_vec();
    letters.sort_unstable();
    letters.dedup();
    let codons_of = |letter| Codon::all().filter(|&c| amino_acid(c) == letter).collect();
    let family = |letter| SynonymousFamily { amino_acid: letter, codons: codons_of(letter) };
    letters.into_iter().map(family).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The families have the sizes of the standard code, and some well-known members.
    #[test]
    fn standard_code() {
        let families = synonymous_families();
        let letters: Vec<u8> = families.iter().map(|family| family.amino_acid).collect();
        let sizes: Vec<usize> = families.iter().map(|family| family.codons.len()).collect();
        assert_eq!(letters, b"*ACDEFGHIKLMNPQRSTVWY");
        assert_eq!(sizes, [3, 4, 2, 2, 2, 2, 4, 2, 3, 2, 6, 1, 2, 4, 2, 6, 6, 4, 4, 1, 2]);
        for (codon, letter) in [(b"ATG", b'M'), (b"TGG", b'W'), (b"TGA", b'*'), (b"AGC", b'S')] {
            assert_eq!(amino_acid(Codon::from_bases(*codon).unwrap()), letter);
        }
    }
}
