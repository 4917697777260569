//! A toxic as the control API knows it.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::counters::ToxicCounters;
use crate::flow::Stream;
use crate::json::Object;
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
    /// The direction as the request wrote it; the control API shows it in the same case.
    pub shown_stream: String,
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
    stream: Option<String>,
    #[serde(default = "all_connections")]
    toxicity: f64,
    attributes: Option<Object>,
}

#[derive(Deserialize)]
struct Changes {
    toxicity: Option<f64>,
    attributes: Option<Object>,
}

fn all_connections() -> f64 {
    1.0
}

impl Toxic {
    /// Create one from the body of a request.
    ///
    /// # Errors
    /// See [`InvalidToxic`].
    pub fn create(body: Object, id: u64) -> Result<Self, InvalidToxic> {
        let given: Given = body.read().map_err(wrong)?;
        let shown_stream = given.stream.unwrap_or_else(|| Stream::Downstream.name().to_owned());
        let stream = Stream::from_name(&shown_stream).ok_or(InvalidToxic::Stream)?;
        let attributes = given.attributes.unwrap_or_default().into_map();
        let kind = Kind::new(&given.kind, attributes).map_err(|error| match error {
            KindError::Type => InvalidToxic::Type,
            KindError::Attributes(error) => wrong(error),
        })?;
        let name = if given.name.is_empty() {
            format!("{}_{shown_stream}", given.kind)
        } else {
            given.name
        };
        Ok(Self {
            id,
            version: 0,
            name,
            stream,
            shown_stream,
            toxicity: given.toxicity,
            kind,
            counters: Arc::default(),
        })
    }

    /// The same with changed attributes or toxicity; what the body does not name is kept.
    ///
    /// # Errors
    /// See [`InvalidToxic`].
    pub fn updated(&self, body: Object) -> Result<Self, InvalidToxic> {
        let mut next = self.clone();
        next.version += 1;
        let changes: Changes = body.read().map_err(wrong)?;
        if let Some(toxicity) = changes.toxicity {
            next.toxicity = toxicity;
        }
        if let Some(attributes) = changes.attributes {
            let mut merged = self.kind.attributes();
            merged.extend(attributes.into_map());
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
            "stream": self.shown_stream,
            "toxicity": self.toxicity,
            "attributes": self.kind.attributes(),
        })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err passes it by value")]
fn wrong(error: serde_json::Error) -> InvalidToxic {
    InvalidToxic::Body(error.to_string())
}
