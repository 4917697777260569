//! What a trait is taken for: a preference among synonymous codons.

use crate::analysis_error::AnalysisError;
use crate::codon_counts::CodonCounts;
use crate::codons::{CODONS, Codon};
use crate::genetic_code::synonymous_families;
use crate::window_measures::PSEUDOCOUNT;

/// Share of the background in a profile, so that a codon it lacks costs at most about 7 bits.
const BACKGROUND_SHARE: f64 = 0.01;

/// A reference codon profile with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct TraitProfile {
    /// The trait.
    pub name: String,
    /// Relative frequencies by [`Codon::index`]; only their ratios among synonyms count.
    pub frequencies: [f64; CODONS],
}

impl TraitProfile {
    /// Log-odds of each codon towards the profile, in bits: `log2(p(c|a) / q(c|a))`.
    ///
    /// `q(c|a)` is the share of codon `c` among the codons of its amino acid `a` in the
    /// background, 0.5 added to each count; `p(c|a)` that in the profile, mixed with 1 % of `q`.
    /// 0 for stop codons, Met, Trp and amino acids the profile lacks; the last entry is that of
    /// ambiguous codons, 0.
    ///
    /// # Errors
    /// [`AnalysisError`] for a frequency that is none and a profile without synonyms.
    pub(crate) fn log_odds(
        &self,
        background: &CodonCounts,
    ) -> Result<[f64; CODONS + 1], AnalysisError> {
        let valid = |frequency: f64| frequency.is_finite() && frequency >= 0.0;
        if let Some(codon) = Codon::all().find(|codon| !valid(self.frequencies[codon.index()])) {
            let table = format!("profile '{}'", self.name);
            return Err(AnalysisError::Frequency { codon, table });
        }
        let mut log_odds = [0.0; CODONS + 1];
        let mut informative = false;
        for family in synonymous_families() {
            let total: f64 = family.codons.iter().map(|c| self.frequencies[c.index()]).sum();
            if family.amino_acid == b'*' || family.codons.len() < 2 || total == 0.0 {
                continue;
            }
            informative = true;
            #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 codons")]
            let count = |codon: &Codon| background.counts[codon.index()] as f64 + PSEUDOCOUNT;
            let background_total: f64 = family.codons.iter().map(count).sum();
            for codon in &family.codons {
                let q = count(codon) / background_total;
                let p = self.frequencies[codon.index()] / total;
                let mixed = (1.0 - BACKGROUND_SHARE) * p + BACKGROUND_SHARE * q;
                log_odds[codon.index()] = (mixed / q).log2();
            }
        }
        if informative { Ok(log_odds) } else { Err(AnalysisError::EmptyProfile(self.name.clone())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(codons: &[(&[u8; 3], f64)]) -> TraitProfile {
        let mut frequencies = [0.0; CODONS];
        for (bases, frequency) in codons {
            frequencies[Codon::from_bases(**bases).unwrap().index()] = *frequency;
        }
        TraitProfile { name: "t".to_owned(), frequencies }
    }

    /// Only ratios among synonyms count, and what the profile says nothing of is 0.
    #[test]
    fn log_odds_by_hand() {
        let even = CodonCounts::default();
        let found = profile(&[(b"AAA", 3.0), (b"AAG", 1.0), (b"ATG", 9.0)]).log_odds(&even);
        let found = found.unwrap();
        let at = |bases: &[u8; 3]| found[Codon::from_bases(*bases).unwrap().index()];
        assert!((at(b"AAA") - (2.0 * (0.99 * 0.75 + 0.005_f64)).log2()).abs() < 1e-12);
        assert!((at(b"AAG") - (2.0 * (0.99 * 0.25 + 0.005_f64)).log2()).abs() < 1e-12);
        assert_eq!(found.iter().filter(|bits| **bits != 0.0).count(), 2);
    }

    /// A profile that is the background's own has nothing to tell.
    #[test]
    fn background_is_neutral() {
        let background = CodonCounts { counts: [7; CODONS], ambiguous: 0 };
        let flat = TraitProfile { name: "flat".to_owned(), frequencies: [0.5; CODONS] };
        assert!(flat.log_odds(&background).unwrap().iter().all(|bits| bits.abs() < 1e-12));
    }

    /// A frequency that is none, and a profile of single codons, are refused.
    #[test]
    fn refusals() {
        let none = CodonCounts::default();
        for frequency in [-1.0, f64::NAN, f64::INFINITY] {
            let error = profile(&[(b"AAA", frequency)]).log_odds(&none).unwrap_err();
            let message = "frequency of AAA in profile 't' must be finite and not negative";
            assert_eq!(error.to_string(), message);
        }
        let error = profile(&[(b"ATG", 1.0), (b"TAA", 1.0)]).log_odds(&none).unwrap_err();
        assert_eq!(error.to_string(), "profile 't' has no amino acid with several codons");
    }
}
