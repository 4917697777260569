//! Bytes nobody wrote: whatever a file holds, nothing panics and every way to read it agrees.
//!
//! A mutator in the manner of AFL's havoc stage (bit flips, interesting bytes, pieces repeated,
//! removed, moved between files) works on the files of `corpus/`. Coverage cannot be measured on a
//! stable compiler; what a file makes the parser say stands in for it: inputs that make it say
//! something new join the corpus of the run.
//!
//! `cargo test --test fuzz` takes seconds. Ten minutes, whose finds are kept in `corpus/`:
//!
//!     FUZZ_S=600 cargo test --release --test fuzz -- --ignored --nocapture

mod common;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::num::NonZeroUsize;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::gzip;
use genomics::{
    Error, FileCodonCounts, GenomeSummary, Input, NoCheckpoint, Region, Strand, count_file_codons,
    extract_regions, read_records, summarize,
};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Long enough for records that straddle segments, short enough for many a second.
const BYTES_MAX: usize = 4096;
/// What the formats are made of, and what breaks them.
const TOKENS: [&[u8]; 24] = [
    b"\n",
    b"\r\n",
    b"\r",
    b">",
    b"@",
    b"+",
    b"+\n",
    b"\n>",
    b"\n@",
    b" ",
    b"\t",
    b"\0",
    b";",
    b"N",
    b"acgt",
    b"ACGTACGTACGTACGTACGTACGTACGTACGT",
    b">r d\n",
    b"@r\nAC\n+\nII\n",
    b"\x1f\x8b",
    b"\x1f\x8b\x08\0",
    b"BZh",
    b"\xff",
    b"\x80",
    b"\xef\xbb\xbf",
];

/// A corpus and what its files made the parser say.
struct Fuzzer {
    random: ChaCha8Rng,
    corpus: Vec<Vec<u8>>,
    said: BTreeSet<String>,
    scratch: PathBuf,
    runs: u64,
}

impl Fuzzer {
    fn new(seed: u64, scratch: &Path) -> Self {
        let mut fuzzer = Self {
            random: ChaCha8Rng::seed_from_u64(seed),
            corpus: Vec::new(),
            said: BTreeSet::new(),
            scratch: scratch.join("input"),
            runs: 0,
        };
        let mut names: Vec<PathBuf> =
            fs::read_dir(corpus_directory()).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        assert!(names.len() >= 10, "the corpus is gone");
        for name in names {
            let bytes = fs::read(name).unwrap();
            fuzzer.said.insert(fuzzer.try_input(&bytes));
            fuzzer.corpus.push(bytes);
        }
        fuzzer
    }

    /// One mutant; gives it back where it made the parser say something new.
    fn step(&mut self) -> Option<Vec<u8>> {
        let bytes = self.mutant();
        let said = self.try_input(&bytes);
        self.runs += 1;
        self.said.insert(said).then(|| {
            self.corpus.push(bytes.clone());
            bytes
        })
    }

    /// What is said of an input; a panic is reported with the bytes that cause it.
    fn try_input(&self, bytes: &[u8]) -> String {
        fs::write(&self.scratch, bytes).unwrap();
        match catch_unwind(|| said(&self.scratch, bytes)) {
            Ok(said) => said,
            Err(panic) => {
                eprintln!("input: b\"{}\"", bytes.escape_ascii());
                std::panic::resume_unwind(panic)
            }
        }
    }

    fn mutant(&mut self) -> Vec<u8> {
        let mut bytes = self.corpus.choose(&mut self.random).unwrap().clone();
        for _ in 0..1 << self.random.random_range(0..5) {
            self.mutate(&mut bytes);
        }
        bytes.truncate(BYTES_MAX);
        bytes
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        let random = &mut self.random;
        let at = random.random_range(0..=bytes.len());
        let end = random.random_range(at..=bytes.len().min(at + 64));
        match random.random_range(0..8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.random_range(0..8),
            1 if at < bytes.len() => bytes[at] = random.random(),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                let copies = random.random_range(1..4);
                bytes.splice(at..at, piece.repeat(copies));
            }
            4 => {
                let other = self.corpus.choose(random).unwrap();
                let from = random.random_range(0..=other.len());
                let to = random.random_range(from..=other.len().min(from + 256));
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            5 => bytes.truncate(at),
            _ => {
                let token = TOKENS.choose(random).unwrap();
                bytes.splice(at..at, token.iter().copied());
            }
        }
    }
}

