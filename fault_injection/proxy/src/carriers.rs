//! The threads that carry connections.

use std::future::pending;
use std::io;
use std::thread;

use tokio::runtime::{Builder, Handle};

/// One thread with a runtime of its own for each core.
///
/// A connection stays on its thread, and that thread itself waits for its sockets: no other has
/// to be woken to pass a byte on.
#[derive(Clone)]
pub struct Carriers {
    handles: Vec<Handle>,
}

impl Carriers {
    /// Start them; they run for as long as the process does.
    ///
    /// # Errors
    /// The system has no thread or descriptor left for them.
    pub fn start() -> io::Result<Self> {
        let count = thread::available_parallelism().map_or(1, usize::from);
        let mut handles = Vec::with_capacity(count);
        for _ in 0..count {
            // Sockets are looked at after each step of a task: see `connection::linger`.
            let runtime = Builder::new_current_thread().enable_all().event_interval(1).build()?;
            handles.push(runtime.handle().clone());
            thread::Builder::new()
                .name("carrier".to_owned())
                .spawn(move || runtime.block_on(pending::<()>()))?;
        }
        Ok(Self { handles })
    }

    /// The one that carries the connection of that number.
    #[must_use]
    pub fn of(&self, connection: u64) -> &Handle {
        let count = self.handles.len() as u64;
        &self.handles[usize::try_from(connection % count).unwrap_or(0)]
    }
}
