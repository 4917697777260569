//! `latency`: each piece goes on `latency` ± `jitter` milliseconds after it arrived.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::dice::Dice;
use crate::flow::Piece;
use crate::stage::{Offer, Rest, Stage};

/// Attributes in milliseconds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Latency {
    latency: u64,
    jitter: u64,
}

impl Latency {
    /// At work on one direction of one connection.
    pub fn stage(&self, dice: Dice) -> Delay {
        Delay { latency: self.clone(), dice, held: VecDeque::new(), held_bytes: 0, last: None }
    }
}

/// Pieces on their way, each with the moment it may go on.
pub struct Delay {
    latency: Latency,
    dice: Dice,
    held: VecDeque<(Instant, Piece)>,
    held_bytes: usize,
    last: Option<Instant>,
}

impl Delay {
    fn delay(&mut self) -> Duration {
        if self.latency.jitter == 0 {
            return Duration::from_millis(self.latency.latency);
        }
        let bounded = |ms: u64| f64::from(u32::try_from(ms).unwrap_or(u32::MAX));
        let jitter_ms = bounded(self.latency.jitter) * self.dice.either_way();
        Duration::from_secs_f64((bounded(self.latency.latency) + jitter_ms).max(0.0) / 1e3)
    }
}

impl Stage for Delay {
    fn take(&mut self, piece: Piece, _: &mut Tally<'_>) {
        // Jitter must not reorder a byte stream: nobody goes on before the one ahead of it.
        let due = piece.arrived + self.delay();
        let due = self.last.map_or(due, |last| due.max(last));
        self.last = Some(due);
        self.held_bytes += piece.data.len();
        self.held.push_back((due, piece));
    }

    fn give(&mut self, now: Instant, tally: &mut Tally<'_>) -> Offer {
        match self.held.front() {
            None => Offer::Wait(None),
            Some((due, _)) if *due > now => Offer::Wait(Some(*due)),
            Some(_) => {
                let (due, piece) = self.held.pop_front().expect("just seen");
                self.held_bytes -= piece.data.len();
                if due > piece.arrived && !piece.is_end() {
                    tally.data(piece.data.len(), now.duration_since(piece.arrived));
                }
                Offer::Piece(piece)
            }
        }
    }

    fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    fn finish(self: Box<Self>, _: &mut Tally<'_>) -> Rest {
        Rest::Held(self.held.into_iter().map(|(_, piece)| piece).collect())
    }
}
