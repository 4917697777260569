//! The toxics: one file each, with a line in [`Kind`].

mod latency;
mod reset_peer;
mod timeout;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use latency::Latency;
pub use reset_peer::ResetPeer;
pub use timeout::Timeout;

use crate::dice::Dice;
use crate::stage::Stage;

type Attributes = Map<String, Value>;

/// Why a kind cannot be made.
#[derive(Debug)]
pub enum UnknownKind {
    /// There is no such type.
    Type,
    /// The type is known, its attributes are wrong.
    Attributes(serde_json::Error),
}

/// What a toxic does, with its attributes.
#[derive(Clone, Debug)]
pub enum Kind {
    /// See [`Latency`].
    Latency(Latency),
    /// See [`ResetPeer`].
    ResetPeer(ResetPeer),
    /// See [`Timeout`].
    Timeout(Timeout),
}

impl Kind {
    /// By its name in the control API.
    ///
    /// # Errors
    /// There is no such type, or the attributes are wrong.
    pub fn new(name: &str, attributes: Attributes) -> Result<Self, UnknownKind> {
        match name {
            "latency" => read(attributes).map(Self::Latency),
            "reset_peer" => read(attributes).map(Self::ResetPeer),
            "timeout" => read(attributes).map(Self::Timeout),
            _ => return Err(UnknownKind::Type),
        }
        .map_err(UnknownKind::Attributes)
    }

    /// The same kind with other attributes.
    ///
    /// # Errors
    /// The attributes are wrong.
    pub fn with(&self, attributes: Attributes) -> Result<Self, serde_json::Error> {
        match self {
            Self::Latency(_) => read(attributes).map(Self::Latency),
            Self::ResetPeer(_) => read(attributes).map(Self::ResetPeer),
            Self::Timeout(_) => read(attributes).map(Self::Timeout),
        }
    }

    /// Its name in the control API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Latency(_) => "latency",
            Self::ResetPeer(_) => "reset_peer",
            Self::Timeout(_) => "timeout",
        }
    }

    /// Its attributes, as the control API shows them.
    pub fn attributes(&self) -> Attributes {
        let value = match self {
            Self::Latency(kind) => serde_json::to_value(kind),
            Self::ResetPeer(kind) => serde_json::to_value(kind),
            Self::Timeout(kind) => serde_json::to_value(kind),
        };
        value.ok().and_then(|value| value.as_object().cloned()).unwrap_or_default()
    }

    /// At work on one direction of one connection.
    pub fn stage(&self, dice: Dice) -> Box<dyn Stage> {
        match self {
            Self::Latency(kind) => Box::new(kind.stage(dice)),
            Self::ResetPeer(kind) => Box::new(kind.stage()),
            Self::Timeout(kind) => Box::new(kind.stage()),
        }
    }
}

fn read<T: DeserializeOwned>(attributes: Attributes) -> Result<T, serde_json::Error> {
    serde_json::from_value(Value::Object(attributes))
}
