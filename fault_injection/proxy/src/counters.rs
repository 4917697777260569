//! What passed and what was hurt: the proof that a fault bit.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use serde_json::{Value, json};

/// A number that only grows; read while others write.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Add to it, and say what it was.
    pub fn add(&self, more: u64) -> u64 {
        self.0.fetch_add(more, Relaxed)
    }

    /// What it is now.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// What one proxy did since it was created.
#[derive(Debug, Default)]
pub struct ProxyCounters {
    /// Connections accepted.
    pub accepted: Count,
    /// Those of them that the harness made to look, as it said.
    pub canaries: Count,
    /// Connections that have ended.
    pub ended: Count,
    /// Connections reset because the upstream could not be reached.
    pub unreachable: Count,
    /// Live connections closed because the proxy was disabled.
    pub cut: Count,
    /// Bytes read from clients.
    pub upstream_read: Count,
    /// Bytes read from the upstream.
    pub downstream_read: Count,
    /// Bytes passed on to the upstream.
    pub upstream_bytes: Count,
    /// Bytes passed on to the client.
    pub downstream_bytes: Count,
}

impl ProxyCounters {
    /// As the control API shows it.
    pub fn to_json(&self) -> Value {
        let (accepted, ended) = (self.accepted.get(), self.ended.get());
        json!({
            "accepted": accepted,
            "canaries": self.canaries.get(),
            "live": accepted.saturating_sub(ended),
            "unreachable": self.unreachable.get(),
            "cut": self.cut.get(),
            "upstream_bytes": self.upstream_bytes.get(),
            "downstream_bytes": self.downstream_bytes.get(),
        })
    }
}

/// What one toxic did since it was added; kept when it is updated.
#[derive(Debug, Default)]
pub struct ToxicCounters {
    /// Connections it did anything to.
    pub connections: Count,
    /// Bytes it held back or dropped.
    pub bytes: Count,
    /// Pieces of data these came in.
    pub chunks: Count,
    /// Connections it ended.
    pub ended: Count,
    /// Time the pieces were held, in all.
    pub held_us: Count,
    /// Requests it was about.
    pub matched: Count,
    /// Requests it hit.
    pub affected: Count,
}

impl ToxicCounters {
    /// As the control API shows it.
    pub fn to_json(&self) -> Value {
        json!({
            "connections": self.connections.get(),
            "bytes": self.bytes.get(),
            "chunks": self.chunks.get(),
            "ended": self.ended.get(),
            "held_us": self.held_us.get(),
            "matched": self.matched.get(),
            "affected": self.affected.get(),
        })
    }
}

/// One connection's share in what a toxic did: counts the connection once.
#[derive(Debug)]
pub struct Tally<'a> {
    /// Where it is counted.
    pub counters: &'a ToxicCounters,
    /// Whether this connection is counted already.
    pub touched: &'a mut bool,
}

impl Tally<'_> {
    /// Something was done to the connection.
    pub fn touch(&mut self) {
        if !*self.touched {
            *self.touched = true;
            self.counters.connections.add(1);
        }
    }

    /// A piece of data was held for so long, or dropped.
    pub fn data(&mut self, bytes: usize, held: Duration) {
        self.touch();
        self.counters.chunks.add(1);
        self.counters.bytes.add(bytes as u64);
        self.counters.held_us.add(u64::try_from(held.as_micros()).unwrap_or(u64::MAX));
    }

    /// A request came that it is about; how many there were before.
    pub fn matched(&mut self) -> u64 {
        self.counters.matched.add(1)
    }

    /// A request was hit.
    pub fn affected(&mut self) {
        self.touch();
        self.counters.affected.add(1);
    }

    /// The connection was ended.
    pub fn end(&mut self) {
        self.touch();
        self.counters.ended.add(1);
    }
}
