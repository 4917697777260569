//! The trait extractor: does a stretch of a gene lean towards a trait's codons?
//!
//! A trait is a reference codon profile (see [`TraitProfile`]) that comes from elsewhere; nothing
//! is learned here. The log-odds of a window are `L_w = sum_c log2(p(c|a) / q(c|a))` over its
//! codons. Under the null model, the codons of each amino acid permuted uniformly among its places
//! in the gene, its mean and variance are known exactly: with `n_a` places in the gene, `k_a` of
//! them in the window, and `mu_a`, `s_a^2` mean and variance (denominator `n_a`) of the log-odds
//! of the gene's codons for `a`,
//!
//! `E_w = sum_a k_a mu_a`, `V_w = sum_a k_a s_a^2 (n_a - k_a) / (n_a - 1)`
//!
//! (sampling without replacement; Cochran, Sampling Techniques, 1977, chapter 2). The statistic is
//! `max_w (L_w - E_w) / sqrt(V_w)` over the gene's windows, one-sided. Its p-value comes from
//! shuffles of the gene, made until 20 of them reach it or all are made: `p = 20 / l` when the
//! `l`-th shuffle is the 20th, else `(1 + #) / (1 + n)` (Besag and Clifford, Sequential Monte
//! Carlo p-values, Biometrika 78 (1991) 301–304). q-values are Benjamini and Hochberg's over all
//! testable pairs of gene and trait; a pair passes where `q <= fdr`, its confidence is `1 - q`.
//!
//! Limits: the gene is its own control, so a preference spread evenly over the whole gene is not
//! seen (nor is horizontal transfer, expression or GC content mistaken for a trait). Where
//! profiles resemble one another, one stretch speaks for several traits. That a stretch uses a
//! profile's codons does not show that the gene has the trait.

use std::ops::Range;

use crate::analysis_error::AnalysisError;
use crate::benjamini_hochberg::benjamini_hochberg;
use crate::checkpoint::{Checkpoint, Interrupted};
use crate::codon_counts::CodonCounts;
use crate::codons::CODONS;
use crate::error::Error;
use crate::synonymous_sites::{SynonymousSites, codon_indices};
use crate::trait_profile::TraitProfile;
use crate::window_scan::{ROUNDING, Shuffling, pool};
use crate::windows::{Windows, bases_of};

/// Shuffles that reach the observed value before no more are made.
const EXCEEDANCES: u64 = 20;
/// Shuffles between two looks at the checkpoint: about a millisecond for a long gene.
const SHUFFLES_PER_POLL: u64 = 64;

/// Bits towards a profile of each codon, ambiguous ones last.
type LogOdds = [f64; CODONS + 1];

/// A trait in a gene that can be tested.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TraitSignal {
    /// `max_w (L_w - E_w) / sqrt(V_w)`.
    pub score: f64,
    /// First base of the window where it is reached, 1-based within the gene.
    pub start: u64,
    /// Last base of it.
    pub end: u64,
    /// `(L_w - E_w)` of that window per codon, in bits.
    pub excess_bits: f64,
    /// Probability of such a score under the null model.
    pub p_value: f64,
    /// Corrected for all pairs of gene and trait of the call.
    pub q_value: f64,
    /// Shuffles made.
    pub shuffles: u64,
}

/// A trait in a gene.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TraitInGene {
    /// Log-odds of the whole gene per codon, in bits: a description, not tested.
    pub log_odds_bits: f64,
    /// `None` where no order of the gene's codons differs in any window.
    pub signal: Option<TraitSignal>,
}

