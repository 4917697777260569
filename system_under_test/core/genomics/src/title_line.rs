//! A title line that may come in several pieces.

use crate::parse_error::{Reason, TITLE_BYTES_MAX};

/// Collects a title line; its length is bounded, so memory is.
#[derive(Debug, Default)]
pub(crate) struct TitleLine(Vec<u8>);

impl TitleLine {
    /// Starts a new line.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds a piece of it.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Result<(), Reason> {
        if self.0.len() + piece.len() > TITLE_BYTES_MAX {
            return Err(Reason::TitleLength);
        }
        self.0.extend_from_slice(piece);
        Ok(())
    }

    /// The line without trailing white space.
    pub(crate) fn text(&self) -> &[u8] {
        self.0.trim_ascii_end()
    }
}
