//! Reads a sequence file into a sink.

use std::io::{BufRead, BufReader};
use std::num::NonZeroUsize;

use flate2::bufread::MultiGzDecoder;

use crate::checkpoint::{Checkpoint, Interrupted};
use crate::error::Error;
use crate::fasta::Fasta;
use crate::fastq::Fastq;
use crate::input::{Encoding, Input};
use crate::lines::{LineConsumer, Lines};
use crate::parse_error::{ParseError, Reason};
use crate::read_ahead::read_ahead;
use crate::sink::Sink;

/// Bytes of a mapped file between two looks at the checkpoint: about a millisecond.
const WINDOW_BYTES: usize = 4 << 20;
/// Bytes decompressed at a time; fits a second-level cache, so they are parsed while hot.
const GZIP_BUFFER_BYTES: usize = 128 << 10;

/// Reads all records of a FASTA or FASTQ file, plain or gzip (also of several members), into a
/// sink.
///
/// Memory is constant, whatever the lengths of the file, its records and its lines. Every byte
/// is validated.
///
/// # Errors
/// [`Error::Parse`] with file, line and reason when the input is malformed;
/// [`Error::Interrupted`] when the checkpoint asks to stop.
pub fn parse<S: Sink>(
    input: &Input,
    checkpoint: &impl Checkpoint,
    sink: &mut S,
) -> Result<(), Error> {
    parse_on(input, NonZeroUsize::MIN, checkpoint, sink)
}

/// As [`parse`]; with more than one of `threads`, gzip is decompressed by another one.
pub(crate) fn parse_on<S: Sink>(
    input: &Input,
    threads: NonZeroUsize,
    checkpoint: &impl Checkpoint,
    sink: &mut S,
) -> Result<(), Error> {
    let mut lines = Lines::default();
    let result = match input.encoding() {
        Encoding::Plain => read(input.bytes(), &mut lines, checkpoint, sink),
        Encoding::Gzip if threads.get() > 1 => {
            let decoder = MultiGzDecoder::new(input.bytes());
            read_ahead(decoder, |reader| read(reader, &mut lines, checkpoint, sink))
        }
        Encoding::Gzip => {
            let decoder = MultiGzDecoder::new(input.bytes());
            let reader = BufReader::with_capacity(GZIP_BUFFER_BYTES, decoder);
            read(reader, &mut lines, checkpoint, sink)
        }
        Encoding::Unsupported(name) => Err(Reason::Compression(name).into()),
    };
    result.map_err(|stop| match stop {
        Stop::Malformed(reason) => {
            ParseError { path: input.path().to_owned(), line: lines.line(), reason }.into()
        }
        Stop::Interrupted(interrupted) => interrupted.into(),
    })
}

/// Decompresses a gzip file and throws the text away: what parsing is measured against.
///
/// Gives the length of the text in bytes; that of the file where it is not compressed.
///
/// # Errors
/// [`Error::Io`] when the stream is damaged.
pub fn decompress(input: &Input) -> Result<u64, Error> {
    if input.encoding() != Encoding::Gzip {
        return Ok(input.bytes().len() as u64);
    }
    let decoder = MultiGzDecoder::new(input.bytes());
    let mut reader = BufReader::with_capacity(GZIP_BUFFER_BYTES, decoder);
    let failed = |source| Error::Io { path: input.path().to_owned(), source };
    let mut bytes = 0;
    loop {
        let length = reader.fill_buf().map_err(failed)?.len();
        if length == 0 {
            return Ok(bytes);
        }
        reader.consume(length);
        bytes += length as u64;
    }
}

/// Why reading stopped before the end.
enum Stop {
    /// The line being read, or the compressed stream there, is malformed.
    Malformed(Reason),
    /// The caller asked for it.
    Interrupted(Interrupted),
}

impl From<Reason> for Stop {
    fn from(reason: Reason) -> Self {
        Self::Malformed(reason)
    }
}

/// Reads a text whose format its first byte tells.
fn read<S: Sink>(
    mut text: impl BufRead,
    lines: &mut Lines,
    checkpoint: &impl Checkpoint,
    sink: &mut S,
) -> Result<(), Stop> {
    match skip_blank(&mut text, lines)? {
        Some(b'>') => drain(text, lines, checkpoint, &mut Fasta::new(sink)),
        Some(b'@') => drain(text, lines, checkpoint, &mut Fastq::new(sink)),
        Some(byte) => Err(Reason::Format(byte).into()),
        None => Err(Reason::NoRecord.into()),
    }
}

