//! What a toxic decides about a request.

use std::any::Any;
use std::time::Duration;

use crate::counters::Tally;
use crate::exchange::framing::Framing;
use crate::pending::ReplyExpectation;

/// What happens to a request.
#[derive(Debug)]
pub enum Action {
    /// It goes to the upstream.
    Forward(ReplyExpectation),
    /// It is dropped and answered here.
    Answer {
        /// The reply.
        bytes: Vec<u8>,
        /// Whether the stream ends after it.
        close: bool,
        /// Whether the reply does not wait for the rest of the request, which may never come.
        at_once: bool,
    },
    /// Another request is sent in its place; the reply to that one is dropped.
    Replace {
        /// What is sent.
        sent: Vec<u8>,
        /// The reply to the client.
        answer: Vec<u8>,
    },
    /// The connection is reset.
    Abort,
    /// It goes to the upstream, and nothing after it is parsed.
    PassThrough,
}

/// A request whose head has been parsed.
pub struct ParsedRequest {
    /// Bytes of the head.
    pub head_bytes: usize,
    /// Finds the end of what follows the head.
    pub rest: Box<dyn Framing>,
    /// What happens to it.
    pub action: Action,
    /// How long the action waits.
    pub delay: Duration,
}

/// The result of parsing the start of a request.
pub enum ParseResult {
    /// More bytes are needed.
    Incomplete,
    /// This is no request of the protocol.
    NotThisProtocol,
    /// The head is complete.
    Request(ParsedRequest),
}

/// Parses requests of one protocol and decides about them.
pub trait RequestPolicy: Send {
    /// Parse the request at the start of the input, which is not empty.
    fn parse(&mut self, input: &[u8], tally: &mut Tally<'_>) -> ParseResult;

    /// Continue with changed attributes; see [`Stage::update`](crate::stage::Stage::update).
    fn update(&mut self, attributes: &dyn Any);
}
