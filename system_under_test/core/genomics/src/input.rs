//! A file mapped into memory.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use memmap2::{Advice, Mmap};

use crate::error::Error;

/// A regular file mapped into memory.
///
/// Another process that truncates the file while it is read makes the operating system kill this
/// one (SIGBUS); replacing it by a rename is safe. Inputs are therefore files nobody writes to.
#[derive(Debug)]
pub struct Input {
    path: PathBuf,
    map: Mmap,
}

/// How the bytes of a file are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Plain,
    Gzip,
    /// Compressed by a program that is named here and not supported.
    Unsupported(&'static str),
}

impl Input {
    /// Maps the file at `path`.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be opened or mapped, or is not a regular file.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Io { path: path.to_owned(), source };
        let map = map_regular_file(path).map_err(failed)?;
        Ok(Self { path: path.to_owned(), map })
    }

    /// The file as it was named by the caller.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes as they are on disk.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.map
    }

    /// The text from its first title on, where it is FASTA that needs no decompression.
    pub(crate) fn plain_fasta(&self) -> Option<&[u8]> {
        let plain = self.encoding() == Encoding::Plain;
        let text = self.bytes().trim_ascii_start();
        (plain && text.starts_with(b">")).then_some(text)
    }

    /// Told by the first bytes, never by the name.
    pub(crate) fn encoding(&self) -> Encoding {
        match self.bytes() {
            [0x1f, 0x8b, ..] => Encoding::Gzip,
            [b'B', b'Z', b'h', ..] => Encoding::Unsupported("bzip2"),
            [0xfd, b'7', b'z', b'X', b'Z', ..] => Encoding::Unsupported("xz"),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Encoding::Unsupported("zstd"),
            [b'P', b'K', 3, 4, ..] => Encoding::Unsupported("zip"),
            _ => Encoding::Plain,
        }
    }
}

fn map_regular_file(path: &Path) -> io::Result<Mmap> {
    let file = File::open(path)?;
    let kind = file.metadata()?.file_type();
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !kind.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    #[expect(unsafe_code, reason = "mapping is what the parser reads without copying")]
    // SAFETY: read-only and private; the type's documentation tells what a truncation by another
    // process does, and a changed byte is validated before it is used, as any other.
    let map = unsafe { Mmap::map(&file) }?;
    // Only a hint: a kernel that refuses it reads all the same.
    let _ = map.advise(Advice::Sequential);
    Ok(map)
}
