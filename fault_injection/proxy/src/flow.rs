//! The data that flows through a connection.

use std::time::Instant;

/// A direction of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// From the client to the upstream.
    Upstream,
    /// From the upstream to the client.
    Downstream,
}

impl Stream {
    /// Its name in the control API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Upstream => "upstream",
            Self::Downstream => "downstream",
        }
    }

    /// The direction of that name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Upstream, Self::Downstream]
            .into_iter()
            .find(|stream| stream.name().eq_ignore_ascii_case(name))
    }
}

/// A part of the byte stream; the end of the stream is a chunk too.
#[derive(Debug)]
pub struct Chunk {
    /// When it was read from the sender.
    pub arrived: Instant,
    /// The bytes; none for the end of the stream.
    pub data: Vec<u8>,
}

impl Chunk {
    /// Whether it is the end of the stream.
    pub fn is_end(&self) -> bool {
        self.data.is_empty()
    }
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Both directions ended normally, or a toxic or the control API closed it.
    Closed,
    /// With a TCP reset to both sides.
    Reset,
}