/// Reads a segment of a FASTA text; the error is the line within the segment and the reason.
pub(crate) fn parse_fasta_segment<S: Sink>(
    text: &[u8],
    checkpoint: &impl Checkpoint,
    sink: &mut S,
) -> Result<(), SegmentError> {
    let mut lines = Lines::default();
    let result = drain(text, &mut lines, checkpoint, &mut Fasta::continuing(sink));
    result.map_err(|stop| match stop {
        Stop::Malformed(reason) => SegmentError::Malformed { line: lines.line(), reason },
        Stop::Interrupted(interrupted) => SegmentError::Interrupted(interrupted),
    })
}

/// Why reading a segment stopped before its end.
#[derive(Debug)]
pub(crate) enum SegmentError {
    /// A line, counted from the start of the segment, is malformed.
    Malformed {
        /// 1-based line within the segment.
        line: u64,
        /// What is wrong there.
        reason: Reason,
    },
    /// The caller asked to stop.
    Interrupted(Interrupted),
}

/// Skips white space; the byte after it, not consumed, or `None` at the end.
fn skip_blank(text: &mut impl BufRead, lines: &mut Lines) -> Result<Option<u8>, Stop> {
    loop {
        let chunk = fill(text)?;
        let blank = chunk.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let next = chunk.get(blank).copied();
        lines.skip(&chunk[..blank]);
        text.consume(blank);
        if blank == 0 || next.is_some() {
            return Ok(next);
        }
    }
}

fn drain(
    mut text: impl BufRead,
    lines: &mut Lines,
    checkpoint: &impl Checkpoint,
    consumer: &mut impl LineConsumer,
) -> Result<(), Stop> {
    loop {
        checkpoint.poll().map_err(Stop::Interrupted)?;
        let chunk = fill(&mut text)?;
        if chunk.is_empty() {
            return Ok(lines.finish(consumer)?);
        }
        let length = chunk.len().min(WINDOW_BYTES);
        lines.feed(&chunk[..length], consumer)?;
        text.consume(length);
    }
}

/// The next bytes; only decompression can fail, the file itself is mapped.
fn fill(text: &mut impl BufRead) -> Result<&[u8], Stop> {
    text.fill_buf().map_err(|error| Stop::Malformed(Reason::Gzip(error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::NoCheckpoint;
    use crate::summary::GenomeSummary;

    /// A summary, or the line and the message, of a text read in pieces of `capacity` bytes.
    fn read_in_pieces(text: &[u8], capacity: usize) -> Result<GenomeSummary, (u64, String)> {
        let mut lines = Lines::default();
        let mut summary = GenomeSummary::default();
        let reader = BufReader::with_capacity(capacity, text);
        match read(reader, &mut lines, &NoCheckpoint, &mut summary) {
            Ok(()) => Ok(summary),
            Err(Stop::Malformed(reason)) => Err((lines.line(), reason.to_string())),
            Err(Stop::Interrupted(_)) => panic!("nobody interrupts"),
        }
    }

    /// Wherever buffers end, the records or the error and its line are the same.
    #[test]
    fn buffers_may_end_anywhere() {
        for text in [
            &b"\r\n >chr1 one  two\r\nACGTN\r\nac gt\r\n"[..],
            b">chr1 one  two \r\nACGTN \r\n\r\nacgtr\r\n>b\r\n>c\n\nA",
            b">a\nACGT \tA\n",
            b">a\nAC\rGT\n",
            b"@r1 x\r\nACGT\r\n+r1 x\r\nII@+\r\n\r\n@r2\r\nAC\r\nG\r\n+\r\nI\r\nII\r\n",
            b"@r1\nACGT\n+r2\nIIII\n",
            b"@r1\nACGT\n+\nIII\n@r2\n",
            b"@r1\nACGT\n+\nII",
        ] {
            let whole = read_in_pieces(text, text.len());
            for capacity in 1..text.len() {
                assert_eq!(read_in_pieces(text, capacity), whole, "{}", text.escape_ascii());
            }
        }
    }

    /// A checkpoint is asked before each window and stops the reading.
    #[test]
    fn stops_when_asked() {
        struct Stop;
        impl Checkpoint for Stop {
            fn poll(&self) -> Result<(), Interrupted> {
                Err(Interrupted)
            }
        }
        let result = read(&b">a\nA\n"[..], &mut Lines::default(), &Stop, &mut crate::sink::NoSink);
        assert!(matches!(result, Err(super::Stop::Interrupted(Interrupted))));
    }
}
