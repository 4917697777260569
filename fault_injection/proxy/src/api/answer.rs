//! What a request is answered with.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::proxy::Refused;
use crate::toxic::Invalid;

/// A status and, where there is something to say, JSON.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// The body.
    pub body: Option<Value>,
}

impl Answer {
    /// 200 with that body.
    pub fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, body: Some(body) }
    }

    /// 201 with that body.
    pub fn created(body: Value) -> Self {
        Self { status: StatusCode::CREATED, body: Some(body) }
    }

    /// 204.
    pub fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None }
    }

    /// An error as the API words it.
    pub fn error(status: StatusCode, error: &str) -> Self {
        let body = json!({"error": error, "status": status.as_u16()});
        Self { status, body: Some(body) }
    }

    /// 400: the body cannot be read.
    pub fn bad_body(why: &str) -> Self {
        Self::error(StatusCode::BAD_REQUEST, &format!("bad request body: {why}"))
    }

    /// 400: a field is missing.
    pub fn missing(field: &str) -> Self {
        Self::error(StatusCode::BAD_REQUEST, &format!("missing required field: {field}"))
    }

    /// 404: there is no such proxy.
    pub fn no_proxy() -> Self {
        Self::error(StatusCode::NOT_FOUND, "proxy not found")
    }

    /// As bytes on the wire.
    pub fn into_response(self) -> Response<Full<Bytes>> {
        let text = self.body.map_or_else(String::new, |body| format!("{body}\n"));
        let mut response = Response::new(Full::new(Bytes::from(text)));
        *response.status_mut() = self.status;
        if self.status != StatusCode::NO_CONTENT {
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(CONTENT_TYPE, json);
        }
        response
    }
}

impl From<Refused> for Answer {
    fn from(refused: Refused) -> Self {
        let (status, error) = match refused {
            Refused::Unknown => (StatusCode::NOT_FOUND, "toxic not found"),
            Refused::Exists => (StatusCode::CONFLICT, "toxic already exists"),
            Refused::Invalid(Invalid::Type) => (StatusCode::BAD_REQUEST, "invalid toxic type"),
            Refused::Invalid(Invalid::Stream) => (
                StatusCode::BAD_REQUEST,
                "stream was invalid, can be either upstream or downstream",
            ),
            Refused::Invalid(Invalid::Body(why)) => return Self::bad_body(&why),
        };
        Self::error(status, error)
    }
}

impl From<std::io::Error> for Answer {
    fn from(error: std::io::Error) -> Self {
        Self::error(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
    }
}
