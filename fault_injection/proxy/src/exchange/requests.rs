//! The client's side: parses requests and carries out what the policy decides about each.

use std::any::Any;
use std::collections::VecDeque;
use std::mem::{replace, take};
use std::sync::Arc;
use std::time::Instant;

use crate::counters::Tally;
use crate::exchange::framing::{Framing, Step};
use crate::exchange::policy::{Action, ParseResult, ParsedRequest, RequestPolicy};
use crate::flow::Chunk;
use crate::link::Link;
use crate::pending::{PendingReply, SharedExchange, lock};
use crate::stage::{Output, Remainder, Stage};

/// How many bytes may queue behind a delayed request before the sender must wait.
const QUEUED_BYTES_MAX: usize = 1024 * 1024;

enum State {
    /// The next byte starts a request.
    BetweenRequests,
    /// The head is complete; the action is carried out at this time.
    Delayed(Instant, ParsedRequest),
    /// The rest of the request is forwarded or dropped; at its end this reply is due.
    InRequest { rest: Box<dyn Framing>, forward: bool, then: Option<PendingReply>, last: bool },
    /// Everything is dropped.
    Discard,
    /// Everything is forwarded.
    PassThrough,
}

/// The stage in the direction to the upstream.
pub struct Requests {
    policy: Box<dyn RequestPolicy>,
    toxic: u64,
    link: Arc<Link>,
    shared: SharedExchange,
    state: State,
    input: Vec<u8>,
    arrived: Instant,
    end: Option<Chunk>,
    ready: VecDeque<Chunk>,
}

impl Requests {
    /// For one connection.
    pub fn new(policy: Box<dyn RequestPolicy>, toxic: u64, link: &Arc<Link>) -> Self {
        Self {
            policy,
            toxic,
            link: Arc::clone(link),
            shared: link.exchange(toxic),
            state: State::BetweenRequests,
            input: Vec::new(),
            arrived: Instant::now(),
            end: None,
            ready: VecDeque::new(),
        }
    }

    fn forward(&mut self, data: Vec<u8>) {
        if !data.is_empty() {
            self.ready.push_back(Chunk { arrived: self.arrived, data });
        }
    }

    fn add_reply(&self, reply: PendingReply) {
        lock(&self.shared).pending.push_back(reply);
        self.link.wake();
    }

    /// Process the input as far as possible now.
    fn work(&mut self, now: Instant, tally: &mut Tally<'_>) {
        while match replace(&mut self.state, State::BetweenRequests) {
            State::BetweenRequests => self.begin(now, tally),
            State::Delayed(at, request) if at <= now => self.act(request, tally),
            State::InRequest { rest, forward, then, last } => {
                self.follow(rest, forward, then, last)
            }
            State::Discard => {
                self.input.clear();
                self.state = State::Discard;
                false
            }
            State::PassThrough => {
                let data = take(&mut self.input);
                self.forward(data);
                self.state = State::PassThrough;
                false
            }
            delayed @ State::Delayed(..) => {
                self.state = delayed;
                false
            }
        } {}
        let delayed = matches!(self.state, State::Delayed(..));
        if !delayed && let Some(end) = self.end.take() {
            // The input is complete.
            let data = take(&mut self.input);
            self.forward(data);
            self.ready.push_back(end);
        }
    }

    fn begin(&mut self, now: Instant, tally: &mut Tally<'_>) -> bool {
        if self.input.is_empty() {
            return false;
        }
        let (replies_unreadable, synchronized, reply_outstanding) = {
            let exchange = lock(&self.shared);
            (exchange.replies_unreadable, exchange.synchronized, exchange.reply_outstanding)
        };
        if replies_unreadable {
            self.state = State::PassThrough;
            return true;
        }
        let result = if reply_outstanding {
            ParseResult::NotThisProtocol
        } else {
            self.policy.parse(&self.input, tally)
        };
        match result {
            ParseResult::Request(request) => {
                lock(&self.shared).synchronized = true;
                self.state = State::Delayed(now + request.delay, request);
                true
            }
            ParseResult::Incomplete if synchronized => false,
            ParseResult::NotThisProtocol if synchronized => {
                self.add_reply(PendingReply::PassThrough);
                self.state = State::PassThrough;
                true
            }
            // In the middle of a message from before the toxic: the next chunk is tried again.
            ParseResult::Incomplete | ParseResult::NotThisProtocol => {
                lock(&self.shared).reply_outstanding = true;
                let data = take(&mut self.input);
                self.forward(data);
                false
            }
        }
    }

