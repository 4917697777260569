//! What all connections of a proxy follow, published whole at each change.

use std::sync::Arc;

use tokio::sync::watch::Receiver;

use crate::toxic::{Stream, Toxic};

/// The toxics of a proxy now, and whether it is open at all.
#[derive(Clone, Debug)]
pub struct Plan {
    /// False ends every connection.
    pub open: bool,
    /// In the order in which they were added.
    pub toxics: Vec<Arc<Toxic>>,
}

impl Plan {
    /// The toxics of one direction.
    pub fn of(&self, stream: Stream) -> impl DoubleEndedIterator<Item = &Arc<Toxic>> {
        self.toxics.iter().filter(move |toxic| toxic.works_on(stream))
    }
}

/// Wait until the plan says that the proxy is not open, or the proxy is gone altogether.
pub async fn closed(plan: &mut Receiver<Arc<Plan>>) {
    let _ = plan.wait_for(|plan| !plan.open).await;
}
