//! `http`: requests of some method and path are answered with a status, aborted, delayed, or have
//! their answer's body corrupted. It works on both directions, whatever its stream.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;
use hyper::header::{HeaderName, HeaderValue};
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::dice::Dice;
use crate::exchange::{
    Asked, Corruption, Expect, Fate, HttpHead, Judge, Reading, Replies, Requests, http_reply,
    http_request,
};
use crate::link::Link;
use crate::stage::Stage;
use crate::toxic::Stream;
use crate::toxics::Kind;
use crate::toxics::aim::hits;
use crate::toxics::shares::{always, share};

/// Attributes; what is absent does nothing or excludes nothing.
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
    #[serde(default, deserialize_with = "share")]
    corrupt: f64,
    #[serde(default = "always", deserialize_with = "share")]
    probability: f64,
    #[serde(default)]
    fail_first: u64,
}

impl Http {
    /// At work on one direction of one connection.
    pub fn stage(&self, dice: Dice, stream: Stream, id: u64, link: &Arc<Link>) -> Box<dyn Stage> {
        match stream {
            Stream::Upstream => {
                let judge = Box::new(HttpJudge { http: self.clone(), dice });
                Box::new(Requests::new(judge, id, link))
            }
            Stream::Downstream => Box::new(Replies::new(http_reply, id, link)),
        }
    }

    fn is_about(&self, head: &HttpHead) -> bool {
        let mut methods = self.method.split(',').map(str::trim);
        (self.method.is_empty() || methods.any(|it| it.eq_ignore_ascii_case(&head.method)))
            && (self.path.is_empty() || matches(self.path.as_bytes(), head.path.as_bytes()))
    }

    fn answer(&self, head: &HttpHead) -> Fate {
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
        Fate::Answer { bytes: text.into_bytes(), close, at_once: head.expects_continue }
    }
}

/// Decides about the requests of one connection.
struct HttpJudge {
    http: Http,
    dice: Dice,
}

impl Judge for HttpJudge {
    fn read(&mut self, input: &[u8], tally: &mut Tally<'_>) -> Reading {
        let head = match http_request(input) {
            None => return Reading::Foreign,
            Some(None) => return Reading::More,
            Some(Some(head)) => head,
        };
        let http = &self.http;
        let hit =
            http.is_about(&head) && hits(http.fail_first, http.probability, &mut self.dice, tally);
        let mut expect = Expect { no_body: head.method == "HEAD", corrupt: None };
        let fate = if hit && http.abort {
            Fate::Abort
        } else if hit && http.status > 0 {
            http.answer(&head)
        } else if head.method == "CONNECT" {
            Fate::Through
        } else {
            if hit && http.corrupt > 0.0 {
                expect.corrupt = Some(Corruption::new(http.corrupt, self.dice.clone()));
            }
            Fate::Pass(expect)
        };
        let delay = Duration::from_millis(if hit { http.delay } else { 0 });
        Reading::Asked(Asked { head_bytes: head.bytes, rest: head.body, fate, delay })
    }

    fn update(&mut self, kind: &Kind) {
        if let Kind::Http(http) = kind {
            self.http = http.clone();
        }
    }
}

/// Whether a path fits a pattern in which `*` stands for anything.
fn matches(pattern: &[u8], path: &[u8]) -> bool {
    match pattern.split_first() {
        None => path.is_empty(),
        Some((b'*', [])) => true,
        Some((b'*', rest)) => (0..=path.len()).any(|at| matches(rest, &path[at..])),
        Some((first, rest)) => path.first() == Some(first) && matches(rest, &path[1..]),
    }
}

fn status<'de, D: Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
    let status = u16::deserialize(from)?;
    if status == 0 || (200..=599).contains(&status) {
        return Ok(status);
    }
    Err(D::Error::custom(format!("{status} is not the status of an answer: 200 to 599, or 0")))
}

fn headers<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    let headers = BTreeMap::<String, String>::deserialize(from)?;
    for (name, value) in &headers {
        HeaderName::try_from(name).map_err(D::Error::custom)?;
        HeaderValue::try_from(value).map_err(D::Error::custom)?;
        let name = name.to_ascii_lowercase();
        if matches!(name.as_str(), "content-length" | "transfer-encoding" | "connection") {
            return Err(D::Error::custom(format!("{name} follows from the body")));
        }
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, path) in
            [("/a", "/a"), ("/a/*", "/a/b/c"), ("*", "/"), ("/*/x", "/a/b/x"), ("/a*", "/a")]
        {
            assert!(matches(pattern.as_bytes(), path.as_bytes()), "{pattern} {path}");
        }
        for (pattern, path) in [("/a", "/ab"), ("/a/*", "/a"), ("/*/x", "/a/y")] {
            assert!(!matches(pattern.as_bytes(), path.as_bytes()), "{pattern} {path}");
        }
    }
}
