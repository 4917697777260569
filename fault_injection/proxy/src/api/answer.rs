//! What a request is answered with.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::proxy::ToxicError;
use crate::toxic::InvalidToxic;

/// A status and, where there is something to say, a body.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// The body.
    pub body: Body,
}

/// What an answer says.
#[derive(Debug)]
pub enum Body {
    /// Nothing.
    Empty,
    /// Most do.
    Json(Value),
    /// Prometheus' text format.
    Metrics(String),
}

impl Answer {
    /// 200 with that body.
    pub fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, body: Body::Json(body) }
    }

    /// 201 with that body.
    pub fn created(body: Value) -> Self {
        Self { status: StatusCode::CREATED, body: Body::Json(body) }
    }

    /// 204.
    pub fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: Body::Empty }
    }

    /// An error as the API words it.
    pub fn error(status: StatusCode, error: &str) -> Self {
        let body = json!({"error": error, "status": status.as_u16()});
        Self { status, body: Body::Json(body) }
    }

    /// 400: the body cannot be read.
    pub fn bad_body(why: &str) -> Self {
        Self::error(StatusCode::BAD_REQUEST, &format!("bad request body: {why}"))
    }

    /// 400: a field is missing.
    pub fn missing(field: &str) -> Self {
        Self::error(StatusCode::BAD_REQUEST, &format!("missing required field: {field}"))
    }

    /// 200 for Prometheus.
    pub fn metrics(text: String) -> Self {
        Self { status: StatusCode::OK, body: Body::Metrics(text) }
    }

    /// The same error, with what there is all the same.
    pub fn with(mut self, field: &str, value: Value) -> Self {
        if let Body::Json(Value::Object(body)) = &mut self.body {
            body.insert(field.to_owned(), value);
        }
        self
    }

    /// 404: there is no such proxy.
    pub fn no_proxy() -> Self {
        Self::error(StatusCode::NOT_FOUND, "proxy not found")
    }

    /// As bytes on the wire.
    pub fn into_response(self) -> Response<Full<Bytes>> {
        let (text, kind) = match self.body {
            Body::Empty => (String::new(), None),
            Body::Json(body) => (format!("{body}\n"), Some("application/json")),
            Body::Metrics(text) => (text, Some("text/plain; version=0.0.4; charset=utf-8")),
        };
        let mut response = Response::new(Full::new(Bytes::from(text)));
        *response.status_mut() = self.status;
        if let Some(kind) = kind {
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        response
    }
}

impl From<ToxicError> for Answer {
    fn from(refused: ToxicError) -> Self {
        let (status, error) = match refused {
            ToxicError::NotFound => (StatusCode::NOT_FOUND, "toxic not found"),
            ToxicError::Exists => (StatusCode::CONFLICT, "toxic already exists"),
            ToxicError::InvalidToxic(InvalidToxic::Type) => {
                (StatusCode::BAD_REQUEST, "invalid toxic type")
            }
            ToxicError::InvalidToxic(InvalidToxic::Stream) => (
                StatusCode::BAD_REQUEST,
                "stream was invalid, can be either upstream or downstream",
            ),
            ToxicError::InvalidToxic(InvalidToxic::Body(why)) => return Self::bad_body(&why),
        };
        Self::error(status, error)
    }
}

impl From<std::io::Error> for Answer {
    fn from(error: std::io::Error) -> Self {
        Self::error(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
    }
}
