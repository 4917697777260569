//! Finds the end of a message.

/// The longest head of a message, or line of it; a longer one is taken for another protocol.
pub const HEAD_BYTES_MAX: usize = 64 * 1024;

/// What comes next in a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// More bytes are needed.
    Incomplete,
    /// These bytes belong to the message.
    Take {
        /// How many, never 0.
        bytes: usize,
        /// Whether they are payload, not framing.
        payload: bool,
    },
    /// The message ended before the input.
    End,
    /// The input is not of this protocol, or the protocol ends here.
    NotThisProtocol,
}

impl Step {
    /// Bytes of framing.
    pub fn frame(bytes: usize) -> Self {
        Self::Take { bytes, payload: false }
    }
}

/// Follows one message to its end.
pub trait Framing: Send {
    /// What comes next in the input; called again with the input after the bytes it took.
    fn step(&mut self, input: &[u8]) -> Step;
}

/// The line at the start of the input, with its line feed; None until it is complete.
pub fn line(input: &[u8]) -> Option<&[u8]> {
    input.iter().position(|&byte| byte == b'\n').map(|end| &input[..=end])
}
