//! The threads that serve connections.

use std::future::pending;
use std::io;
use std::thread;

use tokio::runtime::{Builder, Handle};

/// One worker thread for each core, each with its own runtime.
///
/// A connection stays on one thread, and that thread polls its sockets itself: no other thread
/// must be woken to pass a byte on.
#[derive(Clone)]
pub struct Workers {
    handles: Vec<Handle>,
}

impl Workers {
    /// Start them; they run until the process ends.
    ///
    /// # Errors
    /// The system has no thread or file descriptor left.
    pub fn start() -> io::Result<Self> {
        let count = thread::available_parallelism().map_or(1, usize::from);
        let mut handles = Vec::with_capacity(count);
        for _ in 0..count {
            // The runtime polls its sockets after each step of a task: see `connection::busy_poll`.
            let runtime = Builder::new_current_thread().enable_all().event_interval(1).build()?;
            handles.push(runtime.handle().clone());
            thread::Builder::new()
                .name("worker".to_owned())
                .spawn(move || runtime.block_on(pending::<()>()))?;
        }
        Ok(Self { handles })
    }

    /// The worker that serves the connection of that number.
    #[must_use]
    pub fn for_connection(&self, number: u64) -> &Handle {
        let count = self.handles.len() as u64;
        &self.handles[usize::try_from(number % count).unwrap_or(0)]
    }
}
