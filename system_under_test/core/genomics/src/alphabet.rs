//! The nucleotide alphabet: which bytes are bases, which are IUPAC codes, which are neither.
//!
//! Source: IUPAC-IUB Commission, Nomenclature for incompletely specified bases in nucleic acid
//! sequences, Nucleic Acids Research 13 (1985) 3021–3030. Gaps (`-`, `.`) and `U` are accepted
//! and are not among A, C, G and T.

/// The code of a byte in [`BASE_CODE`] that is no unambiguous base.
pub(crate) const NO_BASE: u8 = 0x40;

/// 2-bit code of a base in alphabetical order (A 0, C 1, G 2, T 3), else [`NO_BASE`].
pub(crate) static BASE_CODE: [u8; 256] = base_codes();

/// Complement of an IUPAC code, its case kept; 0 for a byte outside the alphabet.
static COMPLEMENT: [u8; 256] = complements();

/// What a stretch of sequence is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purity {
    /// Only A, C, G and T, in either case.
    Acgt,
    /// IUPAC codes, at least one of them other than A, C, G and T.
    Iupac,
}

/// Says what `bases` is made of; the error is the offset of the first byte outside the alphabet.
#[inline]
pub(crate) fn classify(bases: &[u8]) -> Result<Purity, usize> {
    if all_acgt(bases) {
        return Ok(Purity::Acgt);
    }
    classify_slowly(bases)
}

#[cold]
fn classify_slowly(bases: &[u8]) -> Result<Purity, usize> {
    match bases.iter().position(|&b| COMPLEMENT[usize::from(b)] == 0) {
        Some(offset) => Err(offset),
        None => Ok(Purity::Iupac),
    }
}

/// Reverses `bases` and complements every code in place; bytes outside the alphabet become 0.
pub fn reverse_complement(bases: &mut [u8]) {
    bases.reverse();
    for base in bases {
        *base = COMPLEMENT[usize::from(*base)];
    }
}

/// Bytes looked at together, so that the comparison compiles to vector instructions.
const BLOCK: usize = 32;

#[inline]
pub(crate) fn all_acgt(bases: &[u8]) -> bool {
    let (blocks, rest) = bases.as_chunks::<BLOCK>();
    if blocks.is_empty() {
        return rest.iter().all(|&b| BASE_CODE[usize::from(b)] != NO_BASE);
    }
    let whole = blocks.iter().fold(0, |bad, block| bad | outside_acgt(block));
    // The last block overlaps the one before it: cheaper than a scalar remainder.
    let last = bases.last_chunk::<BLOCK>().map_or(0, outside_acgt);
    whole | last == 0
}

/// Non-zero when a byte of the block is none of A, C, G and T.
#[inline]
fn outside_acgt(block: &[u8; BLOCK]) -> u8 {
    block.iter().fold(0, |bad, &byte| {
        let lower = byte | 0x20;
        // Zero when any of the four matches; a minimum of bytes is one vector instruction.
        let distance = |base: u8| lower ^ base;
        bad | distance(b'a').min(distance(b'c')).min(distance(b'g').min(distance(b't')))
    })
}

const fn base_codes() -> [u8; 256] {
    let mut codes = [NO_BASE; 256];
    let mut code = 0;
    while code < 4 {
        let base = b"ACGT"[code as usize];
        codes[base as usize] = code;
        codes[base.to_ascii_lowercase() as usize] = code;
        code += 1;
    }
    codes
}

const fn complements() -> [u8; 256] {
    const CODES: &[u8; 18] = b"ACGTURYSWKMBDHVN-.";
    const PAIRS: &[u8; 18] = b"TGCAAYRSWMKVHDBN-.";
    let mut complements = [0; 256];
    let mut i = 0;
    while i < CODES.len() {
        complements[CODES[i] as usize] = PAIRS[i];
        complements[CODES[i].to_ascii_lowercase() as usize] = PAIRS[i].to_ascii_lowercase();
        i += 1;
    }
    complements
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every byte is classified as the alphabet says, at every offset within a block.
    #[test]
    fn classifies_every_byte_at_every_offset() {
        for length in 1..=70 {
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    let mut bases = vec![b'g'; length];
                    bases[at] = byte;
                    let expected = if b"ACGTacgt".contains(&byte) {
                        Ok(Purity::Acgt)
                    } else if b"URYSWKMBDHVNuryswkmbdhvn-.".contains(&byte) {
                        Ok(Purity::Iupac)
                    } else {
                        Err(at)
                    };
                    assert_eq!(classify(&bases), expected, "{byte:#x} at {at} of {length}");
                }
            }
        }
    }

    /// Complementing twice gives the sequence back, except that U becomes T.
    #[test]
    fn reverse_complement_is_an_involution() {
        let mut bases = b"ACGTRYSWKMBDHVN-.acgtryswkmbdhvn".to_vec();
        let before = bases.clone();
        reverse_complement(&mut bases);
        assert_eq!(bases, b"nbdhvkmwsryacgt.-NBDHVKMWSRYACGT");
        reverse_complement(&mut bases);
        assert_eq!(bases, before);
    }
}
