//! `redis`: commands are answered with one of Redis' own errors and never reach it. It works on
//! both directions, whatever its stream.
//!
//! As with Redis itself, a command that is refused in a transaction makes its EXEC fail.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::exchange::{
    Action, Command, ParseResult, ParsedRequest, Replies, RequestPolicy, Requests, command,
    command_rest, resp_reply,
};
use crate::flow::Stream;
use crate::link::Link;
use crate::pending::ReplyExpectation;
use crate::random::Decisions;
use crate::stage::Stage;
use crate::toxics::fraction::{always, fraction};
use crate::toxics::selection::is_selected;

/// Commands that set up or close a connection: affected only when named.
const CONNECTION_COMMANDS: [&str; 6] = ["AUTH", "HELLO", "CLIENT", "SELECT", "RESET", "QUIT"];
/// Commands after which replies no longer match requests one to one.
const ONE_WAY: [&str; 6] = ["SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "MONITOR", "SYNC", "PSYNC"];
const DISCARD: &[u8] = b"*1\r\n$7\r\nDISCARD\r\n";
const ABORTED: &[u8] = b"-EXECABORT Transaction discarded because of previous errors.\r\n";

/// The errors of a Redis that cannot serve.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Refusal {
    Loading,
    ReadOnly,
    MisConf,
    Busy,
}

impl Refusal {
    fn line(self) -> Vec<u8> {
        let text = match self {
            Self::Loading => "LOADING Redis is loading the dataset in memory",
            Self::ReadOnly => "READONLY You can't write against a read only replica.",
            Self::MisConf => "MISCONF Errors writing to the disk: write commands are disabled.",
            Self::Busy => "BUSY Redis is busy running a script.",
        };
        format!("-{text}\r\n").into_bytes()
    }
}

/// Attributes; without `commands` it targets all but those that set up or close a connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Redis {
    reply: Refusal,
    #[serde(default)]
    commands: Vec<String>,
    #[serde(default = "always", deserialize_with = "fraction")]
    probability: f64,
    #[serde(default)]
    fail_first: u64,
}

impl Redis {
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
                let transaction = Transaction::None;
                let policy = Box::new(RedisPolicy { redis: self.clone(), decisions, transaction });
                Box::new(Requests::new(policy, id, link))
            }
            Stream::Downstream => Box::new(Replies::new(resp_reply, id, link)),
        }
    }

    fn is_targeted(&self, name: &str) -> bool {
        if self.commands.is_empty() {
            return name != "DISCARD" && !CONNECTION_COMMANDS.contains(&name);
        }
        name != "DISCARD" && self.commands.iter().any(|each| each.eq_ignore_ascii_case(name))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Transaction {
    None,
    Open,
    Spoiled,
}

/// Decides about the commands of one connection.
struct RedisPolicy {
    redis: Redis,
    decisions: Decisions,
    transaction: Transaction,
}

impl RedisPolicy {
    fn action(&mut self, command: &Command, tally: &mut Tally<'_>) -> Action {
        let (name, was) = (command.name.as_str(), self.transaction);
        if ONE_WAY.contains(&name) || (name == "CLIENT" && command.first == "REPLY") {
            return Action::PassThrough;
        }
        let redis = &self.redis;
        let selected = redis.is_targeted(name)
            && is_selected(redis.fail_first, redis.probability, &mut self.decisions, tally);
        let refusal = || redis.reply.line();
        self.transaction = match (name, was) {
            ("MULTI", Transaction::None) if !selected => Transaction::Open,
            ("EXEC" | "DISCARD" | "RESET", _) => Transaction::None,
            (_, Transaction::Open) if selected => Transaction::Spoiled,
            _ => was,
        };
        match (name, was, selected) {
            // The upstream has an open transaction that must not be executed.
            ("EXEC", Transaction::Open | Transaction::Spoiled, true) => {
                Action::Replace { sent: DISCARD.to_vec(), answer: refusal() }
            }
            ("EXEC", Transaction::Spoiled, false) => {
                Action::Replace { sent: DISCARD.to_vec(), answer: ABORTED.to_vec() }
            }
            (_, _, true) => Action::Answer { bytes: refusal(), close: false, at_once: false },
            (_, _, false) => Action::Forward(ReplyExpectation::default()),
        }
    }
}

impl RequestPolicy for RedisPolicy {
    fn parse(&mut self, input: &[u8], tally: &mut Tally<'_>) -> ParseResult {
        let command = match command(input) {
            None => return ParseResult::NotThisProtocol,
            Some(None) => return ParseResult::Incomplete,
            Some(Some(command)) => command,
        };
        let action = self.action(&command, tally);
        let rest = command_rest(command.arguments);
        ParseResult::Request(ParsedRequest {
            head_bytes: command.bytes,
            rest,
            action,
            delay: Duration::ZERO,
        })
    }

    fn update(&mut self, attributes: &dyn Any) {
        if let Some(changed) = attributes.downcast_ref() {
            self.redis = Redis::clone(changed);
        }
    }
}
