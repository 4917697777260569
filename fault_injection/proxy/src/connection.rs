//! One connection: a client, its upstream, and a lane each way.

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

use crate::counters::ProxyCounters;
use crate::flow::End;
use crate::lane::{Lane, Owner};
use crate::link::Link;
use crate::plan::{Plan, closed};
use crate::toxic::Stream;

/// How long a connection over which bytes just went keeps its thread awake for the next ones.
///
/// To wake a core that sleeps takes longer than all else a relay does.
const LINGER: Duration = Duration::from_micros(50);

/// What all connections of a proxy share.
pub struct Shared {
    /// Seed of the program.
    pub seed: u64,
    /// Name of the proxy.
    pub proxy: String,
    /// Host and port, resolved anew for each connection.
    pub upstream: String,
    /// What the proxy did.
    pub counters: Arc<ProxyCounters>,
}

/// Serve one client until the connection ends.
pub async fn serve(
    client: net::TcpStream,
    number: u64,
    shared: &Shared,
    mut plan: Receiver<Arc<Plan>>,
) {
    let counters = &shared.counters;
    let Ok(mut client) = TcpStream::from_std(client) else {
        counters.ended.add(1);
        return;
    };
    let server = select! {
        biased;
        () = closed(&mut plan) => None,
        server = TcpStream::connect(&shared.upstream) => Some(server),
    };
    match server {
        None => _ = counters.cut.add(1),
        Some(Err(_)) => {
            counters.unreachable.add(1);
            reset(&client);
        }
        Some(Ok(mut server)) => {
            let end = carry(&mut client, &mut server, number, shared, &plan).await;
            if end == End::Reset {
                reset(&client);
                reset(&server);
            } else if !plan.borrow().open {
                counters.cut.add(1);
            }
        }
    }
    counters.ended.add(1);
}

async fn carry(
    client: &mut TcpStream,
    server: &mut TcpStream,
    connection: u64,
    shared: &Shared,
    plan: &Receiver<Arc<Plan>>,
) -> End {
    // Without it the kernel would add up to 40 ms of its own to what toxics are asked for.
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let link = Arc::<Link>::default();
    let owner = Owner { seed: shared.seed, proxy: &shared.proxy, connection, link: &link };
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let up = Lane::new(
        (from_client, to_server),
        Stream::Upstream,
        owner,
        (&shared.counters.upstream_read, &shared.counters.upstream_bytes),
        plan.clone(),
    );
    let down = Lane::new(
        (from_server, to_client),
        Stream::Downstream,
        owner,
        (&shared.counters.downstream_read, &shared.counters.downstream_bytes),
        plan.clone(),
    );
    match linger(async { try_join!(up.run(), down.run()) }, &link).await {
        Ok(_) => End::Closed,
        Err(end) => end,
    }
}

/// Run the lanes; while bytes move, ask for more of them instead of sleeping until they come.
async fn linger<T>(lanes: impl Future<Output = T>, link: &Link) -> T {
    let mut lanes = pin!(lanes);
    let (mut moves, mut since) = (link.moves(), Instant::now());
    poll_fn(|context| {
        let state = lanes.as_mut().poll(context);
        if state.is_pending() {
            let now = Instant::now();
            if link.moves() != moves {
                (moves, since) = (link.moves(), now);
            }
            if now.duration_since(since) < LINGER {
                // Whoever else has work for this core goes first.
                yield_now();
                context.waker().wake_by_ref();
            }
        }
        state
    })
    .await
}

/// Have the kernel answer with a reset when the socket is dropped.
fn reset(socket: &TcpStream) {
    let _ = SockRef::from(socket).set_linger(Some(Duration::ZERO));
}
