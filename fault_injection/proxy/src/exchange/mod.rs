//! Toxics that understand what is asked and answered, and so sit in both lanes of a connection.
//!
//! [`Requests`] reads what the client asks and decides; [`Replies`] puts answers of the toxic's own
//! where they belong among those of the upstream. Between them stands the [`Exchange`].

mod framing;
mod http;
mod replies;
mod requests;
mod resp;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use framing::{Framing, Step};
pub use http::{HttpHead, reply as http_reply, request as http_request};
pub use replies::Replies;
pub use requests::Requests;
pub use resp::{Command, command, command_rest, reply as resp_reply};

use crate::counters::Tally;
use crate::dice::Dice;
use crate::toxics::Kind;

/// What a message's head, or a line of it, is at most; longer ones are not of this protocol.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// What is due to the client, in the order in which it asked.
#[derive(Debug)]
pub enum Turn {
    /// What the upstream answers.
    Pass(Expect),
    /// What the upstream answers is dropped, and this said instead.
    Replace(Vec<u8>),
    /// This, without the upstream; then perhaps the end of the stream.
    Answer {
        /// The answer.
        bytes: Vec<u8>,
        /// Whether it is the last one.
        close: bool,
    },
    /// A reset.
    Abort,
    /// From here on nothing is understood, and all passes.
    Through,
}

/// What has to be known of a request to read its answer.
#[derive(Debug, Default)]
pub struct Expect {
    /// The answer has no body whatever its head says.
    pub no_body: bool,
    /// Bytes of the body are exchanged.
    pub corrupt: Option<Corruption>,
}

/// Exchanges a share of the bytes, the first one always.
#[derive(Debug)]
pub struct Corruption {
    share: f64,
    dice: Dice,
    begun: bool,
}

impl Corruption {
    /// Decided by those dice.
    pub fn new(share: f64, dice: Dice) -> Self {
        Self { share, dice, begun: false }
    }

    /// Exchange bytes; none keeps its value.
    pub fn corrupt(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            if self.dice.unit() < self.share || !self.begun {
                *byte ^= u8::try_from(1 + self.dice.below(255)).unwrap_or(1);
            }
            self.begun = true;
        }
    }
}

/// What becomes of a request.
#[derive(Debug)]
pub enum Fate {
    /// It goes on.
    Pass(Expect),
    /// It is swallowed and answered.
    Answer {
        /// The answer.
        bytes: Vec<u8>,
        /// Whether it is the last one.
        close: bool,
        /// Whether it comes before the rest of the request, which may never come.
        at_once: bool,
    },
    /// Another is sent for it, whose answer is dropped.
    Replace {
        /// What is sent.
        sent: Vec<u8>,
        /// What the client is answered.
        answer: Vec<u8>,
    },
    /// The connection is reset.
    Abort,
    /// It goes on, and after it nothing is understood any more.
    Through,
}

/// A request whose head has been read.
pub struct Asked {
    /// Bytes of the head.
    pub head_bytes: usize,
    /// What follows.
    pub rest: Box<dyn Framing>,
    /// What becomes of it.
    pub fate: Fate,
    /// And how much later.
    pub delay: Duration,
}

/// What the beginning of a request says.
pub enum Reading {
    /// Not enough of it is there.
    More,
    /// It is no request of this protocol.
    Foreign,
    /// Enough to decide.
    Asked(Asked),
}

/// Reads requests of one protocol and decides about them.
pub trait Judge: Send {
    /// Read the request that begins there, with more than nothing.
    fn read(&mut self, input: &[u8], tally: &mut Tally<'_>) -> Reading;

    /// Go on with other attributes.
    fn update(&mut self, kind: &Kind);
}

/// How the answer to a request is framed.
pub type ReplyFraming = fn(&Expect) -> Box<dyn Framing>;

/// What both lanes know of the same toxic at work on a connection.
#[derive(Debug)]
pub struct Exchange {
    /// What is due to the client.
    pub turns: VecDeque<Turn>,
    /// Whether the beginning of a request has been found.
    pub in_step: bool,
    /// Whether an answer from before that is still to come.
    pub awaiting: bool,
    /// Whether the answers are no longer understood.
    pub deaf: bool,
}

/// As its two stages hold it.
pub type Shared = Arc<Mutex<Exchange>>;

/// Held for a few instructions only; both stages belong to the same task.
fn lock(shared: &Shared) -> MutexGuard<'_, Exchange> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
