//! Base composition.

use crate::alphabet::Purity;

/// How many of each base a sequence has, in either case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Composition {
    /// Adenine.
    pub a: u64,
    /// Cytosine.
    pub c: u64,
    /// Guanine.
    pub g: u64,
    /// Thymine.
    pub t: u64,
    /// Every other IUPAC code, `U` and gaps included.
    pub other: u64,
}

/// Bytes counted in 8-bit sums before these are added up.
const BLOCK: usize = 255;

impl Composition {
    /// The composition of one stretch; `bases` must be validated.
    #[must_use]
    pub fn of(bases: &[u8], purity: Purity) -> Self {
        let mut composition = Self::default();
        composition.extend(bases, purity);
        composition
    }

    /// Adds a stretch; `bases` must be validated, and `purity` say what was found.
    #[inline]
    pub fn extend(&mut self, bases: &[u8], purity: Purity) {
        for block in bases.chunks(BLOCK) {
            let a = count(block, b'a');
            let c = count(block, b'c');
            let g = count(block, b'g');
            let length = block.len() as u64;
            let t = match purity {
                Purity::Acgt => length - a - c - g,
                Purity::Iupac => count(block, b't'),
            };
            self.a += a;
            self.c += c;
            self.g += g;
            self.t += t;
            self.other += length - a - c - g - t;
        }
    }

    /// Adds another composition.
    pub fn add(&mut self, other: Self) {
        self.a += other.a;
        self.c += other.c;
        self.g += other.g;
        self.t += other.t;
        self.other += other.other;
    }

    /// Number of bases and other codes, in base pairs.
    #[must_use]
    pub fn length_bp(&self) -> u64 {
        self.a + self.c + self.g + self.t + self.other
    }

    /// (G + C) / (A + C + G + T); `None` without any of them.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 bases")]
    pub fn gc(&self) -> Option<f64> {
        let gc = self.g + self.c;
        let total = gc + self.a + self.t;
        (total > 0).then(|| gc as f64 / total as f64)
    }
}

/// Occurrences of a lower-case letter in either case, in a block of at most [`BLOCK`] bytes.
#[inline]
fn count(block: &[u8], lower: u8) -> u64 {
    u64::from(block.iter().fold(0_u8, |sum, &b| sum + u8::from(b | 0x20 == lower)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both cases and every other code are counted, across block borders.
    #[test]
    fn counts_each_code() {
        let bases = b"AacCCgGGGtTTTTNn-R".repeat(40);
        let composition = Composition::of(&bases, Purity::Iupac);
        let expected = Composition { a: 80, c: 120, g: 160, t: 200, other: 160 };
        assert_eq!(composition, expected);
        assert_eq!(composition.length_bp(), 720);
        assert_eq!(composition.gc(), Some(0.5));
    }

    /// Without an unambiguous base there is no GC content.
    #[test]
    fn gc_of_nothing_is_none() {
        assert_eq!(Composition::of(b"NNN", Purity::Iupac).gc(), None);
    }
}
