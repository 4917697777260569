//! Random codon usage, and codons drawn from it.

use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;

use crate::codons::{CODONS, Codon};
use crate::genetic_code::{SynonymousFamily, synonymous_families};

/// Usage of the synonyms of each amino acid; amino acids are equally frequent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CodonModel {
    families: Vec<SynonymousFamily>,
    /// Relative frequencies by [`Codon::index`], 1 in all; 0 for stop codons.
    pub frequencies: [f64; CODONS],
}

impl CodonModel {
    /// Shares of synonyms uniform on their simplex, a Dirichlet distribution of parameters 1 made
    /// of exponential variates (Devroye, Non-Uniform Random Variate Generation, 1986, chapter 11).
    pub(crate) fn random(random: &mut ChaCha8Rng) -> Self {
        let mut families = synonymous_families();
        families.retain(|family| family.amino_acid != b'*');
        let mut frequencies = [0.0; CODONS];
        for family in &families {
            let shares: Vec<f64> =
                family.codons.iter().map(|_| -(1.0 - random.random::<f64>()).ln()).collect();
            let total: f64 = shares.iter().sum();
            for (codon, share) in family.codons.iter().zip(shares) {
                #[expect(clippy::cast_precision_loss, reason = "there are 20 amino acids")]
                let amino_acids = families.len() as f64;
                frequencies[codon.index()] = share / total / amino_acids;
            }
        }
        Self { families, frequencies }
    }

    /// Draws an amino acid, then one of its codons.
    pub(crate) fn draw(&self, random: &mut ChaCha8Rng) -> Codon {
        let family = &self.families[random.random_range(0..self.families.len())];
        self.draw_from(family, random)
    }

    /// Draws another codon for the same amino acid; a stop codon stays.
    pub(crate) fn redraw(&self, codon: Codon, random: &mut ChaCha8Rng) -> Codon {
        let family = self.families.iter().find(|family| family.codons.contains(&codon));
        family.map_or(codon, |family| self.draw_from(family, random))
    }

    fn draw_from(&self, family: &SynonymousFamily, random: &mut impl Rng) -> Codon {
        let total: f64 = family.codons.iter().map(|c| self.frequencies[c.index()]).sum();
        let mut left = random.random::<f64>() * total;
        for &codon in &family.codons {
            left -= self.frequencies[codon.index()];
            if left < 0.0 {
                return codon;
            }
        }
        // Rounding left nothing below zero.
        family.codons[family.codons.len() - 1]
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    /// Draws have the model's frequencies, and redrawing keeps the amino acid.
    #[test]
    fn draws_follow_the_frequencies() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let model = CodonModel::random(&mut random);
        assert!((model.frequencies.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let mut counts = [0_u32; CODONS];
        for _ in 0..100_000 {
            let codon = model.draw(&mut random);
            counts[codon.index()] += 1;
            let other = model.redraw(codon, &mut random);
            assert_eq!(crate::amino_acid(other), crate::amino_acid(codon));
        }
        for (count, frequency) in counts.iter().zip(model.frequencies) {
            let expected = 100_000.0 * frequency;
            assert!((f64::from(*count) - expected).abs() <= 5.0 * expected.sqrt() + 1.0);
        }
    }
}
