//! Cuts a stream of bytes into lines without copying them.

use crate::parse_error::Reason;

/// A line, or a part of one where it straddles two chunks of the input.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'a> {
    /// The bytes, without the line feed.
    pub bytes: &'a [u8],
    /// The line starts here.
    pub first: bool,
    /// The line ends here.
    pub last: bool,
}

/// Understands the lines of one format.
pub(crate) trait LineConsumer {
    /// Takes the next piece.
    fn piece(&mut self, piece: Piece<'_>) -> Result<(), Reason>;
    /// The input is complete.
    fn finish(&mut self) -> Result<(), Reason>;
}

/// Where in the input one is.
#[derive(Debug)]
pub(crate) struct Lines {
    line: u64,
    at_start: bool,
}

impl Default for Lines {
    fn default() -> Self {
        Self { line: 1, at_start: true }
    }
}

impl Lines {
    /// 1-based number of the line being read.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Passes over white space before the first record.
    pub(crate) fn skip(&mut self, blank: &[u8]) {
        self.line += memchr::memchr_iter(b'\n', blank).count() as u64;
    }

    /// Hands the pieces of a chunk to the consumer.
    #[inline]
    pub(crate) fn feed(
        &mut self,
        chunk: &[u8],
        consumer: &mut impl LineConsumer,
    ) -> Result<(), Reason> {
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', chunk) {
            let piece = Piece { bytes: &chunk[start..end], first: self.at_start, last: true };
            consumer.piece(piece)?;
            self.line += 1;
            self.at_start = true;
            start = end + 1;
        }
        if start < chunk.len() {
            let piece = Piece { bytes: &chunk[start..], first: self.at_start, last: false };
            consumer.piece(piece)?;
            self.at_start = false;
        }
        Ok(())
    }

    /// Ends a last line without line feed, then the input.
    pub(crate) fn finish(&mut self, consumer: &mut impl LineConsumer) -> Result<(), Reason> {
        if !self.at_start {
            consumer.piece(Piece { bytes: b"", first: false, last: true })?;
        }
        consumer.finish()
    }
}
