//! Codon counts of the records of a file, or of one segment of it.

use crate::alphabet::Purity;
use crate::codon_counter::CodonCounter;
use crate::codon_counts::CodonCounts;
use crate::file_codon_counts::{FileCodonCounts, ShortRecord};
use crate::header::Header;
use crate::sink::Sink;

/// A record, or the part of one that a segment holds.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// Its identifier, kept where short records are named and the title is in this segment.
    pub id: Option<String>,
    /// Its bases.
    pub bases: u64,
    /// Its codons.
    pub counts: CodonCounts,
}

impl Part {
    /// Appends what a later segment holds of the same record.
    pub(crate) fn append(&mut self, rest: &Self) {
        self.bases += rest.bases;
        self.counts.add(&rest.counts);
    }
}

/// What a segment holds.
#[derive(Debug, Default)]
pub(crate) struct SegmentCounts {
    /// The rest of the record that an earlier segment began; empty in the first.
    pub first: Part,
    /// The records that both start and end here.
    pub whole: FileCodonCounts,
    /// The record that starts here and may go on; `None` when no record starts here.
    pub last: Option<Part>,
}

/// Counts the codons of each record, in the frame of its first base.
#[derive(Debug)]
pub(crate) struct RecordCounter {
    length_bp_min: u64,
    counter: CodonCounter,
    first: Option<Part>,
    whole: FileCodonCounts,
    id: Option<String>,
    bases: u64,
}

impl RecordCounter {
    /// A counter that sets records of fewer than `length_bp_min` bases apart and starts with the
    /// incomplete codon `pending`.
    pub(crate) fn new(length_bp_min: u64, pending: &[u8]) -> Self {
        Self {
            length_bp_min,
            counter: CodonCounter::continuing(pending),
            first: None,
            whole: FileCodonCounts::default(),
            id: None,
            bases: 0,
        }
    }

    /// What was read; the last record is left open.
    pub(crate) fn finish(mut self) -> SegmentCounts {
        let part = self.take_part();
        match self.first {
            Some(first) => SegmentCounts { first, whole: self.whole, last: Some(part) },
            None => SegmentCounts { first: part, whole: self.whole, last: None },
        }
    }

    fn take_part(&mut self) -> Part {
        Part {
            id: self.id.take(),
            bases: std::mem::take(&mut self.bases),
            counts: self.counter.finish(),
        }
    }

    fn close(&mut self) {
        if self.first.is_none() {
            self.first = Some(self.take_part());
            return;
        }
        if self.length_bp_min == 0 {
            // Nothing can be set apart: the counter runs on, and only the frame starts anew.
            self.whole.records += 1;
            self.whole.length_bp += std::mem::take(&mut self.bases);
            self.counter.end_sequence();
            return;
        }
        let part = self.take_part();
        self.whole.close(part, self.length_bp_min);
    }
}

impl Sink for RecordCounter {
    fn begin(&mut self, header: Header<'_>) {
        self.close();
        self.id = (self.length_bp_min > 0).then(|| header.id().into_owned());
    }

    #[inline]
    fn bases(&mut self, bases: &[u8], purity: Purity) {
        self.bases += bases.len() as u64;
        self.counter.extend(bases, purity);
    }

    fn end(&mut self) {}
}

impl FileCodonCounts {
    /// Adds a complete record, or sets it apart as too short.
    pub(crate) fn close(&mut self, record: Part, length_bp_min: u64) {
        self.records += 1;
        self.length_bp += record.bases;
        if record.bases >= length_bp_min {
            self.codons.add(&record.counts);
            return;
        }
        let short = ShortRecord { id: record.id.unwrap_or_default(), length_bp: record.bases };
        self.short_records += 1;
        self.list(vec![short]);
    }
}
