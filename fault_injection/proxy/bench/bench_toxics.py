"""How close the effect of each toxic is to what was asked.

    .venv/bin/python fault_injection/proxy/bench/bench_toxics.py

Latency is the added time of a one-byte round trip, the median of 20, compared with the same
connection without the toxic. Bandwidth is measured over three seconds of a stream. Resets are
the fraction of open connections that end by a reset, and fail-first is the number of HTTP requests
that fail.
"""

import json
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench_proxy import (  # type: ignore[import-not-found] # the script beside this one
    CHUNK_BYTES,
    HOST,
    PROXY,
    Address,
    round_trips_s,
    serve,
    start,
)

LATENCIES_MS = (5, 20, 100, 500)
RATES_KB_PER_S = (100, 1000, 10_000)
PINGS = 20
STREAM_S = 3.0
CONNECTIONS = 50
FAILING = 7


class Proxy:
    """A fault proxy and its control API."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [str(PROXY), "--die-with-parent"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdout is not None  # noqa: S101 - asked for
        self._control = json.loads(self.process.stdout.readline())["control"]

    def call(self, method: str, path: str, body: object = None) -> dict[str, str]:
        """One call of the API."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://{self._control}{path}", data, method=method)
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - on loopback
            found: dict[str, str] = json.loads(answer.read() or b"{}")
        return found

    def between(self, name: str, upstream: Address) -> Address:
        """Create a listener in front of an upstream; its address."""
        body = {"name": name, "listen": f"{HOST}:0", "upstream": "{}:{}".format(*upstream)}
        listen = self.call("POST", "/proxies", body)["listen"]
        return HOST, int(listen.rpartition(":")[2])

    def toxic(self, name: str, kind: str, **attributes: int) -> str:
        """Add one to the downstream direction; its path."""
        toxic = {"name": kind, "type": kind, "attributes": attributes}
        self.call("POST", f"/proxies/{name}/toxics", toxic)
        return f"/proxies/{name}/toxics/{kind}"


class AlwaysOk(BaseHTTPRequestHandler):
    """Answers 200 to every request."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def main() -> None:
    """Measure each toxic, and print a line for it."""
    echo, proxy = start(serve), Proxy()
    listener = proxy.between("echo", echo)
    for asked_ms in LATENCIES_MS:
        with socket.create_connection(listener) as connection:
            base_ms = round_trip_ms(connection)
            path = proxy.toxic("echo", "latency", latency=asked_ms)
            added_ms = round_trip_ms(connection) - base_ms
            proxy.call("DELETE", path)
        near = abs(added_ms - asked_ms) <= max(0.1 * asked_ms, 1.0)
        say(f"latency {asked_ms} ms: {added_ms:.2f} ms added", near)
    for asked in RATES_KB_PER_S:
        path = proxy.toxic("echo", "bandwidth", rate=asked)
        achieved = stream_kb_per_s(listener)
        proxy.call("DELETE", path)
        say(f"bandwidth {asked} KB/s: {achieved:.0f} KB/s", abs(achieved / asked - 1) <= 0.1)
    open_ones = [socket.create_connection(listener) for _ in range(CONNECTIONS)]
    for connection in open_ones:
        connection.sendall(b"x")
        connection.recv(1)
    path = proxy.toxic("echo", "reset_peer", timeout=0)
    reset = sum(was_reset(connection) for connection in open_ones)
    proxy.call("DELETE", path)
    say(f"reset: {reset} of {CONNECTIONS} connections", reset == CONNECTIONS)
    failed = failed_first(proxy)
    say(f"fail-first {FAILING}: {failed} of 20 requests", failed == FAILING)
    proxy.process.terminate()


def round_trip_ms(connection: socket.socket) -> float:
    """Median of a number of round trips."""
    taken_s: list[float] = round_trips_s(connection, PINGS)
    return statistics.median(taken_s) * 1e3


def stream_kb_per_s(address: Address) -> float:
    """Thousands of bytes a second, over some seconds."""
    buffer = bytearray(CHUNK_BYTES)
    with socket.create_connection(address) as connection:
        connection.sendall(b"S")
        began, came = time.perf_counter(), 0
        while (passed_s := time.perf_counter() - began) < STREAM_S:
            came += connection.recv_into(buffer)
    return came / 1e3 / passed_s


def was_reset(connection: socket.socket) -> bool:
    """Whether a connection ends by a reset, within a second."""
    connection.settimeout(1.0)
    try:
        connection.recv(1)
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    finally:
        connection.close()
    return False


def failed_first(proxy: Proxy) -> int:
    """Of twenty requests in a row, how many were answered with the error."""
    host, port = proxy.between("web", start(serve_http))
    proxy.toxic("web", "http", status=503, fail_first=FAILING)
    failed = 0
    for _ in range(20):
        try:
            urllib.request.urlopen(f"http://{host}:{port}/").close()
        except urllib.error.HTTPError as error:
            failed += error.code == 503
    return failed


def serve_http(listener: socket.socket) -> None:
    """Serve HTTP on a socket that listens already."""
    server = ThreadingHTTPServer((HOST, 0), AlwaysOk, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.serve_forever()


def say(text: str, near: bool) -> None:
    """Print one line, marked if the result misses its bar."""
    sys.stdout.write(f"{text}{'' if near else '   MISSED'}\n")


if __name__ == "__main__":
    main()
