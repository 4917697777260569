//! The configuration that every connection of a proxy applies. Each change publishes a new one.

use std::sync::Arc;

use tokio::sync::watch::Receiver;

use crate::flow::Stream;
use crate::toxic::Toxic;

/// The toxics of a proxy, and whether it is enabled.
#[derive(Clone, Debug)]
pub struct Config {
    /// False closes every connection.
    pub enabled: bool,
    /// In the order in which they were added.
    pub toxics: Vec<Arc<Toxic>>,
}

impl Config {
    /// The toxics of one direction.
    pub fn toxics_of(&self, stream: Stream) -> impl DoubleEndedIterator<Item = &Arc<Toxic>> {
        self.toxics.iter().filter(move |toxic| toxic.works_on(stream))
    }
}

/// Wait until the proxy is disabled or deleted.
pub async fn disabled(config: &mut Receiver<Arc<Config>>) {
    let _ = config.wait_for(|config| !config.enabled).await;
}
