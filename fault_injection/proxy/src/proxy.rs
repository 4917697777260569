//! One edge: a listener, its upstream and its toxics.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::select;
use tokio::sync::{Mutex, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

use crate::config::{Config, disabled};
use crate::connection::{ProxySettings, serve};
use crate::counters::ProxyCounters;
use crate::json::Object;
use crate::toxic::{InvalidToxic, Toxic};
use crate::workers::Workers;

/// Pause after a failed accept, for example when no file descriptors are left.
const ACCEPT_AGAIN: Duration = Duration::from_millis(20);

/// Why a toxic cannot be added or changed.
#[derive(Debug)]
pub enum ToxicError {
    /// There is no toxic of that name.
    NotFound,
    /// There is already one of that name.
    Exists,
    /// The body of the request is wrong.
    Invalid(InvalidToxic),
}

/// A named proxy. Changes are applied one after the other.
pub struct Proxy {
    /// Unique in the program.
    pub name: String,
    /// What it did so far.
    pub counters: Arc<ProxyCounters>,
    seed: u64,
    workers: Workers,
    state: Mutex<State>,
}

struct State {
    listen: String,
    upstream: String,
    toxics: Vec<Arc<Toxic>>,
    next_id: u64,
    session: Option<Session>,
}

/// Exists only while the proxy is enabled.
struct Session {
    config: watch::Sender<Arc<Config>>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// A disabled proxy; `workers` serve its connections.
    #[must_use]
    pub fn new(name: &str, listen: &str, upstream: &str, seed: u64, workers: Workers) -> Self {
        let state = State {
            listen: listen.to_owned(),
            upstream: upstream.to_owned(),
            toxics: Vec::new(),
            next_id: 0,
            session: None,
        };
        let (name, counters) = (name.to_owned(), Arc::default());
        Self { name, counters, seed, workers, state: Mutex::new(state) }
    }

    /// As the control API shows it.
    pub async fn to_json(&self) -> Value {
        let state = self.state.lock().await;
        let toxics: Vec<_> = state.toxics.iter().map(|toxic| toxic.to_json()).collect();
        json!({
            "name": self.name,
            "listen": state.listen,
            "upstream": state.upstream,
            "enabled": state.session.is_some(),
            "toxics": toxics,
        })
    }

    /// What it and its toxics did, as the control API shows it.
    pub async fn counters_to_json(&self) -> Value {
        let state = self.state.lock().await;
        let of = |toxic: &Arc<Toxic>| (toxic.name.clone(), toxic.counters.to_json());
        let toxics: Map<_, _> = state.toxics.iter().map(of).collect();
        json!({"proxy": self.counters.to_json(), "toxics": toxics})
    }

    /// Whether it has this listen address and this upstream.
    pub async fn is_between(&self, listen: &str, upstream: &str) -> bool {
        let state = self.state.lock().await;
        state.listen == listen && state.upstream == upstream
    }

    /// Change what is given. A new address restarts the proxy, which closes its connections.
    ///
    /// # Errors
    /// It cannot listen there; it is then disabled.
    pub async fn update(
        &self,
        listen: Option<&str>,
        upstream: Option<&str>,
        enabled: Option<bool>,
    ) -> io::Result<()> {
        let mut state = self.state.lock().await;
        let wanted = enabled.unwrap_or(state.session.is_some());
        let moved = listen.is_some_and(|new| new != state.listen)
            || upstream.is_some_and(|new| new != state.upstream);
        if moved || !wanted {
            state.stop().await;
        }
        if let Some(listen) = listen {
            listen.clone_into(&mut state.listen);
        }
        if let Some(upstream) = upstream {
            upstream.clone_into(&mut state.upstream);
        }
        if wanted && state.session.is_none() {
            self.start(&mut state).await?;
        }
        Ok(())
    }

    /// One toxic, as the control API shows it.
    pub async fn toxic(&self, name: &str) -> Option<Value> {
        let state = self.state.lock().await;
        state.toxics.iter().find(|toxic| toxic.name == name).map(|toxic| toxic.to_json())
    }

    /// Add a toxic, also to open connections.
    ///
    /// # Errors
    /// See [`Refused`].
    pub async fn add_toxic(&self, body: Object) -> Result<Value, ToxicError> {
        let mut state = self.state.lock().await;
        let toxic = Toxic::create(body, state.next_id).map_err(ToxicError::Invalid)?;
        if state.toxics.iter().any(|each| each.name == toxic.name) {
            return Err(ToxicError::Exists);
        }
        let shown = toxic.to_json();
        state.next_id += 1;
        state.toxics.push(Arc::new(toxic));
        state.publish();
        Ok(shown)
    }

    /// Change a toxic, also on open connections.
    ///
    /// # Errors
    /// See [`Refused`].
    pub async fn update_toxic(&self, name: &str, body: Object) -> Result<Value, ToxicError> {
        let mut state = self.state.lock().await;
        let place = state.place(name).ok_or(ToxicError::NotFound)?;
        let toxic = state.toxics[place].updated(body).map_err(ToxicError::Invalid)?;
        let shown = toxic.to_json();
        state.toxics[place] = Arc::new(toxic);
        state.publish();
        Ok(shown)
    }

    /// Remove a toxic, also from open connections.
    ///
    /// # Errors
    /// There is no toxic of that name.
    pub async fn remove_toxic(&self, name: &str) -> Result<(), ToxicError> {
        let mut state = self.state.lock().await;
        let place = state.place(name).ok_or(ToxicError::NotFound)?;
        state.toxics.remove(place);
        state.publish();
        Ok(())
    }

    /// Enable the proxy and remove every toxic.
    ///
    /// # Errors
    /// It cannot listen.
    pub async fn reset(&self) -> io::Result<()> {
        let mut state = self.state.lock().await;
        state.toxics.clear();
        state.publish();
        if state.session.is_none() {
            self.start(&mut state).await?;
        }
        Ok(())
    }

    async fn start(&self, state: &mut State) -> io::Result<()> {
        let address = host_and_port(&state.listen);
        // Bound on the runtime that accepts: a socket belongs to the reactor of its runtime.
        let acceptor = self.workers.for_connection(0);
        let listener = acceptor.spawn(TcpListener::bind(address)).await??;
        state.listen = listener.local_addr()?.to_string();
        let config = Arc::new(Config { enabled: true, toxics: state.toxics.clone() });
        let (config, followed) = watch::channel(config);
        let settings = ProxySettings {
            seed: self.seed,
            proxy: self.name.clone(),
            upstream: state.upstream.clone(),
            counters: Arc::clone(&self.counters),
        };
        let accepting =
            acceptor.spawn(accept(listener, Arc::new(settings), followed, self.workers.clone()));
        state.session = Some(Session { config, accepting });
        Ok(())
    }
}

impl State {
    fn place(&self, name: &str) -> Option<usize> {
        self.toxics.iter().position(|toxic| toxic.name == name)
    }

    fn publish(&self) {
        if let Some(session) = &self.session {
            session
                .config
                .send_replace(Arc::new(Config { enabled: true, toxics: self.toxics.clone() }));
        }
    }

    /// Close the listener and every connection; both are closed when this returns.
    async fn stop(&mut self) {
        if let Some(session) = self.session.take() {
            session.config.send_replace(Arc::new(Config { enabled: false, toxics: Vec::new() }));
            let _ = session.accepting.await;
        }
    }
}

async fn accept(
    listener: TcpListener,
    settings: Arc<ProxySettings>,
    mut config: watch::Receiver<Arc<Config>>,
    workers: Workers,
) {
    let mut live = JoinSet::new();
    loop {
        select! {
            biased;
            () = disabled(&mut config) => break,
            Some(_) = live.join_next() => {}
            accepted = listener.accept() => match accepted {
                Err(_) => sleep(ACCEPT_AGAIN).await,
                Ok((client, _)) => if let Ok(client) = client.into_std() {
                    let number = settings.counters.accepted.add(1);
                    let (settings, config) = (Arc::clone(&settings), config.clone());
                    let serving = async move { serve(client, number, &settings, config).await };
                    live.spawn_on(serving, workers.for_connection(number));
                }
            },
        }
    }
    drop(listener);
    while live.join_next().await.is_some() {}
}

/// The address to bind: an empty one is a free port on loopback, a missing host is every address.
fn host_and_port(listen: &str) -> String {
    match listen.strip_prefix(':') {
        Some(port) => format!("0.0.0.0:{port}"),
        None if listen.is_empty() => "127.0.0.1:0".to_owned(),
        None => listen.to_owned(),
    }
}
