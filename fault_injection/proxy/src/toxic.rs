//! A toxic as the control API knows it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::counters::ToxicCounters;
use crate::dice::Dice;
use crate::lane::Owner;
use crate::stage::Stage;
use crate::toxics::{Kind, Site, UnknownKind};

/// Which direction of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// From the client to the upstream.
    Upstream,
    /// From the upstream to the client.
    Downstream,
}

impl Stream {
    /// Its name in the control API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Upstream => "upstream",
            Self::Downstream => "downstream",
        }
    }
}

/// Why a toxic cannot be made or changed.
#[derive(Debug)]
pub enum Invalid {
    /// No such direction.
    Stream,
    /// No such type.
    Type,
    /// The body is not what it should be.
    Body(String),
}

/// One toxic; changing it makes another value with the same id.
#[derive(Clone, Debug)]
pub struct Toxic {
    /// Stays the same through updates, never used again after removal.
    pub id: u64,
    /// Grows with each update.
    pub version: u64,
    /// Name, unique within its proxy.
    pub name: String,
    /// Direction it works on.
    pub stream: Stream,
    /// Share of the connections it works on.
    pub toxicity: f64,
    /// What it does.
    pub kind: Kind,
    /// What it did.
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
    #[serde(default = "everyone")]
    toxicity: f64,
    attributes: Option<Map<String, Value>>,
}

fn everyone() -> f64 {
    1.0
}

impl Toxic {
    /// Make one from the body of a request.
    ///
    /// # Errors
    /// See [`Invalid`].
    pub fn create(body: Value, id: u64) -> Result<Self, Invalid> {
        let given: Given = serde_json::from_value(body).map_err(wrong)?;
        let stream = match given.stream.as_deref() {
            None | Some("downstream") => Stream::Downstream,
            Some("upstream") => Stream::Upstream,
            Some(_) => return Err(Invalid::Stream),
        };
        let kind =
            Kind::new(&given.kind, given.attributes.unwrap_or_default()).map_err(|error| {
                match error {
                    UnknownKind::Type => Invalid::Type,
                    UnknownKind::Attributes(error) => wrong(error),
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

    /// The same with other attributes or another toxicity; what the body lacks stays.
    ///
    /// # Errors
    /// See [`Invalid`].
    pub fn updated(&self, body: &Value) -> Result<Self, Invalid> {
        let mut next = self.clone();
        next.version += 1;
        let Some(changes) = body.as_object() else {
            return Err(Invalid::Body("not an object".to_owned()));
        };
        if let Some(toxicity) = changes.get("toxicity") {
            next.toxicity = toxicity
                .as_f64()
                .ok_or_else(|| Invalid::Body("toxicity is not a number".to_owned()))?;
        }
        if let Some(attributes) = changes.get("attributes") {
            let mut merged = self.kind.attributes();
            merged.extend(attributes.as_object().cloned().unwrap_or_default());
            next.kind = self.kind.with(merged).map_err(wrong)?;
        }
        Ok(next)
    }

    /// What it does to a connection; None where the dice spare it.
    pub fn stage(&self, owner: Owner<'_>, stream: Stream) -> Option<Box<dyn Stage>> {
        let mut dice = Dice::new(owner.seed, owner.proxy, &self.name, owner.connection);
        let hit = dice.unit() < self.toxicity;
        let site = Site { dice, stream, toxic: self.id, link: owner.link };
        hit.then(|| self.kind.stage(site))
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

#[expect(clippy::needless_pass_by_value, reason = "its shape is that of map_err's function")]
fn wrong(error: serde_json::Error) -> Invalid {
    Invalid::Body(error.to_string())
}
