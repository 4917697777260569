//! Creates, changes and deletes proxies for the control API.

use std::io;
use std::sync::Arc;

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::api::response::ApiResponse;
use crate::json::Object;
use crate::proxy::Proxy;
use crate::registry::Registry;

type Outcome = Result<ApiResponse, ApiResponse>;

/// A proxy as requests describe it.
#[derive(Deserialize)]
struct Given {
    #[serde(default)]
    name: String,
    listen: Option<String>,
    upstream: Option<String>,
    enabled: Option<bool>,
}

impl Given {
    fn is_enabled(&self) -> bool {
        self.enabled.unwrap_or(true)
    }
}

/// Create one; it must be new.
pub async fn create(body: Object, registry: &Registry) -> Outcome {
    let given: Given = body.read()?;
    let proxy = made(&given, "", registry)?;
    if !registry.add(&proxy) {
        return Err(ApiResponse::error(StatusCode::CONFLICT, "proxy already exists"));
    }
    if let Err(error) = proxy.update(None, None, Some(given.is_enabled())).await {
        registry.take(&proxy.name);
        return Err(error.into());
    }
    Ok(ApiResponse::created(proxy.to_json().await))
}

/// Change one.
pub async fn update(proxy: &Proxy, body: Object) -> Outcome {
    let given: Given = body.read()?;
    proxy.update(given.listen.as_deref(), given.upstream.as_deref(), given.enabled).await?;
    Ok(ApiResponse::ok(proxy.to_json().await))
}

/// Delete one; its listener and its connections are closed when this returns.
pub async fn delete(name: &str, registry: &Registry) -> Outcome {
    let proxy = registry.take(name).ok_or_else(ApiResponse::no_proxy)?;
    proxy.update(None, None, Some(false)).await?;
    Ok(ApiResponse::no_content())
}

/// Create or replace many; an existing proxy with the same addresses is kept.
///
/// If one lacks a field, none is changed. Any other error is returned with the proxies that were
/// created before it.
pub async fn populate(bodies: Vec<Object>, registry: &Registry) -> Outcome {
    let mut given = Vec::new();
    let mut new = Vec::new();
    for (place, body) in bodies.into_iter().enumerate() {
        let each: Given = body.read()?;
        let made = made(&each, &format!(" at proxy {}", place + 1), registry);
        new.push(made.map_err(|error| error.with("proxies", json!([])))?);
        given.push(each);
    }
    let mut all = Vec::new();
    for (each, new) in given.iter().zip(new) {
        match place(each, new, registry).await {
            Ok(proxy) => all.push(proxy.to_json().await),
            Err(error) => return Err(ApiResponse::from(error).with("proxies", json!(all))),
        }
    }
    Ok(ApiResponse::created(json!({"proxies": all})))
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
    proxy.update(None, None, Some(given.is_enabled())).await?;
    Ok(proxy)
}

fn made(given: &Given, which: &str, registry: &Registry) -> Result<Arc<Proxy>, ApiResponse> {
    if given.name.is_empty() {
        return Err(ApiResponse::missing(&format!("name{which}")));
    }
    let upstream = given.upstream.as_deref().filter(|upstream| !upstream.is_empty());
    let upstream = upstream.ok_or_else(|| ApiResponse::missing(&format!("upstream{which}")))?;
    Ok(registry.make(&given.name, given.listen.as_deref().unwrap_or(""), upstream))
}
