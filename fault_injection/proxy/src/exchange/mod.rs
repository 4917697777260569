//! Toxics that read requests and replies have a stage in both directions of a connection.
//!
//! [`Requests`] parses what the client sends and decides what happens to each request. [`Replies`]
//! sends the toxic's own replies in the right place among those of the upstream. They share an
//! [`Exchange`](crate::pending::Exchange).

mod framing;
mod http;
mod policy;
mod replies;
mod requests;
mod resp;

pub use http::{HttpHead, reply as http_reply, request as http_request};
pub use policy::{Action, ParseResult, ParsedRequest, RequestPolicy};
pub use replies::Replies;
pub use requests::Requests;
pub use resp::{Command, command, command_rest, reply as resp_reply};
