"""What the proxy costs without toxics, compared with a direct connection and a plain splice.

    .venv/bin/python fault_injection/proxy/bench/bench_proxy.py [--peer PATH]

The splice is a loop of splice(2) in its own process: the cost of a relay that does not look at
the data. All variants take turns in the same run, so that a busy machine affects them equally. With
the path of a Toxiproxy server, that takes turns too. Latency is that of one-byte round trips on
one connection, throughput that of one stream in one direction, CPU time what the proxy uses for
one round trip.
"""

import argparse
import contextlib
import fcntl
import json
import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROUNDS = 5
PINGS = 4000
STREAM_BYTES = 1 << 30
CHUNK_BYTES = 1 << 18
PIPE_BYTES = 1 << 20
PEER_UP_S_MAX = 10.0
HOST = "127.0.0.1"
PROXY = Path(sys.executable).with_name("gonogo-proxy")

Address = tuple[str, int]


def serve(listener: socket.socket) -> None:
    """Echo bytes; reply to the byte ``S`` with the stream."""
    block = bytes(CHUNK_BYTES)

    def talk(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, contextlib.suppress(ConnectionError):
            while data := connection.recv(64):
                if data == b"S":
                    for _ in range(STREAM_BYTES // CHUNK_BYTES):
                        connection.sendall(block)
                    return
                connection.sendall(data)

    while True:
        connection, _ = listener.accept()
        threading.Thread(target=talk, args=(connection,), daemon=True).start()


def relay(listener: socket.socket, upstream: Address) -> None:
    """Move bytes from socket to socket inside the kernel."""

    def move(source: socket.socket, sink: socket.socket) -> None:
        inlet, outlet = os.pipe()
        fcntl.fcntl(outlet, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        while count := os.splice(source.fileno(), outlet, PIPE_BYTES):
            while count:
                count -= os.splice(inlet, sink.fileno(), count)
        sink.shutdown(socket.SHUT_WR)

    while True:
        client, _ = listener.accept()
        server = socket.create_connection(upstream)
        for each in (client, server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for pair in ((client, server), (server, client)):
            threading.Thread(target=move, args=pair, daemon=True).start()


def start(work: Callable[..., None], *arguments: object) -> Address:
    """Run it in its own process; the address it listens on."""
    listener = socket.create_server((HOST, 0), backlog=64)
    address: Address = listener.getsockname()
    process = multiprocessing.Process(target=work, args=(listener, *arguments), daemon=True)
    process.start()
    listener.close()
    return address


def start_proxy(upstream: Address) -> tuple[subprocess.Popen[bytes], Address]:
    """Start the fault proxy with one listener; the address of that."""
    process = subprocess.Popen(
        [str(PROXY), "--die-with-parent"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None  # noqa: S101 - asked for
    control = json.loads(process.stdout.readline())["control"]
    return process, create_proxy(control, upstream)


def start_peer(program: Path, upstream: Address) -> tuple[subprocess.Popen[bytes], Address]:
    """Start a Toxiproxy server with one listener; the address of that."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [str(program), "-host", HOST, "-port", str(port)],
        env={"LOG_LEVEL": "error"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + PEER_UP_S_MAX
    while True:
        try:
            return process, create_proxy(f"{HOST}:{port}", upstream)
        except urllib.error.URLError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.02)


def create_proxy(control: str, upstream: Address) -> Address:
    """Create a listener through the control API, which both have; its address."""
    body = {"name": "bench", "listen": f"{HOST}:0", "upstream": "{}:{}".format(*upstream)}
    request = urllib.request.Request(
        f"http://{control}/proxies", data=json.dumps(body).encode(), method="POST"
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
        listen = json.load(answer)["listen"]
    return HOST, int(listen.rpartition(":")[2])


def cpu_us(process: subprocess.Popen[bytes] | None) -> float:
    """CPU time it has used so far; 0 without a process between the two ends."""
    if process is None:
        return 0.0
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1e6 / os.sysconf("SC_CLK_TCK")


def round_trips_s(connection: socket.socket, count: int) -> list[float]:
    """Round trips of one byte."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        connection.sendall(b"x")
        connection.recv(1)
        taken.append(time.perf_counter() - began)
    return taken


def pings_us(address: Address) -> list[float]:
    """Round trips on a new connection."""
    with socket.create_connection(address) as connection:
        return [each_s * 1e6 for each_s in round_trips_s(connection, PINGS)]


def stream_mb_per_s(address: Address) -> float:
    """Megabytes a second of one stream."""
    buffer = bytearray(CHUNK_BYTES)
    with socket.create_connection(address) as connection:
        connection.sendall(b"S")
        began, left = time.perf_counter(), STREAM_BYTES
        while left:
            left -= connection.recv_into(buffer)
        return STREAM_BYTES / 1e6 / (time.perf_counter() - began)


def main() -> None:
    """Measure the variants in turns, and print one line each."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--peer", type=Path, help="a Toxiproxy server to compare with")
    peer = parser.parse_args().peer
    direct = start(serve)
    splice = start(relay, direct)
    processes: dict[str, subprocess.Popen[bytes]] = {}
    variants = {"direct": direct, "splice": splice}
    processes["gonogo-proxy"], variants["gonogo-proxy"] = start_proxy(direct)
    if peer is not None:
        processes["toxiproxy"], variants["toxiproxy"] = start_peer(peer, direct)
    pings: dict[str, list[float]] = {name: [] for name in variants}
    streams: dict[str, list[float]] = {name: [] for name in variants}
    used_us = dict.fromkeys(variants, 0.0)
    for _ in range(ROUNDS):
        for name, address in variants.items():
            used_us[name] -= cpu_us(processes.get(name))
            pings[name] += pings_us(address)
            used_us[name] += cpu_us(processes.get(name))
            streams[name].append(stream_mb_per_s(address))
    for process in processes.values():
        process.terminate()
    base = quantiles(pings["direct"])
    out = sys.stdout
    out.write(f"{'variant':14} {'p50 us':>8} {'p99 us':>8} {'added p50':>10} {'added p99':>10}"
              f" {'CPU us':>8} {'MB/s':>8}\n")  # fmt: skip
    for name in variants:
        p50, p99 = quantiles(pings[name])
        speed = statistics.median(streams[name])
        out.write(f"{name:14} {p50:8.1f} {p99:8.1f} {p50 - base[0]:10.1f} {p99 - base[1]:10.1f}"
                  f" {used_us[name] / len(pings[name]):8.1f} {speed:8.0f}\n")  # fmt: skip


def quantiles(values: list[float]) -> tuple[float, float]:
    """Median and 99th percentile, exact."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]


if __name__ == "__main__":
    main()
