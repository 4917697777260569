//! A toxic at work on one direction of one connection.

use std::any::Any;
use std::time::Instant;

use crate::counters::Tally;
use crate::flow::{Chunk, End};

/// What a stage returns when it is read.
#[derive(Debug)]
pub enum Output {
    /// The next chunk, in order.
    Chunk(Chunk),
    /// Nothing before this time; without a time, nothing before the next write.
    Wait(Option<Instant>),
    /// The connection ends.
    End(End),
}

/// What a stage still held when its toxic was removed.
#[derive(Debug)]
pub enum Remainder {
    /// All of it, in order: nothing is lost.
    Held(Vec<Chunk>),
    /// Bytes were dropped: the stream has a gap, so the connection must end.
    Lost,
}

/// A queue, first in, first out, between the two sockets of one direction.
pub trait Stage: Send {
    /// Take the next chunk from the sender.
    fn write(&mut self, chunk: Chunk, tally: &mut Tally<'_>);

    /// Release what is due now.
    fn read(&mut self, now: Instant, tally: &mut Tally<'_>) -> Output;

    /// Bytes it holds.
    fn held_bytes(&self) -> usize;

    /// Whether the sender must wait, even if the relay has room.
    fn is_full(&self) -> bool {
        false
    }

    /// Whether the end of this stream closes the whole connection, both directions.
    fn closes_connection(&self) -> bool {
        false
    }

    /// Continue with changed attributes, of the type that the toxic's own file defines; false if
    /// a new stage must replace this one.
    fn update(&mut self, _attributes: &dyn Any) -> bool {
        false
    }

    /// Stop, and return what it holds.
    fn finish(self: Box<Self>, tally: &mut Tally<'_>) -> Remainder;
}
