//! Random damage never panics, and neither threads nor compression change what is said of it.

mod common;

use std::num::NonZeroUsize;

use common::{file, gzip, records};
use genomics::{Codon, CodonCounts, FileCodonCounts, Input, NoCheckpoint, count_file_codons};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Counts, or the error without the name of the file.
fn count(content: &[u8], length_bp_min: u64, threads: usize) -> Result<FileCodonCounts, String> {
    let file = file(content);
    let input = Input::open(file.path()).map_err(|error| error.to_string())?;
    let threads = NonZeroUsize::new(threads).expect("at least one");
    count_file_codons(&input, length_bp_min, threads, &NoCheckpoint)
        .map_err(|error| error.to_string().replace(&file.path().display().to_string(), ""))
}

/// A small file, FASTA or FASTQ, with all spellings.
fn sample(random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut text = Vec::new();
    let end = *[&b"\n"[..], b"\r\n", b" \n"].choose(random).unwrap();
    let alphabet = *[&b"ACGT"[..], b"acgtACGTN", b"ACGTRYSWKMBDHVN-."].choose(random).unwrap();
    let fastq = random.random_bool(0.4);
    for record in 0..random.random_range(1..6) {
        let mark = if fastq { '@' } else { '>' };
        text.extend_from_slice(format!("{mark}r{record} text").as_bytes());
        text.extend_from_slice(end);
        let mut length = 0;
        for _ in 0..random.random_range(0..5) {
            let line = random.random_range(0..25);
            text.extend((0..line).map(|_| *alphabet.choose(random).unwrap()));
            text.extend_from_slice(end);
            length += line;
        }
        if fastq {
            text.extend_from_slice(b"+\n");
            text.extend((0..length).map(|_| random.random_range(b'!'..=b'~')));
            text.extend_from_slice(b"\n");
        }
    }
    text
}

/// The definition: every record in frame from its first base, codon by codon.
fn defined(content: &[u8], length_bp_min: u64) -> (CodonCounts, u64) {
    let mut counts = CodonCounts::default();
    let mut short = 0;
    for (_, _, bases) in records(content).unwrap() {
        if (bases.len() as u64) < length_bp_min {
            short += 1;
            continue;
        }
        for &codon in bases.as_bytes().as_chunks::<3>().0 {
            match Codon::from_bases(codon) {
                Some(codon) => counts.counts[codon.index()] += 1,
                None => counts.ambiguous += 1,
            }
        }
    }
    (counts, short)
}

/// Valid files have the counts of the definition, with any number of threads, and from gzip.
#[test]
fn counts_are_those_of_the_definition() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for _ in 0..300 {
        let text = sample(&mut random);
        if records(&text).is_err() {
            // Wrapped FASTQ whose sequence was one line: quality must be one line, too.
            continue;
        }
        for length_bp_min in [0, 12] {
            let one = count(&text, length_bp_min, 1).unwrap();
            let (codons, short) = defined(&text, length_bp_min);
            assert_eq!((&one.codons, one.short_records), (&codons, short));
            for threads in [2, 3, 7, 40] {
                assert_eq!(count(&text, length_bp_min, threads).as_ref(), Ok(&one));
            }
            assert_eq!(count(&gzip(&text), length_bp_min, 2), Ok(one));
        }
    }
}

/// Damaged files never panic, and threads and compression change neither result nor error.
#[test]
fn damage_is_reported_alike() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let mut refused = 0;
    for _ in 0..1500 {
        let mut text = sample(&mut random);
        for _ in 0..random.random_range(1..4) {
            let at = random.random_range(0..text.len());
            match random.random_range(0..4) {
                0 => text[at] = random.random(),
                1 => text[at] = *b"\n\r >@+\tN\0".choose(&mut random).unwrap(),
                2 => drop(text.split_off(at.max(1))),
                _ => drop(text.remove(at)),
            }
            if text.is_empty() {
                text.push(b'>');
            }
        }
        let one = count(&text, 5, 1);
        refused += usize::from(one.is_err());
        for threads in [2, 5] {
            assert_eq!(count(&text, 5, threads), one, "{}", text.escape_ascii());
        }
        if text.starts_with(b">") || text.starts_with(b"@") {
            assert_eq!(count(&gzip(&text), 5, 1), one, "{}", text.escape_ascii());
        }
    }
    assert!(refused > 300, "only {refused} damaged files were refused");
}

/// A cut gzip stream is never taken for a whole one, and a flipped bit is refused unless the same
/// text comes out (the checksum is verified).
#[test]
fn damaged_gzip() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let whole = gzip(&b">a\nACGTACGTAA\n".repeat(300));
    let intact = count(&whole, 0, 1);
    for cut in 1..whole.len() {
        let error = count(&whole[..cut], 0, 1);
        assert!(error.is_err(), "cut at {cut}");
        assert_eq!(count(&whole[..cut], 0, 2), error, "cut at {cut}");
    }
    for _ in 0..500 {
        let mut damaged = whole.clone();
        let at = random.random_range(10..damaged.len());
        damaged[at] ^= 1 << random.random_range(0..8);
        let counts = count(&damaged, 0, 1);
        assert!(counts.is_err() || counts == intact, "bit flipped in byte {at}");
        assert_eq!(count(&damaged, 0, 2), counts, "bit flipped in byte {at}");
    }
}

/// At most 100 short records are listed, all are counted, in any number of threads.
#[test]
fn short_records_are_reported() {
    let text = b">long\nACGTACGT\n>short\nAC\n>none\n".repeat(80);
    for threads in [1, 2, 3] {
        let counts = count(&text, 3, threads).unwrap();
        assert_eq!((counts.records, counts.short_records, counts.length_bp), (240, 160, 800));
        assert_eq!(counts.codons.total(), 160);
        let listed: Vec<(&str, u64)> =
            counts.short_records_listed.iter().map(|s| (s.id.as_str(), s.length_bp)).collect();
        assert_eq!(listed, [("short", 2), ("none", 0)].repeat(50));
    }
}
