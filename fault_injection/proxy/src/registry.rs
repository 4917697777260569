//! The proxies of this program, by name.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::proxy::Proxy;
use crate::workers::Workers;

/// All proxies. The lock is held for look-ups only, never across an await.
pub struct Registry {
    seed: u64,
    workers: Workers,
    proxies: Mutex<BTreeMap<String, Arc<Proxy>>>,
}

impl Registry {
    /// An empty registry; `workers` serve the connections.
    #[must_use]
    pub fn new(seed: u64, workers: Workers) -> Self {
        Self { seed, workers, proxies: Mutex::default() }
    }

    /// The seed of this program.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Create a disabled proxy without registering it.
    pub fn make(&self, name: &str, listen: &str, upstream: &str) -> Arc<Proxy> {
        Arc::new(Proxy::new(name, listen, upstream, self.seed, self.workers.clone()))
    }

    /// Register it unless its name is taken; whether it was registered.
    pub fn add(&self, proxy: &Arc<Proxy>) -> bool {
        let mut proxies = self.lock();
        let vacant = !proxies.contains_key(&proxy.name);
        if vacant {
            proxies.insert(proxy.name.clone(), Arc::clone(proxy));
        }
        vacant
    }

    /// Register it; the proxy that had the name before, if any.
    pub fn put(&self, proxy: Arc<Proxy>) -> Option<Arc<Proxy>> {
        self.lock().insert(proxy.name.clone(), proxy)
    }

    /// By name.
    pub fn get(&self, name: &str) -> Option<Arc<Proxy>> {
        self.lock().get(name).cloned()
    }

    /// Unregister the proxy of that name.
    pub fn take(&self, name: &str) -> Option<Arc<Proxy>> {
        self.lock().remove(name)
    }

    /// All of them, by name.
    pub fn all(&self) -> Vec<Arc<Proxy>> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Proxy>>> {
        self.proxies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