/// Tests every trait in every gene: a row a gene, a column a profile.
///
/// `background` is what log-odds are taken against; `None` means the codons of all genes.
///
/// # Errors
/// [`Error::Analysis`] for shuffles out of range or an invalid profile; [`Error::Interrupted`].
pub fn scan_traits(
    genes: &[Vec<u8>],
    profiles: &[TraitProfile],
    background: Option<&CodonCounts>,
    windows: Windows,
    shuffling: Shuffling,
    checkpoint: &impl Checkpoint,
) -> Result<Vec<Vec<TraitInGene>>, Error> {
    shuffling.check()?;
    let genes: Vec<Vec<u8>> = genes.iter().map(|bases| codon_indices(bases)).collect();
    let pooled = pool(&genes);
    let background = background.unwrap_or(&pooled);
    let log_odds: Vec<LogOdds> =
        profiles.iter().map(|p| p.log_odds(background)).collect::<Result<_, AnalysisError>>()?;
    let mut rows =
        crate::parallel::in_parallel(genes.len(), shuffling.threads, checkpoint, |index, stop| {
            scan_gene(&genes[index], &log_odds, windows, shuffling, index, stop)
        })?;
    let mut signals: Vec<&mut TraitSignal> =
        rows.iter_mut().flatten().filter_map(|found| found.signal.as_mut()).collect();
    let p_values: Vec<f64> = signals.iter().map(|signal| signal.p_value).collect();
    for (signal, q_value) in signals.iter_mut().zip(benjamini_hochberg(&p_values)?) {
        signal.q_value = q_value;
    }
    Ok(rows)
}

/// One trait over the windows of one gene.
#[derive(Debug)]
struct Scan<'a> {
    log_odds: &'a LogOdds,
    /// Windows that vary, with `E_w` and `sqrt(V_w)`.
    windows: Vec<(Range<usize>, f64, f64)>,
    observed: f64,
    reached: u64,
    shuffles: u64,
}

impl<'a> Scan<'a> {
    fn new(
        gene: &[u8],
        log_odds: &'a LogOdds,
        windows: &[(Range<usize>, SynonymousSites)],
    ) -> Self {
        let moments = |(window, sites): &(Range<usize>, SynonymousSites)| {
            let (mean, variance) = moments(sites, log_odds);
            // What cannot vary adds the same to every order.
            let sd = variance.sqrt();
            (sd > ROUNDING)
                .then(|| (window.clone(), mean + fixed(gene, window, sites, log_odds), sd))
        };
        let windows = windows.iter().filter_map(moments).collect();
        Self { log_odds, windows, observed: f64::NEG_INFINITY, reached: 0, shuffles: 0 }
    }

    /// The largest standardized log-odds, and the index of its first window.
    fn statistic(&self, codons: &[u8], sums: &mut Vec<f64>) -> (f64, usize) {
        sums.clear();
        sums.push(0.0);
        let mut sum = 0.0;
        for &codon in codons {
            sum += self.log_odds[usize::from(codon)];
            sums.push(sum);
        }
        let z = |(window, mean, sd): &(Range<usize>, f64, f64)| {
            (sums[window.end] - sums[window.start] - mean) / sd
        };
        let scores = self.windows.iter().map(z).enumerate();
        scores.fold((f64::NEG_INFINITY, 0), |best, (at, z)| if z > best.0 { (z, at) } else { best })
    }

    fn open(&self) -> bool {
        self.reached < EXCEEDANCES && !self.windows.is_empty()
    }

    #[expect(clippy::cast_precision_loss, reason = "at most a million shuffles")]
    fn p_value(&self) -> f64 {
        if self.open() {
            (1 + self.reached) as f64 / (1 + self.shuffles) as f64
        } else {
            self.reached as f64 / self.shuffles as f64
        }
    }
}

/// Exact mean and variance of the log-odds of what varies in a window.
#[expect(clippy::cast_precision_loss, reason = "a gene's codons are few")]
fn moments(sites: &SynonymousSites, log_odds: &LogOdds) -> (f64, f64) {
    let of_family = |family: &crate::synonymous_sites::Family| {
        let (n, k) = (family.pool.len() as f64, family.places.len() as f64);
        let bits = |codon: &u8| log_odds[usize::from(*codon)];
        let mean = family.pool.iter().map(bits).sum::<f64>() / n;
        let squares: f64 = family.pool.iter().map(|codon| (bits(codon) - mean).powi(2)).sum();
        (k * mean, k * squares / n * (n - k) / (n - 1.0))
    };
    let families = sites.families.iter().map(of_family);
    families.fold((0.0, 0.0), |sum, family| (sum.0 + family.0, sum.1 + family.1))
}

