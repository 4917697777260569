//! What a sequence file holds.

use crate::alphabet::Purity;
use crate::checkpoint::Checkpoint;
use crate::composition::Composition;
use crate::error::Error;
use crate::header::Header;
use crate::input::Input;
use crate::parse::parse;
use crate::sink::Sink;

/// Title and composition of one record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordSummary {
    /// The title up to the first white space.
    pub id: String,
    /// What follows it, often empty.
    pub description: String,
    /// Its bases.
    pub composition: Composition,
}

/// The records of a file, in order, and their sum.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GenomeSummary {
    /// One entry a record, empty records included.
    pub records: Vec<RecordSummary>,
    /// Their sum.
    pub total: Composition,
}

/// Reads a file and says what it holds.
///
/// # Errors
/// As [`parse`].
pub fn summarize(input: &Input, checkpoint: &impl Checkpoint) -> Result<GenomeSummary, Error> {
    let mut summary = GenomeSummary::default();
    parse(input, checkpoint, &mut summary)?;
    Ok(summary)
}

impl Sink for GenomeSummary {
    fn begin(&mut self, header: Header<'_>) {
        self.records.push(RecordSummary {
            id: header.id().into_owned(),
            description: header.description().into_owned(),
            composition: Composition::default(),
        });
    }

    fn bases(&mut self, bases: &[u8], purity: Purity) {
        if let Some(record) = self.records.last_mut() {
            record.composition.extend(bases, purity);
        }
    }

    fn end(&mut self) {
        if let Some(record) = self.records.last() {
            self.total.add(record.composition);
        }
    }
}
