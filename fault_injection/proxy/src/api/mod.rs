//! The control API. It has its own thread, so that traffic cannot delay it.

mod metrics;
mod path;
mod proxies;
mod response;
mod routes;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::time::sleep;

use crate::registry::Registry;

/// Pause after a failed accept, for example when no file descriptors are left.
const ACCEPT_AGAIN: Duration = Duration::from_millis(20);

/// Serve requests until the future is dropped.
pub async fn serve(listener: TcpListener, registry: Arc<Registry>) {
    loop {
        let Ok((client, _)) = listener.accept().await else {
            sleep(ACCEPT_AGAIN).await;
            continue;
        };
        let _ = client.set_nodelay(true);
        let registry = Arc::clone(&registry);
        tokio::spawn(async move {
            let service = service_fn(|request| respond(request, &registry));
            // A client may close its connection at any time; that is no error here.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(client), service).await;
        });
    }
}

async fn respond(
    request: Request<Incoming>,
    registry: &Registry,
) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(routes::route(request, registry).await.into_response())
}
