//! `bandwidth`: a line that carries `rate` kilobytes (of 1000) a second, and nothing at 0.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::flow::Piece;
use crate::stage::{Offer, Rest, Stage};

/// What goes on at once is so much of the line's time: fine enough to be even, coarse enough to
/// cost nothing.
const SLICE_MS: u64 = 5;
/// What is accepted ahead of the line, so that the sender feels it; a socket's buffer or so.
const AHEAD_BYTES_MAX: usize = 128 * 1024;

/// Attributes in kilobytes a second.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Bandwidth {
    rate: u64,
}

impl Bandwidth {
    /// At work on one direction of one connection.
    pub fn stage(&self) -> Line {
        Line {
            rate: self.rate,
            held: VecDeque::new(),
            held_bytes: 0,
            sent: 0,
            free_at: Instant::now(),
        }
    }
}

/// A line with what waits for it; of the first piece so much has gone on.
pub struct Line {
    rate: u64,
    held: VecDeque<Piece>,
    held_bytes: usize,
    sent: usize,
    free_at: Instant,
}

impl Line {
    fn slice_bytes(&self) -> usize {
        usize::try_from(self.rate.saturating_mul(SLICE_MS)).unwrap_or(usize::MAX)
    }

    fn pop(&mut self) -> Option<Piece> {
        let mut piece = self.held.pop_front()?;
        piece.data.drain(..std::mem::take(&mut self.sent));
        self.held_bytes -= piece.data.len();
        Some(piece)
    }
}

impl Stage for Line {
    fn take(&mut self, piece: Piece, _: &mut Tally<'_>) {
        self.held_bytes += piece.data.len();
        self.held.push_back(piece);
    }

    fn give(&mut self, now: Instant, tally: &mut Tally<'_>) -> Offer {
        let Some(piece) = self.held.front() else {
            return Offer::Wait(None);
        };
        if piece.is_end() {
            return self.pop().map_or(Offer::Wait(None), Offer::Piece);
        }
        if self.rate == 0 {
            return Offer::Wait(None);
        }
        let bytes = (piece.data.len() - self.sent).min(self.slice_bytes());
        // Counted from when the line was free, not from now: being woken late does not add up.
        let began = self.free_at.max(piece.arrived);
        let due = began + Duration::from_micros(bytes as u64 * 1000 / self.rate);
        if due > now {
            return Offer::Wait(Some(due));
        }
        self.free_at = due;
        let arrived = piece.arrived;
        tally.data(bytes, now.duration_since(arrived));
        let rest = piece.data.len() - self.sent;
        if bytes == rest {
            return self.pop().map_or(Offer::Wait(None), Offer::Piece);
        }
        let data = piece.data[self.sent..self.sent + bytes].to_vec();
        self.sent += bytes;
        self.held_bytes -= bytes;
        Offer::Piece(Piece { arrived, data })
    }

    fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    fn is_full(&self) -> bool {
        self.held_bytes > AHEAD_BYTES_MAX
    }

    fn finish(mut self: Box<Self>, _: &mut Tally<'_>) -> Rest {
        let mut rest = Vec::new();
        while let Some(piece) = self.pop() {
            rest.push(piece);
        }
        Rest::Held(rest)
    }
}
