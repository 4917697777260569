//! The upstream's side: puts the toxic's own answers where they belong.

use std::collections::VecDeque;
use std::mem::take;
use std::sync::Arc;
use std::time::Instant;

use crate::counters::Tally;
use crate::exchange::{Corruption, Framing, ReplyFraming, Shared, Step, Turn, lock};
use crate::flow::{End, Piece};
use crate::link::Link;
use crate::stage::{Offer, Rest, Stage};
use crate::toxics::Kind;

/// An answer of the upstream that has begun.
struct Current {
    framing: Box<dyn Framing>,
    corrupt: Option<Corruption>,
    instead: Option<Vec<u8>>,
}

/// How it goes on after what has been answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    InTurn,
    Through,
    Closing,
    Closed,
    Aborted,
}

/// The stage in the lane to the client.
pub struct Replies {
    framing: ReplyFraming,
    toxic: u64,
    link: Arc<Link>,
    shared: Shared,
    current: Option<Current>,
    mode: Mode,
    input: Vec<u8>,
    arrived: Instant,
    end: Option<Piece>,
    ready: VecDeque<Piece>,
}

impl Replies {
    /// At work on a connection.
    pub fn new(framing: ReplyFraming, toxic: u64, link: &Arc<Link>) -> Self {
        Self {
            framing,
            toxic,
            link: Arc::clone(link),
            shared: link.exchange(toxic),
            current: None,
            mode: Mode::InTurn,
            input: Vec::new(),
            arrived: Instant::now(),
            end: None,
            ready: VecDeque::new(),
        }
    }

    fn work(&mut self) {
        let mut out = Vec::new();
        while match self.mode {
            Mode::InTurn if self.current.is_some() => self.follow(&mut out),
            Mode::InTurn => self.turn(&mut out),
            Mode::Through => {
                out.append(&mut self.input);
                false
            }
            Mode::Closing | Mode::Closed | Mode::Aborted => false,
        } {}
        if self.end.is_some() {
            // No more of it will come.
            out.append(&mut self.input);
        }
        if !out.is_empty() {
            self.ready.push_back(Piece { arrived: self.arrived, data: out });
        }
        if self.mode == Mode::Closing {
            self.mode = Mode::Closed;
            self.end = Some(Piece { arrived: self.arrived, data: Vec::new() });
        }
        self.ready.extend(self.end.take());
    }

    /// Between two answers: whether there is more to do.
    fn turn(&mut self, out: &mut Vec<u8>) -> bool {
        let mut exchange = lock(&self.shared);
        let theirs = matches!(exchange.turns.front(), Some(Turn::Pass(_) | Turn::Replace(_)));
        if theirs && self.input.is_empty() {
            return false;
        }
        match exchange.turns.pop_front() {
            Some(Turn::Pass(expect)) => {
                let framing = (self.framing)(&expect);
                self.current = Some(Current { framing, corrupt: expect.corrupt, instead: None });
            }
            Some(Turn::Replace(answer)) => {
                let framing = (self.framing)(&super::Expect::default());
                self.current = Some(Current { framing, corrupt: None, instead: Some(answer) });
            }
            Some(Turn::Answer { bytes, close }) => {
                out.extend(bytes);
                if close {
                    self.mode = Mode::Closing;
                }
            }
            Some(Turn::Abort) => self.mode = Mode::Aborted,
            Some(Turn::Through) => self.mode = Mode::Through,
            None if self.input.is_empty() => return false,
            None if exchange.in_step => {
                // Nobody asked for this: what follows cannot be told apart.
                exchange.deaf = true;
                self.mode = Mode::Through;
            }
            None => {
                exchange.awaiting = false;
                out.append(&mut self.input);
            }
        }
        true
    }

    /// Within an answer of the upstream: whether there is more to do.
    fn follow(&mut self, out: &mut Vec<u8>) -> bool {
        let Some(current) = &mut self.current else {
            return false;
        };
        let mut at = 0;
        let step = loop {
            match current.framing.step(&self.input[at..]) {
                Step::Take { bytes, payload } => {
                    let taken = &mut self.input[at..at + bytes];
                    at += bytes;
                    if payload && let Some(corruption) = &mut current.corrupt {
                        corruption.corrupt(taken);
                    }
                    if current.instead.is_none() {
                        out.extend_from_slice(taken);
                    }
                }
                step => break step,
            }
        };
        self.input.drain(..at);
        match step {
            Step::More | Step::Take { .. } => return false,
            Step::End => out.extend(current.instead.take().into_iter().flatten()),
            Step::Foreign => {
                let mut exchange = lock(&self.shared);
                exchange.deaf = true;
                let owed = exchange.turns.iter().any(|turn| !matches!(turn, Turn::Pass(_)));
                self.mode = if owed { Mode::Aborted } else { Mode::Through };
            }
        }
        self.current = None;
        true
    }
}

impl Stage for Replies {
    fn take(&mut self, piece: Piece, _: &mut Tally<'_>) {
        if matches!(self.mode, Mode::Closed | Mode::Aborted) {
            return;
        }
        if piece.is_end() {
            self.end = Some(piece);
        } else {
            self.arrived = piece.arrived;
            self.input.extend_from_slice(&piece.data);
        }
        self.work();
    }

    fn give(&mut self, _: Instant, _: &mut Tally<'_>) -> Offer {
        self.work();
        match self.ready.pop_front() {
            Some(piece) => Offer::Piece(piece),
            None if self.mode == Mode::Aborted => Offer::End(End::Reset),
            None => Offer::Wait(None),
        }
    }

    fn held_bytes(&self) -> usize {
        self.input.len() + self.ready.iter().map(|piece| piece.data.len()).sum::<usize>()
    }

    fn update(&mut self, _: &Kind) -> bool {
        true
    }

    fn finish(mut self: Box<Self>, tally: &mut Tally<'_>) -> Rest {
        self.work();
        self.link.forget(self.toxic);
        let turns = take(&mut lock(&self.shared).turns);
        let owed = turns.iter().any(|turn| !matches!(turn, Turn::Pass(_) | Turn::Through));
        let replacing = self.current.as_ref().is_some_and(|current| current.instead.is_some());
        if owed || replacing || matches!(self.mode, Mode::Closed | Mode::Aborted) {
            tally.end();
            return Rest::Lost;
        }
        let (arrived, data) = (self.arrived, take(&mut self.input));
        if !data.is_empty() {
            self.ready.push_back(Piece { arrived, data });
        }
        Rest::Held(self.ready.into())
    }
}
