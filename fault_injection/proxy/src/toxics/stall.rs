//! `stall`: the effect of packet loss on a TCP stream: a chunk is lost and sent again `stall`
//! milliseconds later.
//!
//! Each chunk is lost with `probability`; the chunks behind it wait, as in TCP.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::flow::Chunk;
use crate::random::Decisions;
use crate::stage::{Output, Remainder, Stage};
use crate::toxics::fraction::{always, fraction};

/// Attributes: a probability, and milliseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stall {
    #[serde(default = "always", deserialize_with = "fraction")]
    probability: f64,
    #[serde(default)]
    stall: u64,
}

impl Stall {
    /// For one direction of one connection.
    pub fn stage(&self, decisions: Decisions) -> StalledStream {
        StalledStream {
            stall: self.clone(),
            decisions,
            held: VecDeque::new(),
            held_bytes: 0,
            clear_at: None,
        }
    }
}

/// The queue: each chunk with whether it was lost and the time of its release.
pub struct StalledStream {
    stall: Stall,
    decisions: Decisions,
    held: VecDeque<(bool, Instant, Chunk)>,
    held_bytes: usize,
    clear_at: Option<Instant>,
}

impl Stage for StalledStream {
    fn write(&mut self, chunk: Chunk, _: &mut Tally<'_>) {
        let lost = !chunk.is_end() && self.decisions.happens(self.stall.probability);
        let wait = if lost { Duration::from_millis(self.stall.stall) } else { Duration::ZERO };
        let due = chunk.arrived + wait;
        let due = self.clear_at.map_or(due, |clear_at| due.max(clear_at));
        self.clear_at = Some(due);
        self.held_bytes += chunk.data.len();
        self.held.push_back((lost, due, chunk));
    }

    fn read(&mut self, now: Instant, tally: &mut Tally<'_>) -> Output {
        match self.held.front() {
            None => Output::Wait(None),
            Some((_, due, _)) if *due > now => Output::Wait(Some(*due)),
            Some(_) => {
                let (lost, _, chunk) = self.held.pop_front().expect("checked above");
                self.held_bytes -= chunk.data.len();
                if lost {
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
        Remainder::Held(self.held.into_iter().map(|(_, _, chunk)| chunk).collect())
    }
}