    fn act(&mut self, request: ParsedRequest, tally: &mut Tally<'_>) -> bool {
        let ParsedRequest { head_bytes, rest, action, delay } = request;
        let head: Vec<u8> = self.input.drain(..head_bytes).collect();
        if !delay.is_zero() {
            tally.data(head_bytes, delay);
        }
        let in_request = |forward, then, last| State::InRequest { rest, forward, then, last };
        self.state = match action {
            Action::Forward(expect) => {
                self.add_reply(PendingReply::Forward(expect));
                self.forward(head);
                in_request(true, None, false)
            }
            Action::Answer { bytes, close, at_once: true } => {
                self.add_reply(PendingReply::Answer { bytes, close });
                State::Discard
            }
            Action::Answer { bytes, close, at_once: false } => {
                in_request(false, Some(PendingReply::Answer { bytes, close }), close)
            }
            Action::Replace { sent, answer } => {
                self.add_reply(PendingReply::Replace(answer));
                self.forward(sent);
                in_request(false, None, false)
            }
            Action::Abort => {
                tally.end();
                self.add_reply(PendingReply::Abort);
                State::Discard
            }
            Action::PassThrough => {
                self.add_reply(PendingReply::PassThrough);
                self.forward(head);
                State::PassThrough
            }
        };
        true
    }

    fn follow(
        &mut self,
        mut rest: Box<dyn Framing>,
        forward: bool,
        then: Option<PendingReply>,
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
        if forward {
            self.forward(data);
        }
        self.state = match step {
            Step::End => {
                if let Some(reply) = then {
                    self.add_reply(reply);
                }
                if last { State::Discard } else { State::BetweenRequests }
            }
            Step::NotThisProtocol => {
                self.add_reply(PendingReply::PassThrough);
                State::PassThrough
            }
            Step::Incomplete | Step::Take { .. } => {
                self.state = State::InRequest { rest, forward, then, last };
                return false;
            }
        };
        true
    }
}

impl Stage for Requests {
    fn write(&mut self, chunk: Chunk, tally: &mut Tally<'_>) {
        if chunk.is_end() {
            self.end = Some(chunk);
        } else {
            self.arrived = chunk.arrived;
            self.input.extend_from_slice(&chunk.data);
        }
        self.work(self.arrived, tally);
    }

    fn read(&mut self, now: Instant, tally: &mut Tally<'_>) -> Output {
        self.work(now, tally);
        match (self.ready.pop_front(), &self.state) {
            (Some(chunk), _) => Output::Chunk(chunk),
            (None, State::Delayed(at, _)) => Output::Wait(Some(*at)),
            (None, _) => Output::Wait(None),
        }
    }

    fn held_bytes(&self) -> usize {
        self.input.len() + self.ready.iter().map(|chunk| chunk.data.len()).sum::<usize>()
    }

    fn is_full(&self) -> bool {
        self.held_bytes() > QUEUED_BYTES_MAX
    }

    fn update(&mut self, attributes: &dyn Any) -> bool {
        self.policy.update(attributes);
        true
    }

    fn finish(mut self: Box<Self>, tally: &mut Tally<'_>) -> Remainder {
        self.link.forget(self.toxic);
        if matches!(self.state, State::Discard | State::InRequest { forward: false, .. }) {
            tally.end();
            return Remainder::Lost;
        }
        let data = take(&mut self.input);
        self.forward(data);
        self.ready.extend(self.end.take());
        Remainder::Held(self.ready.into())
    }
}
