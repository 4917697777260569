//! `bandwidth`: at most `rate` kilobytes (of 1000 bytes) a second; nothing at 0.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::flow::Chunk;
use crate::stage::{Output, Remainder, Stage};

/// A slice is what this time allows: short enough for an even flow, long enough to cost little
/// CPU.
const SLICE_MS: u64 = 5;
/// Bytes that may queue before the sender must wait: about the buffer of a socket.
const QUEUED_BYTES_MAX: usize = 128 * 1024;

/// Attributes in kilobytes a second.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Bandwidth {
    rate: u64,
}

impl Bandwidth {
    /// For one direction of one connection.
    pub fn stage(&self) -> Throttle {
        Throttle {
            rate: self.rate,
            held: VecDeque::new(),
            held_bytes: 0,
            sent: 0,
            free_at: Instant::now(),
        }
    }
}

/// The queue; `sent` bytes of its first chunk have been released.
pub struct Throttle {
    rate: u64,
    held: VecDeque<Chunk>,
    held_bytes: usize,
    sent: usize,
    free_at: Instant,
}

impl Throttle {
    fn slice_bytes(&self) -> usize {
        usize::try_from(self.rate.saturating_mul(SLICE_MS)).unwrap_or(usize::MAX)
    }

    fn pop(&mut self) -> Option<Chunk> {
        let mut chunk = self.held.pop_front()?;
        chunk.data.drain(..std::mem::take(&mut self.sent));
        self.held_bytes -= chunk.data.len();
        Some(chunk)
    }
}

impl Stage for Throttle {
    fn write(&mut self, chunk: Chunk, _: &mut Tally<'_>) {
        self.held_bytes += chunk.data.len();
        self.held.push_back(chunk);
    }

    fn read(&mut self, now: Instant, tally: &mut Tally<'_>) -> Output {
        let Some(chunk) = self.held.front() else {
            return Output::Wait(None);
        };
        if chunk.is_end() {
            return self.pop().map_or(Output::Wait(None), Output::Chunk);
        }
        if self.rate == 0 {
            return Output::Wait(None);
        }
        let bytes = (chunk.data.len() - self.sent).min(self.slice_bytes());
        // Counted from when the last slice was due, not from now: late wake-ups must not add up.
        let began = self.free_at.max(chunk.arrived);
        let due = began + Duration::from_micros(bytes as u64 * 1000 / self.rate);
        if due > now {
            return Output::Wait(Some(due));
        }
        self.free_at = due;
        let arrived = chunk.arrived;
        tally.data(bytes, now.duration_since(arrived));
        let rest = chunk.data.len() - self.sent;
        if bytes == rest {
            return self.pop().map_or(Output::Wait(None), Output::Chunk);
        }
        let data = chunk.data[self.sent..self.sent + bytes].to_vec();
        self.sent += bytes;
        self.held_bytes -= bytes;
        Output::Chunk(Chunk { arrived, data })
    }

    fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    fn is_full(&self) -> bool {
        self.held_bytes > QUEUED_BYTES_MAX
    }

    fn finish(mut self: Box<Self>, _: &mut Tally<'_>) -> Remainder {
        let mut rest = Vec::new();
        while let Some(chunk) = self.pop() {
            rest.push(chunk);
        }
        Remainder::Held(rest)
    }
}
