//! `slicer`: data in slices of `average_size` ± `size_variation` bytes, `delay` µs apart.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::flow::Chunk;
use crate::random::Decisions;
use crate::stage::{Output, Remainder, Stage};

/// Attributes in bytes and microseconds; without an average size nothing is sliced.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Slicer {
    average_size: u32,
    size_variation: u32,
    delay: u64,
}

impl Slicer {
    /// For one direction of one connection.
    pub fn stage(&self, decisions: Decisions) -> SlicedStream {
        SlicedStream {
            slicer: self.clone(),
            decisions,
            held: VecDeque::new(),
            sent: 0,
            next_at: None,
        }
    }
}

/// The queue; `sent` bytes of its first chunk have been released.
pub struct SlicedStream {
    slicer: Slicer,
    decisions: Decisions,
    held: VecDeque<Chunk>,
    sent: usize,
    next_at: Option<Instant>,
}

impl SlicedStream {
    fn slice_bytes(&mut self) -> usize {
        if self.slicer.average_size == 0 {
            return usize::MAX;
        }
        let (average, variation) = (self.slicer.average_size, self.slicer.size_variation);
        let least = u64::from(average.saturating_sub(variation)).max(1);
        let most = u64::from(average) + u64::from(variation);
        let bytes = self.decisions.between(least..=most);
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }

    fn pop(&mut self) -> Option<Chunk> {
        let mut chunk = self.held.pop_front()?;
        chunk.data.drain(..std::mem::take(&mut self.sent));
        Some(chunk)
    }
}

impl Stage for SlicedStream {
    fn write(&mut self, chunk: Chunk, _: &mut Tally<'_>) {
        self.held.push_back(chunk);
    }

    fn read(&mut self, now: Instant, tally: &mut Tally<'_>) -> Output {
        let Some((arrived, length)) = self.held.front().map(|it| (it.arrived, it.data.len()))
        else {
            return Output::Wait(None);
        };
        if length == 0 {
            return self.pop().map_or(Output::Wait(None), Output::Chunk);
        }
        if let Some(at) = self.next_at.filter(|at| *at > now) {
            return Output::Wait(Some(at));
        }
        let due = self.next_at.map_or(arrived, |at| at.max(arrived));
        self.next_at = Some(due + Duration::from_micros(self.slicer.delay));
        let rest = length - self.sent;
        let bytes = self.slice_bytes().min(rest);
        if bytes < length {
            tally.data(bytes, now.duration_since(arrived));
        }
        if bytes == rest {
            return self.pop().map_or(Output::Wait(None), Output::Chunk);
        }
        let data = self.held[0].data[self.sent..self.sent + bytes].to_vec();
        self.sent += bytes;
        Output::Chunk(Chunk { arrived, data })
    }

    fn held_bytes(&self) -> usize {
        self.held.iter().map(|chunk| chunk.data.len()).sum::<usize>() - self.sent
    }

    fn finish(mut self: Box<Self>, _: &mut Tally<'_>) -> Remainder {
        let mut rest = Vec::new();
        while let Some(chunk) = self.pop() {
            rest.push(chunk);
        }
        Remainder::Held(rest)
    }
}
