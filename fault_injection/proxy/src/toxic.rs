//! A toxic as the control API knows it.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::counters::ToxicCounters;
use crate::flow::Stream;
use crate::link::ConnectionContext;
use crate::random::Decisions;
use crate::stage::Stage;
use crate::toxics::{Kind, KindError, StageContext};

/// Why a toxic cannot be created or changed.
#[derive(Debug)]
pub enum InvalidToxic {
    /// No such direction.
    Stream,
    /// No such type.
    Type,
    /// The body has the wrong shape.
    Body(String),
}

/// One toxic. A change makes a new value with the same id.
#[derive(Clone, Debug)]
pub struct Toxic {
    /// Kept by updates; not used again after the toxic is removed.
    pub id: u64,
    /// Grows with each update.
    pub version: u64,
    /// Name, unique within its proxy.
    pub name: String,
    /// The direction it works on.
    pub stream: Stream,
    /// The fraction of the connections it works on.
    pub toxicity: f64,
    /// What it does.
    pub kind: Kind,
    /// What it did so far.
    pub counters: Arc<ToxicCounters>,
}

#[derive(Deserialize)]
struct Given {
    #[serde(default)]
    name: String,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    stream: Option<String>,
    #[serde(default = "all_connections")]
    toxicity: f64,
    attributes: Option<Map<String, Value>>,
}

fn all_connections() -> f64 {
    1.0
}

impl Toxic {
    /// Create one from the body of a request.
    ///
    /// # Errors
    /// See [`Invalid`].
    pub fn create(body: Value, id: u64) -> Result<Self, InvalidToxic> {
        let given: Given = serde_json::from_value(body).map_err(wrong)?;
        let stream = match given.stream.as_deref() {
            None | Some("downstream") => Stream::Downstream,
            Some("upstream") => Stream::Upstream,
            Some(_) => return Err(InvalidToxic::Stream),
        };
        let kind =
            Kind::new(&given.kind, given.attributes.unwrap_or_default()).map_err(|error| {
                match error {
                    KindError::Type => InvalidToxic::Type,
                    KindError::Attributes(error) => wrong(error),
                }
            })?;
        let name = if given.name.is_empty() {
            format!("{}_{}", given.kind, stream.name())
        } else {
            given.name
        };
        let toxicity = given.toxicity;
        Ok(Self { id, version: 0, name, stream, toxicity, kind, counters: Arc::default() })
    }

    /// The same with changed attributes or toxicity; what the body does not name is kept.
    ///
    /// # Errors
    /// See [`Invalid`].
    pub fn updated(&self, body: &Value) -> Result<Self, InvalidToxic> {
        let mut next = self.clone();
        next.version += 1;
        let Some(changes) = body.as_object() else {
            return Err(InvalidToxic::Body("not an object".to_owned()));
        };
        if let Some(toxicity) = changes.get("toxicity") {
            next.toxicity = toxicity
                .as_f64()
                .ok_or_else(|| InvalidToxic::Body("toxicity is not a number".to_owned()))?;
        }
        if let Some(attributes) = changes.get("attributes") {
            let mut merged = self.kind.attributes();
            merged.extend(attributes.as_object().cloned().unwrap_or_default());
            next.kind = self.kind.with(merged).map_err(wrong)?;
        }
        Ok(next)
    }

    /// Its stage for one direction of a connection; None if the toxicity excludes the connection.
    pub fn stage(&self, context: ConnectionContext<'_>, stream: Stream) -> Option<Box<dyn Stage>> {
        let mut decisions = Decisions::new(context.seed, context.proxy, &self.name, context.number);
        let included = decisions.happens(self.toxicity);
        let site = StageContext { decisions, stream, toxic: self.id, link: context.link };
        included.then(|| self.kind.stage(site))
    }

    /// Whether it works on that direction.
    pub fn works_on(&self, stream: Stream) -> bool {
        self.stream == stream || self.kind.works_on_both()
    }

    /// As the control API shows it.
    pub fn to_json(&self) -> Value {
        json!({
            "name": self.name,
            "type": self.kind.name(),
            "stream": self.stream.name(),
            "toxicity": self.toxicity,
            "attributes": self.kind.attributes(),
        })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err passes it by value")]
fn wrong(error: serde_json::Error) -> InvalidToxic {
    InvalidToxic::Body(error.to_string())
}
