//! One connection: a client, its upstream, and a relay in each direction.

use std::future::{Future, poll_fn};
use std::net;
use std::pin::pin;
use std::sync::Arc;
use std::thread::yield_now;
use std::time::{Duration, Instant};

use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::sync::watch::Receiver;
use tokio::{select, try_join};

use crate::config::{Config, disabled};
use crate::counters::ProxyCounters;
use crate::flow::{End, Stream};
use crate::link::{ConnectionContext, Link};
use crate::relay::Relay;

/// How long a thread polls a connection after its last bytes before it sleeps.
///
/// Waking a sleeping core takes longer than everything else that a relay does.
const BUSY_POLL: Duration = Duration::from_micros(50);

/// What all connections of a proxy share.
pub struct ProxySettings {
    /// Seed of the program.
    pub seed: u64,
    /// Name of the proxy.
    pub proxy: String,
    /// Host and port, resolved again for each connection.
    pub upstream: String,
    /// What the proxy did.
    pub counters: Arc<ProxyCounters>,
}

/// Serve one client until the connection ends.
pub async fn serve(
    client: net::TcpStream,
    number: u64,
    settings: &ProxySettings,
    mut config: Receiver<Arc<Config>>,
) {
    let counters = &settings.counters;
    let Ok(mut client) = TcpStream::from_std(client) else {
        counters.ended.add(1);
        return;
    };
    let server = select! {
        biased;
        () = disabled(&mut config) => None,
        server = TcpStream::connect(&settings.upstream) => Some(server),
    };
    match server {
        None => _ = counters.cut.add(1),
        Some(Err(_)) => {
            counters.unreachable.add(1);
            reset(&client);
        }
        Some(Ok(mut server)) => {
            let end = relay(&mut client, &mut server, number, settings, &config).await;
            if end == End::Reset {
                reset(&client);
                reset(&server);
            } else if !config.borrow().enabled {
                counters.cut.add(1);
            }
        }
    }
    counters.ended.add(1);
}

async fn relay(
    client: &mut TcpStream,
    server: &mut TcpStream,
    number: u64,
    settings: &ProxySettings,
    config: &Receiver<Arc<Config>>,
) -> End {
    // Nagle's algorithm would add up to 40 ms to the latency that a toxic asks for.
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let link = Arc::<Link>::default();
    let context =
        ConnectionContext { seed: settings.seed, proxy: &settings.proxy, number, link: &link };
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let up = Relay::new(
        (from_client, to_server),
        Stream::Upstream,
        context,
        (&settings.counters.upstream_read, &settings.counters.upstream_bytes),
        config.clone(),
    );
    let down = Relay::new(
        (from_server, to_client),
        Stream::Downstream,
        context,
        (&settings.counters.downstream_read, &settings.counters.downstream_bytes),
        config.clone(),
    );
    match busy_poll(async { try_join!(up.run(), down.run()) }, &link).await {
        Ok(_) => End::Closed,
        Err(end) => end,
    }
}

/// Run the relays; while bytes move, poll the sockets instead of sleeping.
async fn busy_poll<T>(relays: impl Future<Output = T>, link: &Link) -> T {
    let mut relays = pin!(relays);
    let (mut reads, mut since) = (link.reads(), Instant::now());
    poll_fn(|context| {
        let state = relays.as_mut().poll(context);
        if state.is_pending() {
            let now = Instant::now();
            if link.reads() != reads {
                (reads, since) = (link.reads(), now);
            }
            if now.duration_since(since) < BUSY_POLL {
                // Other processes that wait for this core run first.
                yield_now();
                context.waker().wake_by_ref();
            }
        }
        state
    })
    .await
}

/// The kernel sends a reset when the socket is dropped.
fn reset(socket: &TcpStream) {
    let _ = SockRef::from(socket).set_linger(Some(Duration::ZERO));
}
