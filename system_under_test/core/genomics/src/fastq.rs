//! FASTQ.
//!
//! Source: Cock et al., The Sanger FASTQ file format for sequences with quality scores, Nucleic
//! Acids Research 38 (2010) 1767–1771. Sequence and quality may be wrapped; a record whose
//! sequence is one line must have its quality in one line, so that a short quality is reported
//! where it is.

use crate::header::Header;
use crate::lines::{LineConsumer, Piece};
use crate::parse_error::Reason;
use crate::sequence_line::{SequenceLine, refusal};
use crate::sink::Sink;
use crate::title_line::TitleLine;

/// Reads FASTQ lines into a sink.
#[derive(Debug)]
pub(crate) struct Fastq<'s, S> {
    sink: &'s mut S,
    state: State,
    title: TitleLine,
    in_title: bool,
    separator: TitleLine,
    text: SequenceLine,
    bases: u64,
    quality: u64,
    sequence_lines: u64,
}

/// The kind of line being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Title,
    Sequence,
    Separator,
    Quality,
}

impl<'s, S: Sink> Fastq<'s, S> {
    /// A reader at the start of a file.
    pub(crate) fn new(sink: &'s mut S) -> Self {
        Self {
            sink,
            state: State::Title,
            title: TitleLine::default(),
            in_title: false,
            separator: TitleLine::default(),
            text: SequenceLine::default(),
            bases: 0,
            quality: 0,
            sequence_lines: 0,
        }
    }

    fn title(&mut self, piece: Piece<'_>) -> Result<(), Reason> {
        let bytes = match piece {
            Piece { first: true, bytes: [b'@', title @ ..], .. } => {
                self.title.clear();
                self.in_title = true;
                title
            }
            Piece { bytes, .. } if self.in_title => bytes,
            Piece { bytes, .. } => return between_records(bytes),
        };
        self.title.push(bytes)?;
        if piece.last {
            self.in_title = false;
            let header = Header::parse(self.title.text()).ok_or(Reason::Identifier)?;
            self.sink.begin(header);
            (self.bases, self.quality, self.sequence_lines) = (0, 0, 0);
            self.state = State::Sequence;
        }
        Ok(())
    }

    fn sequence(&mut self, piece: Piece<'_>) -> Result<(), Reason> {
        if let (true, [b'+', title @ ..]) = (piece.first, piece.bytes) {
            self.state = State::Separator;
            self.separator.clear();
            return self.separator(Piece { bytes: title, ..piece });
        }
        let (bases, purity) = self.text.bases(piece)?;
        if !bases.is_empty() {
            self.bases += bases.len() as u64;
            self.sink.bases(bases, purity);
        }
        self.sequence_lines += u64::from(piece.last);
        Ok(())
    }

    fn separator(&mut self, piece: Piece<'_>) -> Result<(), Reason> {
        self.separator.push(piece.bytes)?;
        if !piece.last {
            return Ok(());
        }
        let repeated = self.separator.text();
        if !repeated.is_empty() && repeated != self.title.text() {
            return Err(Reason::Separator);
        }
        self.state = State::Quality;
        if self.bases == 0 {
            self.end_record();
        }
        Ok(())
    }

    fn quality(&mut self, piece: Piece<'_>) -> Result<(), Reason> {
        let text = self.text.strip(piece)?;
        if let Some(&byte) = text.iter().find(|b| !b.is_ascii_graphic()) {
            return Err(refusal(byte).unwrap_or(Reason::Quality(byte)));
        }
        self.quality += text.len() as u64;
        let complete = self.quality == self.bases;
        let too_short = piece.last && !complete && self.sequence_lines == 1;
        if self.quality > self.bases || too_short {
            return Err(Reason::QualityLength { bases: self.bases, quality: self.quality });
        }
        if piece.last && complete {
            self.end_record();
        }
        Ok(())
    }

    fn end_record(&mut self) {
        self.sink.end();
        self.state = State::Title;
    }
}

impl<S: Sink> LineConsumer for Fastq<'_, S> {
    #[inline]
    fn piece(&mut self, piece: Piece<'_>) -> Result<(), Reason> {
        match self.state {
            State::Title => self.title(piece),
            State::Sequence => self.sequence(piece),
            State::Separator => self.separator(piece),
            State::Quality => self.quality(piece),
        }
    }

    fn finish(&mut self) -> Result<(), Reason> {
        match self.state {
            State::Title => Ok(()),
            _ => Err(Reason::Truncated),
        }
    }
}

/// Blank lines may stand between records, anything else is a lost title.
fn between_records(bytes: &[u8]) -> Result<(), Reason> {
    match bytes.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(&byte) => Err(Reason::Title(byte)),
        None => Ok(()),
    }
}
