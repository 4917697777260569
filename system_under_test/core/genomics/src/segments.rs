//! Cuts a FASTA text into segments that can be read independently.

/// A stretch of a FASTA text that starts at a line and can be read on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment<'a> {
    /// Its lines.
    pub text: &'a [u8],
    /// The incomplete codon at its start, 0 to 2 bases, of the record it continues.
    pub pending: Vec<u8>,
}

/// What a segment does to the reading frame of the one after it.
#[derive(Debug, Clone, Copy)]
struct Tail {
    /// Whether a record starts in the segment.
    has_title: bool,
    /// Bases since that title, or since the start of the segment.
    bases: u64,
}

/// Cuts a text into at most `count` segments of about the same length, in frame.
///
/// A single long record is cut as well: the frame at a cut is known from the number of bases
/// before it, which a vectorized pass over all segments but the last counts, in parallel.
pub(crate) fn segments(text: &[u8], count: usize) -> Vec<Segment<'_>> {
    let starts = starts(text, count);
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let texts: Vec<&[u8]> =
        starts.iter().zip(ends).map(|(&start, end)| &text[start..end]).collect();
    let tails = tails(&texts[..texts.len() - 1]);
    let mut bases = 0;
    let mut pending = vec![Vec::new()];
    for (tail, &start) in tails.iter().zip(&starts[1..]) {
        bases = if tail.has_title { tail.bases } else { bases + tail.bases };
        pending.push(last_bases(&text[..start], bases % 3));
    }
    texts.into_iter().zip(pending).map(|(text, pending)| Segment { text, pending }).collect()
}

/// Where the segments start: at line starts nearest after equal shares, the first at 0.
fn starts(text: &[u8], count: usize) -> Vec<usize> {
    let mut starts = vec![0];
    for share in 1..count {
        let wanted = text.len() * share / count;
        let Some(feed) = memchr::memchr(b'\n', &text[wanted..]) else { break };
        let start = wanted + feed + 1;
        if start < text.len() && starts.last().is_some_and(|&last| last < start) {
            starts.push(start);
        }
    }
    starts
}

fn tails(texts: &[&[u8]]) -> Vec<Tail> {
    std::thread::scope(|scope| {
        let workers: Vec<_> = texts.iter().map(|text| scope.spawn(|| tail(text))).collect();
        let joined = workers.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined
            .map(|result| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

fn tail(text: &[u8]) -> Tail {
    let title = match memchr::memmem::rfind(text, b"\n>") {
        Some(feed) => Some(feed + 1),
        None if text.starts_with(b">") => Some(0),
        None => None,
    };
    let lines = title.map_or(text, |title| {
        let end = memchr::memchr(b'\n', &text[title..]);
        end.map_or(&[][..], |end| &text[title + end..])
    });
    Tail { has_title: title.is_some(), bases: count_graphic(lines) }
}

/// Bytes that are no white space: in a valid record, its bases.
fn count_graphic(lines: &[u8]) -> u64 {
    let graphic = |block: &[u8]| block.iter().fold(0_u8, |sum, &b| sum + u8::from(b > b' '));
    lines.chunks(usize::from(u8::MAX)).map(|block| u64::from(graphic(block))).sum()
}

/// The last `count` bases of lines, in order.
fn last_bases(lines: &[u8], count: u64) -> Vec<u8> {
    let graphic = lines.iter().rev().copied().filter(|&b| b > b' ');
    let mut bases: Vec<u8> = (0..count).zip(graphic).map(|(_, base)| base).collect();
    bases.reverse();
    bases
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b">a\r\nACGTA\r\nCG \r\nT\r\n>b x\r\n>c\r\nAC\r\nGTA\nC";

    /// The incomplete codon at the end of some lines, read base by base.
    fn pending(lines: &[u8]) -> Vec<u8> {
        let mut record = Vec::new();
        for line in lines.split(|&b| b == b'\n') {
            match line {
                [b'>', ..] => record.clear(),
                _ => record.extend(line.iter().filter(|b| b.is_ascii_graphic())),
            }
        }
        record.split_off(record.len() / 3 * 3)
    }

    /// The segments make up the text, start at lines, and know the codon they continue.
    #[test]
    fn in_frame_at_every_cut() {
        for count in 1..60 {
            let segments = segments(TEXT, count);
            let texts: Vec<&[u8]> = segments.iter().map(|segment| segment.text).collect();
            assert_eq!(texts.concat(), TEXT);
            let mut before = 0;
            for segment in &segments {
                assert_eq!(segment.pending, pending(&TEXT[..before]), "after {before} bytes");
                assert!(before == 0 || TEXT[before - 1] == b'\n');
                before += segment.text.len();
            }
            assert!(segments.len() <= count);
        }
        assert_eq!(segments(TEXT, 59).len(), 9);
    }
}
