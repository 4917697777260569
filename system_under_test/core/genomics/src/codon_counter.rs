//! Streaming count of in-frame codons.

use crate::alphabet::Purity;
use crate::codon_counts::CodonCounts;
use crate::codons::{CODONS, Codon};

/// Bases read at once: two codons and two bytes that are looked at again.
const WORD: usize = 8;
/// Bases consumed by one word.
const STRIDE: usize = 6;
/// Separate tables, so that one codon seen twice running does not wait for its own store.
const LANES: usize = 2;

/// Counts codons over stretches of one sequence, in the frame of its first base.
///
/// Memory is constant; a codon may straddle two stretches.
#[derive(Debug, Clone, Default)]
pub struct CodonCounter {
    lanes: Lanes,
    counts: CodonCounts,
    pending: [u8; 3],
    pending_bases: usize,
}

/// Histograms by the index that [`codon_ends`] gives, which is not alphabetical.
#[derive(Debug, Clone)]
struct Lanes([[u64; CODONS]; LANES]);

impl Default for Lanes {
    fn default() -> Self {
        Self([[0; CODONS]; LANES])
    }
}

impl CodonCounter {
    /// A counter for the rest of a sequence whose last, incomplete codon so far is `bases`.
    #[must_use]
    pub fn continuing(bases: &[u8]) -> Self {
        let mut counter = Self::default();
        counter.extend(bases, Purity::Iupac);
        counter
    }

    /// Reads on; `bases` must be validated, and `purity` say what was found.
    #[inline]
    pub fn extend(&mut self, bases: &[u8], purity: Purity) {
        let bases = self.complete_pending(bases);
        let rest = match purity {
            Purity::Acgt => self.count_words(bases),
            Purity::Iupac => bases,
        };
        let (codons, tail) = rest.as_chunks::<3>();
        for &codon in codons {
            self.count_one(codon);
        }
        for &base in tail {
            self.pending[self.pending_bases] = base;
            self.pending_bases += 1;
        }
    }

    /// Bases after the last whole codon, 0 to 2.
    #[must_use]
    pub fn pending(&self) -> &[u8] {
        &self.pending[..self.pending_bases]
    }

    /// Ends the sequence: drops an incomplete codon, keeps the counts.
    pub fn end_sequence(&mut self) {
        self.pending_bases = 0;
    }

    /// Ends the sequence, takes the counts and starts anew.
    pub fn finish(&mut self) -> CodonCounts {
        for codon in Codon::all() {
            let at = unordered_index(codon);
            for lane in &mut self.lanes.0 {
                self.counts.counts[codon.index()] += std::mem::take(&mut lane[at]);
            }
        }
        self.end_sequence();
        std::mem::take(&mut self.counts)
    }

    /// Fills up the codon begun in the stretch before; gives what is left of `bases`.
    #[inline]
    fn complete_pending<'a>(&mut self, bases: &'a [u8]) -> &'a [u8] {
        if self.pending_bases == 0 {
            return bases;
        }
        let wanted = (3 - self.pending_bases).min(bases.len());
        let (head, rest) = bases.split_at(wanted);
        for &base in head {
            self.pending[self.pending_bases] = base;
            self.pending_bases += 1;
        }
        if self.pending_bases == 3 {
            self.pending_bases = 0;
            self.count_one(self.pending);
        }
        rest
    }

    #[inline]
    fn count_one(&mut self, bases: [u8; 3]) {
        match Codon::from_bases(bases) {
            Some(codon) => self.counts.counts[codon.index()] += 1,
            None => self.counts.ambiguous += 1,
        }
    }

    /// Counts two codons a step while a whole word is left; gives what is left.
    #[inline]
    fn count_words<'a>(&mut self, mut bases: &'a [u8]) -> &'a [u8] {
        let [even, odd] = &mut self.lanes.0;
        while let Some(&word) = bases.first_chunk::<WORD>() {
            let ends = codon_ends(u64::from_le_bytes(word)).to_le_bytes();
            even[usize::from(ends[2] & 63)] += 1;
            odd[usize::from(ends[5] & 63)] += 1;
            bases = &bases[STRIDE..];
        }
        bases
    }
}

/// For eight bases A, C, G or T: in byte `k` of the result the index of the codon that ends at
/// base `k` (for `k >= 2`).
///
/// Bits 1 and 2 of the ASCII codes tell the four bases apart in both cases (A 0, C 1, T 2, G 3).
/// The product adds to each byte 4 times the byte before and 16 times the one before that; no
/// byte exceeds 3 + 12 + 48 = 63, so nothing carries over.
#[inline]
fn codon_ends(word: u64) -> u64 {
    let codes = word >> 1 & 0x0303_0303_0303_0303;
    codes.wrapping_mul(1 | 4 << 8 | 16 << 16)
}

/// The index [`codon_ends`] gives a codon.
fn unordered_index(codon: Codon) -> usize {
    codon.bases().iter().fold(0, |index, base| index << 2 | usize::from(base >> 1 & 3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alphabet::classify;

    fn naive(bases: &[u8]) -> CodonCounts {
        let mut counts = CodonCounts::default();
        for codon in bases.as_chunks::<3>().0 {
            match Codon::from_bases(*codon) {
                Some(codon) => counts.counts[codon.index()] += 1,
                None => counts.ambiguous += 1,
            }
        }
        counts
    }

    fn sample(length: usize, alphabet: &[u8]) -> Vec<u8> {
        let mut state = 0x9E37_79B9_u64;
        (0..length)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                alphabet[usize::try_from(state >> 40).unwrap() % alphabet.len()]
            })
            .collect()
    }

    /// Cut anywhere into stretches, a sequence has the counts of the codons read one by one.
    #[test]
    fn counts_do_not_depend_on_the_cuts() {
        for alphabet in [&b"ACGTacgt"[..], b"ACGTNacgtn-R"] {
            let bases = sample(1001, alphabet);
            for cut in 1..200 {
                let mut counter = CodonCounter::default();
                for stretch in bases.chunks(cut) {
                    counter.extend(stretch, classify(stretch).unwrap());
                }
                assert_eq!(counter.pending(), &bases[999..]);
                assert_eq!(counter.finish(), naive(&bases), "cut {cut}");
                assert!(counter.pending().is_empty());
            }
        }
    }

    /// A counter that continues a sequence completes its last codon.
    #[test]
    fn continues_in_frame() {
        let mut counter = CodonCounter::continuing(b"AT");
        counter.extend(b"GCC", Purity::Acgt);
        assert_eq!(counter.pending(), b"CC");
        assert_eq!(counter.finish(), naive(b"ATG"));
    }
}
