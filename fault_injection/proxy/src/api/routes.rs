//! The routes of the control API.

use std::env;
use std::io;
use std::sync::Arc;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::USER_AGENT;
use hyper::{Method, Request, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::api::answer::Answer;
use crate::api::metrics::metrics;
use crate::api::path::parts;
use crate::proxy::Proxy;
use crate::registry::Registry;

const BODY_BYTES_MAX: usize = 1024 * 1024;
/// By this a client knows that it speaks to the proxy of its own run.
const RUN_VARIABLE: &str = "GONOGO_RUN_ID";

type Outcome = Result<Answer, Answer>;

/// A proxy as requests give it.
#[derive(Deserialize)]
struct Given {
    #[serde(default)]
    name: String,
    listen: Option<String>,
    upstream: Option<String>,
    enabled: Option<bool>,
}

/// Carry out one request.
pub async fn route(request: Request<Incoming>, registry: &Registry) -> Answer {
    let agent = request.headers().get(USER_AGENT);
    if agent.is_some_and(|agent| agent.as_bytes().starts_with(b"Mozilla/")) {
        // A page in somebody's browser must not steer it.
        return Answer::error(StatusCode::FORBIDDEN, "User agent not allowed");
    }
    let Some(path) = parts(request.uri().path()) else {
        return Answer::error(StatusCode::BAD_REQUEST, "the path's percent encoding is broken");
    };
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return Answer::bad_body(&error.to_string()),
    };
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let outcome = match path.as_slice() {
        ["proxies", name, rest @ ..] => match registry.get(name) {
            None => Err(Answer::no_proxy()),
            Some(proxy) => of_proxy(&head.method, rest, &proxy, &body, registry).await,
        },
        whole => of_all(&head.method, whole, &body, registry).await,
    };
    outcome.unwrap_or_else(|error| error)
}

async fn of_all(method: &Method, path: &[&str], body: &[u8], registry: &Registry) -> Outcome {
    match (method.as_str(), path) {
        ("GET", ["version"]) => Ok(Answer::ok(json!({
            "version": env!("CARGO_PKG_VERSION"),
            "program": env!("CARGO_PKG_NAME"),
            "run": env::var(RUN_VARIABLE).unwrap_or_default(),
            "seed": registry.seed(),
        }))),
        ("GET", ["proxies"]) => {
            let mut all = Map::new();
            for proxy in registry.all() {
                all.insert(proxy.name.clone(), proxy.to_json().await);
            }
            Ok(Answer::ok(Value::Object(all)))
        }
        ("GET", ["counters"]) => {
            let mut all = Map::new();
            for proxy in registry.all() {
                all.insert(proxy.name.clone(), proxy.counters_to_json().await);
            }
            Ok(Answer::ok(Value::Object(all)))
        }
        ("GET", ["metrics"]) => Ok(Answer::metrics(metrics(registry).await)),
        ("POST", ["proxies"]) => create(read(body)?, registry).await,
        ("POST", ["populate"]) => populate(read(body)?, registry).await,
        ("POST", ["reset"]) => {
            for proxy in registry.all() {
                proxy.reset().await?;
            }
            Ok(Answer::nothing())
        }
        _ => unknown(path, &["version", "proxies", "counters", "metrics", "populate", "reset"]),
    }
}

