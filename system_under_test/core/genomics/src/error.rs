//! Everything that can go wrong in the crate.

use std::path::PathBuf;

use crate::analysis_error::AnalysisError;
use crate::checkpoint::Interrupted;
use crate::parse_error::ParseError;
use crate::regions::RegionError;
use crate::shuffle_null::ShuffleNullError;
use crate::statistics_error::StatisticsError;

/// Everything that can go wrong in the crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file as it was named by the caller.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file is malformed.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// The record or a region asked for is not there.
    #[error(transparent)]
    Region(#[from] RegionError),
    /// The sequence does not admit the null model.
    #[error(transparent)]
    ShuffleNull(#[from] ShuffleNullError),
    /// The statistic is not defined for the sequences.
    #[error(transparent)]
    Statistics(#[from] StatisticsError),
    /// The analysis asked for is refused.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// The caller asked to stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}
