//! Reads a stream on a thread of its own while what came before is worked on.

use std::io::{self, BufRead, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

/// Bytes handed over at a time; fits a second-level cache.
const BLOCK_BYTES: usize = 512 << 10;
/// Blocks in circulation: one being filled, one being worked on, two between them.
const BLOCKS: usize = 3;

/// A block and how much of it is filled, or why there is none.
type Filled = io::Result<(Vec<u8>, usize)>;

/// Lets `work` read `source`, which another thread reads ahead by a bounded number of blocks.
///
/// `work` sees the bytes and the error it would see if it read `source` itself.
pub(crate) fn read_ahead<T>(source: impl Read + Send, work: impl FnOnce(&mut ReadAhead) -> T) -> T {
    let (filled, blocks) = sync_channel(BLOCKS);
    let (empty, returned) = channel();
    std::thread::scope(|scope| {
        scope.spawn(move || fill(source, &filled, &returned));
        let block = Vec::new();
        let mut reader = ReadAhead { blocks, empty, block, length: 0, at: 0, failed: false };
        for _ in 0..BLOCKS {
            reader.recycle(vec![0; BLOCK_BYTES]);
        }
        // The reader ends with this closure, and its channels end the thread.
        work(&mut reader)
    })
}

/// Fills blocks until the source, or the interest in it, ends.
fn fill(mut source: impl Read, filled: &SyncSender<Filled>, returned: &Receiver<Vec<u8>>) {
    for mut block in returned {
        let (length, result) = fill_block(&mut source, &mut block);
        // What was read before an error is malformed or not, and that comes first.
        if length > 0 && filled.send(Ok((block, length))).is_err() {
            return;
        }
        if let Err(error) = result {
            // Nobody listens any more: nothing is lost.
            let _ = filled.send(Err(error));
            return;
        }
        if length == 0 {
            return;
        }
    }
}

/// Reads in as few calls as the source allows; each costs a decompressor a copy of its window.
fn fill_block(source: &mut impl Read, block: &mut [u8]) -> (usize, io::Result<()>) {
    let mut length = 0;
    while length < block.len() {
        match source.read(&mut block[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (length, Err(error)),
        }
    }
    (length, Ok(()))
}

/// The stream as the working thread sees it.
#[derive(Debug)]
pub(crate) struct ReadAhead {
    blocks: Receiver<Filled>,
    empty: Sender<Vec<u8>>,
    block: Vec<u8>,
    length: usize,
    at: usize,
    failed: bool,
}

impl ReadAhead {
    fn recycle(&self, block: Vec<u8>) {
        // The filling thread has ended: the block is no longer needed.
        let _ = self.empty.send(block);
    }
}

impl BufRead for ReadAhead {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.length && !self.failed {
            let next = self.blocks.recv().unwrap_or_else(|_| Ok((Vec::new(), 0)));
            self.failed = next.is_err();
            let (block, length) = next?;
            let used = std::mem::replace(&mut self.block, block);
            (self.length, self.at) = (length, 0);
            if !used.is_empty() {
                self.recycle(used);
            }
        }
        Ok(&self.block[self.at..self.length])
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

impl Read for ReadAhead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(buffer)?;
        self.consume(length);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Some bytes, then an error.
    struct Breaks(usize);

    impl Read for Breaks {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = buffer.len().min(self.0).min(1000);
            buffer[..length].fill(b'x');
            self.0 -= length;
            if length == 0 { Err(io::ErrorKind::InvalidData.into()) } else { Ok(length) }
        }
    }

    /// The bytes arrive whole and in order, whatever their number beside the blocks'.
    #[test]
    fn hands_over_every_byte() {
        for length in [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES * 9 + 5] {
            let source: Vec<u8> = (0..=250).cycle().take(length).collect();
            let mut read = Vec::new();
            read_ahead(&source[..], |reader| reader.read_to_end(&mut read)).unwrap();
            assert!(read == source, "{length} bytes");
        }
    }

    /// An error comes after the bytes before it.
    #[test]
    fn errors_come_in_order() {
        let mut read = Vec::new();
        let error = read_ahead(Breaks(BLOCK_BYTES + 7), |reader| reader.read_to_end(&mut read));
        assert_eq!(error.unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(read.len(), BLOCK_BYTES + 7);
    }

    /// Work that stops early ends the reading of an endless source.
    #[test]
    fn stops_with_the_work() {
        let first = read_ahead(io::repeat(b'y'), |reader| reader.fill_buf().map(|b| b[0]));
        assert_eq!(first.unwrap(), b'y');
    }
}
