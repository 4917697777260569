//! `limit_data`: after `bytes` bytes have passed, the connection is closed.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::flow::Piece;
use crate::stage::{Offer, Rest, Stage};
use crate::toxics::Kind;

/// Attributes in bytes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LimitData {
    bytes: u64,
}

impl LimitData {
    /// At work on one direction of one connection.
    pub fn stage(&self) -> Quota {
        Quota { limit: self.bytes, passed: 0, held: VecDeque::new(), over: false }
    }
}

/// What may still pass.
pub struct Quota {
    limit: u64,
    passed: u64,
    held: VecDeque<Piece>,
    over: bool,
}

impl Stage for Quota {
    fn take(&mut self, mut piece: Piece, tally: &mut Tally<'_>) {
        if self.over || piece.is_end() {
            if !self.over {
                self.held.push_back(piece);
            }
            return;
        }
        let left = usize::try_from(self.limit.saturating_sub(self.passed)).unwrap_or(usize::MAX);
        let arrived = piece.arrived;
        if piece.data.len() > left {
            tally.data(piece.data.len() - left, Duration::ZERO);
            piece.data.truncate(left);
        }
        self.passed += piece.data.len() as u64;
        // An empty piece would be the end of the stream.
        if !piece.is_end() {
            self.held.push_back(piece);
        }
        if self.passed >= self.limit {
            self.over = true;
            tally.end();
            self.held.push_back(Piece { arrived, data: Vec::new() });
        }
    }

    fn give(&mut self, _: Instant, _: &mut Tally<'_>) -> Offer {
        self.held.pop_front().map_or(Offer::Wait(None), Offer::Piece)
    }

    fn held_bytes(&self) -> usize {
        self.held.iter().map(|piece| piece.data.len()).sum()
    }

    fn is_full(&self) -> bool {
        self.over
    }

    fn cuts(&self) -> bool {
        self.over
    }

    fn update(&mut self, kind: &Kind) -> bool {
        if let Kind::LimitData(changed) = kind {
            self.limit = changed.bytes;
        }
        true
    }

    fn finish(self: Box<Self>, _: &mut Tally<'_>) -> Rest {
        if self.over { Rest::Lost } else { Rest::Held(self.held.into()) }
    }
}
