//! The client's side: reads requests, and decides what becomes of each.

use std::collections::VecDeque;
use std::mem::{replace, take};
use std::sync::Arc;
use std::time::Instant;

use crate::counters::Tally;
use crate::exchange::{Asked, Fate, Framing, Judge, Reading, Shared, Step, Turn, lock};
use crate::flow::Piece;
use crate::link::Link;
use crate::stage::{Offer, Rest, Stage};
use crate::toxics::Kind;

/// What is accepted ahead of a request that waits.
const AHEAD_BYTES_MAX: usize = 1024 * 1024;

enum State {
    /// A request begins here.
    Between,
    /// Its head is there, and is acted upon then.
    Waiting(Instant, Asked),
    /// Its rest goes on or is dropped; at its end this turn is due.
    Within { rest: Box<dyn Framing>, goes_on: bool, then: Option<Turn>, last: bool },
    /// All is dropped.
    Sink,
    /// All goes on.
    Through,
}

/// The stage in the lane to the upstream.
pub struct Requests {
    judge: Box<dyn Judge>,
    toxic: u64,
    link: Arc<Link>,
    shared: Shared,
    state: State,
    input: Vec<u8>,
    arrived: Instant,
    end: Option<Piece>,
    ready: VecDeque<Piece>,
}

impl Requests {
    /// At work on a connection.
    pub fn new(judge: Box<dyn Judge>, toxic: u64, link: &Arc<Link>) -> Self {
        Self {
            judge,
            toxic,
            link: Arc::clone(link),
            shared: link.exchange(toxic),
            state: State::Between,
            input: Vec::new(),
            arrived: Instant::now(),
            end: None,
            ready: VecDeque::new(),
        }
    }

    fn pass(&mut self, data: Vec<u8>) {
        if !data.is_empty() {
            self.ready.push_back(Piece { arrived: self.arrived, data });
        }
    }

    fn due(&self, turn: Turn) {
        lock(&self.shared).turns.push_back(turn);
        self.link.wake();
    }

    /// Go through what is there, as far as it can be decided now.
    fn work(&mut self, now: Instant, tally: &mut Tally<'_>) {
        while match replace(&mut self.state, State::Between) {
            State::Between => self.begin(now, tally),
            State::Waiting(at, asked) if at <= now => self.act(asked, tally),
            State::Within { rest, goes_on, then, last } => self.follow(rest, goes_on, then, last),
            State::Sink => {
                self.input.clear();
                self.state = State::Sink;
                false
            }
            State::Through => {
                let data = take(&mut self.input);
                self.pass(data);
                self.state = State::Through;
                false
            }
            waiting @ State::Waiting(..) => {
                self.state = waiting;
                false
            }
        } {}
        let waits = matches!(self.state, State::Waiting(..));
        if !waits && let Some(end) = self.end.take() {
            // No more of it will come.
            let data = take(&mut self.input);
            self.pass(data);
            self.ready.push_back(end);
        }
    }

    fn begin(&mut self, now: Instant, tally: &mut Tally<'_>) -> bool {
        if self.input.is_empty() {
            return false;
        }
        let (deaf, in_step, awaiting) = {
            let exchange = lock(&self.shared);
            (exchange.deaf, exchange.in_step, exchange.awaiting)
        };
        if deaf {
            self.state = State::Through;
            return true;
        }
        let reading = if awaiting { Reading::Foreign } else { self.judge.read(&self.input, tally) };
        match reading {
            Reading::Asked(asked) => {
                lock(&self.shared).in_step = true;
                self.state = State::Waiting(now + asked.delay, asked);
                true
            }
            Reading::More if in_step => false,
            Reading::Foreign if in_step => {
                self.due(Turn::Through);
                self.state = State::Through;
                true
            }
            // Amid something that began before the toxic came: the next piece is tried again.
            Reading::More | Reading::Foreign => {
                lock(&self.shared).awaiting = true;
                let data = take(&mut self.input);
                self.pass(data);
                false
            }
        }
    }

    fn act(&mut self, asked: Asked, tally: &mut Tally<'_>) -> bool {
        let Asked { head_bytes, rest, fate, delay } = asked;
        let head: Vec<u8> = self.input.drain(..head_bytes).collect();
        if !delay.is_zero() {
            tally.data(head_bytes, delay);
        }
        let within = |goes_on, then, last| State::Within { rest, goes_on, then, last };
        self.state = match fate {
            Fate::Pass(expect) => {
                self.due(Turn::Pass(expect));
                self.pass(head);
                within(true, None, false)
            }
            Fate::Answer { bytes, close, at_once: true } => {
                self.due(Turn::Answer { bytes, close });
                State::Sink
            }
            Fate::Answer { bytes, close, at_once: false } => {
                within(false, Some(Turn::Answer { bytes, close }), close)
            }
            Fate::Replace { sent, answer } => {
                self.due(Turn::Replace(answer));
                self.pass(sent);
                within(false, None, false)
            }
            Fate::Abort => {
                tally.end();
                self.due(Turn::Abort);
                State::Sink
            }
            Fate::Through => {
                self.due(Turn::Through);
                self.pass(head);
                State::Through
            }
        };
        true
    }

    fn follow(
        &mut self,
        mut rest: Box<dyn Framing>,
        goes_on: bool,
        then: Option<Turn>,
        last: bool,
    ) -> bool {
        let mut at = 0;
        let step = loop {
            match rest.step(&self.input[at..]) {
                Step::Take { bytes, .. } => at += bytes,
                step => break step,
            }
        };
        let data: Vec<u8> = self.input.drain(..at).collect();
        if goes_on {
            self.pass(data);
        }
        self.state = match step {
            Step::End => {
                if let Some(turn) = then {
                    self.due(turn);
                }
                if last { State::Sink } else { State::Between }
            }
            Step::Foreign => {
                self.due(Turn::Through);
                State::Through
            }
            Step::More | Step::Take { .. } => {
                self.state = State::Within { rest, goes_on, then, last };
                return false;
            }
        };
        true
    }
}

impl Stage for Requests {
    fn take(&mut self, piece: Piece, tally: &mut Tally<'_>) {
        if piece.is_end() {
            self.end = Some(piece);
        } else {
            self.arrived = piece.arrived;
            self.input.extend_from_slice(&piece.data);
        }
        self.work(self.arrived, tally);
    }

    fn give(&mut self, now: Instant, tally: &mut Tally<'_>) -> Offer {
        self.work(now, tally);
        match (self.ready.pop_front(), &self.state) {
            (Some(piece), _) => Offer::Piece(piece),
            (None, State::Waiting(at, _)) => Offer::Wait(Some(*at)),
            (None, _) => Offer::Wait(None),
        }
    }

    fn held_bytes(&self) -> usize {
        self.input.len() + self.ready.iter().map(|piece| piece.data.len()).sum::<usize>()
    }

    fn is_full(&self) -> bool {
        self.held_bytes() > AHEAD_BYTES_MAX
    }

    fn update(&mut self, kind: &Kind) -> bool {
        self.judge.update(kind);
        true
    }

    fn finish(mut self: Box<Self>, tally: &mut Tally<'_>) -> Rest {
        self.link.forget(self.toxic);
        if matches!(self.state, State::Sink | State::Within { goes_on: false, .. }) {
            tally.end();
            return Rest::Lost;
        }
        let data = take(&mut self.input);
        self.pass(data);
        self.ready.extend(self.end.take());
        Rest::Held(self.ready.into())
    }
}
