//! What the two lanes of a connection know of each other.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::exchange::{Exchange, Shared};
use crate::toxic::Stream;

const SILENT: u8 = 0;
const ASKED: u8 = 1;
const ANSWERED: u8 = 2;

/// Shared by both lanes of one connection.
#[derive(Default)]
pub struct Link {
    traffic: AtomicU8,
    moves: AtomicU64,
    exchanges: Mutex<Vec<(u64, Shared)>>,
    changed: Notify,
}

impl Link {
    /// Bytes were read in that direction.
    pub fn moved(&self, stream: Stream) {
        let traffic = if stream == Stream::Upstream { ASKED } else { ANSWERED };
        self.traffic.store(traffic, Relaxed);
        self.moves.fetch_add(1, Relaxed);
    }

    /// How often bytes were read, in both directions.
    pub fn moves(&self) -> u64 {
        self.moves.load(Relaxed)
    }

    /// Have the lane to the client look again.
    pub fn wake(&self) {
        self.changed.notify_one();
    }

    /// Wait until it should.
    pub async fn woken(&self) {
        self.changed.notified().await;
    }

    /// What the two stages of a toxic share here.
    ///
    /// On a connection on which nothing was said yet, a request begins with the first byte.
    pub fn exchange(&self, toxic: u64) -> Shared {
        let mut exchanges = self.lock();
        if let Some((_, shared)) = exchanges.iter().find(|(id, _)| *id == toxic) {
            return Arc::clone(shared);
        }
        let traffic = self.traffic.load(Relaxed);
        let shared = Arc::new(Mutex::new(Exchange {
            turns: VecDeque::new(),
            in_step: traffic == SILENT,
            awaiting: traffic == ASKED,
            deaf: false,
        }));
        exchanges.push((toxic, Arc::clone(&shared)));
        shared
    }

    /// The toxic no longer works here.
    pub fn forget(&self, toxic: u64) {
        self.lock().retain(|(id, _)| *id != toxic);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(u64, Shared)>> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
