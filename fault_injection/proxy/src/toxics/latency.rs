//! `latency`: each chunk is released `latency` ± `jitter` milliseconds after it arrived.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::flow::Chunk;
use crate::random::Decisions;
use crate::stage::{Output, Remainder, Stage};

/// Attributes in milliseconds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Latency {
    latency: u64,
    jitter: u64,
}

impl Latency {
    /// For one direction of one connection.
    pub fn stage(&self, decisions: Decisions) -> Delay {
        Delay { latency: self.clone(), decisions, held: VecDeque::new(), held_bytes: 0, last: None }
    }
}

/// The queue: each chunk with the time of its release.
pub struct Delay {
    latency: Latency,
    decisions: Decisions,
    held: VecDeque<(Instant, Chunk)>,
    held_bytes: usize,
    last: Option<Instant>,
}

impl Delay {
    fn delay(&mut self) -> Duration {
        if self.latency.jitter == 0 {
            return Duration::from_millis(self.latency.latency);
        }
        let bounded = |ms: u64| f64::from(u32::try_from(ms).unwrap_or(u32::MAX));
        let jitter_ms = bounded(self.latency.jitter) * self.decisions.between(-1.0..=1.0);
        Duration::from_secs_f64((bounded(self.latency.latency) + jitter_ms).max(0.0) / 1e3)
    }
}

impl Stage for Delay {
    fn write(&mut self, chunk: Chunk, _: &mut Tally<'_>) {
        // Jitter must not reorder a byte stream: no chunk is released before the one ahead of it.
        let due = chunk.arrived + self.delay();
        let due = self.last.map_or(due, |last| due.max(last));
        self.last = Some(due);
        self.held_bytes += chunk.data.len();
        self.held.push_back((due, chunk));
    }

    fn read(&mut self, now: Instant, tally: &mut Tally<'_>) -> Output {
        match self.held.front() {
            None => Output::Wait(None),
            Some((due, _)) if *due > now => Output::Wait(Some(*due)),
            Some(_) => {
                let (due, chunk) = self.held.pop_front().expect("checked above");
                self.held_bytes -= chunk.data.len();
                if due > chunk.arrived && !chunk.is_end() {
                    tally.data(chunk.data.len(), now.duration_since(chunk.arrived));
                }
                Output::Chunk(chunk)
            }
        }
    }

    fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    fn finish(self: Box<Self>, _: &mut Tally<'_>) -> Remainder {
        Remainder::Held(self.held.into_iter().map(|(_, chunk)| chunk).collect())
    }
}
