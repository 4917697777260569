//! The toxics: one file each, and one line in [`Kind`].

mod bandwidth;
mod fraction;
mod http;
mod latency;
mod limit_data;
mod redis;
mod reset_peer;
mod selection;
mod slicer;
mod slow_close;
mod stall;
mod timeout;

use std::any::Any;
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

use crate::flow::Stream;
use crate::link::Link;
use crate::random::Decisions;
use crate::stage::Stage;

type Attributes = Map<String, Value>;

/// Why a kind cannot be created.
#[derive(Debug)]
pub enum KindError {
    /// There is no such type.
    Type,
    /// The attributes do not fit the type.
    Attributes(serde_json::Error),
}

/// Each kind once: its name in the control API, its type, and how its stage is created.
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
            /// There is no such type, or the attributes do not fit it.
            pub fn new(name: &str, attributes: Attributes) -> Result<Self, KindError> {
                match name {
                    $($name => read(attributes).map(Self::$kind),)*
                    _ => return Err(KindError::Type),
                }
                .map_err(KindError::Attributes)
            }

            /// The same kind with other attributes.
            ///
            /// # Errors
            /// The attributes do not fit the type.
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

            /// The attributes as their own type, for [`Stage::update`].
            pub fn as_any(&self) -> &dyn Any {
                match self {
                    $(Self::$kind(kind) => kind,)*
                }
            }

            /// Create the stage for one direction of one connection.
            pub fn stage(&self, at: StageContext<'_>) -> Box<dyn Stage> {
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
    "http" => Http, |kind, at| kind.stage(at.decisions, at.stream, at.toxic, at.link);
    "latency" => Latency, |kind, at| Box::new(kind.stage(at.decisions));
    "limit_data" => LimitData, |kind, _| Box::new(kind.stage());
    "redis" => Redis, |kind, at| kind.stage(at.decisions, at.stream, at.toxic, at.link);
    "reset_peer" => ResetPeer, |kind, _| Box::new(kind.stage());
    "slicer" => Slicer, |kind, at| Box::new(kind.stage(at.decisions));
    "slow_close" => SlowClose, |kind, _| Box::new(kind.stage());
    "stall" => Stall, |kind, at| Box::new(kind.stage(at.decisions));
    "timeout" => Timeout, |kind, _| Box::new(kind.stage());
}

impl Kind {
    /// Whether it works on both directions, whatever its stream.
    pub fn works_on_both(&self) -> bool {
        matches!(self, Self::Http(_) | Self::Redis(_))
    }
}

/// What a new stage gets: one direction of one connection.
pub struct StageContext<'a> {
    /// Its random decisions.
    pub decisions: Decisions,
    /// The direction.
    pub stream: Stream,
    /// The toxic's id.
    pub toxic: u64,
    /// The state that both directions share.
    pub link: &'a Arc<Link>,
}

fn read<T: DeserializeOwned>(attributes: Attributes) -> Result<T, serde_json::Error> {
    serde_json::from_value(Value::Object(attributes))
}
