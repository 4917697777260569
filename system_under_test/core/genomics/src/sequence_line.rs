//! A line of sequence or quality that may come in several pieces.

use crate::alphabet::{Purity, classify};
use crate::lines::Piece;
use crate::parse_error::Reason;

/// Strips the white space that ends a line and refuses it anywhere else.
#[derive(Debug, Default)]
pub(crate) struct SequenceLine {
    /// White space since the last base, with its first byte.
    blank: Option<u8>,
}

impl SequenceLine {
    /// The piece without trailing white space.
    #[inline]
    pub(crate) fn strip<'a>(&mut self, piece: Piece<'a>) -> Result<&'a [u8], Reason> {
        match piece.bytes.last() {
            Some(last) if self.blank.is_none() && !is_blank(*last) => Ok(piece.bytes),
            _ => self.strip_slowly(piece),
        }
    }

    /// The bases of the piece and what they are made of.
    #[inline]
    pub(crate) fn bases<'a>(&mut self, piece: Piece<'a>) -> Result<(&'a [u8], Purity), Reason> {
        let bases = self.strip(piece)?;
        match classify(bases) {
            Ok(purity) => Ok((bases, purity)),
            Err(offset) => Err(refusal(bases[offset]).unwrap_or(Reason::Nucleotide(bases[offset]))),
        }
    }

    fn strip_slowly<'a>(&mut self, piece: Piece<'a>) -> Result<&'a [u8], Reason> {
        let length = piece.bytes.iter().rposition(|&b| !is_blank(b)).map_or(0, |at| at + 1);
        let (text, blank) = piece.bytes.split_at(length);
        if let (false, Some(reason)) = (text.is_empty(), self.blank.and_then(refusal)) {
            return Err(reason);
        }
        self.blank = self.blank.or(blank.first().copied()).filter(|_| !piece.last);
        Ok(text)
    }
}

/// Why a blank byte may not stand before the end of its line; `None` for any other byte.
pub(crate) fn refusal(byte: u8) -> Option<Reason> {
    match byte {
        b'\r' => Some(Reason::CarriageReturn),
        b' ' | b'\t' => Some(Reason::WhiteSpace),
        _ => None,
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\r' | b' ' | b'\t')
}
