//! Offsets beyond 32 bits.
//!
//!     cargo test --release --test large_file -- --ignored
//!
//! writes 4.3 GB to the temporary directory (`TMPDIR`) and removes it.

mod common;

use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::Path;

use genomics::{
    Codon, Input, NoCheckpoint, Region, Strand, count_file_codons, extract_regions, summarize,
};

const LINE: &[u8; 71] = b"ATGGCTGCAAAAGATTAAACGTTTGGGCCCAAATTTCACGTGATGGCTGCAAAAGATTAAACGTTTGCGT\n";
const LINES_PER_BLOCK: usize = 3000;
const BLOCKS: usize = 20_500;
/// Not a multiple of the frame: the codons of a line differ from those of the next.
const LINE_BP: u64 = 70;

/// One record of more than 2^32 bases: its counts, a region at its end, and the line of an error
/// there are right, on one thread and on two.
#[test]
#[ignore = "writes 4.3 GB"]
fn a_record_of_more_than_4_gib() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("large.fna");
    write(&path);
    let lines = (BLOCKS * LINES_PER_BLOCK) as u64;
    let length_bp = lines * LINE_BP;
    assert!(length_bp > 1 << 32);
    let input = Input::open(&path).unwrap();
    let summary = summarize(&input, &NoCheckpoint).unwrap();
    assert_eq!(summary.total.length_bp(), length_bp);
    let counts = |threads| {
        let threads = NonZeroUsize::new(threads).unwrap();
        count_file_codons(&input, 0, threads, &NoCheckpoint)
    };
    let one = counts(1).unwrap();
    assert_eq!(one.length_bp, length_bp);
    assert_eq!(one.codons.total(), length_bp / 3);
    // Three lines are 70 whole codons, and the number of lines is a multiple of three.
    let three = [&LINE[..70], &LINE[..70], &LINE[..70]].concat();
    for codon in Codon::all() {
        let bases = codon.bases();
        let times = three.as_chunks::<3>().0.iter().filter(|found| **found == bases).count();
        assert_eq!(one.codons.counts[codon.index()], times as u64 * (lines / 3), "{codon}");
    }
    assert_eq!(counts(2).unwrap(), one);
    let end = Region { start: length_bp - 69, end: length_bp, strand: Strand::Forward };
    let found = extract_regions(&input, None, &[end], &NoCheckpoint).unwrap();
    assert_eq!(found, [LINE[..70].to_vec()]);
    drop(input);

    OpenOptions::new().append(true).open(&path).unwrap().write_all(b"ACGT\nAC!T\n").unwrap();
    let input = Input::open(&path).unwrap();
    for threads in [1, 2] {
        let threads = NonZeroUsize::new(threads).unwrap();
        let error = count_file_codons(&input, 0, threads, &NoCheckpoint).unwrap_err().to_string();
        let expected = format!(":{}: '!' is not an IUPAC nucleotide code", lines + 3);
        assert!(error.ends_with(&expected), "{error}");
    }
}

fn write(path: &Path) {
    let mut file = BufWriter::with_capacity(1 << 20, std::fs::File::create(path).unwrap());
    file.write_all(b">large\n").unwrap();
    let block = LINE.repeat(LINES_PER_BLOCK);
    for _ in 0..BLOCKS {
        file.write_all(&block).unwrap();
    }
    file.flush().unwrap();
}
