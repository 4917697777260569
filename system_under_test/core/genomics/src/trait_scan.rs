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
//! the largest `(L_w - E_w) / sqrt(V_w)` of the gene's windows, one-sided. A window speaks for one
//! trait, the one with the largest `L_w`, which is the likeliest; for the others it counts at most
//! 0, in the gene as in its shuffles. The p-value comes from
//! shuffles of the gene, made until 20 of them reach it or all are made: `p = 20 / l` when the
//! `l`-th shuffle is the 20th, else `(1 + #) / (1 + n)` (Besag and Clifford, Sequential Monte
//! Carlo p-values, Biometrika 78 (1991) 301–304). q-values are Benjamini and Hochberg's over all
//! testable pairs of gene and trait. A pair passes where `q <= fdr` and its window overlaps that of
//! no stronger trait of the gene; its confidence is `1 - q`.
//!
//! Limits: the gene is its own control, so a preference spread evenly over the whole gene is not
//! seen (nor is horizontal transfer, expression or GC content mistaken for a trait). What is tested
//! is that codons stand in a random order, so the stretch of one trait can make a trait of similar
//! profile pass as well, beside it. That a stretch uses a profile's codons does not show that
//! the gene has the trait.

use std::ops::Range;

use crate::analysis_error::AnalysisError;
use crate::benjamini_hochberg::benjamini_hochberg;
use crate::checkpoint::{Checkpoint, Interrupted};
use crate::codon_counts::CodonCounts;
use crate::codons::CODONS;
use crate::error::Error;
use crate::synonymous_sites::{SynonymousSites, codon_indices};
use crate::trait_overlap::mark_overlaps;
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
    /// Largest `(L_w - E_w) / sqrt(V_w)` of the windows that speak for the trait.
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
    /// Its window overlaps that of a stronger trait of the gene.
    pub overlaps_stronger: bool,
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
    for row in &mut rows {
        mark_overlaps(row);
    }
    Ok(rows)
}

/// A window and, for each trait, `E_w` and `sqrt(V_w)`.
#[derive(Debug)]
struct Window {
    codons: Range<usize>,
    moments: Vec<(f64, f64)>,
}

impl Window {
    /// `None` where no order of the gene's codons changes its log-odds towards any trait.
    fn new(gene: &[u8], codons: Range<usize>, log_odds: &[LogOdds]) -> Option<Self> {
        let sites = SynonymousSites::new(gene, codons.clone());
        let moments = |log_odds: &LogOdds| {
            let (mean, variance) = moments(&sites, log_odds);
            (mean + fixed(gene, &codons, &sites, log_odds), variance.sqrt())
        };
        let moments: Vec<_> = log_odds.iter().map(moments).collect();
        let varies = moments.iter().any(|(_, sd)| *sd > ROUNDING);
        varies.then_some(Self { codons, moments })
    }
}

/// Largest score of a trait and the first window that has it.
#[derive(Debug, Clone, Copy)]
struct Best {
    score: f64,
    window: usize,
}

/// Finds the statistic of every trait in an order of a gene's codons.
#[derive(Debug)]
struct Scanner<'a> {
    log_odds: &'a [LogOdds],
    windows: Vec<Window>,
    /// Running sums of the log-odds, a row a trait.
    sums: Vec<Vec<f64>>,
}

impl<'a> Scanner<'a> {
    fn new(gene: &[u8], log_odds: &'a [LogOdds], windows: Windows) -> Self {
        let cut = windows.of(gene.len()).into_iter();
        let windows = cut.filter_map(|codons| Window::new(gene, codons, log_odds)).collect();
        Self { log_odds, windows, sums: vec![Vec::new(); log_odds.len()] }
    }

    /// Whether any order differs for a trait.
    fn testable(&self, profile: usize) -> bool {
        self.windows.iter().any(|window| window.moments[profile].1 > ROUNDING)
    }

