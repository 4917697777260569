//! Malformed input: where and why.

use std::path::PathBuf;

/// Malformed input, with the place it was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}: {reason}", path.display())]
pub struct ParseError {
    /// The file as it was named by the caller.
    pub path: PathBuf,
    /// 1-based line, of the decompressed text where the file is compressed.
    pub line: u64,
    /// What is wrong there.
    pub reason: Reason,
}

/// Longest title line that is read, in bytes.
pub const TITLE_BYTES_MAX: usize = 64 * 1024;

/// Everything that can be wrong with a sequence file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Nothing but white space.
    #[error("the file holds no record")]
    NoRecord,
    /// Compressed by something other than gzip.
    #[error("compressed with {0}; plain text and gzip are read")]
    Compression(&'static str),
    /// The compressed stream is damaged or cut off.
    #[error("damaged or truncated gzip stream: {0}")]
    Gzip(String),
    /// The first byte is neither `>` nor `@`.
    #[error("neither FASTA nor FASTQ: starts with {}, expected '>' or '@'", shown(*.0))]
    Format(u8),
    /// A title line has no identifier.
    #[error("the record has no identifier after its '>' or '@'")]
    Identifier,
    /// A title line is longer than [`TITLE_BYTES_MAX`].
    #[error("the title line is longer than {TITLE_BYTES_MAX} bytes")]
    TitleLength,
    /// A byte outside the nucleotide alphabet.
    #[error("{} is not an IUPAC nucleotide code", shown(*.0))]
    Nucleotide(u8),
    /// White space between two bases of a line.
    #[error("white space inside a sequence or quality line")]
    WhiteSpace,
    /// A carriage return that no line feed follows.
    #[error("carriage return inside a line; lines end in LF or CRLF")]
    CarriageReturn,
    /// Something other than a title where a FASTQ record starts.
    #[error("expected '@' and a title, found {}", shown(*.0))]
    Title(u8),
    /// The title repeated after `+` differs from the record's.
    #[error("the title after '+' differs from the record's")]
    Separator,
    /// A byte that is no Phred quality.
    #[error("{} is not a quality character ('!' to '~')", shown(*.0))]
    Quality(u8),
    /// Sequence and quality of a record differ in length.
    #[error("{quality} quality characters for {bases} bases")]
    QualityLength {
        /// Length of the sequence.
        bases: u64,
        /// Length of the quality so far.
        quality: u64,
    },
    /// The file ends inside a FASTQ record.
    #[error("the file ends inside a FASTQ record")]
    Truncated,
}

fn shown(byte: u8) -> String {
    if byte.is_ascii_graphic() || byte == b' ' {
        format!("'{}'", char::from(byte))
    } else {
        format!("byte 0x{byte:02x}")
    }
}
