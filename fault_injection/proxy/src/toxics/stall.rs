//! `stall`: a piece that got lost on the way and is sent again `stall` milliseconds later.
//!
//! Each piece is hit with `probability`; what comes behind it waits, as TCP has it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::dice::Dice;
use crate::flow::Piece;
use crate::stage::{Offer, Rest, Stage};
use crate::toxics::shares::{always, share};

/// Attributes: a share, and milliseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stall {
    #[serde(default = "always", deserialize_with = "share")]
    probability: f64,
    #[serde(default)]
    stall: u64,
}

impl Stall {
    /// At work on one direction of one connection.
    pub fn stage(&self, dice: Dice) -> Lossy {
        Lossy { stall: self.clone(), dice, held: VecDeque::new(), held_bytes: 0, clear_at: None }
    }
}

/// Pieces on their way, each with whether it got lost and the moment it may go on.
pub struct Lossy {
    stall: Stall,
    dice: Dice,
    held: VecDeque<(bool, Instant, Piece)>,
    held_bytes: usize,
    clear_at: Option<Instant>,
}

impl Stage for Lossy {
    fn take(&mut self, piece: Piece, _: &mut Tally<'_>) {
        let hit = !piece.is_end() && self.dice.unit() < self.stall.probability;
        let wait = if hit { Duration::from_millis(self.stall.stall) } else { Duration::ZERO };
        let due = piece.arrived + wait;
        let due = self.clear_at.map_or(due, |clear_at| due.max(clear_at));
        self.clear_at = Some(due);
        self.held_bytes += piece.data.len();
        self.held.push_back((hit, due, piece));
    }

    fn give(&mut self, now: Instant, tally: &mut Tally<'_>) -> Offer {
        match self.held.front() {
            None => Offer::Wait(None),
            Some((_, due, _)) if *due > now => Offer::Wait(Some(*due)),
            Some(_) => {
                let (hit, _, piece) = self.held.pop_front().expect("just seen");
                self.held_bytes -= piece.data.len();
                if hit {
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
        Rest::Held(self.held.into_iter().map(|(_, _, piece)| piece).collect())
    }
}
