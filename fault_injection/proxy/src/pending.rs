//! The replies that a client waits for: shared by the two stages of a toxic that reads requests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::random::Decisions;

/// A reply that is due to the client.
#[derive(Debug)]
pub enum PendingReply {
    /// The reply of the upstream.
    Forward(ReplyExpectation),
    /// The reply of the upstream is dropped, and these bytes are sent instead.
    Replace(Vec<u8>),
    /// These bytes; the upstream never saw the request.
    Answer {
        /// The reply.
        bytes: Vec<u8>,
        /// Whether the stream ends after it.
        close: bool,
    },
    /// A reset of the connection.
    Abort,
    /// From here on nothing is parsed and everything passes.
    PassThrough,
}

/// What the parser of a reply must know about its request.
#[derive(Debug, Default)]
pub struct ReplyExpectation {
    /// The reply has no body, whatever its head says.
    pub no_body: bool,
    /// Bytes of the body are changed.
    pub corrupt: Option<Box<Corruption>>,
}

/// Changes a fraction of the bytes; the first byte always.
#[derive(Debug)]
pub struct Corruption {
    fraction: f64,
    decisions: Decisions,
    begun: bool,
}

impl Corruption {
    /// These decisions choose the bytes and their new values.
    pub fn new(fraction: f64, decisions: Decisions) -> Self {
        Self { fraction, decisions, begun: false }
    }

    /// Change bytes in place; a changed byte never keeps its value.
    pub fn corrupt(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            if self.decisions.happens(self.fraction) || !self.begun {
                *byte ^= self.decisions.between(1..=u8::MAX);
            }
            self.begun = true;
        }
    }
}

/// The state of one toxic on one connection, for both of its stages.
#[derive(Debug)]
pub struct Exchange {
    /// The replies due to the client, in the order of its requests.
    pub pending: VecDeque<PendingReply>,
    /// Whether the start of a request has been found.
    pub synchronized: bool,
    /// Whether a reply to a request from before the toxic is still to come.
    pub reply_outstanding: bool,
    /// Whether replies can no longer be parsed.
    pub replies_unreadable: bool,
}

/// The state as both stages hold it.
pub type SharedExchange = Arc<Mutex<Exchange>>;

/// Both stages belong to the same task, so nobody waits for this lock.
pub fn lock(shared: &SharedExchange) -> MutexGuard<'_, Exchange> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
