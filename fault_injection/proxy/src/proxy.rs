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

use crate::carriers::Carriers;
use crate::connection::{Shared, serve};
use crate::counters::ProxyCounters;
use crate::plan::{Plan, closed};
use crate::toxic::{Invalid, Toxic};

/// After a failed accept, as when no descriptors are left.
const ACCEPT_AGAIN: Duration = Duration::from_millis(20);

/// Why a toxic cannot be added or changed.
#[derive(Debug)]
pub enum Refused {
    /// There is no toxic of that name.
    Unknown,
    /// There is one already.
    Exists,
    /// What was sent is wrong.
    Invalid(Invalid),
}

/// A named proxy. Changes to it are carried out one after the other.
pub struct Proxy {
    /// Its name, unique in the program.
    pub name: String,
    /// What it did.
    pub counters: Arc<ProxyCounters>,
    seed: u64,
    carriers: Carriers,
    state: Mutex<State>,
}

struct State {
    listen: String,
    upstream: String,
    toxics: Vec<Arc<Toxic>>,
    next_id: u64,
    session: Option<Session>,
}

/// What exists only while the proxy is enabled.
struct Session {
    plan: watch::Sender<Arc<Plan>>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// A disabled one; `carriers` carry its connections.
    #[must_use]
    pub fn new(name: &str, listen: &str, upstream: &str, seed: u64, carriers: Carriers) -> Self {
        let state = State {
            listen: listen.to_owned(),
            upstream: upstream.to_owned(),
            toxics: Vec::new(),
            next_id: 0,
            session: None,
        };
        let (name, counters) = (name.to_owned(), Arc::default());
        Self { name, counters, seed, carriers, state: Mutex::new(state) }
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

    /// Whether it listens there and leads there.
    pub async fn is_between(&self, listen: &str, upstream: &str) -> bool {
        let state = self.state.lock().await;
        state.listen == listen && state.upstream == upstream
    }

    /// Change what is given. A new address restarts it, which closes its connections.
    ///
    /// # Errors
    /// It cannot listen there; it is disabled then.
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

    /// Add a toxic; live connections follow.
    ///
    /// # Errors
    /// See [`Refused`].
    pub async fn add_toxic(&self, body: Value) -> Result<Value, Refused> {
        let mut state = self.state.lock().await;
        let toxic = Toxic::create(body, state.next_id).map_err(Refused::Invalid)?;
        if state.toxics.iter().any(|each| each.name == toxic.name) {
            return Err(Refused::Exists);
        }
        let shown = toxic.to_json();
        state.next_id += 1;
        state.toxics.push(Arc::new(toxic));
        state.publish();
        Ok(shown)
    }

    /// Change a toxic; live connections follow.
    ///
    /// # Errors
    /// See [`Refused`].
    pub async fn update_toxic(&self, name: &str, body: &Value) -> Result<Value, Refused> {
        let mut state = self.state.lock().await;
        let place = state.place(name).ok_or(Refused::Unknown)?;
        let toxic = state.toxics[place].updated(body).map_err(Refused::Invalid)?;
        let shown = toxic.to_json();
        state.toxics[place] = Arc::new(toxic);
        state.publish();
        Ok(shown)
    }

    /// Remove a toxic; live connections follow.
    ///
    /// # Errors
    /// There is none of that name.
    pub async fn remove_toxic(&self, name: &str) -> Result<(), Refused> {
        let mut state = self.state.lock().await;
        let place = state.place(name).ok_or(Refused::Unknown)?;
        state.toxics.remove(place);
        state.publish();
        Ok(())
    }

    /// Enable it and remove every toxic.
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
        // Bound on the runtime that serves it, whose reactor it then belongs to.
        let acceptor = self.carriers.of(0);
        let listener = acceptor.spawn(TcpListener::bind(address)).await??;
        state.listen = listener.local_addr()?.to_string();
        let plan = Arc::new(Plan { open: true, toxics: state.toxics.clone() });
        let (plan, followed) = watch::channel(plan);
        let shared = Shared {
            seed: self.seed,
            proxy: self.name.clone(),
            upstream: state.upstream.clone(),
            counters: Arc::clone(&self.counters),
        };
        let accepting =
            acceptor.spawn(accept(listener, Arc::new(shared), followed, self.carriers.clone()));
        state.session = Some(Session { plan, accepting });
        Ok(())
    }
}

impl State {
    fn place(&self, name: &str) -> Option<usize> {
        self.toxics.iter().position(|toxic| toxic.name == name)
    }

    fn publish(&self) {
        if let Some(session) = &self.session {
            session.plan.send_replace(Arc::new(Plan { open: true, toxics: self.toxics.clone() }));
        }
    }

    /// Close the listener and every connection; both are closed when this returns.
    async fn stop(&mut self) {
        if let Some(session) = self.session.take() {
            session.plan.send_replace(Arc::new(Plan { open: false, toxics: Vec::new() }));
            let _ = session.accepting.await;
        }
    }
}

async fn accept(
    listener: TcpListener,
    shared: Arc<Shared>,
    mut plan: watch::Receiver<Arc<Plan>>,
    carriers: Carriers,
) {
    let mut live = JoinSet::new();
    loop {
        select! {
            biased;
            () = closed(&mut plan) => break,
            Some(_) = live.join_next() => {}
            accepted = listener.accept() => match accepted {
                Err(_) => sleep(ACCEPT_AGAIN).await,
                Ok((client, _)) => if let Ok(client) = client.into_std() {
                    let number = shared.counters.accepted.add(1);
                    let (shared, plan) = (Arc::clone(&shared), plan.clone());
                    let carried = async move { serve(client, number, &shared, plan).await };
                    live.spawn_on(carried, carriers.of(number));
                }
            },
        }
    }
    drop(listener);
    while live.join_next().await.is_some() {}
}

/// Where an address of the control API lies: none given is a free port on loopback.
fn host_and_port(listen: &str) -> String {
    match listen.strip_prefix(':') {
        Some(port) => format!("0.0.0.0:{port}"),
        None if listen.is_empty() => "127.0.0.1:0".to_owned(),
        None => listen.to_owned(),
    }
}
