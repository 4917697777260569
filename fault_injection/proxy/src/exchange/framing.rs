//! Where a message ends.

/// What comes next in a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// More has to be there to tell.
    More,
    /// So many bytes belong to it; payload is what its receiver is after.
    Take {
        /// How many, never 0.
        bytes: usize,
        /// Whether they are payload.
        payload: bool,
    },
    /// It has ended before what is there.
    End,
    /// It is none of this protocol, or the last one of it.
    Foreign,
}

impl Step {
    /// Bytes that say how the payload is framed.
    pub fn frame(bytes: usize) -> Self {
        Self::Take { bytes, payload: false }
    }
}

/// Follows one message to its end.
pub trait Framing: Send {
    /// What comes next, at what is there; called again after what it took.
    fn step(&mut self, input: &[u8]) -> Step;
}

/// The line that begins there, with its end; None until it is there whole.
pub fn line(input: &[u8]) -> Option<&[u8]> {
    input.iter().position(|&byte| byte == b'\n').map(|end| &input[..=end])
}