/// Log-odds of a window's codons that stand in no varying family.
fn fixed(gene: &[u8], window: &Range<usize>, sites: &SynonymousSites, log_odds: &LogOdds) -> f64 {
    let mut varies = vec![false; window.len()];
    for &place in sites.families.iter().flat_map(|family| &family.places) {
        varies[place] = true;
    }
    let codons = gene[window.clone()].iter().zip(varies).filter(|(_, varies)| !varies);
    codons.map(|(&codon, _)| log_odds[usize::from(codon)]).sum()
}

fn scan_gene(
    gene: &[u8],
    log_odds: &[LogOdds],
    windows: Windows,
    shuffling: Shuffling,
    index: usize,
    checkpoint: &impl Checkpoint,
) -> Result<Vec<TraitInGene>, Interrupted> {
    let stretch = |window: Range<usize>| (window.clone(), SynonymousSites::new(gene, window));
    let windows: Vec<_> = windows.of(gene.len()).into_iter().map(stretch).collect();
    let mut scans: Vec<Scan<'_>> =
        log_odds.iter().map(|log_odds| Scan::new(gene, log_odds, &windows)).collect();
    let mut sums = Vec::new();
    let mut best = Vec::new();
    for scan in &mut scans {
        let (observed, at) = scan.statistic(gene, &mut sums);
        scan.observed = observed;
        best.push(at);
    }
    let mut sites = SynonymousSites::new(gene, 0..gene.len());
    let mut random = shuffling.stream(index);
    for shuffle in 0..shuffling.shuffles {
        if shuffle % SHUFFLES_PER_POLL == 0 {
            checkpoint.poll()?;
        }
        if !scans.iter().any(Scan::open) {
            break;
        }
        sites.draw(&mut random);
        for scan in scans.iter_mut().filter(|scan| scan.open()) {
            let (score, _) = scan.statistic(&sites.codons, &mut sums);
            scan.reached += u64::from(score >= scan.observed - ROUNDING);
            scan.shuffles += 1;
        }
    }
    Ok(scans.iter().zip(best).map(|(scan, at)| in_gene(scan, at, gene)).collect())
}

