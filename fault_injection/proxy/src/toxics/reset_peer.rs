//! `reset_peer`: a TCP reset to both sides, `timeout` milliseconds after it came to bear.
//!
//! Until then nothing passes; what is held goes on if the toxic is removed before.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::flow::{End, Piece};
use crate::stage::{Offer, Rest, Stage};

/// Attributes in milliseconds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ResetPeer {
    timeout: u64,
}

impl ResetPeer {
    /// At work on one direction of one connection.
    pub fn stage(&self) -> Doom {
        let at = Instant::now() + Duration::from_millis(self.timeout);
        Doom { at, held: Vec::new(), held_bytes: 0 }
    }
}

/// A connection that will be reset.
pub struct Doom {
    at: Instant,
    held: Vec<Piece>,
    held_bytes: usize,
}

impl Stage for Doom {
    fn take(&mut self, piece: Piece, tally: &mut Tally<'_>) {
        tally.data(piece.data.len(), Duration::ZERO);
        self.held_bytes += piece.data.len();
        self.held.push(piece);
    }

    fn give(&mut self, now: Instant, tally: &mut Tally<'_>) -> Offer {
        if now < self.at {
            return Offer::Wait(Some(self.at));
        }
        tally.end();
        Offer::End(End::Reset)
    }

    fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    fn finish(self: Box<Self>, _: &mut Tally<'_>) -> Rest {
        Rest::Held(self.held)
    }
}
