//! `slow_close`: the end of the stream goes on `delay` milliseconds late; data does not wait.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::flow::Piece;
use crate::stage::{Offer, Rest, Stage};

/// Attributes in milliseconds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SlowClose {
    delay: u64,
}

impl SlowClose {
    /// At work on one direction of one connection.
    pub fn stage(&self) -> Lingering {
        Lingering { delay: Duration::from_millis(self.delay), held: VecDeque::new() }
    }
}

/// A stream whose end lingers.
pub struct Lingering {
    delay: Duration,
    held: VecDeque<Piece>,
}

impl Stage for Lingering {
    fn take(&mut self, piece: Piece, _: &mut Tally<'_>) {
        self.held.push_back(piece);
    }

    fn give(&mut self, now: Instant, tally: &mut Tally<'_>) -> Offer {
        let Some(piece) = self.held.front() else {
            return Offer::Wait(None);
        };
        if piece.is_end() {
            let due = piece.arrived + self.delay;
            if due > now {
                return Offer::Wait(Some(due));
            }
            tally.data(0, now.duration_since(piece.arrived));
        }
        self.held.pop_front().map_or(Offer::Wait(None), Offer::Piece)
    }

    fn held_bytes(&self) -> usize {
        self.held.iter().map(|piece| piece.data.len()).sum()
    }

    fn finish(self: Box<Self>, _: &mut Tally<'_>) -> Rest {
        Rest::Held(self.held.into())
    }
}
