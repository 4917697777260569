//! What receives the records of a file.

use crate::alphabet::Purity;
use crate::header::Header;

/// Receives the records of a file in order: `begin`, any number of `bases`, `end`.
///
/// A record without sequence gets no `bases`. When parsing fails, the record being read gets no
/// `end` and the results so far are to be thrown away.
pub trait Sink {
    /// A record starts.
    fn begin(&mut self, header: Header<'_>);
    /// A stretch of its sequence, validated; stretches are lines or parts of lines.
    fn bases(&mut self, bases: &[u8], purity: Purity);
    /// The record is complete.
    fn end(&mut self);
}

/// Ignores every record: for validation alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSink;

impl Sink for NoSink {
    fn begin(&mut self, _header: Header<'_>) {}
    fn bases(&mut self, _bases: &[u8], _purity: Purity) {}
    fn end(&mut self) {}
}
