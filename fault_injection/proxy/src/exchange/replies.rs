//! The upstream's side: puts the toxic's own replies in the right place among the upstream's.

use std::any::Any;
use std::collections::VecDeque;
use std::mem::take;
use std::sync::Arc;
use std::time::Instant;

use crate::counters::Tally;
use crate::exchange::framing::{Framing, Step};
use crate::flow::{Chunk, End};
use crate::link::Link;
use crate::pending::{Corruption, PendingReply, ReplyExpectation, SharedExchange, lock};
use crate::stage::{Output, Remainder, Stage};

/// Creates the parser of a reply.
pub type ReplyFraming = fn(&ReplyExpectation) -> Box<dyn Framing>;

/// A reply of the upstream of which a part has arrived.
struct Current {
    framing: Box<dyn Framing>,
    corrupt: Option<Box<Corruption>>,
    replacement: Option<Vec<u8>>,
}

/// How the stage continues after the current reply.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    InOrder,
    PassThrough,
    Closing,
    Closed,
    Aborted,
}

/// The stage in the direction to the client.
pub struct Replies {
    framing: ReplyFraming,
    toxic: u64,
    link: Arc<Link>,
    shared: SharedExchange,
    current: Option<Current>,
    mode: Mode,
    input: Vec<u8>,
    arrived: Instant,
    end: Option<Chunk>,
    ready: VecDeque<Chunk>,
}

impl Replies {
    /// For one connection.
    pub fn new(framing: ReplyFraming, toxic: u64, link: &Arc<Link>) -> Self {
        Self {
            framing,
            toxic,
            link: Arc::clone(link),
            shared: link.exchange(toxic),
            current: None,
            mode: Mode::InOrder,
            input: Vec::new(),
            arrived: Instant::now(),
            end: None,
            ready: VecDeque::new(),
        }
    }

    fn work(&mut self) {
        let mut out = Vec::new();
        while match self.mode {
            Mode::InOrder if self.current.is_some() => self.follow(&mut out),
            Mode::InOrder => self.begin(&mut out),
            Mode::PassThrough => {
                out.append(&mut self.input);
                false
            }
            Mode::Closing | Mode::Closed | Mode::Aborted => false,
        } {}
        if self.end.is_some() {
            // The input is complete.
            out.append(&mut self.input);
        }
        if !out.is_empty() {
            self.ready.push_back(Chunk { arrived: self.arrived, data: out });
        }
        if self.mode == Mode::Closing {
            self.mode = Mode::Closed;
            self.end = Some(Chunk { arrived: self.arrived, data: Vec::new() });
        }
        self.ready.extend(self.end.take());
    }

    /// Start the next reply; whether there is more to do.
    fn begin(&mut self, out: &mut Vec<u8>) -> bool {
        let mut exchange = lock(&self.shared);
        let from_upstream = matches!(
            exchange.pending.front(),
            Some(PendingReply::Forward(_) | PendingReply::Replace(_))
        );
        if from_upstream && self.input.is_empty() {
            return false;
        }
        match exchange.pending.pop_front() {
            Some(PendingReply::Forward(expect)) => {
                let framing = (self.framing)(&expect);
                self.current =
                    Some(Current { framing, corrupt: expect.corrupt, replacement: None });
            }
            Some(PendingReply::Replace(answer)) => {
                let framing = (self.framing)(&ReplyExpectation::default());
                self.current = Some(Current { framing, corrupt: None, replacement: Some(answer) });
            }
            Some(PendingReply::Answer { bytes, close }) => {
                out.extend(bytes);
                if close {
                    self.mode = Mode::Closing;
                }
            }
            Some(PendingReply::Abort) => self.mode = Mode::Aborted,
            Some(PendingReply::PassThrough) => self.mode = Mode::PassThrough,
            None if self.input.is_empty() => return false,
            None if exchange.synchronized => {
                // No request was sent for this: what follows cannot be matched to requests.
                exchange.replies_unreadable = true;
                self.mode = Mode::PassThrough;
            }
            None => {
                exchange.reply_outstanding = false;
                out.append(&mut self.input);
            }
        }
        true
    }

    /// Continue the current reply; whether there is more to do.
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
                    if current.replacement.is_none() {
                        out.extend_from_slice(taken);
                    }
                }
                step => break step,
            }
        };
        self.input.drain(..at);
        match step {
            Step::Incomplete | Step::Take { .. } => return false,
            Step::End => out.extend(current.replacement.take().into_iter().flatten()),
            Step::NotThisProtocol => {
                let mut exchange = lock(&self.shared);
                exchange.replies_unreadable = true;
                let owed =
                    exchange.pending.iter().any(|reply| !matches!(reply, PendingReply::Forward(_)));
                self.mode = if owed { Mode::Aborted } else { Mode::PassThrough };
            }
        }
        self.current = None;
        true
    }
}

impl Stage for Replies {
    fn write(&mut self, chunk: Chunk, _: &mut Tally<'_>) {
        if matches!(self.mode, Mode::Closed | Mode::Aborted) {
            return;
        }
        if chunk.is_end() {
            self.end = Some(chunk);
        } else {
            self.arrived = chunk.arrived;
            self.input.extend_from_slice(&chunk.data);
        }
        self.work();
    }

    fn read(&mut self, _: Instant, _: &mut Tally<'_>) -> Output {
        self.work();
        match self.ready.pop_front() {
            Some(chunk) => Output::Chunk(chunk),
            None if self.mode == Mode::Aborted => Output::End(End::Reset),
            None => Output::Wait(None),
        }
    }

    fn held_bytes(&self) -> usize {
        self.input.len() + self.ready.iter().map(|chunk| chunk.data.len()).sum::<usize>()
    }

    fn update(&mut self, _: &dyn Any) -> bool {
        true
    }

    fn finish(mut self: Box<Self>, tally: &mut Tally<'_>) -> Remainder {
        self.work();
        self.link.forget(self.toxic);
        let pending = take(&mut lock(&self.shared).pending);
        let owed = pending
            .iter()
            .any(|reply| !matches!(reply, PendingReply::Forward(_) | PendingReply::PassThrough));
        let replacing = self.current.as_ref().is_some_and(|current| current.replacement.is_some());
        if owed || replacing || matches!(self.mode, Mode::Closed | Mode::Aborted) {
            tally.end();
            return Remainder::Lost;
        }
        let (arrived, data) = (self.arrived, take(&mut self.input));
        if !data.is_empty() {
            self.ready.push_back(Chunk { arrived, data });
        }
        Remainder::Held(self.ready.into())
    }
}
