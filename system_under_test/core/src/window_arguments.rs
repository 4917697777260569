//! Arguments that the analyses of genes share.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;

use genomics::{Checkpoint, CodonCounts, Error, Input, Region, Shuffling, extract_coding_regions};
use pyo3::prelude::*;

use crate::codon_dict::counts_argument;
use crate::region_argument::{RegionArgument, region};

/// Coding sequences in a file.
pub(crate) struct Genes<'a> {
    path: &'a Path,
    record: Option<&'a str>,
    regions: Vec<Region>,
}

impl<'a> Genes<'a> {
    pub(crate) fn new(
        path: &'a Path,
        regions: &[RegionArgument],
        record: Option<&'a str>,
    ) -> PyResult<Self> {
        let regions = regions.iter().map(region).collect::<PyResult<_>>()?;
        Ok(Self { path, record, regions })
    }

    /// Their bases, in the order given.
    pub(crate) fn read(&self, checkpoint: &impl Checkpoint) -> Result<Vec<Vec<u8>>, Error> {
        extract_coding_regions(&Input::open(self.path)?, self.record, &self.regions, checkpoint)
    }
}

/// Codon counts of a background.
pub(crate) fn background(counts: Option<BTreeMap<String, u64>>) -> PyResult<Option<CodonCounts>> {
    counts.map(counts_argument).transpose()
}

/// The null model's arguments.
pub(crate) fn shuffling(
    shuffles: u64,
    seed: u64,
    threads: NonZeroUsize,
    first_gene: u64,
) -> Shuffling {
    Shuffling { shuffles, seed, first_gene, threads }
}
