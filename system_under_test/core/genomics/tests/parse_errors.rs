//! Malformed input is refused with file, line and reason.

mod common;

use common::{file, gzip};
use genomics::{Error, Input, NoCheckpoint, NoSink, Reason, parse};

/// The place of a reason in the enumeration: a new one does not compile until it is listed here.
fn place(reason: &Reason) -> usize {
    match reason {
        Reason::NoRecord => 0,
        Reason::Compression(_) => 1,
        Reason::Gzip(_) => 2,
        Reason::Format(_) => 3,
        Reason::Identifier => 4,
        Reason::TitleLength => 5,
        Reason::Nucleotide(_) => 6,
        Reason::WhiteSpace => 7,
        Reason::CarriageReturn => 8,
        Reason::Title(_) => 9,
        Reason::Separator => 10,
        Reason::Quality(_) => 11,
        Reason::QualityLength { .. } => 12,
        Reason::Truncated => 13,
    }
}

/// Content, line and message of every kind of malformed input.
fn cases() -> Vec<(Vec<u8>, u64, &'static str)> {
    let long_title = [b">", "x".repeat(70_000).as_bytes(), b"\nACGT\n"].concat();
    let text = b">a\nACGT\n>b\nGG\n".repeat(2000);
    let mut truncated = gzip(&text);
    truncated.truncate(truncated.len() - 9);
    vec![
        (b"".to_vec(), 1, "the file holds no record"),
        (b"\n \r\n\t\n".to_vec(), 4, "the file holds no record"),
        (gzip(b""), 1, "the file holds no record"),
        (b"BZh91AY".to_vec(), 1, "compressed with bzip2; plain text and gzip are read"),
        (b"\xfd7zXZ\0".to_vec(), 1, "compressed with xz"),
        (b"\x28\xb5\x2f\xfd\0".to_vec(), 1, "compressed with zstd"),
        (b"PK\x03\x04".to_vec(), 1, "compressed with zip"),
        (truncated, 8001, "damaged or truncated gzip stream: "),
        (b"\x1f\x8bnot gzip".to_vec(), 1, "damaged or truncated gzip stream: "),
        (b"\nACGT\n".to_vec(), 2, "neither FASTA nor FASTQ: starts with 'A', expected '>' or '@'"),
        (b"\0\0".to_vec(), 1, "neither FASTA nor FASTQ: starts with byte 0x00"),
        (b">a\nAC\n>\nGT\n".to_vec(), 3, "the record has no identifier after its '>' or '@'"),
        (b"> a\nAC\n".to_vec(), 1, "the record has no identifier"),
        (b"@\nAC\n+\nII\n".to_vec(), 1, "the record has no identifier"),
        (long_title, 1, "the title line is longer than 65536 bytes"),
        (b">a\nACGT\nACXT\n".to_vec(), 3, "'X' is not an IUPAC nucleotide code"),
        (b">a\nACGT\n AC\xffT\n".to_vec(), 3, "white space inside a sequence or quality line"),
        (b">a\nAC\xffT".to_vec(), 2, "byte 0xff is not an IUPAC nucleotide code"),
        (b">a\nAC>GT\n".to_vec(), 2, "'>' is not an IUPAC nucleotide code"),
        (b">a\nAC GT\n".to_vec(), 2, "white space inside"),
        (b">a\nAC\tGT\n".to_vec(), 2, "white space inside"),
        (b">a\rACGT\r".to_vec(), 1, ""),
        (b">a\nAC\rGT\r".to_vec(), 2, "carriage return inside a line; lines end in LF or CRLF"),
        (b"@a\nAC\n+\nII\nACGT\n".to_vec(), 5, "expected '@' and a title, found 'A'"),
        (b"@a\nAC\n+b\nII\n".to_vec(), 3, "the title after '+' differs from the record's"),
        (b"@a\nAC\n+\nI\x7f\n".to_vec(), 4, "byte 0x7f is not a quality character ('!' to '~')"),
        (b"@a\nAC\n+\nI I\n".to_vec(), 4, "white space inside"),
        (b"@a\nACG\n+\nII\n@b\n".to_vec(), 4, "2 quality characters for 3 bases"),
        (b"@a\nACG\n+\nIIII\n".to_vec(), 4, "4 quality characters for 3 bases"),
        (b"@a\nAC\nG\n+\nII\nII\n".to_vec(), 6, "4 quality characters for 3 bases"),
        (b"@a\nAC\n+\n".to_vec(), 4, "the file ends inside a FASTQ record"),
        (b"@a\nAC\nGT\n+\nIII".to_vec(), 5, "the file ends inside a FASTQ record"),
        (b"@a".to_vec(), 1, "the file ends inside a FASTQ record"),
    ]
}

/// Every reason there is has a case, and each case names file, line and reason.
#[test]
fn every_reason_is_given_with_its_place() {
    let mut seen = std::collections::BTreeSet::new();
    for (content, line, message) in cases() {
        let file = file(&content);
        let result = parse(&Input::open(file.path()).unwrap(), &NoCheckpoint, &mut NoSink);
        if message.is_empty() {
            assert!(result.is_ok(), "a title may hold anything but a line feed");
            continue;
        }
        let Err(Error::Parse(error)) = result else { panic!("{message}: {result:?}") };
        assert!(error.reason.to_string().starts_with(message), "{error} for {message}");
        assert_eq!(error.line, line, "{error}");
        assert_eq!(
            error.to_string(),
            format!("{}:{line}: {}", file.path().display(), error.reason)
        );
        seen.insert(place(&error.reason));
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), (0..14).collect::<Vec<_>>());
}

/// In a gzip file the line is that of the text, and the reason the same.
#[test]
fn gzip_changes_no_reason() {
    for (content, line, message) in cases() {
        let plain = content.first().is_some_and(|byte| b">@\nA".contains(byte));
        if !plain || message.is_empty() {
            continue;
        }
        let file = file(&gzip(&content));
        let result = parse(&Input::open(file.path()).unwrap(), &NoCheckpoint, &mut NoSink);
        let Err(Error::Parse(error)) = result else { panic!("{message}: {result:?}") };
        assert!(error.reason.to_string().starts_with(message), "{error} for {message}");
        assert_eq!(error.line, line, "{error}");
    }
}

/// A file that is not there, or is none, is an error of the operating system that names it.
#[test]
fn unreadable_files_are_named() {
    for path in ["/nonexistent/genome.fa", "/", "/dev/null"] {
        let error = Input::open(path.as_ref()).unwrap_err();
        assert!(matches!(error, Error::Io { .. }));
        assert!(error.to_string().starts_with(&format!("{path}: ")), "{error}");
    }
}
