//! What the integration tests share.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use genomics::{Error, Header, Input, NoCheckpoint, Purity, Sink, parse};
use tempfile::NamedTempFile;

/// A record as the sink saw it: identifier, description, sequence.
pub type Record = (String, String, String);

/// Keeps what it is given, and checks that stretches are announced as what they are.
#[derive(Debug, Default)]
pub struct Collect {
    pub records: Vec<Record>,
    pub ended: usize,
}

impl Sink for Collect {
    fn begin(&mut self, header: Header<'_>) {
        assert_eq!(self.ended, self.records.len());
        let (id, description) = (header.id().into_owned(), header.description().into_owned());
        self.records.push((id, description, String::new()));
    }

    fn bases(&mut self, bases: &[u8], purity: Purity) {
        assert!(!bases.is_empty());
        let acgt = bases.iter().all(|b| b"ACGTacgt".contains(b));
        assert_eq!(purity == Purity::Acgt, acgt);
        let record = self.records.last_mut().expect("a record has begun");
        record.2.push_str(std::str::from_utf8(bases).expect("bases are ASCII"));
    }

    fn end(&mut self) {
        self.ended += 1;
        assert_eq!(self.ended, self.records.len());
    }
}

/// A file of these bytes.
pub fn file(content: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(content).expect("it is written");
    file
}

/// The bytes as a gzip stream of one member.
pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).expect("it is compressed");
    encoder.finish().expect("it is compressed")
}

/// The records of a file of these bytes.
pub fn records(content: &[u8]) -> Result<Vec<Record>, Error> {
    let file = file(content);
    let mut collect = Collect::default();
    parse(&Input::open(file.path())?, &NoCheckpoint, &mut collect)?;
    assert_eq!(collect.ended, collect.records.len());
    Ok(collect.records)
}
