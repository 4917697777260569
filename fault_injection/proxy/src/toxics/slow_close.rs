//! `slow_close`: the end of the stream is delayed by `delay` milliseconds; data is not.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::flow::Chunk;
use crate::stage::{Output, Remainder, Stage};

/// Attributes in milliseconds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SlowClose {
    delay: u64,
}

impl SlowClose {
    /// For one direction of one connection.
    pub fn stage(&self) -> DelayedClose {
        DelayedClose { delay: Duration::from_millis(self.delay), held: VecDeque::new() }
    }
}

/// The queue: its last chunk, the end of the stream, waits.
pub struct DelayedClose {
    delay: Duration,
    held: VecDeque<Chunk>,
}

impl Stage for DelayedClose {
    fn write(&mut self, chunk: Chunk, _: &mut Tally<'_>) {
        self.held.push_back(chunk);
    }

    fn read(&mut self, now: Instant, tally: &mut Tally<'_>) -> Output {
        let Some(chunk) = self.held.front() else {
            return Output::Wait(None);
        };
        if chunk.is_end() {
            let due = chunk.arrived + self.delay;
            if due > now {
                return Output::Wait(Some(due));
            }
            tally.data(0, now.duration_since(chunk.arrived));
        }
        self.held.pop_front().map_or(Output::Wait(None), Output::Chunk)
    }

    fn held_bytes(&self) -> usize {
        self.held.iter().map(|chunk| chunk.data.len()).sum()
    }

    fn finish(self: Box<Self>, _: &mut Tally<'_>) -> Remainder {
        Remainder::Held(self.held.into())
    }
}
