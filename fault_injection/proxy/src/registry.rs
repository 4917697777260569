//! The proxies of this program, by name.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::carriers::Carriers;
use crate::proxy::Proxy;

/// All proxies. The lock is held for look-ups only, never while anything is awaited.
pub struct Registry {
    seed: u64,
    carriers: Carriers,
    proxies: Mutex<BTreeMap<String, Arc<Proxy>>>,
}

impl Registry {
    /// An empty one; `carriers` carry the connections.
    #[must_use]
    pub fn new(seed: u64, carriers: Carriers) -> Self {
        Self { seed, carriers, proxies: Mutex::default() }
    }

    /// The one seed of this program.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// A proxy that is not listed yet, disabled.
    pub fn make(&self, name: &str, listen: &str, upstream: &str) -> Arc<Proxy> {
        Arc::new(Proxy::new(name, listen, upstream, self.seed, self.carriers.clone()))
    }

    /// List it under its name unless one is listed there; says whether it did.
    pub fn add(&self, proxy: &Arc<Proxy>) -> bool {
        let mut proxies = self.lock();
        let vacant = !proxies.contains_key(&proxy.name);
        if vacant {
            proxies.insert(proxy.name.clone(), Arc::clone(proxy));
        }
        vacant
    }

    /// List it under its name; the one that was listed there before, if any.
    pub fn put(&self, proxy: Arc<Proxy>) -> Option<Arc<Proxy>> {
        self.lock().insert(proxy.name.clone(), proxy)
    }

    /// By name.
    pub fn get(&self, name: &str) -> Option<Arc<Proxy>> {
        self.lock().get(name).cloned()
    }

    /// By name, no longer listed.
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
