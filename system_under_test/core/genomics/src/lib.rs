//! Sequence parsing, codon statistics and order nulls.
//!
//! The crate knows nothing of Python, and every result is a function of the input bytes and the
//! arguments alone: thread counts, buffer sizes and clocks never change an output.
//!
//! Input is walked once, line by line, without copying it: [`parse`] feeds the bytes of a file
//! to a line consumer for its format, which hands validated stretches of sequence to a [`Sink`].

mod alphabet;
mod analysis_error;
mod benjamini_hochberg;
mod checkpoint;
mod chi_square;
mod coding_regions;
mod codon_counter;
mod codon_counts;
mod codon_model;
mod codon_pairs;
mod codons;
mod composition;
mod divergence;
mod error;
mod fasta;
mod fastq;
mod file_codon_counts;
mod generator;
mod genetic_code;
mod header;
mod input;
mod lines;
mod motifs;
mod parallel;
mod parse;
mod parse_error;
mod read_ahead;
mod record_counter;
mod records;
mod regions;
mod rscu;
mod segments;
mod sequence_line;
mod shuffle_null;
mod sink;
mod statistics_error;
mod strand;
mod summary;
mod synonymous_sites;
mod title_line;
mod trait_overlap;
mod trait_profile;
mod trait_scan;
mod window_measures;
mod window_scan;
mod windows;

pub use alphabet::{Purity, reverse_complement};
pub use analysis_error::{AnalysisError, SHUFFLES_MAX};
pub use benjamini_hochberg::benjamini_hochberg;
pub use checkpoint::{Checkpoint, Interrupted, NoCheckpoint};
pub use chi_square::{ChiSquare, chi_square};
pub use coding_regions::count_coding_regions;
pub use codon_counter::CodonCounter;
pub use codon_counts::CodonCounts;
pub use codon_pairs::{CodonPairInformation, codon_pair_information};
pub use codons::{CODONS, Codon};
pub use composition::Composition;
pub use divergence::kl_divergence;
pub use error::Error;
pub use file_codon_counts::{
    FileCodonCounts, SHORT_RECORDS_LISTED, ShortRecord, count_file_codons,
};
pub use generator::{
    GeneratedGene, GeneratedGenome, GeneratorOptions, PlantedTrait, generate_genome,
};
pub use genetic_code::{AMINO_ACIDS, SynonymousFamily, amino_acid, synonymous_families};
pub use header::Header;
pub use input::Input;
pub use motifs::{Motif, MotifKind};
pub use parse::{decompress, parse};
pub use parse_error::{ParseError, Reason};
pub use records::{Record, read_records};
pub use regions::{Region, RegionError, extract_coding_regions, extract_regions};
pub use rscu::rscu;
pub use shuffle_null::{ShuffleNull, ShuffleNullError, synonymous_shuffle_null};
pub use sink::{NoSink, Sink};
pub use statistics_error::StatisticsError;
pub use strand::Strand;
pub use summary::{GenomeSummary, RecordSummary, summarize};
pub use trait_profile::TraitProfile;
pub use trait_scan::{TraitInGene, TraitSignal, scan_traits};
pub use window_measures::{MEASURE_NAMES, MEASURES, WindowMeasures};
pub use window_scan::{ScoredWindow, Shuffling, scan_windows};
pub use windows::Windows;
