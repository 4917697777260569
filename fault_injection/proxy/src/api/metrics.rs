//! The counters in Prometheus' text format; those that Toxiproxy has too bear its names.

use std::fmt::Write;

use crate::proxy::Proxy;
use crate::registry::Registry;

/// All metrics of all proxies.
pub async fn metrics(registry: &Registry) -> String {
    let mut text = String::new();
    let mut shown = Vec::new();
    for proxy in registry.all() {
        shown.push((labels(&proxy).await, proxy));
    }
    let all = shown.as_slice();
    by_direction(&mut text, "toxiproxy_proxy_received_bytes_total", all, |proxy| {
        (proxy.counters.upstream_read.get(), proxy.counters.downstream_read.get())
    });
    by_direction(&mut text, "toxiproxy_proxy_sent_bytes_total", all, |proxy| {
        (proxy.counters.upstream_bytes.get(), proxy.counters.downstream_bytes.get())
    });
    let _ = writeln!(text, "# TYPE gonogo_proxy_connections_total counter");
    for (labels, proxy) in all {
        let counters = &proxy.counters;
        for (event, count) in [
            ("accepted", &counters.accepted),
            ("ended", &counters.ended),
            ("unreachable", &counters.unreachable),
            ("cut", &counters.cut),
        ] {
            let count = count.get();
            let _ = writeln!(
                text,
                "gonogo_proxy_connections_total{{event=\"{event}\",{labels}}} {count}"
            );
        }
    }
    of_toxics(&mut text, all).await;
    text
}

type Shown = (String, std::sync::Arc<Proxy>);

fn by_direction(text: &mut String, name: &str, all: &[Shown], of: impl Fn(&Proxy) -> (u64, u64)) {
    let _ = writeln!(text, "# TYPE {name} counter");
    for (labels, proxy) in all {
        let (upstream, downstream) = of(proxy);
        let _ = writeln!(text, "{name}{{direction=\"upstream\",{labels}}} {upstream}");
        let _ = writeln!(text, "{name}{{direction=\"downstream\",{labels}}} {downstream}");
    }
}

/// The counters of the toxics: one metric, with a label for the counter.
async fn of_toxics(text: &mut String, all: &[Shown]) {
    let _ = writeln!(text, "# TYPE gonogo_proxy_toxic_total counter");
    for (labels, proxy) in all {
        let shown = proxy.counters_to_json().await;
        for (toxic, counters) in shown["toxics"].as_object().into_iter().flatten() {
            let toxic = escaped(toxic);
            for (what, count) in counters.as_object().into_iter().flatten() {
                let _ = writeln!(
                    text,
                    "gonogo_proxy_toxic_total{{what=\"{what}\",toxic=\"{toxic}\",{labels}}} {count}"
                );
            }
        }
    }
}

async fn labels(proxy: &Proxy) -> String {
    let shown = proxy.to_json().await;
    let text = |field: &str| escaped(shown[field].as_str().unwrap_or_default());
    format!(
        "listener=\"{}\",proxy=\"{}\",upstream=\"{}\"",
        text("listen"),
        text("name"),
        text("upstream")
    )
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
