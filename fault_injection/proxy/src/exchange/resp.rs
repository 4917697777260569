//! Parses RESP, the protocol of Redis, versions 2 and 3.

use crate::exchange::framing::{Framing, HEAD_BYTES_MAX, Step, line};
use crate::pending::ReplyExpectation;

/// No command has a longer name.
const NAME_BYTES_MAX: usize = 64;

/// The start of a command.
#[derive(Debug, PartialEq, Eq)]
pub struct Command {
    /// Bytes up to the end of the name.
    pub bytes: usize,
    /// Its name, in capitals.
    pub name: String,
    /// The first argument of `CLIENT`, or of an inline command, in capitals.
    pub first: String,
    /// How many arguments follow the name.
    pub arguments: usize,
}

/// Parse the start of a command: None if it is not RESP, an inner None if it is incomplete.
#[expect(clippy::option_option, reason = "the outer None is the error")]
pub fn command(input: &[u8]) -> Option<Option<Command>> {
    if input[0] != b'*' {
        return inline(input);
    }
    let Some(head) = line(input) else {
        return (input.len() < NAME_BYTES_MAX).then_some(None);
    };
    let count = number(head)?.checked_sub(1)?;
    let Some((name, bytes)) = bulk(input, head.len())? else {
        return Some(None);
    };
    // `CLIENT REPLY` can switch replies off, so its first argument is needed.
    let first = match name.as_str() {
        "CLIENT" if count > 0 => match bulk(input, bytes)? {
            None => return Some(None),
            Some((first, _)) => first,
        },
        _ => String::new(),
    };
    Some(Some(Command { bytes, name, first, arguments: count }))
}

/// Finds the end of a command's arguments.
pub fn command_rest(arguments: usize) -> Box<dyn Framing> {
    Box::new(Values { open: vec![arguments], in_bulk: 0, is_reply: false })
}

/// Finds the end of the reply to a command.
pub fn reply(_: &ReplyExpectation) -> Box<dyn Framing> {
    Box::new(Values { open: vec![1], in_bulk: 0, is_reply: true })
}

#[expect(clippy::option_option, reason = "as in its caller")]
fn inline(input: &[u8]) -> Option<Option<Command>> {
    if !input[0].is_ascii_alphabetic() {
        return None;
    }
    let Some(line) = line(input) else {
        return (input.len() <= HEAD_BYTES_MAX).then_some(None);
    };
    let mut words = std::str::from_utf8(line).ok()?.split_whitespace();
    let name = words.next()?.to_ascii_uppercase();
    let first = words.next().unwrap_or_default().to_ascii_uppercase();
    Some(Some(Command { bytes: line.len(), name, first, arguments: 0 }))
}

/// A short bulk string in capitals, and where it ends.
#[expect(clippy::option_option, reason = "as in its caller")]
fn bulk(input: &[u8], from: usize) -> Option<Option<(String, usize)>> {
    let rest = &input[from..];
    let Some(head) = line(rest) else {
        return (rest.len() < NAME_BYTES_MAX).then_some(None);
    };
    let length = number(head).filter(|_| head[0] == b'$')?;
    if length > NAME_BYTES_MAX {
        return None;
    }
    let (begin, end) = (head.len(), head.len() + length);
    let Some(word) = rest.get(begin..end + 2) else {
        return Some(None);
    };
    let word = String::from_utf8(word[..length].to_ascii_uppercase()).ok()?;
    Some(Some((word, from + end + 2)))
}

/// The number after the first byte of a line.
fn number(line: &[u8]) -> Option<usize> {
    std::str::from_utf8(line.get(1..)?.trim_ascii()).ok()?.parse().ok()
}

/// A sequence of values, which may contain nested ones.
struct Values {
    /// How many values are still to come at each level, outermost first.
    open: Vec<usize>,
    in_bulk: usize,
    /// Whether it is a reply; push messages may come before it.
    is_reply: bool,
}

impl Values {
    fn value(&mut self, line: &[u8]) -> Option<()> {
        let kind = line[0];
        let outermost = self.is_reply && self.open.len() == 1;
        // A push message (`>`) or an attribute (`|`) is not the value itself.
        if !matches!(kind, b'>' | b'|') || (kind == b'>' && !outermost) {
            *self.open.last_mut()? -= 1;
        }
        let text = std::str::from_utf8(line.get(1..)?.trim_ascii());
        let length = || text.ok()?.parse::<i64>().ok().map(|it| usize::try_from(it).ok());
        match kind {
            b'+' | b'-' | b':' | b'_' | b',' | b'#' | b'(' => {}
            b'$' | b'=' | b'!' => {
                // A negative length is null: no bytes follow.
                if let Some(length) = length()? {
                    self.in_bulk = length + 2;
                }
            }
            b'*' | b'~' | b'>' => self.open.push(length()?.unwrap_or(0)),
            b'%' | b'|' => self.open.push(length()?.unwrap_or(0) * 2),
            _ => return None,
        }
        Some(())
    }
}

impl Framing for Values {
    fn step(&mut self, input: &[u8]) -> Step {
        if self.in_bulk > 0 {
            if input.is_empty() {
                return Step::Incomplete;
            }
            let bytes = input.len().min(self.in_bulk);
            self.in_bulk -= bytes;
            return Step::Take { bytes, payload: true };
        }
        while self.open.last() == Some(&0) {
            self.open.pop();
        }
        if self.open.is_empty() {
            return Step::End;
        }
        match line(input) {
            None if input.len() > HEAD_BYTES_MAX => Step::NotThisProtocol,
            None => Step::Incomplete,
            Some(line) => {
                let bytes = line.len();
                self.value(line).map_or(Step::NotThisProtocol, |()| Step::frame(bytes))
            }
        }
    }
}
