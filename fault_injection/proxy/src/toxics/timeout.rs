//! `timeout`: nothing passes, and the connection is closed after `timeout` milliseconds.
//!
//! With 0 it stays open until the toxic is removed. What arrives is dropped, so that a
//! connection that lost anything ends with the toxic: its stream would have a hole.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::flow::{End, Piece};
use crate::stage::{Offer, Rest, Stage};

/// Attributes in milliseconds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Timeout {
    timeout: u64,
}

impl Timeout {
    /// At work on one direction of one connection.
    pub fn stage(&self) -> Hole {
        let limit = Duration::from_millis(self.timeout);
        Hole { close_at: (self.timeout > 0).then(|| Instant::now() + limit), lost: false }
    }
}

/// A connection through which nothing passes.
pub struct Hole {
    close_at: Option<Instant>,
    lost: bool,
}

impl Stage for Hole {
    fn take(&mut self, piece: Piece, tally: &mut Tally<'_>) {
        self.lost = true;
        tally.data(piece.data.len(), Duration::ZERO);
    }

    fn give(&mut self, now: Instant, tally: &mut Tally<'_>) -> Offer {
        match self.close_at {
            Some(at) if at <= now => {
                tally.end();
                Offer::End(End::Closed)
            }
            later => Offer::Wait(later),
        }
    }

    fn held_bytes(&self) -> usize {
        0
    }

    fn finish(self: Box<Self>, tally: &mut Tally<'_>) -> Rest {
        if self.lost {
            tally.end();
            return Rest::Lost;
        }
        Rest::Held(Vec::new())
    }
}
