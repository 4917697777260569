//! Sequences by coordinates.

mod common;

use common::file;
use genomics::{
    Error, Input, NoCheckpoint, Region, RegionError, Strand, extract_coding_regions,
    extract_regions,
};

const TEXT: &[u8] = b">one\nACGTA\nCGTAC\nGT\n>two\nGGGcccAAAN\n>two\nT\n";

fn region(start: u64, end: u64, strand: Strand) -> Region {
    Region { start, end, strand }
}

fn extract(text: &[u8], record: Option<&str>, regions: &[Region]) -> Result<Vec<String>, Error> {
    let file = file(text);
    let input = Input::open(file.path())?;
    let found = extract_regions(&input, record, regions, &NoCheckpoint)?;
    Ok(found.into_iter().map(|bases| String::from_utf8(bases).unwrap()).collect())
}

fn refusal(text: &[u8], record: Option<&str>, wanted: Region) -> RegionError {
    match extract(text, record, &[wanted]) {
        Err(Error::Region(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// Regions come in the order asked for, overlapping or nested, each on its strand.
#[test]
fn overlapping_regions_on_both_strands() {
    let regions = [
        region(5, 11, Strand::Forward),
        region(1, 12, Strand::Forward),
        region(1, 4, Strand::Reverse),
        region(12, 12, Strand::Reverse),
        region(5, 11, Strand::Forward),
    ];
    let found = extract(TEXT, Some("one"), &regions).unwrap();
    assert_eq!(found, ["ACGTACG", "ACGTACGTACGT", "ACGT", "A", "ACGTACG"]);
    let reverse = [region(4, 10, Strand::Reverse)];
    assert_eq!(extract(b">x\nGGGcccAAAN\n", None, &reverse).unwrap(), ["NTTTggg"]);
    assert_eq!(extract(TEXT, Some("one"), &[]).unwrap(), [""; 0]);
}

/// Every refusal names what is at fault.
#[test]
fn refusals() {
    let whole = region(1, 3, Strand::Forward);
    let backwards = region(4, 3, Strand::Reverse);
    let zero = region(0, 3, Strand::Forward);
    let beyond = region(1, 13, Strand::Forward);
    let cases = [
        (Some("one"), backwards, "region 4..3 (-): start must be at least 1 and not after end"),
        (Some("one"), zero, "region 0..3 (+): start must be at least 1 and not after end"),
        (Some("one"), beyond, "region 1..13 (+): ends after record 'one' of 12 bp"),
        (Some("three"), whole, "no record 'three'; the file has one, two, two"),
        (None, whole, "the file has several records, name one: one, two, two"),
        (Some("two"), whole, "record 'two' occurs more than once"),
    ];
    for (record, wanted, message) in cases {
        assert_eq!(refusal(TEXT, record, wanted).to_string(), message);
    }
    let beyond_only = refusal(b">x\nACG\n", None, region(3, 4, Strand::Forward));
    assert_eq!(beyond_only.to_string(), "region 3..4 (+): ends after record 'x' of 3 bp");
    let many = b">r\nA\n".repeat(6);
    let message = "the file has several records, name one: r, r, r, r, r, …";
    assert_eq!(refusal(&many, None, whole).to_string(), message);
}

/// A coding sequence has whole codons, and the refusal says how long the region is.
#[test]
fn coding_regions_have_whole_codons() {
    let file = file(TEXT);
    let input = Input::open(file.path()).unwrap();
    let regions = [region(1, 3, Strand::Forward), region(2, 5, Strand::Reverse)];
    let error = extract_coding_regions(&input, Some("one"), &regions, &NoCheckpoint).unwrap_err();
    assert_eq!(error.to_string(), "region 2..5 (-): 4 bp is not a multiple of 3");
}
