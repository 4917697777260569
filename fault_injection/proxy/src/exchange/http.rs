//! Parses the heads and bodies of HTTP/1.

use httparse::{EMPTY_HEADER, Header, Request, Response, Status};

use crate::exchange::framing::{Framing, HEAD_BYTES_MAX, Step, line};
use crate::pending::ReplyExpectation;

const HEADERS_MAX: usize = 128;

/// The parts of a request's head that a toxic needs.
pub struct HttpHead {
    /// Length of the head.
    pub bytes: usize,
    /// As sent by the client.
    pub method: String,
    /// Path of the target, without query.
    pub path: String,
    /// Finds the end of the body.
    pub body: Box<dyn Framing>,
    /// Whether the client waits for `100 Continue` before it sends the body.
    pub expects_continue: bool,
    /// Whether the client closes the connection after this reply.
    pub closes: bool,
}

/// Parse a request's head: None if it is not HTTP/1, an inner None if it is incomplete.
#[expect(clippy::option_option, reason = "the outer None is the error")]
pub fn request(input: &[u8]) -> Option<Option<HttpHead>> {
    let mut headers = [EMPTY_HEADER; HEADERS_MAX];
    let mut request = Request::new(&mut headers);
    let bytes = match request.parse(input) {
        Ok(Status::Complete(bytes)) => bytes,
        Ok(Status::Partial) if input.len() <= HEAD_BYTES_MAX => return Some(None),
        Ok(Status::Partial) | Err(_) => return None,
    };
    let target = request.path?;
    let rest = target
        .split_once("://")
        .map_or(target, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
    let path = rest.split(['?', '#']).next().unwrap_or(rest);
    let says = |name, word| has_word(request.headers, name, word);
    Some(Some(HttpHead {
        bytes,
        method: request.method?.to_owned(),
        path: path.to_owned(),
        body: body(request.headers, Body::None)?,
        expects_continue: says("expect", "100-continue"),
        closes: says("connection", "close")
            || (request.version == Some(0) && !says("connection", "keep-alive")),
    }))
}

/// Finds the end of the reply to a request.
pub fn reply(expect: &ReplyExpectation) -> Box<dyn Framing> {
    Box::new(Reply { no_body: expect.no_body, body: None })
}

struct Reply {
    no_body: bool,
    body: Option<Box<dyn Framing>>,
}

impl Framing for Reply {
    fn step(&mut self, input: &[u8]) -> Step {
        if let Some(body) = &mut self.body {
            return body.step(input);
        }
        let mut headers = [EMPTY_HEADER; HEADERS_MAX];
        let mut response = Response::new(&mut headers);
        let bytes = match response.parse(input) {
            Ok(Status::Complete(bytes)) => bytes,
            Ok(Status::Partial) if input.len() <= HEAD_BYTES_MAX => return Step::Incomplete,
            Ok(Status::Partial) | Err(_) => return Step::NotThisProtocol,
        };
        match response.code {
            // Another protocol follows.
            Some(101) => self.body = Some(Box::new(Body::NotThisProtocol)),
            // An interim reply; the final one follows.
            Some(100..=199) => {}
            Some(204 | 304) => self.body = Some(Box::new(Body::None)),
            _ if self.no_body => self.body = Some(Box::new(Body::None)),
            _ => match body(response.headers, Body::UntilClosed) {
                Some(body) => self.body = Some(body),
                None => return Step::NotThisProtocol,
            },
        }
        Step::frame(bytes)
    }
}

/// The body that the headers announce; None if they cannot be parsed.
fn body(headers: &[Header<'_>], otherwise: Body) -> Option<Box<dyn Framing>> {
    if value(headers, "transfer-encoding").is_some() {
        let chunked = has_word(headers, "transfer-encoding", "chunked");
        return chunked.then(|| Box::new(Body::ChunkSize) as Box<dyn Framing>);
    }
    Some(Box::new(match value(headers, "content-length") {
        None => otherwise,
        Some(length) => Body::Left(length.trim().parse().ok()?),
    }))
}

fn value<'a>(headers: &[Header<'a>], name: &str) -> Option<&'a str> {
    let header = headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
    std::str::from_utf8(header.value).ok()
}

fn has_word(headers: &[Header<'_>], name: &str, word: &str) -> bool {
    let mut words = value(headers, name).into_iter().flat_map(|value| value.split(','));
    words.any(|each| each.trim().eq_ignore_ascii_case(word))
}

enum Body {
    None,
    Left(usize),
    ChunkSize,
    Chunk(usize),
    Trailers,
    UntilClosed,
    NotThisProtocol,
}

impl Body {
    /// Take one line of framing, and continue in the next state.
    fn framed(&mut self, input: &[u8], next: impl FnOnce(&[u8]) -> Option<Self>) -> Step {
        match line(input) {
            None if input.len() > HEAD_BYTES_MAX => Step::NotThisProtocol,
            None => Step::Incomplete,
            Some(line) => match next(line.trim_ascii()) {
                None => Step::NotThisProtocol,
                Some(state) => {
                    *self = state;
                    Step::frame(line.len())
                }
            },
        }
    }
}

impl Framing for Body {
    fn step(&mut self, input: &[u8]) -> Step {
        match self {
            Self::None | Self::Left(0) => Step::End,
            Self::NotThisProtocol => Step::NotThisProtocol,
            Self::ChunkSize => self.framed(input, |line| {
                let digits = line.split(|&byte| byte == b';').next()?.trim_ascii();
                let size = usize::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
                Some(if size == 0 { Self::Trailers } else { Self::Chunk(size) })
            }),
            Self::Chunk(0) => self.framed(input, |line| line.is_empty().then_some(Self::ChunkSize)),
            Self::Trailers => self.framed(input, |line| {
                Some(if line.is_empty() { Self::None } else { Self::Trailers })
            }),
            _ if input.is_empty() => Step::Incomplete,
            Self::UntilClosed => Step::Take { bytes: input.len(), payload: true },
            Self::Left(left) | Self::Chunk(left) => {
                let bytes = input.len().min(*left);
                *left -= bytes;
                Step::Take { bytes, payload: true }
            }
        }
    }
}
