//! A TCP proxy that hurts connections on purpose, and says whom it hurt.
//!
//! Each [`Proxy`] listens for one edge of a system. A connection has two [`lane`]s, one a
//! direction; what passes through a lane passes through one [`Stage`] for each toxic of that
//! direction. The control API has the names and shapes of Toxiproxy's.

mod alarm;
mod api;
mod args;
mod carriers;
mod connection;
mod counters;
mod dice;
mod exchange;
mod flow;
mod lane;
mod link;
mod plan;
mod proxy;
mod registry;
mod stage;
mod toxic;
mod toxics;

pub use api::serve;
pub use args::{Args, USAGE};
pub use carriers::Carriers;
pub use proxy::Proxy;
pub use registry::Registry;
pub use stage::Stage;
