//! Codon counts of coding sequences given by coordinates.

use crate::alphabet::{Purity, all_acgt};
use crate::checkpoint::Checkpoint;
use crate::codon_counter::CodonCounter;
use crate::codon_counts::CodonCounts;
use crate::composition::Composition;
use crate::error::Error;
use crate::input::Input;
use crate::regions::{Region, extract_coding_regions};

/// Counts codons and bases of coding sequences, in the order given, in one pass over the file.
///
/// # Errors
/// As [`extract_coding_regions`].
pub fn count_coding_regions(
    input: &Input,
    record: Option<&str>,
    regions: &[Region],
    checkpoint: &impl Checkpoint,
) -> Result<Vec<(CodonCounts, Composition)>, Error> {
    let genes = extract_coding_regions(input, record, regions, checkpoint)?;
    Ok(genes.iter().map(|bases| count(bases)).collect())
}

fn count(bases: &[u8]) -> (CodonCounts, Composition) {
    let purity = if all_acgt(bases) { Purity::Acgt } else { Purity::Iupac };
    let mut counter = CodonCounter::default();
    counter.extend(bases, purity);
    (counter.finish(), Composition::of(bases, purity))
}
