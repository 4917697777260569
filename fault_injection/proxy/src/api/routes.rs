//! The routes of the control API.

use std::env;
use std::sync::{Arc, LazyLock};

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::USER_AGENT;
use hyper::{Method, Request, StatusCode};
use matchit::Router;
use serde_json::{Map, Value, from_slice, json};

use crate::api::metrics::metrics;
use crate::api::path::decoded;
use crate::api::proxies::{create, delete, populate, update};
use crate::api::response::ApiResponse;
use crate::proxy::{Proxy, ToxicError};
use crate::registry::Registry;

const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Lets a client check that it talks to the proxy of its own run.
const RUN_VARIABLE: &str = "GONOGO_RUN_ID";

#[derive(Clone, Copy)]
enum Route {
    Version,
    Metrics,
    AllCounters,
    Populate,
    Reset,
    Proxies,
    Proxy,
    Counters,
    Canaries,
    Toxics,
    Toxic,
}

const PATHS: [(&str, Route); 11] = [
    ("/version", Route::Version),
    ("/metrics", Route::Metrics),
    ("/counters", Route::AllCounters),
    ("/populate", Route::Populate),
    ("/reset", Route::Reset),
    ("/proxies", Route::Proxies),
    ("/proxies/{proxy}", Route::Proxy),
    ("/proxies/{proxy}/counters", Route::Counters),
    ("/proxies/{proxy}/canaries", Route::Canaries),
    ("/proxies/{proxy}/toxics", Route::Toxics),
    ("/proxies/{proxy}/toxics/{toxic}", Route::Toxic),
];

static ROUTER: LazyLock<Router<Route>> = LazyLock::new(|| {
    let mut router = Router::new();
    for (path, route) in PATHS {
        router.insert(path, route).expect("the paths above differ");
    }
    router
});

/// Carry out one request.
pub async fn route(request: Request<Incoming>, registry: &Registry) -> ApiResponse {
    let agent = request.headers().get(USER_AGENT);
    if agent.is_some_and(|agent| agent.as_bytes().starts_with(b"Mozilla/")) {
        // A page that is open in a browser must not control the proxy.
        return ApiResponse::error(StatusCode::FORBIDDEN, "User agent not allowed");
    }
    let path = format!("/{}", request.uri().path().trim_matches('/'));
    let Ok(found) = ROUTER.at(&path) else {
        return ApiResponse::no_page();
    };
    let name = |parameter| decoded(found.params.get(parameter).unwrap_or_default());
    let (Some(proxy), Some(toxic)) = (name("proxy"), name("toxic")) else {
        let error = "the percent encoding of the path is broken";
        return ApiResponse::error(StatusCode::BAD_REQUEST, error);
    };
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return ApiResponse::bad_body(&error.to_string()),
    };
    let target = Target { route: *found.value, proxy, toxic };
    target.respond(&head.method, &body, registry).await.unwrap_or_else(|error| error)
}

/// What a path names.
struct Target {
    route: Route,
    proxy: String,
    toxic: String,
}

impl Target {
    async fn respond(
        &self,
        method: &Method,
        body: &[u8],
        registry: &Registry,
    ) -> Result<ApiResponse, ApiResponse> {
        let proxy = || registry.get(&self.proxy).ok_or_else(ApiResponse::no_proxy);
        Ok(match (self.route, method.as_str()) {
            (Route::Version, "GET") => ApiResponse::ok(version(registry)),
            (Route::Metrics, "GET") => ApiResponse::metrics(metrics(registry).await),
            (Route::AllCounters, "GET") => ApiResponse::ok(
                by_name(registry, async |proxy| proxy.counters_to_json().await).await,
            ),
            (Route::Populate, "POST") => {
                populate(from_slice::<Option<_>>(body)?.unwrap_or_default(), registry).await?
            }
            (Route::Reset, "POST") => {
                for proxy in registry.all() {
                    proxy.reset().await?;
                }
                ApiResponse::no_content()
            }
            (Route::Proxies, "GET") => {
                ApiResponse::ok(by_name(registry, async |proxy| proxy.to_json().await).await)
            }
            (Route::Proxies, "POST") => create(from_slice(body)?, registry).await?,
            (Route::Proxy, "GET") => ApiResponse::ok(proxy()?.to_json().await),
            (Route::Proxy, "POST" | "PATCH") => update(&*proxy()?, from_slice(body)?).await?,
            (Route::Proxy, "DELETE") => delete(&self.proxy, registry).await?,
            (Route::Counters, "GET") => ApiResponse::ok(proxy()?.counters_to_json().await),
            (Route::Canaries, "POST") => {
                proxy()?.counters.canaries.add(1);
                ApiResponse::no_content()
            }
            (Route::Toxics, "GET") => ApiResponse::ok(proxy()?.to_json().await["toxics"].take()),
            (Route::Toxics, "POST") => {
                ApiResponse::ok(proxy()?.add_toxic(from_slice(body)?).await?)
            }
            (Route::Toxic, "GET") => {
                ApiResponse::ok(proxy()?.toxic(&self.toxic).await.ok_or(ToxicError::NotFound)?)
            }
            (Route::Toxic, "POST" | "PATCH") => {
                ApiResponse::ok(proxy()?.update_toxic(&self.toxic, from_slice(body)?).await?)
            }
            (Route::Toxic, "DELETE") => {
                proxy()?.remove_toxic(&self.toxic).await?;
                ApiResponse::no_content()
            }
            _ => return Err(ApiResponse::bad_method()),
        })
    }
}

fn version(registry: &Registry) -> Value {
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "program": env!("CARGO_PKG_NAME"),
        "run": env::var(RUN_VARIABLE).unwrap_or_default(),
        "seed": registry.seed(),
    })
}

async fn by_name(registry: &Registry, shown: impl AsyncFn(Arc<Proxy>) -> Value) -> Value {
    let mut all = Map::new();
    for proxy in registry.all() {
        all.insert(proxy.name.clone(), shown(proxy).await);
    }
    Value::Object(all)
}
