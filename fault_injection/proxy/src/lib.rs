//! A TCP proxy that injects faults into connections and counts what it affected.
//!
//! Each [`Proxy`] listens for one edge of a system. A connection has two [`relay`]s, one for each
//! direction; a relay moves bytes through one [`Stage`] for each toxic of its direction. The
//! control API has the names and shapes of Toxiproxy's.

mod api;
mod args;
mod config;
mod connection;
mod counters;
mod exchange;
mod flow;
mod json;
mod link;
mod pending;
mod proxy;
mod random;
mod registry;
mod relay;
mod stage;
mod timer;
mod toxic;
mod toxics;
mod workers;

pub use api::serve;
pub use args::{Args, USAGE};
pub use proxy::Proxy;
pub use registry::Registry;
pub use stage::Stage;
pub use workers::Workers;
