//! Regions as Python gives them.

use genomics::{Region, Strand};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// `(start, end, strand)`, 1-based and inclusive on the forward strand.
pub(crate) type RegionArgument = (i64, i64, String);

/// Checks what the types of the core cannot hold.
pub(crate) fn region((start, end, strand): &RegionArgument) -> PyResult<Region> {
    let named =
        |reason: &str| PyValueError::new_err(format!("region {start}..{end} ({strand}): {reason}"));
    let strand = Strand::from_symbol(strand).ok_or_else(|| named("strand must be '+' or '-'"))?;
    match (u64::try_from(*start), u64::try_from(*end)) {
        (Ok(start), Ok(end)) => Ok(Region { start, end, strand }),
        _ => Err(named("start must be at least 1 and not after end")),
    }
}
