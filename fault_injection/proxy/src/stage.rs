//! What a toxic does to one direction of one connection.

use std::time::Instant;

use crate::counters::Tally;
use crate::flow::{End, Piece};
use crate::toxics::Kind;

/// What a stage has to say when it is asked for more.
#[derive(Debug)]
pub enum Offer {
    /// The next piece, in order.
    Piece(Piece),
    /// Nothing before that moment; without one, nothing before it is given more.
    Wait(Option<Instant>),
    /// The connection ends.
    End(End),
}

/// What is left in a stage that goes away.
#[derive(Debug)]
pub enum Rest {
    /// All it held, in order: nothing is lost.
    Held(Vec<Piece>),
    /// It has dropped bytes: a stream with a hole must not go on.
    Lost,
}

/// One toxic at work on one direction of one connection. First in, first out.
pub trait Stage: Send {
    /// Take the next piece.
    fn take(&mut self, piece: Piece, tally: &mut Tally<'_>);

    /// Give what may go on now.
    fn give(&mut self, now: Instant, tally: &mut Tally<'_>) -> Offer;

    /// Bytes it holds.
    fn held_bytes(&self) -> usize;

    /// Whether the sender has to wait, whatever room the lane has.
    fn is_full(&self) -> bool {
        false
    }

    /// Whether the end of the stream it gave is the end of the connection, both ways.
    fn cuts(&self) -> bool {
        false
    }

    /// Go on with other attributes; false where another stage must take over what it holds.
    fn update(&mut self, _: &Kind) -> bool {
        false
    }

    /// End, giving back what it holds.
    fn finish(self: Box<Self>, tally: &mut Tally<'_>) -> Rest;
}
