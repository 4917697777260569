//! `reset_peer`: a TCP reset to both sides, `timeout` milliseconds after the toxic started to work.
//!
//! Until then nothing passes; if the toxic is removed before, what was held is released.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::flow::{Chunk, End};
use crate::stage::{Output, Remainder, Stage};

/// Attributes in milliseconds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ResetPeer {
    timeout: u64,
}

impl ResetPeer {
    /// For one direction of one connection.
    pub fn stage(&self) -> PendingReset {
        let at = Instant::now() + Duration::from_millis(self.timeout);
        PendingReset { at, held: Vec::new(), held_bytes: 0 }
    }
}

/// A connection that will be reset, with what is held until then.
pub struct PendingReset {
    at: Instant,
    held: Vec<Chunk>,
    held_bytes: usize,
}

impl Stage for PendingReset {
    fn write(&mut self, chunk: Chunk, tally: &mut Tally<'_>) {
        tally.data(chunk.data.len(), Duration::ZERO);
        self.held_bytes += chunk.data.len();
        self.held.push(chunk);
    }

    fn read(&mut self, now: Instant, tally: &mut Tally<'_>) -> Output {
        if now < self.at {
            return Output::Wait(Some(self.at));
        }
        tally.end();
        Output::End(End::Reset)
    }

    fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    fn finish(self: Box<Self>, _: &mut Tally<'_>) -> Remainder {
        Remainder::Held(self.held)
    }
}
