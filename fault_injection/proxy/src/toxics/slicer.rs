//! `slicer`: data in pieces of `average_size` ± `size_variation` bytes, `delay` microseconds apart.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::dice::Dice;
use crate::flow::Piece;
use crate::stage::{Offer, Rest, Stage};

/// Attributes in bytes and microseconds; without an average nothing is cut.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Slicer {
    average_size: u32,
    size_variation: u32,
    delay: u64,
}

impl Slicer {
    /// At work on one direction of one connection.
    pub fn stage(&self, dice: Dice) -> Knife {
        Knife { slicer: self.clone(), dice, held: VecDeque::new(), sent: 0, next_at: None }
    }
}

/// What is still to be cut; of the first piece so much has gone on.
pub struct Knife {
    slicer: Slicer,
    dice: Dice,
    held: VecDeque<Piece>,
    sent: usize,
    next_at: Option<Instant>,
}

impl Knife {
    fn slice_bytes(&mut self) -> usize {
        if self.slicer.average_size == 0 {
            return usize::MAX;
        }
        let (average, variation) = (self.slicer.average_size, self.slicer.size_variation);
        let least = u64::from(average.saturating_sub(variation)).max(1);
        let most = u64::from(average) + u64::from(variation);
        let bytes = least + self.dice.below(most - least + 1);
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }

    fn pop(&mut self) -> Option<Piece> {
        let mut piece = self.held.pop_front()?;
        piece.data.drain(..std::mem::take(&mut self.sent));
        Some(piece)
    }
}

impl Stage for Knife {
    fn take(&mut self, piece: Piece, _: &mut Tally<'_>) {
        self.held.push_back(piece);
    }

    fn give(&mut self, now: Instant, tally: &mut Tally<'_>) -> Offer {
        let Some((arrived, length)) = self.held.front().map(|it| (it.arrived, it.data.len()))
        else {
            return Offer::Wait(None);
        };
        if length == 0 {
            return self.pop().map_or(Offer::Wait(None), Offer::Piece);
        }
        if let Some(at) = self.next_at.filter(|at| *at > now) {
            return Offer::Wait(Some(at));
        }
        let due = self.next_at.map_or(arrived, |at| at.max(arrived));
        self.next_at = Some(due + Duration::from_micros(self.slicer.delay));
        let rest = length - self.sent;
        let bytes = self.slice_bytes().min(rest);
        if bytes < length {
            tally.data(bytes, now.duration_since(arrived));
        }
        if bytes == rest {
            return self.pop().map_or(Offer::Wait(None), Offer::Piece);
        }
        let data = self.held[0].data[self.sent..self.sent + bytes].to_vec();
        self.sent += bytes;
        Offer::Piece(Piece { arrived, data })
    }

    fn held_bytes(&self) -> usize {
        self.held.iter().map(|piece| piece.data.len()).sum::<usize>() - self.sent
    }

    fn finish(mut self: Box<Self>, _: &mut Tally<'_>) -> Rest {
        let mut rest = Vec::new();
        while let Some(piece) = self.pop() {
            rest.push(piece);
        }
        Rest::Held(rest)
    }
}
