//! The sequences of a file, in memory.

use crate::alphabet::Purity;
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::header::Header;
use crate::input::Input;
use crate::parse::parse;
use crate::regions::RegionError;
use crate::sink::Sink;

/// A record with its bases as they stand in the file, case included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The title up to the first white space.
    pub id: String,
    /// Its bases without line ends.
    pub bases: Vec<u8>,
}

/// Reads every record; memory is proportional to the file.
///
/// # Errors
/// [`RegionError::OutOfMemory`] when the operating system refuses it, and as [`parse`].
pub fn read_records(input: &Input, checkpoint: &impl Checkpoint) -> Result<Vec<Record>, Error> {
    let mut collector = Collector::default();
    parse(input, checkpoint, &mut collector)?;
    if collector.out_of_memory {
        return Err(RegionError::OutOfMemory.into());
    }
    Ok(collector.records)
}

#[derive(Debug, Default)]
struct Collector {
    records: Vec<Record>,
    out_of_memory: bool,
}

impl Sink for Collector {
    fn begin(&mut self, header: Header<'_>) {
        self.records.push(Record { id: header.id().into_owned(), bases: Vec::new() });
    }

    fn bases(&mut self, bases: &[u8], _purity: Purity) {
        let Some(record) = self.records.last_mut() else { return };
        if !self.out_of_memory && record.bases.try_reserve(bases.len()).is_ok() {
            record.bases.extend_from_slice(bases);
        } else {
            self.out_of_memory = true;
        }
    }

    fn end(&mut self) {}
}
