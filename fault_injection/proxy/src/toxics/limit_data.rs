//! `limit_data`: the connection is closed after `bytes` bytes.

use std::any::Any;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::flow::Chunk;
use crate::stage::{Output, Remainder, Stage};

/// Attributes in bytes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LimitData {
    bytes: u64,
}

impl LimitData {
    /// For one direction of one connection.
    pub fn stage(&self) -> Quota {
        Quota { limit: self.bytes, passed: 0, held: VecDeque::new(), over: false }
    }
}

/// Counts the bytes that passed against the limit.
pub struct Quota {
    limit: u64,
    passed: u64,
    held: VecDeque<Chunk>,
    over: bool,
}

impl Stage for Quota {
    fn write(&mut self, mut chunk: Chunk, tally: &mut Tally<'_>) {
        if self.over || chunk.is_end() {
            if !self.over {
                self.held.push_back(chunk);
            }
            return;
        }
        let left = usize::try_from(self.limit.saturating_sub(self.passed)).unwrap_or(usize::MAX);
        let arrived = chunk.arrived;
        if chunk.data.len() > left {
            tally.data(chunk.data.len() - left, Duration::ZERO);
            chunk.data.truncate(left);
        }
        self.passed += chunk.data.len() as u64;
        // An empty chunk would be the end of the stream.
        if !chunk.is_end() {
            self.held.push_back(chunk);
        }
        if self.passed >= self.limit {
            self.over = true;
            tally.end();
            self.held.push_back(Chunk { arrived, data: Vec::new() });
        }
    }

    fn read(&mut self, _: Instant, _: &mut Tally<'_>) -> Output {
        self.held.pop_front().map_or(Output::Wait(None), Output::Chunk)
    }

    fn held_bytes(&self) -> usize {
        self.held.iter().map(|chunk| chunk.data.len()).sum()
    }

    fn is_full(&self) -> bool {
        self.over
    }

    fn closes_connection(&self) -> bool {
        self.over
    }

    fn update(&mut self, attributes: &dyn Any) -> bool {
        if let Some(changed) = attributes.downcast_ref::<LimitData>() {
            self.limit = changed.bytes;
        }
        true
    }

    fn finish(self: Box<Self>, _: &mut Tally<'_>) -> Remainder {
        if self.over { Remainder::Lost } else { Remainder::Held(self.held.into()) }
    }
}