async fn of_proxy(
    method: &Method,
    path: &[&str],
    proxy: &Proxy,
    body: &[u8],
    registry: &Registry,
) -> Outcome {
    match (method.as_str(), path) {
        ("GET", []) => Ok(Answer::ok(proxy.to_json().await)),
        ("GET", ["counters"]) => Ok(Answer::ok(proxy.counters_to_json().await)),
        ("POST", ["canaries"]) => {
            proxy.counters.canaries.add(1);
            Ok(Answer::nothing())
        }
        ("POST" | "PATCH", []) => {
            let given: Given = read(body)?;
            let (listen, upstream) = (given.listen.as_deref(), given.upstream.as_deref());
            proxy.update(listen, upstream, given.enabled).await?;
            Ok(Answer::ok(proxy.to_json().await))
        }
        ("DELETE", []) => {
            let gone = registry.take(&proxy.name).ok_or_else(Answer::no_proxy)?;
            gone.update(None, None, Some(false)).await?;
            Ok(Answer::nothing())
        }
        ("GET", ["toxics"]) => Ok(Answer::ok(proxy.to_json().await["toxics"].take())),
        ("POST", ["toxics"]) => Ok(Answer::ok(proxy.add_toxic(read(body)?).await?)),
        ("GET", ["toxics", name]) => match proxy.toxic(name).await {
            Some(toxic) => Ok(Answer::ok(toxic)),
            None => Err(crate::proxy::ToxicError::NotFound.into()),
        },
        ("POST" | "PATCH", ["toxics", name]) => {
            Ok(Answer::ok(proxy.update_toxic(name, &read(body)?).await?))
        }
        ("DELETE", ["toxics", name]) => {
            proxy.remove_toxic(name).await?;
            Ok(Answer::nothing())
        }
        _ => unknown(path, &["toxics", "counters", "canaries"]),
    }
}

async fn create(given: Given, registry: &Registry) -> Outcome {
    let proxy = made(&given, "", registry)?;
    if !registry.add(&proxy) {
        return Err(Answer::error(StatusCode::CONFLICT, "proxy already exists"));
    }
    if let Err(error) = proxy.update(None, None, Some(given.enabled.unwrap_or(true))).await {
        registry.take(&proxy.name);
        return Err(error.into());
    }
    Ok(Answer::created(proxy.to_json().await))
}

/// Create or replace many; one that is there already, between the same addresses, stays.
///
/// None is touched when one lacks a field. An error comes with those that were made before it.
async fn populate(given: Vec<Given>, registry: &Registry) -> Outcome {
    let mut new = Vec::new();
    for (place, each) in given.iter().enumerate() {
        let made = made(each, &format!(" at proxy {}", place + 1), registry);
        new.push(made.map_err(|error| error.with("proxies", json!([])))?);
    }
    let mut all = Vec::new();
    for (each, new) in given.iter().zip(new) {
        match place(each, new, registry).await {
            Ok(proxy) => all.push(proxy.to_json().await),
            Err(error) => return Err(Answer::from(error).with("proxies", json!(all))),
        }
    }
    Ok(Answer::created(json!({"proxies": all})))
}

async fn place(given: &Given, new: Arc<Proxy>, registry: &Registry) -> io::Result<Arc<Proxy>> {
    let (listen, upstream) = (given.listen.as_deref(), given.upstream.as_deref());
    let proxy = match registry.get(&new.name) {
        Some(old) if old.is_between(listen.unwrap_or(""), upstream.unwrap_or("")).await => old,
        old => {
            if let Some(old) = old {
                old.update(None, None, Some(false)).await?;
            }
            registry.put(Arc::clone(&new));
            new
        }
    };
    proxy.update(None, None, Some(given.enabled.unwrap_or(true))).await?;
    Ok(proxy)
}

fn made(given: &Given, which: &str, registry: &Registry) -> Result<Arc<Proxy>, Answer> {
    if given.name.is_empty() {
        return Err(Answer::missing(&format!("name{which}")));
    }
    let upstream = given.upstream.as_deref().filter(|upstream| !upstream.is_empty());
    let upstream = upstream.ok_or_else(|| Answer::missing(&format!("upstream{which}")))?;
    Ok(registry.make(&given.name, given.listen.as_deref().unwrap_or(""), upstream))
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Answer> {
    serde_json::from_slice(body).map_err(|error| Answer::bad_body(&error.to_string()))
}

fn unknown(path: &[&str], known: &[&str]) -> Outcome {
    let found = path.first().is_none_or(|first| known.contains(first));
    Err(if found {
        Answer::error(StatusCode::METHOD_NOT_ALLOWED, "method not allowed")
    } else {
        Answer::error(StatusCode::NOT_FOUND, "404 page not found")
    })
}
