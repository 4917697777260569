//! The control API, on a thread of its own: data traffic cannot keep it waiting.

mod answer;
mod metrics;
mod path;
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

/// After a failed accept, as when no descriptors are left.
const ACCEPT_AGAIN: Duration = Duration::from_millis(20);

/// Answer requests for as long as it is polled.
pub async fn serve(listener: TcpListener, registry: Arc<Registry>) {
    loop {
        let Ok((client, _)) = listener.accept().await else {
            sleep(ACCEPT_AGAIN).await;
            continue;
        };
        let _ = client.set_nodelay(true);
        let registry = Arc::clone(&registry);
        tokio::spawn(async move {
            let answer = service_fn(|request| respond(request, &registry));
            // A client that goes away in the middle is its own business.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(client), answer).await;
        });
    }
}

async fn respond(
    request: Request<Incoming>,
    registry: &Registry,
) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(routes::route(request, registry).await.into_response())
}
