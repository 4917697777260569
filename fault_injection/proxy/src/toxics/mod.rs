//! The toxics: one file each, with a line in [`Kind`].

mod aim;
mod bandwidth;
mod http;
mod latency;
mod limit_data;
mod redis;
mod reset_peer;
mod shares;
mod slicer;
mod slow_close;
mod stall;
mod timeout;

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use bandwidth::Bandwidth;
pub use http::Http;
pub use latency::Latency;
pub use limit_data::LimitData;
pub use redis::Redis;
pub use reset_peer::ResetPeer;
pub use slicer::Slicer;
pub use slow_close::SlowClose;
pub use stall::Stall;
pub use timeout::Timeout;

use crate::dice::Dice;
use crate::link::Link;
use crate::stage::Stage;
use crate::toxic::Stream;

type Attributes = Map<String, Value>;

/// Why a kind cannot be made.
#[derive(Debug)]
pub enum UnknownKind {
    /// There is no such type.
    Type,
    /// The type is known, its attributes are wrong.
    Attributes(serde_json::Error),
}

/// Each kind once: its name in the control API, its type, and how it goes to work.
macro_rules! kinds {
    ($($name:literal => $kind:ident, |$it:ident, $at:pat_param| $stage:expr;)*) => {
        /// What a toxic does, with its attributes.
        #[derive(Clone, Debug)]
        pub enum Kind {
            $(#[doc = concat!("See [`", stringify!($kind), "`].")] $kind($kind),)*
        }

        impl Kind {
            /// By its name in the control API.
            ///
            /// # Errors
            /// There is no such type, or the attributes are wrong.
            pub fn new(name: &str, attributes: Attributes) -> Result<Self, UnknownKind> {
                match name {
                    $($name => read(attributes).map(Self::$kind),)*
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
                    $(Self::$kind(_) => read(attributes).map(Self::$kind),)*
                }
            }

            /// Its name in the control API.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$kind(_) => $name,)*
                }
            }

            /// Its attributes, as the control API shows them.
            pub fn attributes(&self) -> Attributes {
                let value = match self {
                    $(Self::$kind(kind) => serde_json::to_value(kind),)*
                };
                value.ok().and_then(|value| value.as_object().cloned()).unwrap_or_default()
            }

            /// At work on one direction of one connection.
            pub fn stage(&self, at: Site<'_>) -> Box<dyn Stage> {
                match self {
                    $(Self::$kind($it) => {
                        let $at = at;
                        $stage
                    })*
                }
            }
        }
    };
}

kinds! {
    "bandwidth" => Bandwidth, |kind, _| Box::new(kind.stage());
    "http" => Http, |kind, at| kind.stage(at.dice, at.stream, at.toxic, at.link);
    "latency" => Latency, |kind, at| Box::new(kind.stage(at.dice));
    "limit_data" => LimitData, |kind, _| Box::new(kind.stage());
    "redis" => Redis, |kind, at| kind.stage(at.dice, at.stream, at.toxic, at.link);
    "reset_peer" => ResetPeer, |kind, _| Box::new(kind.stage());
    "slicer" => Slicer, |kind, at| Box::new(kind.stage(at.dice));
    "slow_close" => SlowClose, |kind, _| Box::new(kind.stage());
    "stall" => Stall, |kind, at| Box::new(kind.stage(at.dice));
    "timeout" => Timeout, |kind, _| Box::new(kind.stage());
}

impl Kind {
    /// Whether it works on both directions, whatever its stream.
    pub fn works_on_both(&self) -> bool {
        matches!(self, Self::Http(_) | Self::Redis(_))
    }
}

/// Where a toxic goes to work: one direction of one connection.
pub struct Site<'a> {
    /// What it decides by.
    pub dice: Dice,
    /// The direction.
    pub stream: Stream,
    /// The toxic's id.
    pub toxic: u64,
    /// What both directions share.
    pub link: &'a Arc<Link>,
}

fn read<T: DeserializeOwned>(attributes: Attributes) -> Result<T, serde_json::Error> {
    serde_json::from_value(Value::Object(attributes))
}
