//! What passed and what toxics affected: the evidence that a fault took effect.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use serde_json::{Value, json};

/// A number that only grows; other threads may read it at any time.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Add to it; the value before.
    pub fn add(&self, more: u64) -> u64 {
        self.0.fetch_add(more, Relaxed)
    }

    /// Its value.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// What a proxy did since it was created.
#[derive(Debug, Default)]
pub struct ProxyCounters {
    /// Connections accepted.
    pub accepted: Count,
    /// Those of them that are canaries of the harness, as it reported.
    pub canaries: Count,
    /// Connections that have ended.
    pub ended: Count,
    /// Connections reset because the upstream could not be reached.
    pub unreachable: Count,
    /// Open connections closed because the proxy was disabled.
    pub cut: Count,
    /// Bytes read from clients.
    pub upstream_read: Count,
    /// Bytes read from the upstream.
    pub downstream_read: Count,
    /// Bytes written to the upstream.
    pub upstream_bytes: Count,
    /// Bytes written to clients.
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

/// What a toxic did since it was added; updates keep the values.
#[derive(Debug, Default)]
pub struct ToxicCounters {
    /// Connections it affected.
    pub connections: Count,
    /// Bytes it held or dropped.
    pub bytes: Count,
    /// Chunks that held these bytes.
    pub chunks: Count,
    /// Connections it ended.
    pub ended: Count,
    /// Sum of the times for which chunks were held.
    pub held_us: Count,
    /// Requests it targeted.
    pub matched: Count,
    /// Requests it affected.
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

/// Counts what a toxic does on one connection; the connection itself once.
#[derive(Debug)]
pub struct Tally<'a> {
    /// The counters of the toxic.
    pub counters: &'a ToxicCounters,
    /// Whether this connection is already counted.
    pub counted: &'a mut bool,
}

impl Tally<'_> {
    /// The connection was affected.
    pub fn affect(&mut self) {
        if !*self.counted {
            *self.counted = true;
            self.counters.connections.add(1);
        }
    }

    /// A chunk was held for this time, or dropped.
    pub fn data(&mut self, bytes: usize, held: Duration) {
        self.affect();
        self.counters.chunks.add(1);
        self.counters.bytes.add(bytes as u64);
        self.counters.held_us.add(u64::try_from(held.as_micros()).unwrap_or(u64::MAX));
    }

    /// A targeted request arrived; how many there were before.
    pub fn matched(&mut self) -> u64 {
        self.counters.matched.add(1)
    }

    /// A request was affected.
    pub fn affected(&mut self) {
        self.affect();
        self.counters.affected.add(1);
    }

    /// The connection was ended.
    pub fn end(&mut self) {
        self.affect();
        self.counters.ended.add(1);
    }
}
