//! `redis`: commands are answered with an error of Redis' own, without reaching it. It works on
//! both directions, whatever its stream.
//!
//! As with Redis itself, a command refused within a transaction makes its EXEC fail.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::counters::Tally;
use crate::dice::Dice;
use crate::exchange::{
    Asked, Command, Expect, Fate, Judge, Reading, Replies, Requests, command, command_rest,
    resp_reply,
};
use crate::link::Link;
use crate::stage::Stage;
use crate::toxic::Stream;
use crate::toxics::Kind;
use crate::toxics::aim::hits;
use crate::toxics::shares::{always, share};

/// By which a connection is set up or wound down: hit only when named.
const OF_THE_CONNECTION: [&str; 6] = ["AUTH", "HELLO", "CLIENT", "SELECT", "RESET", "QUIT"];
/// After which answers no longer follow questions one to one.
const ONE_WAY: [&str; 6] = ["SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "MONITOR", "SYNC", "PSYNC"];
const DISCARD: &[u8] = b"*1\r\n$7\r\nDISCARD\r\n";
const ABORTED: &[u8] = b"-EXECABORT Transaction discarded because of previous errors.\r\n";

/// What Redis says when it cannot serve.
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

/// Attributes; without commands it is about all but those that set up a connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Redis {
    reply: Refusal,
    #[serde(default)]
    commands: Vec<String>,
    #[serde(default = "always", deserialize_with = "share")]
    probability: f64,
    #[serde(default)]
    fail_first: u64,
}

impl Redis {
    /// At work on one direction of one connection.
    pub fn stage(&self, dice: Dice, stream: Stream, id: u64, link: &Arc<Link>) -> Box<dyn Stage> {
        match stream {
            Stream::Upstream => {
                let transaction = Transaction::None;
                let judge = Box::new(RedisJudge { redis: self.clone(), dice, transaction });
                Box::new(Requests::new(judge, id, link))
            }
            Stream::Downstream => Box::new(Replies::new(resp_reply, id, link)),
        }
    }

    fn is_about(&self, name: &str) -> bool {
        if self.commands.is_empty() {
            return name != "DISCARD" && !OF_THE_CONNECTION.contains(&name);
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
struct RedisJudge {
    redis: Redis,
    dice: Dice,
    transaction: Transaction,
}

impl RedisJudge {
    fn fate(&mut self, command: &Command, tally: &mut Tally<'_>) -> Fate {
        let (name, was) = (command.name.as_str(), self.transaction);
        if ONE_WAY.contains(&name) || (name == "CLIENT" && command.first == "REPLY") {
            return Fate::Through;
        }
        let redis = &self.redis;
        let hit = redis.is_about(name)
            && hits(redis.fail_first, redis.probability, &mut self.dice, tally);
        let refusal = || redis.reply.line();
        self.transaction = match (name, was) {
            ("MULTI", Transaction::None) if !hit => Transaction::Open,
            ("EXEC" | "DISCARD" | "RESET", _) => Transaction::None,
            (_, Transaction::Open) if hit => Transaction::Spoiled,
            _ => was,
        };
        match (name, was, hit) {
            // The upstream has a transaction open that must not come to anything.
            ("EXEC", Transaction::Open | Transaction::Spoiled, true) => {
                Fate::Replace { sent: DISCARD.to_vec(), answer: refusal() }
            }
            ("EXEC", Transaction::Spoiled, false) => {
                Fate::Replace { sent: DISCARD.to_vec(), answer: ABORTED.to_vec() }
            }
            (_, _, true) => Fate::Answer { bytes: refusal(), close: false, at_once: false },
            (_, _, false) => Fate::Pass(Expect::default()),
        }
    }
}

impl Judge for RedisJudge {
    fn read(&mut self, input: &[u8], tally: &mut Tally<'_>) -> Reading {
        let command = match command(input) {
            None => return Reading::Foreign,
            Some(None) => return Reading::More,
            Some(Some(command)) => command,
        };
        let fate = self.fate(&command, tally);
        let rest = command_rest(command.arguments);
        Reading::Asked(Asked { head_bytes: command.bytes, rest, fate, delay: Duration::ZERO })
    }

    fn update(&mut self, kind: &Kind) {
        if let Kind::Redis(redis) = kind {
            self.redis = redis.clone();
        }
    }
}
