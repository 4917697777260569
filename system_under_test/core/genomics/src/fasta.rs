//! FASTA.
//!
//! Source: Pearson and Lipman, Improved tools for biological sequence comparison, PNAS 85 (1988)
//! 2444–2448; the NCBI's description of the format. Lines of a record may differ in length and be
//! blank; `;` comments are not part of today's format and are refused. The caller makes sure that
//! the first line is a title.

use crate::header::Header;
use crate::lines::{LineConsumer, Piece};
use crate::parse_error::Reason;
use crate::sequence_line::SequenceLine;
use crate::sink::Sink;
use crate::title_line::TitleLine;

/// Reads FASTA lines into a sink.
#[derive(Debug)]
pub(crate) struct Fasta<'s, S> {
    sink: &'s mut S,
    title: TitleLine,
    sequence: SequenceLine,
    in_title: bool,
    in_record: bool,
}

impl<'s, S: Sink> Fasta<'s, S> {
    /// A reader at the start of a file.
    pub(crate) fn new(sink: &'s mut S) -> Self {
        Self {
            sink,
            title: TitleLine::default(),
            sequence: SequenceLine::default(),
            in_title: false,
            in_record: false,
        }
    }

    /// A reader at a line inside a record whose title was read elsewhere.
    pub(crate) fn continuing(sink: &'s mut S) -> Self {
        Self { in_record: true, ..Self::new(sink) }
    }

    fn end_record(&mut self) {
        if self.in_record {
            self.sink.end();
        }
        self.in_record = false;
    }

    #[cold]
    fn title(&mut self, bytes: &[u8], last: bool) -> Result<(), Reason> {
        self.title.push(bytes)?;
        self.in_title = !last;
        if last {
            let header = Header::parse(self.title.text()).ok_or(Reason::Identifier)?;
            self.sink.begin(header);
            self.in_record = true;
        }
        Ok(())
    }
}

impl<S: Sink> LineConsumer for Fasta<'_, S> {
    #[inline]
    fn piece(&mut self, piece: Piece<'_>) -> Result<(), Reason> {
        if self.in_title {
            return self.title(piece.bytes, piece.last);
        }
        if let (true, [b'>', title @ ..]) = (piece.first, piece.bytes) {
            self.end_record();
            self.title.clear();
            return self.title(title, piece.last);
        }
        let (bases, purity) = self.sequence.bases(piece)?;
        if !bases.is_empty() {
            self.sink.bases(bases, purity);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Reason> {
        self.end_record();
        Ok(())
    }
}
