//! The responses of the control API.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::proxy::ToxicError;
use crate::toxic::InvalidToxic;

/// A status and a body.
#[derive(Debug)]
pub struct ApiResponse {
    /// HTTP status.
    pub status: StatusCode,
    /// The body.
    pub body: Body,
}

/// The body of a response.
#[derive(Debug)]
pub enum Body {
    /// No body.
    Empty,
    /// JSON.
    Json(Value),
    /// Prometheus' text format.
    Metrics(String),
}

impl ApiResponse {
    /// 200 with a JSON body.
    pub fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, body: Body::Json(body) }
    }

    /// 201 with a JSON body.
    pub fn created(body: Value) -> Self {
        Self { status: StatusCode::CREATED, body: Body::Json(body) }
    }

    /// 204.
    pub fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: Body::Empty }
    }

    /// 200 for Prometheus.
    pub fn metrics(text: String) -> Self {
        Self { status: StatusCode::OK, body: Body::Metrics(text) }
    }

    /// An error in the shape of Toxiproxy's.
    pub fn error(status: StatusCode, error: &str) -> Self {
        let body = json!({"error": error, "status": status.as_u16()});
        Self { status, body: Body::Json(body) }
    }

    /// 400: the body cannot be parsed.
    pub fn bad_body(why: &str) -> Self {
        Self::error(StatusCode::BAD_REQUEST, &format!("bad request body: {why}"))
    }

    /// 400: a field is missing.
    pub fn missing(field: &str) -> Self {
        Self::error(StatusCode::BAD_REQUEST, &format!("missing required field: {field}"))
    }

    /// 404: no such path.
    pub fn no_page() -> Self {
        Self::error(StatusCode::NOT_FOUND, "404 page not found")
    }

    /// 404: no such proxy.
    pub fn no_proxy() -> Self {
        Self::error(StatusCode::NOT_FOUND, "proxy not found")
    }

    /// 405: the path has no such method.
    pub fn bad_method() -> Self {
        Self::error(StatusCode::METHOD_NOT_ALLOWED, "method not allowed")
    }

    /// The same response with one more field in its JSON body.
    pub fn with(mut self, field: &str, value: Value) -> Self {
        if let Body::Json(Value::Object(body)) = &mut self.body {
            body.insert(field.to_owned(), value);
        }
        self
    }

    /// As hyper sends it.
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

impl From<ToxicError> for ApiResponse {
    fn from(error: ToxicError) -> Self {
        let (status, error) = match error {
            ToxicError::NotFound => (StatusCode::NOT_FOUND, "toxic not found"),
            ToxicError::Exists => (StatusCode::CONFLICT, "toxic already exists"),
            ToxicError::Invalid(InvalidToxic::Type) => {
                (StatusCode::BAD_REQUEST, "invalid toxic type")
            }
            ToxicError::Invalid(InvalidToxic::Stream) => (
                StatusCode::BAD_REQUEST,
                "stream was invalid, can be either upstream or downstream",
            ),
            ToxicError::Invalid(InvalidToxic::Body(why)) => return Self::bad_body(&why),
        };
        Self::error(status, error)
    }
}

impl From<serde_json::Error> for ApiResponse {
    fn from(error: serde_json::Error) -> Self {
        Self::bad_body(&error.to_string())
    }
}

impl From<std::io::Error> for ApiResponse {
    fn from(error: std::io::Error) -> Self {
        Self::error(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
    }
}
