//! Sequences by coordinates.

use crate::alphabet::{Purity, reverse_complement};
use crate::checkpoint::Checkpoint;
use crate::error::Error;
use crate::header::Header;
use crate::input::Input;
use crate::parse::parse;
use crate::sink::Sink;
use crate::strand::Strand;

/// A stretch of a record: 1-based, both ends included, counted on the forward strand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// First base.
    pub start: u64,
    /// Last base.
    pub end: u64,
    /// The strand it is read on.
    pub strand: Strand,
}

impl Region {
    /// Number of bases; meaningless unless `start <= end`.
    #[must_use]
    pub fn length_bp(&self) -> u64 {
        self.end.saturating_sub(self.start.saturating_sub(1))
    }
}

impl std::fmt::Display for Region {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}..{} ({})", self.start, self.end, self.strand)
    }
}

/// Why a region cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// Coordinates that are no stretch.
    #[error("region {0}: start must be at least 1 and not after end")]
    Order(Region),
    /// A coding sequence of incomplete codons.
    #[error("region {0}: {length} bp is not a multiple of 3", length = .0.length_bp())]
    Frame(Region),
    /// It ends after the record does.
    #[error("region {region}: ends after record '{record}' of {length_bp} bp")]
    OutOfRange {
        /// The region.
        region: Region,
        /// The record's identifier.
        record: String,
        /// The record's length.
        length_bp: u64,
    },
    /// No record has the name asked for.
    #[error("no record '{record}'; the file has {available}")]
    UnknownRecord {
        /// The name asked for.
        record: String,
        /// The first names there are.
        available: String,
    },
    /// No name was given and there are several records.
    #[error("the file has several records, name one: {available}")]
    RecordNotNamed {
        /// The first names there are.
        available: String,
    },
    /// Two records share the name asked for.
    #[error("record '{record}' occurs more than once")]
    RepeatedRecord {
        /// The name asked for.
        record: String,
    },
    /// The sequences do not fit into memory.
    #[error("out of memory for the bases asked for")]
    OutOfMemory,
}

/// Reads the bases of regions of one record, each on its own strand, in the order given.
///
/// `record` is an identifier; `None` means the only record of the file. Case is kept. One pass
/// over the file serves all regions; memory is proportional to their lengths.
///
/// # Errors
/// [`Error::Region`] naming the region or record at fault, and as [`parse`].
pub fn extract_regions(
    input: &Input,
    record: Option<&str>,
    regions: &[Region],
    checkpoint: &impl Checkpoint,
) -> Result<Vec<Vec<u8>>, Error> {
    if let Some(region) = regions.iter().find(|r| r.start == 0 || r.start > r.end) {
        return Err(RegionError::Order(*region).into());
    }
    let mut collector = Collector::new(record, regions);
    parse(input, checkpoint, &mut collector)?;
    Ok(collector.finish()?)
}

/// As [`extract_regions`], for coding sequences: whole codons only.
///
/// # Errors
/// [`RegionError::Frame`] for a length that is no multiple of 3, and as [`extract_regions`].
pub fn extract_coding_regions(
    input: &Input,
    record: Option<&str>,
    regions: &[Region],
    checkpoint: &impl Checkpoint,
) -> Result<Vec<Vec<u8>>, Error> {
    let framed = |r: &&Region| r.start > 0 && r.start <= r.end && !r.length_bp().is_multiple_of(3);
    if let Some(region) = regions.iter().find(framed) {
        return Err(RegionError::Frame(*region).into());
    }
    extract_regions(input, record, regions, checkpoint)
}

/// Names shown in an error.
const NAMES_SHOWN: usize = 5;

/// Collects the bases of regions while the record goes by.
#[derive(Debug)]
struct Collector<'a> {
    wanted: Option<&'a str>,
    regions: &'a [Region],
    /// Indices of the regions by start.
    order: Vec<usize>,
    /// How many of these have begun.
    begun: usize,
    /// Regions begun and not ended.
    open: Vec<usize>,
    sequences: Vec<Vec<u8>>,
    names: Vec<String>,
    records: u64,
    matches: u64,
    inside: bool,
    length_bp: u64,
    out_of_memory: bool,
}

impl<'a> Collector<'a> {
    fn new(wanted: Option<&'a str>, regions: &'a [Region]) -> Self {
        let mut order: Vec<usize> = (0..regions.len()).collect();
        order.sort_by_key(|&i| regions[i].start);
        Self {
            wanted,
            regions,
            order,
            begun: 0,
            open: Vec::new(),
            sequences: vec![Vec::new(); regions.len()],
            names: Vec::new(),
            records: 0,
            matches: 0,
            inside: false,
            length_bp: 0,
            out_of_memory: false,
        }
    }

    /// Copies the part of region `index` that lies in `bases`, which start after `before` bases.
    fn copy(&mut self, index: usize, bases: &[u8], before: u64) {
        let region = self.regions[index];
        let within = |position: u64| {
            usize::try_from(position.saturating_sub(before))
                .map_or(bases.len(), |p| p.min(bases.len()))
        };
        let part = &bases[within(region.start - 1)..within(region.end)];
        let sequence = &mut self.sequences[index];
        if sequence.try_reserve(part.len()).is_ok() {
            sequence.extend_from_slice(part);
        } else {
            self.out_of_memory = true;
        }
    }

    fn available(&self) -> String {
        let shown = self.names.join(", ");
        let more = if self.records > self.names.len() as u64 { ", …" } else { "" };
        format!("{shown}{more}")
    }

    fn finish(mut self) -> Result<Vec<Vec<u8>>, RegionError> {
        let record = match (self.wanted, self.matches) {
            (Some(name), 0) => {
                let available = self.available();
                return Err(RegionError::UnknownRecord { record: name.to_owned(), available });
            }
            (Some(name), 1) => name.to_owned(),
            (Some(name), _) => {
                return Err(RegionError::RepeatedRecord { record: name.to_owned() });
            }
            (None, 1) => self.available(),
            (None, _) => {
                return Err(RegionError::RecordNotNamed { available: self.available() });
            }
        };
        if self.out_of_memory {
            return Err(RegionError::OutOfMemory);
        }
        let length_bp = self.length_bp;
        if let Some(&region) = self.regions.iter().find(|r| r.end > length_bp) {
            return Err(RegionError::OutOfRange { region, record, length_bp });
        }
        for (region, sequence) in self.regions.iter().zip(&mut self.sequences) {
            if region.strand == Strand::Reverse {
                reverse_complement(sequence);
            }
        }
        Ok(self.sequences)
    }
}

impl Sink for Collector<'_> {
    fn begin(&mut self, header: Header<'_>) {
        self.records += 1;
        let matches = self.wanted.is_none_or(|name| name == header.id());
        self.matches += u64::from(matches);
        self.inside = matches && self.matches == 1;
        if self.names.len() < NAMES_SHOWN {
            self.names.push(header.id().into_owned());
        }
    }

    fn bases(&mut self, bases: &[u8], _purity: Purity) {
        if !self.inside {
            return;
        }
        let before = self.length_bp;
        self.length_bp += bases.len() as u64;
        while let Some(&index) = self.order.get(self.begun) {
            if self.regions[index].start > self.length_bp {
                break;
            }
            self.open.push(index);
            self.begun += 1;
        }
        if self.open.is_empty() {
            return;
        }
        let mut open = std::mem::take(&mut self.open);
        for &index in &open {
            self.copy(index, bases, before);
        }
        open.retain(|&index| self.regions[index].end > self.length_bp);
        self.open = open;
    }

    fn end(&mut self) {
        self.inside = false;
    }
}