#[expect(clippy::cast_precision_loss, reason = "a gene's codons are few")]
fn in_gene(scan: &Scan<'_>, best: usize, gene: &[u8]) -> TraitInGene {
    let total: f64 = gene.iter().map(|&codon| scan.log_odds[usize::from(codon)]).sum();
    let signal = scan.windows.get(best).map(|(window, _, sd)| {
        let (start, end) = bases_of(window);
        TraitSignal {
            score: scan.observed,
            start,
            end,
            excess_bits: scan.observed * sd / window.len() as f64,
            p_value: scan.p_value(),
            q_value: 1.0,
            shuffles: scan.shuffles,
        }
    });
    let log_odds_bits = if gene.is_empty() { 0.0 } else { total / gene.len() as f64 };
    TraitInGene { log_odds_bits, signal }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use rand::SeedableRng;

    use super::*;
    use crate::checkpoint::NoCheckpoint;
    use crate::codons::Codon;

    fn profile(name: &str, codons: &[&[u8; 3]]) -> TraitProfile {
        let mut frequencies = [0.0; CODONS];
        codons.iter().for_each(|c| frequencies[Codon::from_bases(**c).unwrap().index()] = 1.0);
        TraitProfile { name: name.to_owned(), frequencies }
    }

    fn scan(genes: &[Vec<u8>], profiles: &[TraitProfile], threads: usize) -> Vec<Vec<TraitInGene>> {
        let threads = NonZeroUsize::new(threads).unwrap();
        let shuffling = Shuffling { shuffles: 999, seed: 3, threads };
        let windows = Windows::new(150, 75).unwrap();
        scan_traits(genes, profiles, None, windows, shuffling, &NoCheckpoint).unwrap()
    }

    fn planted() -> Vec<Vec<u8>> {
        let mixed = b"AAAAAGCTGTTA".repeat(40);
        vec![[&mixed[..], &b"AAACTG".repeat(25), &mixed].concat(), mixed.clone()]
    }

    /// A planted stretch is found where it is, for the trait it is of, and in no other gene.
    #[test]
    fn finds_what_is_planted() {
        let profiles = [profile("up", &[b"AAA", b"CTG"]), profile("down", &[b"AAG", b"TTA"])];
        let rows = scan(&planted(), &profiles, 1);
        let up = rows[0][0].signal.unwrap();
        assert!(up.start >= 406 && up.end <= 705 && up.p_value <= 0.001, "{up:?}");
        assert!(up.q_value <= 0.05 && up.excess_bits > 0.3);
        let others = [rows[0][1], rows[1][0], rows[1][1]];
        assert!(others.iter().all(|found| found.signal.unwrap().q_value > 0.05), "{others:?}");
    }

    /// The analytic moments are those of many draws.
    #[test]
    fn moments_are_those_of_draws() {
        let gene = codon_indices(&planted()[0]);
        let background = pool(std::slice::from_ref(&gene));
        let log_odds = profile("up", &[b"AAA", b"CTG"]).log_odds(&background).unwrap();
        let mut sites = SynonymousSites::new(&gene, 100..150);
        let (mean, variance) = moments(&sites, &log_odds);
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let draws = 20_000.0;
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..20_000 {
            sites.draw(&mut random);
            let bits: f64 = sites.codons.iter().map(|&codon| log_odds[usize::from(codon)]).sum();
            sum += bits - mean;
            squares += (bits - mean).powi(2);
        }
        assert!((sum / draws).abs() < 5.0 * (variance / draws).sqrt(), "{}", sum / draws);
        assert!((squares / draws / variance - 1.0).abs() < 0.05, "{}", squares / draws);
    }

    /// Threads change nothing.
    #[test]
    fn threads_change_nothing() {
        let profiles = [profile("up", &[b"AAA", b"CTG"]), profile("down", &[b"AAG"])];
        let genes: Vec<Vec<u8>> = planted().into_iter().cycle().take(9).collect();
        let one = scan(&genes, &profiles, 1);
        assert_eq!(scan(&genes, &profiles, 2), one);
        assert_eq!(scan(&genes, &profiles, 4), one);
    }

    /// A gene that is one window, one synonym a letter, or empty, is not tested; it is described.
    #[test]
    fn what_cannot_be_tested() {
        let genes = [b"AAAAAG".repeat(10), b"AAACTG".repeat(90), vec![]];
        let rows = scan(&genes, &[profile("up", &[b"AAA"])], 1);
        assert!(rows.iter().all(|row| row[0].signal.is_none()));
        assert!(rows[1][0].log_odds_bits > 0.0);
    }

    /// Invalid shuffles and profiles are refused before any work.
    #[test]
    fn refusals() {
        let windows = Windows::new(150, 75).unwrap();
        let shuffling = Shuffling { shuffles: 1, seed: 1, threads: NonZeroUsize::MIN };
        let refused = |profiles: &[TraitProfile], shuffling| {
            scan_traits(&[], profiles, None, windows, shuffling, &NoCheckpoint).unwrap_err()
        };
        let none = Shuffling { shuffles: 0, ..shuffling };
        assert!(matches!(refused(&[], none), Error::Analysis(AnalysisError::Shuffles)));
        let empty = refused(&[profile("none", &[])], shuffling).to_string();
        assert_eq!(empty, "profile 'none' has no amino acid with several codons");
    }
}
