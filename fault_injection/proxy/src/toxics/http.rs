//! `http`: requests that match a method and a path are answered with a status, aborted or delayed,
//! or the body of their reply is corrupted. It works on both directions, whatever its stream.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;
use hyper::header::{HeaderName, HeaderValue};
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::exchange::{
    Action, HttpHead, ParseResult, ParsedRequest, Replies, RequestPolicy, Requests, http_reply,
    http_request,
};
use crate::flow::Stream;
use crate::link::Link;
use crate::pending::{Corruption, ReplyExpectation};
use crate::random::Decisions;
use crate::stage::Stage;
use crate::toxics::fraction::{always, fraction};
use crate::toxics::selection::is_selected;

/// Attributes; an absent one has no effect and excludes no request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Http {
    #[serde(default)]
    method: String,
    #[serde(default)]
    path: String,
    #[serde(default, deserialize_with = "status")]
    status: u16,
    #[serde(default, deserialize_with = "headers")]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    abort: bool,
    #[serde(default)]
    delay: u64,
    #[serde(default, deserialize_with = "fraction")]
    corrupt: f64,
    #[serde(default = "always", deserialize_with = "fraction")]
    probability: f64,
    #[serde(default)]
    fail_first: u64,
}

impl Http {
    /// For one direction of one connection.
    pub fn stage(
        &self,
        decisions: Decisions,
        stream: Stream,
        id: u64,
        link: &Arc<Link>,
    ) -> Box<dyn Stage> {
        match stream {
            Stream::Upstream => {
                let policy = Box::new(HttpPolicy { http: self.clone(), decisions });
                Box::new(Requests::new(policy, id, link))
            }
            Stream::Downstream => Box::new(Replies::new(http_reply, id, link)),
        }
    }

    fn is_targeted(&self, head: &HttpHead) -> bool {
        let mut methods = self.method.split(',').map(str::trim);
        (self.method.is_empty() || methods.any(|it| it.eq_ignore_ascii_case(&head.method)))
            && (self.path.is_empty() || path_matches(self.path.as_bytes(), head.path.as_bytes()))
    }

    fn answer(&self, head: &HttpHead) -> Action {
        let close = head.closes || head.expects_continue;
        let reason = StatusCode::from_u16(self.status).ok().and_then(|it| it.canonical_reason());
        let mut text = format!("HTTP/1.1 {} {}\r\n", self.status, reason.unwrap_or("Unknown"));
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        text.extend(headers);
        let bodiless = matches!(self.status, 204 | 304);
        if !bodiless {
            let _ = write!(text, "content-length: {}\r\n", self.body.len());
        }
        text += if close { "connection: close\r\n\r\n" } else { "\r\n" };
        if head.method != "HEAD" && !bodiless {
            text += &self.body;
        }
        Action::Answer { bytes: text.into_bytes(), close, at_once: head.expects_continue }
    }
}

/// Decides about the requests of one connection.
struct HttpPolicy {
    http: Http,
    decisions: Decisions,
}

impl RequestPolicy for HttpPolicy {
    fn parse(&mut self, input: &[u8], tally: &mut Tally<'_>) -> ParseResult {
        let head = match http_request(input) {
            None => return ParseResult::NotThisProtocol,
            Some(None) => return ParseResult::Incomplete,
            Some(Some(head)) => head,
        };
        let http = &self.http;
        let selected = http.is_targeted(&head)
            && is_selected(http.fail_first, http.probability, &mut self.decisions, tally);
        let mut expect = ReplyExpectation { no_body: head.method == "HEAD", corrupt: None };
        let action = if selected && http.abort {
            Action::Abort
        } else if selected && http.status > 0 {
            http.answer(&head)
        } else if head.method == "CONNECT" {
            Action::PassThrough
        } else {
            if selected && http.corrupt > 0.0 {
                expect.corrupt =
                    Some(Box::new(Corruption::new(http.corrupt, self.decisions.clone())));
            }
            Action::Forward(expect)
        };
        let delay = Duration::from_millis(if selected { http.delay } else { 0 });
        ParseResult::Request(ParsedRequest {
            head_bytes: head.bytes,
            rest: head.body,
            action,
            delay,
        })
    }

    fn update(&mut self, attributes: &dyn Any) {
        if let Some(changed) = attributes.downcast_ref() {
            self.http = Http::clone(changed);
        }
    }
}

/// Whether a path matches a pattern in which `*` stands for any text.
fn path_matches(pattern: &[u8], path: &[u8]) -> bool {
    match pattern.split_first() {
        None => path.is_empty(),
        Some((b'*', [])) => true,
        Some((b'*', rest)) => (0..=path.len()).any(|at| path_matches(rest, &path[at..])),
        Some((first, rest)) => path.first() == Some(first) && path_matches(rest, &path[1..]),
    }
}

fn status<'de, D: Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
    let status = u16::deserialize(from)?;
    if status == 0 || (200..=599).contains(&status) {
        return Ok(status);
    }
    Err(D::Error::custom(format!(
        "{status} is not a status of a reply: use 200 to 599, or 0 for none"
    )))
}

fn headers<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    let headers = BTreeMap::<String, String>::deserialize(from)?;
    for (name, value) in &headers {
        HeaderName::try_from(name).map_err(D::Error::custom)?;
        HeaderValue::try_from(value).map_err(D::Error::custom)?;
        let name = name.to_ascii_lowercase();
        if matches!(name.as_str(), "content-length" | "transfer-encoding" | "connection") {
            return Err(D::Error::custom(format!(
                "{name} is derived from the body and cannot be set"
            )));
        }
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::path_matches;

    /// `*` matches any text, the empty one too; everything else matches itself.
    #[test]
    fn a_star_matches_any_text() {
        for (pattern, path) in
            [("/a", "/a"), ("/a/*", "/a/b/c"), ("*", "/"), ("/*/x", "/a/b/x"), ("/a*", "/a")]
        {
            assert!(path_matches(pattern.as_bytes(), path.as_bytes()), "{pattern} {path}");
        }
        for (pattern, path) in [("/a", "/ab"), ("/a/*", "/a"), ("/*/x", "/a/y")] {
            assert!(!path_matches(pattern.as_bytes(), path.as_bytes()), "{pattern} {path}");
        }
    }
}
