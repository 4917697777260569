//! Codon counts of a whole file.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::checkpoint::Checkpoint;
use crate::codon_counts::CodonCounts;
use crate::error::Error;
use crate::input::Input;
use crate::parallel::StopFlag;
use crate::parse::{SegmentError, parse_fasta_segment, parse_on};
use crate::parse_error::ParseError;
use crate::record_counter::{Part, RecordCounter, SegmentCounts};
use crate::segments::{Segment, segments};

/// Short records that are listed by name; all are counted. Bounds the memory of the result.
pub const SHORT_RECORDS_LISTED: usize = 100;

/// A record shorter than the minimum asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortRecord {
    /// Its identifier.
    pub id: String,
    /// Its bases.
    pub length_bp: u64,
}

/// Codon counts over the records of a file, each read in frame from its first base.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileCodonCounts {
    /// Codons of the records that are long enough.
    pub codons: CodonCounts,
    /// Number of records, short ones included.
    pub records: u64,
    /// Bases of all records.
    pub length_bp: u64,
    /// Number of records that were too short; their codons are not counted.
    pub short_records: u64,
    /// The first [`SHORT_RECORDS_LISTED`] of them, in order.
    pub short_records_listed: Vec<ShortRecord>,
}

impl FileCodonCounts {
    /// Appends names of short records while there is room.
    pub(crate) fn list(&mut self, short: Vec<ShortRecord>) {
        let room = SHORT_RECORDS_LISTED - self.short_records_listed.len();
        self.short_records_listed.extend(short.into_iter().take(room));
    }

    /// Adds the records of a later segment.
    fn append(&mut self, later: Self) {
        self.codons.add(&later.codons);
        self.records += later.records;
        self.length_bp += later.length_bp;
        self.short_records += later.short_records;
        self.list(later.short_records_listed);
    }
}

/// Counts the codons of every record of a file of coding sequences.
///
/// Records of fewer than `length_bp_min` bases are reported and not counted. Bases after a
/// record's last whole codon are dropped. Plain FASTA is shared among `threads`, single long
/// records included; of two threads one decompresses gzip and one counts; plain FASTQ is read by
/// one. The result does not depend on the threads, and memory is constant for each.
///
/// # Errors
/// As [`crate::parse`]; of several malformed lines the first is named.
pub fn count_file_codons(
    input: &Input,
    length_bp_min: u64,
    threads: NonZeroUsize,
    checkpoint: &impl Checkpoint,
) -> Result<FileCodonCounts, Error> {
    let parts = match input.plain_fasta() {
        Some(text) if threads.get() > 1 => {
            let segments = segments(text, threads.get());
            let blank = input.bytes().len() - text.len();
            let results = count_segments(&segments, length_bp_min, checkpoint);
            first_error(input, lines(&input.bytes()[..blank]), &segments, results)?
        }
        _ => {
            let mut counter = RecordCounter::new(length_bp_min, b"");
            parse_on(input, threads, checkpoint, &mut counter)?;
            vec![counter.finish()]
        }
    };
    Ok(join(parts, length_bp_min))
}

/// Joins segments in order; records that straddle them are put together.
fn join(segments: Vec<SegmentCounts>, length_bp_min: u64) -> FileCodonCounts {
    let mut total = FileCodonCounts::default();
    let mut open: Option<Part> = None;
    for segment in segments {
        if let Some(part) = &mut open {
            part.append(&segment.first);
        }
        if segment.last.is_some() {
            let complete = std::mem::replace(&mut open, segment.last);
            if let Some(part) = complete {
                total.close(part, length_bp_min);
            }
        }
        total.append(segment.whole);
    }
    if let Some(part) = open {
        total.close(part, length_bp_min);
    }
    total
}

/// Counts each segment on a thread of its own; the first one on the calling thread, which is
/// also the one that asks the checkpoint.
fn count_segments(
    segments: &[Segment<'_>],
    length_bp_min: u64,
    checkpoint: &impl Checkpoint,
) -> Vec<Result<SegmentCounts, SegmentError>> {
    let stop = AtomicBool::new(false);
    let stop = &stop;
    let (own, others) = segments.split_at(1);
    std::thread::scope(|scope| {
        let spawn = |segment| scope.spawn(move || count(segment, length_bp_min, &StopFlag(stop)));
        let workers: Vec<_> = others.iter().map(spawn).collect();
        let own = own.iter().map(|segment| count(segment, length_bp_min, checkpoint));
        let mut results: Vec<_> = own.collect();
        if let [Err(SegmentError::Interrupted(_))] = results[..] {
            stop.store(true, Ordering::Relaxed);
        }
        let joined = workers.into_iter().map(std::thread::ScopedJoinHandle::join);
        results.extend(joined.map(|r| r.unwrap_or_else(|panic| std::panic::resume_unwind(panic))));
        results
    })
}

/// The segments, or the first error, with its line in the file.
fn first_error(
    input: &Input,
    lines_before: u64,
    segments: &[Segment<'_>],
    results: Vec<Result<SegmentCounts, SegmentError>>,
) -> Result<Vec<SegmentCounts>, Error> {
    let located = |(at, result): (usize, Result<SegmentCounts, SegmentError>)| {
        result.map_err(|error| match error {
            SegmentError::Interrupted(interrupted) => interrupted.into(),
            SegmentError::Malformed { line, reason } => {
                let before: u64 = segments[..at].iter().map(|segment| lines(segment.text)).sum();
                let line = lines_before + before + line;
                ParseError { path: input.path().to_owned(), line, reason }.into()
            }
        })
    };
    results.into_iter().enumerate().map(located).collect()
}

/// Number of line feeds.
fn lines(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

fn count(
    segment: &Segment<'_>,
    length_bp_min: u64,
    checkpoint: &impl Checkpoint,
) -> Result<SegmentCounts, SegmentError> {
    let mut counter = RecordCounter::new(length_bp_min, &segment.pending);
    parse_fasta_segment(segment.text, checkpoint, &mut counter)?;
    Ok(counter.finish())
}
