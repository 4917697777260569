//! The null model: a gene whose synonymous codons stand in a random order.
//!
//! The codons of each amino acid are permuted uniformly among the places in the gene where that
//! amino acid stands. The encoded protein and the count of every codon of the gene stay what they
//! are; stop codons, Met, Trp and ambiguous codons stay where they are.

use std::ops::Range;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::codons::{CODONS, Codon};
use crate::genetic_code::synonymous_families;

/// Stands for a codon with an ambiguous base.
pub(crate) const AMBIGUOUS: u8 = 64;

/// Index of each codon of a coding sequence, in frame from its first base, or [`AMBIGUOUS`].
pub(crate) fn codon_indices(bases: &[u8]) -> Vec<u8> {
    let index = |&codon: &[u8; 3]| Codon::from_bases(codon).map_or(AMBIGUOUS, Codon::byte);
    bases.as_chunks::<3>().0.iter().map(index).collect()
}

/// The places of a stretch that one amino acid holds.
#[derive(Debug, Clone)]
pub(crate) struct Family {
    /// All its codons in the gene; those drawn for the stretch come first.
    pub pool: Vec<u8>,
    /// Its places in the stretch, from its first codon.
    pub places: Vec<usize>,
}

/// A stretch of a gene, and what may stand in it.
#[derive(Debug, Clone)]
pub(crate) struct SynonymousSites {
    /// The codons of the stretch, as in the gene until the first draw.
    pub codons: Vec<u8>,
    /// Amino acids with two different codons in the gene and a place in the stretch.
    pub families: Vec<Family>,
}

impl SynonymousSites {
    /// A stretch of `gene`, given by codons.
    pub(crate) fn new(gene: &[u8], stretch: Range<usize>) -> Self {
        let mut family_of = [usize::MAX; CODONS + 1];
        let kinds = synonymous_families();
        let several = kinds.iter().filter(|f| f.amino_acid != b'*' && f.codons.len() > 1);
        for (number, family) in several.enumerate() {
            family.codons.iter().for_each(|codon| family_of[codon.index()] = number);
        }
        let mut families = vec![Family { pool: Vec::new(), places: Vec::new() }; kinds.len()];
        for (at, &codon) in gene.iter().enumerate() {
            if let Some(family) = families.get_mut(family_of[usize::from(codon)]) {
                family.pool.push(codon);
                if stretch.contains(&at) {
                    family.places.push(at - stretch.start);
                }
            }
        }
        let varies = |f: &Family| f.pool.iter().any(|codon| *codon != f.pool[0]);
        families.retain(|family| !family.places.is_empty() && varies(family));
        Self { codons: gene[stretch].to_vec(), families }
    }

    /// Puts a random order in place: the stretch of a uniform permutation of the whole gene.
    pub(crate) fn draw(&mut self, random: &mut ChaCha8Rng) {
        for family in &mut self.families {
            let last = family.pool.len() - 1;
            // A partial Fisher-Yates shuffle, from whatever order the last draw left.
            for (i, &place) in family.places.iter().enumerate() {
                let chosen = if i < last { random.random_range(i..=last) } else { last };
                family.pool.swap(i, chosen);
                self.codons[place] = family.pool[i];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    const GENE: &[u8] = b"ATGAAAAAGCTGNNNCTACTTTTAAAATGGAAGTAA";

    fn sorted(mut codons: Vec<u8>) -> Vec<u8> {
        codons.sort_unstable();
        codons
    }

    /// A draw keeps the protein and every codon's count, and leaves the rest where it is.
    #[test]
    fn keeps_protein_and_counts() {
        let gene = codon_indices(GENE);
        let mut sites = SynonymousSites::new(&gene, 0..gene.len());
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let letter = |&codon: &u8| Codon::from_index(codon.into()).map(crate::amino_acid);
        let mut orders = std::collections::BTreeSet::new();
        for _ in 0..2000 {
            sites.draw(&mut random);
            assert_eq!(sorted(sites.codons.clone()), sorted(gene.clone()));
            assert!(sites.codons.iter().map(letter).eq(gene.iter().map(letter)));
            orders.insert(sites.codons.clone());
        }
        // 2 of 4 places hold AAA; 4 leucines are all different.
        assert_eq!(orders.len(), 6 * 24);
    }

    /// Every codon of a family is as likely at every place, in the whole gene or a part of it.
    #[test]
    fn draws_are_uniform() {
        let gene = codon_indices(GENE);
        for stretch in [0..gene.len(), 5..8] {
            let start = stretch.start;
            let mut sites = SynonymousSites::new(&gene, stretch);
            let mut random = ChaCha8Rng::seed_from_u64(2);
            let ctg = Codon::from_bases(*b"CTG").unwrap().byte();
            let drawn = (0..8000).filter(|_| {
                sites.draw(&mut random);
                sites.codons[6 - start] == ctg
            });
            let share = drawn.count();
            assert!((1840..=2160).contains(&share), "{share} of 8000, 2000 expected");
        }
    }

    /// Amino acids that use one codon only, or have no place in the stretch, take no draws.
    #[test]
    fn nothing_to_permute() {
        let gene = codon_indices(b"AAAAAAATGTGGTAATGACTG");
        assert!(SynonymousSites::new(&gene, 0..gene.len()).families.is_empty());
        let gene = codon_indices(b"AAAAAGCTG");
        assert!(SynonymousSites::new(&gene, 2..3).families.is_empty());
    }
}