/// Reads a file in every way there is, compares them, and says in short what came out.
fn said(path: &Path, bytes: &[u8]) -> String {
    let Ok(input) = Input::open(path) else { return "unreadable".to_owned() };
    let counts = count(&input, 0, 1);
    for threads in [2, 3, 7] {
        assert_eq!(count(&input, 0, threads), counts, "{threads} threads");
    }
    let with_minimum = count(&input, 7, 1);
    assert_eq!(count(&input, 7, 3), with_minimum);
    let summary = summarize(&input, &NoCheckpoint).map_err(|error| error.to_string());
    let records = read_records(&input, &NoCheckpoint).map_err(|error| error.to_string());
    // The name of the file is what the text and its compressed form differ in.
    if bytes.first().is_some_and(|first| b">@ \n".contains(first)) {
        let compressed = path.with_extension("gz");
        fs::write(&compressed, gzip(bytes)).unwrap();
        let compressed = Input::open(&compressed).unwrap();
        let plain = count(&compressed, 0, 1).map_err(|error| error.replace("input.gz", "input"));
        assert_eq!(plain, counts, "compressed");
        let plain = count(&compressed, 0, 2).map_err(|error| error.replace("input.gz", "input"));
        assert_eq!(plain, counts, "compressed, 2 threads");
    }
    match (counts, summary, records) {
        (Ok(counts), Ok(summary), Ok(records)) => {
            assert_eq!(with_minimum.as_ref().map(|c| c.length_bp), Ok(counts.length_bp));
            agree(&input, &counts, &summary, &records);
            describe(&counts, &with_minimum.unwrap())
        }
        (Err(error), Err(of_summary), Err(of_records)) => {
            assert_eq!((&of_summary, &of_records), (&error, &error));
            assert_eq!(with_minimum, Err(error.clone()));
            // The words of the reason: one representative for all bytes and numbers is enough.
            let reason = error.split_once("input:").map_or(error.as_str(), |(_, reason)| reason);
            let plain = |word: &&str| word.len() > 1 && word.chars().all(char::is_alphabetic);
            let words: Vec<&str> =
                reason.split(|c: char| !c.is_alphanumeric()).filter(plain).collect();
            words.join(" ")
        }
        other => panic!("ways to read disagree: {other:?}"),
    }
}

fn count(input: &Input, length_bp_min: u64, threads: usize) -> Result<FileCodonCounts, String> {
    let threads = NonZeroUsize::new(threads).unwrap();
    let counts = count_file_codons(input, length_bp_min, threads, &NoCheckpoint);
    counts.map_err(|error| error.to_string())
}

/// Records, summary and counts are of the same bases, and a region is a piece of its record.
fn agree(
    input: &Input,
    counts: &FileCodonCounts,
    summary: &GenomeSummary,
    records: &[genomics::Record],
) {
    assert_eq!(summary.records.len(), records.len());
    assert_eq!(summary.total.length_bp(), counts.length_bp);
    for (record, summarized) in records.iter().zip(&summary.records) {
        assert_eq!(record.id, summarized.id);
        assert_eq!(record.bases.len() as u64, summarized.composition.length_bp());
    }
    let [record] = records else { return };
    let third = record.bases.len() / 3;
    let (start, end) = (1 + third as u64, record.bases.len() as u64);
    let region = Region { start, end, strand: Strand::Forward };
    match extract_regions(input, None, &[region], &NoCheckpoint) {
        Ok(found) => assert_eq!(found[0], record.bases[third..]),
        Err(Error::Region(_)) => assert!(record.bases.is_empty()),
        Err(error) => panic!("{error}"),
    }
}

/// Rough sizes, so that new shapes are kept and not every new number.
fn describe(counts: &FileCodonCounts, with_minimum: &FileCodonCounts) -> String {
    let rough = |n: u64| n.checked_ilog2().map_or(0, |log| log / 2 + 1);
    let mut text = String::from("read");
    for n in [
        counts.records,
        counts.length_bp,
        counts.codons.total(),
        counts.codons.ambiguous,
        with_minimum.short_records,
    ] {
        write!(text, " {}", rough(n)).unwrap();
    }
    text
}

fn corpus_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// Two seconds of mutants: no panic, no two ways of reading that disagree.
#[test]
fn short_fuzz() {
    let scratch = tempfile::tempdir().unwrap();
    let mut fuzzer = Fuzzer::new(1, scratch.path());
    let reasons = fuzzer.said.len();
    let end = Instant::now() + Duration::from_secs(2);
    while Instant::now() < end {
        fuzzer.step();
    }
    assert!(reasons >= 10, "the corpus makes the parser say only {reasons} things");
    assert!(fuzzer.runs > 50, "only {} mutants were tried", fuzzer.runs);
}

/// As long as `FUZZ_S` says, from a seed of its own each time; small finds join `corpus/`.
#[test]
#[ignore = "takes ten minutes"]
fn long_fuzz() {
    let seconds = std::env::var("FUZZ_S").map_or(600, |text| text.parse().expect("seconds"));
    let seed = rand::random();
    let scratch = tempfile::tempdir().unwrap();
    let mut fuzzer = Fuzzer::new(seed, scratch.path());
    let (mut kept, begun) = (0, Instant::now());
    while begun.elapsed() < Duration::from_secs(seconds) {
        let Some(found) = fuzzer.step() else { continue };
        // A few hundred bytes show a shape as well as thousands.
        if found.len() <= 300 {
            let name = format!("found-{seed:016x}-{kept:03}");
            fs::write(corpus_directory().join(name), found).unwrap();
            kept += 1;
        }
    }
    eprintln!(
        "seed {seed:#x}: {} mutants in {seconds} s, {} things said, {kept} files kept",
        fuzzer.runs,
        fuzzer.said.len()
    );
}
