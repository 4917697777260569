//! The state that the two relays of one connection share.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::flow::Stream;
use crate::pending::{Exchange, SharedExchange};

const NO_TRAFFIC: u8 = 0;
const CLIENT_SENT_LAST: u8 = 1;
const UPSTREAM_SENT_LAST: u8 = 2;

/// Identifies a connection: all that its random decisions depend on, and its shared state.
#[derive(Clone, Copy)]
pub struct ConnectionContext<'a> {
    /// Seed of the program.
    pub seed: u64,
    /// Name of the proxy.
    pub proxy: &'a str,
    /// Number of the connection.
    pub number: u64,
    /// What its two relays share.
    pub link: &'a Arc<Link>,
}

/// Shared by both relays of one connection.
#[derive(Default)]
pub struct Link {
    last_sender: AtomicU8,
    reads: AtomicU64,
    exchanges: Mutex<Vec<(u64, SharedExchange)>>,
    replies_changed: Notify,
}

impl Link {
    /// Bytes were read in that direction.
    pub fn count_read(&self, stream: Stream) {
        let sender = match stream {
            Stream::Upstream => CLIENT_SENT_LAST,
            Stream::Downstream => UPSTREAM_SENT_LAST,
        };
        self.last_sender.store(sender, Relaxed);
        self.reads.fetch_add(1, Relaxed);
    }

    /// How often bytes were read, in both directions.
    pub fn reads(&self) -> u64 {
        self.reads.load(Relaxed)
    }

    /// Wake the relay to the client: a reply became due.
    pub fn wake(&self) {
        self.replies_changed.notify_one();
    }

    /// Wait for [`Link::wake`].
    pub async fn woken(&self) {
        self.replies_changed.notified().await;
    }

    /// The state that the two stages of a toxic share on this connection.
    ///
    /// On a connection without traffic so far, the first byte starts a request.
    pub fn exchange(&self, toxic: u64) -> SharedExchange {
        let mut exchanges = self.lock();
        if let Some((_, shared)) = exchanges.iter().find(|(id, _)| *id == toxic) {
            return Arc::clone(shared);
        }
        let last_sender = self.last_sender.load(Relaxed);
        let shared = Arc::new(Mutex::new(Exchange {
            pending: VecDeque::new(),
            synchronized: last_sender == NO_TRAFFIC,
            reply_outstanding: last_sender == CLIENT_SENT_LAST,
            replies_unreadable: false,
        }));
        exchanges.push((toxic, Arc::clone(&shared)));
        shared
    }

    /// The toxic no longer works on this connection.
    pub fn forget(&self, toxic: u64) {
        self.lock().retain(|(id, _)| *id != toxic);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(u64, SharedExchange)>> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
