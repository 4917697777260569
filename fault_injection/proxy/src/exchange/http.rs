//! HTTP/1 heads and bodies.

use httparse::{EMPTY_HEADER, Header, Request, Response, Status};

use crate::exchange::framing::line;
use crate::exchange::{Expect, Framing, HEAD_BYTES_MAX, Step};

const HEADERS_MAX: usize = 128;

/// What of a request's head matters here.
pub struct HttpHead {
    /// Its length.
    pub bytes: usize,
    /// As sent.
    pub method: String,
    /// Of the target, without query.
    pub path: String,
    /// The body that follows.
    pub body: Box<dyn Framing>,
    /// Whether the client waits for a word before it sends the body.
    pub expects_continue: bool,
    /// Whether the client wants no further answer on this connection.
    pub closes: bool,
}

/// Read a request's head: None where it is none of HTTP/1, an inner None where it is not whole.
#[expect(clippy::option_option, reason = "the outer one is the error")]
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

/// Follows the answer to a request.
pub fn reply(expect: &Expect) -> Box<dyn Framing> {
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
            Ok(Status::Partial) if input.len() <= HEAD_BYTES_MAX => return Step::More,
            Ok(Status::Partial) | Err(_) => return Step::Foreign,
        };
        match response.code {
            // Another protocol from here on.
            Some(101) => self.body = Some(Box::new(Body::Foreign)),
            // A word before the answer.
            Some(100..=199) => {}
            Some(204 | 304) => self.body = Some(Box::new(Body::None)),
            _ if self.no_body => self.body = Some(Box::new(Body::None)),
            _ => match body(response.headers, Body::UntilClosed) {
                Some(body) => self.body = Some(body),
                None => return Step::Foreign,
            },
        }
        Step::frame(bytes)
    }
}

/// The body that the headers announce; None where they cannot be understood.
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
    Foreign,
}

impl Body {
    /// A line of framing after which something else comes.
    fn framed(&mut self, input: &[u8], next: impl FnOnce(&[u8]) -> Option<Self>) -> Step {
        match line(input) {
            None if input.len() > HEAD_BYTES_MAX => Step::Foreign,
            None => Step::More,
            Some(line) => match next(line.trim_ascii()) {
                None => Step::Foreign,
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
            Self::Foreign => Step::Foreign,
            Self::ChunkSize => self.framed(input, |line| {
                let digits = line.split(|&byte| byte == b';').next()?.trim_ascii();
                let size = usize::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
                Some(if size == 0 { Self::Trailers } else { Self::Chunk(size) })
            }),
            Self::Chunk(0) => self.framed(input, |line| line.is_empty().then_some(Self::ChunkSize)),
            Self::Trailers => self.framed(input, |line| {
                Some(if line.is_empty() { Self::None } else { Self::Trailers })
            }),
            _ if input.is_empty() => Step::More,
            Self::UntilClosed => Step::Take { bytes: input.len(), payload: true },
            Self::Left(left) | Self::Chunk(left) => {
                let bytes = input.len().min(*left);
                *left -= bytes;
                Step::Take { bytes, payload: true }
            }
        }
    }
}
