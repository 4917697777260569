//! Well-formed input gives its records, whatever its spelling.

mod common;

use common::{Record, gzip, records};

fn record(id: &str, description: &str, bases: &str) -> Record {
    (id.to_owned(), description.to_owned(), bases.to_owned())
}

/// Line ends, blank lines, trailing white space and a missing last line end change nothing.
#[test]
fn fasta_spellings() {
    let expected = [record("a", "first one", "ACGTNNacgtn"), record("b", "", "RYSWKMBDHV-.u")];
    for text in [
        &b">a first one\nACGTNN\nacgtn\n>b\nRYSWKMBDHV-.u\n"[..],
        b">a first one\r\nACGTNN\r\nacgtn\r\n>b\r\nRYSWKMBDHV-.u\r\n",
        b"\n\n>a  first one \nACGTNN \t\n\n\nacgtn\n\n>b \nRYSWKMBDHV-.u",
        b"  >a\tfirst one\nACGTN\nN\na\ncgtn\n>b\nRYSWKM\r\nBDHV-.u \r",
    ] {
        assert_eq!(records(text).unwrap(), expected, "{}", String::from_utf8_lossy(text));
        assert_eq!(records(&gzip(text)).unwrap(), expected);
    }
}

/// Records without sequence are records.
#[test]
fn empty_records() {
    let expected = [record("a", "", ""), record("b", "", "A"), record("c", "", "")];
    assert_eq!(records(b">a\n>b\nA\n>c").unwrap(), expected);
    assert_eq!(records(b"@a\n\n+\n\n@b\nA\n+\nI\n@c\n+\n").unwrap(), expected);
}

/// Sequence and quality of FASTQ may be wrapped, quality may start with '@' or '+'.
#[test]
fn fastq_spellings() {
    let expected = [record("a", "x", "ACGTN"), record("b", "", "GG")];
    for text in [
        &b"@a x\nACGTN\n+\n@+III\n@b\nGG\n+b\n++\n"[..],
        b"@a x\r\nACGTN\r\n+a x\r\n!~III\r\n@b\r\nGG\r\n+\r\n@@\r\n",
        b"\n@a x\nACG\nTN\n+\n@+I\nII\n\n@b\nG\nG\n+\n+\n@",
    ] {
        assert_eq!(records(text).unwrap(), expected, "{}", String::from_utf8_lossy(text));
        assert_eq!(records(&gzip(text)).unwrap(), expected);
    }
}

/// All members of a gzip file are read, as bgzip writes them.
#[test]
fn gzip_members() {
    let text = [gzip(b">a\nAC"), gzip(b""), gzip(b"GT\n>b\nA\n")].concat();
    assert_eq!(records(&text).unwrap(), [record("a", "", "ACGT"), record("b", "", "A")]);
}
