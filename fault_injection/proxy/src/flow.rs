//! What flows through a lane.

use std::time::Instant;

/// A piece of the stream, in order; the end of the stream is one too.
#[derive(Debug)]
pub struct Piece {
    /// When it was read from the sender.
    pub arrived: Instant,
    /// The bytes; none for the end of the stream.
    pub data: Vec<u8>,
}

impl Piece {
    /// Whether it is the end of the stream.
    pub fn is_end(&self) -> bool {
        self.data.is_empty()
    }
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Both directions ended in order, or a toxic or the control API closed it.
    Closed,
    /// With a TCP reset to both sides.
    Reset,
}
