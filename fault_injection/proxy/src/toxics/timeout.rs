//! `timeout`: all data is dropped, and the connection is closed after `timeout` milliseconds.
//!
//! With 0 it stays open until the toxic is removed. A connection that lost data is then closed,
//! because its stream has a gap.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::flow::{Chunk, End};
use crate::stage::{Output, Remainder, Stage};

/// Attributes in milliseconds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Timeout {
    timeout: u64,
}

impl Timeout {
    /// For one direction of one connection.
    pub fn stage(&self) -> BlackHole {
        let limit = Duration::from_millis(self.timeout);
        BlackHole { close_at: (self.timeout > 0).then(|| Instant::now() + limit), lost: false }
    }
}

/// Drops what it is given.
pub struct BlackHole {
    close_at: Option<Instant>,
    lost: bool,
}

impl Stage for BlackHole {
    fn write(&mut self, chunk: Chunk, tally: &mut Tally<'_>) {
        self.lost = true;
        tally.data(chunk.data.len(), Duration::ZERO);
    }

    fn read(&mut self, now: Instant, tally: &mut Tally<'_>) -> Output {
        match self.close_at {
            Some(at) if at <= now => {
                tally.end();
                Output::End(End::Closed)
            }
            later => Output::Wait(later),
        }
    }

    fn held_bytes(&self) -> usize {
        0
    }

    fn finish(self: Box<Self>, tally: &mut Tally<'_>) -> Remainder {
        if self.lost {
            tally.end();
            return Remainder::Lost;
        }
        Remainder::Held(Vec::new())
    }
}