    fn statistics(&mut self, codons: &[u8]) -> Vec<Best> {
        for (sums, log_odds) in self.sums.iter_mut().zip(self.log_odds) {
            sums.clear();
            sums.push(0.0);
            let mut sum = 0.0;
            for &codon in codons {
                sum += log_odds[usize::from(codon)];
                sums.push(sum);
            }
        }
        let mut best = vec![Best { score: f64::NEG_INFINITY, window: 0 }; self.log_odds.len()];
        for (at, window) in self.windows.iter().enumerate() {
            let bits = |sums: &Vec<f64>| sums[window.codons.end] - sums[window.codons.start];
            let most = self.sums.iter().map(bits).fold(f64::NEG_INFINITY, f64::max);
            for ((best, sums), (mean, sd)) in best.iter_mut().zip(&self.sums).zip(&window.moments) {
                if *sd <= ROUNDING {
                    continue;
                }
                let z = (bits(sums) - mean) / sd;
                let leads = bits(sums) >= most - ROUNDING;
                let score = if leads { z } else { z.min(0.0) };
                if score > best.score {
                    *best = Best { score, window: at };
                }
            }
        }
        best
    }
}

/// How often shuffles reached what one trait has in the gene.
#[derive(Debug)]
struct Tally {
    observed: Best,
    testable: bool,
    reached: u64,
    shuffles: u64,
}

impl Tally {
    fn open(&self) -> bool {
        self.testable && self.reached < EXCEEDANCES
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
    let mut scanner = Scanner::new(gene, log_odds, windows);
    let observed = scanner.statistics(gene);
    let tally = |(profile, observed)| {
        let testable = scanner.testable(profile);
        Tally { observed, testable, reached: 0, shuffles: 0 }
    };
    let mut tallies: Vec<Tally> = observed.into_iter().enumerate().map(tally).collect();
    let mut sites = SynonymousSites::new(gene, 0..gene.len());
    let mut random = shuffling.stream(index);
    for shuffle in 0..shuffling.shuffles {
        if shuffle % SHUFFLES_PER_POLL == 0 {
            checkpoint.poll()?;
        }
        if !tallies.iter().any(Tally::open) {
            break;
        }
        sites.draw(&mut random);
        let drawn = scanner.statistics(&sites.codons);
        for (tally, drawn) in tallies.iter_mut().zip(drawn).filter(|(tally, _)| tally.open()) {
            tally.reached += u64::from(drawn.score >= tally.observed.score - ROUNDING);
            tally.shuffles += 1;
        }
    }
    let found = |(profile, tally)| in_gene(&scanner, profile, tally, gene);
    Ok(tallies.iter().enumerate().map(found).collect())
}

#[expect(clippy::cast_precision_loss, reason = "a gene's codons are few")]
fn in_gene(scanner: &Scanner<'_>, profile: usize, tally: &Tally, gene: &[u8]) -> TraitInGene {
    let log_odds = &scanner.log_odds[profile];
    let total: f64 = gene.iter().map(|&codon| log_odds[usize::from(codon)]).sum();
    let log_odds_bits = if gene.is_empty() { 0.0 } else { total / gene.len() as f64 };
    let signal = tally.testable.then(|| {
        let window = &scanner.windows[tally.observed.window];
        let (mean, _) = window.moments[profile];
        let codons = &gene[window.codons.clone()];
        let bits: f64 = codons.iter().map(|&codon| log_odds[usize::from(codon)]).sum();
        let (start, end) = bases_of(&window.codons);
        TraitSignal {
            score: tally.observed.score,
            start,
            end,
            excess_bits: (bits - mean) / codons.len() as f64,
            p_value: tally.p_value(),
            q_value: 1.0,
            shuffles: tally.shuffles,
            overlaps_stronger: false,
        }
    });
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
        for &&bases in codons {
            frequencies[Codon::from_bases(bases).unwrap().index()] = 1.0;
        }
        TraitProfile { name: name.to_owned(), frequencies }
    }

    fn scan(genes: &[Vec<u8>], profiles: &[TraitProfile], threads: usize) -> Vec<Vec<TraitInGene>> {
        let threads = NonZeroUsize::new(threads).unwrap();
        let shuffling = Shuffling { shuffles: 999, seed: 3, first_gene: 0, threads };
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
        let threads = NonZeroUsize::MIN;
        let shuffling = Shuffling { shuffles: 1, seed: 1, first_gene: 0, threads };
        let refused = |profiles: &[TraitProfile], shuffling| {
            scan_traits(&[], profiles, None, windows, shuffling, &NoCheckpoint).unwrap_err()
        };
        let none = Shuffling { shuffles: 0, ..shuffling };
        assert!(matches!(refused(&[], none), Error::Analysis(AnalysisError::Shuffles)));
        let empty = refused(&[profile("none", &[])], shuffling).to_string();
        assert_eq!(empty, "profile 'none' has no amino acid with several codons");
    }
}
