//! The 64 codons, in alphabetical order.

/// Number of codons.
pub const CODONS: usize = 64;

/// A codon of unambiguous bases; ordered alphabetically.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Codon(u8);

impl Codon {
    /// The codon at an index below [`CODONS`], alphabetical.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        u8::try_from(index).ok().filter(|&i| usize::from(i) < CODONS).map(Self)
    }

    /// The codon of three bases in either case; `None` when one is not A, C, G or T.
    #[must_use]
    pub fn from_bases(bases: [u8; 3]) -> Option<Self> {
        use crate::alphabet::{BASE_CODE, NO_BASE};
        let [a, b, c] = bases.map(|base| BASE_CODE[usize::from(base)]);
        (a | b | c < NO_BASE).then_some(Self(a << 4 | b << 2 | c))
    }

    /// Position in alphabetical order, 0 to 63.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// As [`Codon::index`], in a byte.
    pub(crate) fn byte(self) -> u8 {
        self.0
    }

    /// The bases, upper case.
    #[must_use]
    pub fn bases(self) -> [u8; 3] {
        [4, 2, 0].map(|shift| b"ACGT"[usize::from(self.0 >> shift & 3)])
    }

    /// All codons in alphabetical order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..64).map(Self)
    }
}

impl std::fmt::Display for Codon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.bases().iter().try_for_each(|&base| write!(f, "{}", char::from(base)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Index, bases and name of each codon agree, in alphabetical order.
    #[test]
    fn round_trip() {
        let names: Vec<String> = Codon::all().map(|codon| codon.to_string()).collect();
        assert!(names.is_sorted());
        assert_eq!(names.len(), CODONS);
        for codon in Codon::all() {
            assert_eq!(Codon::from_bases(codon.bases()), Some(codon));
            assert_eq!(Codon::from_index(codon.index()), Some(codon));
        }
        assert_eq!(Codon::from_index(CODONS), None);
    }

    /// A codon with an ambiguous base is none.
    #[test]
    fn ambiguous_is_none() {
        assert_eq!(Codon::from_bases(*b"ANG"), None);
        assert_eq!(Codon::from_bases(*b"atg").map(|c| c.to_string()).as_deref(), Some("ATG"));
    }
}
