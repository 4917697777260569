"""Toxiproxy's HTTP API, as its clients know it, against the running program."""

import json
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from typing import Any
from unittest.mock import ANY

import pytest
from toxiproxy import Toxiproxy, exceptions

from gonogo.linux import wait_until
from tests.backends.builders import PATIENCE_S
from tests.faults.proxies import ANSWER_S_MAX, Api, api

__all__ = ["api"]


PROXY = {"name": "p", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:1"}
TOXIC = {"type": "latency", "attributes": {"latency": 5}}
SHOWN_TOXIC = {
    "name": "latency_downstream", "type": "latency", "stream": "downstream", "toxicity": 1.0,
    "attributes": {"latency": 5, "jitter": 0},
}  # fmt: skip
NO_PROXY = {"error": "proxy not found", "status": 404}
NO_TOXIC = {"error": "toxic not found", "status": 404}
BAD_STREAM = "stream was invalid, can be either upstream or downstream"


def _error(status: int, error: str) -> dict[str, Any]:
    return {"error": error, "status": status}


# Sent in this order to one program: request, status, and what the body must contain.
CASES: list[tuple[str, str, Any, int, Any]] = [
    ("GET", "/proxies", None, 200, {}),
    ("POST", "/proxies", {}, 400, _error(400, "missing required field: name")),
    ("POST", "/proxies", {"name": "p"}, 400, _error(400, "missing required field: upstream")),
    ("POST", "/proxies", PROXY, 201, {"name": "p", "enabled": True, "toxics": []}),
    ("POST", "/proxies", PROXY, 409, _error(409, "proxy already exists")),
    ("GET", "/proxies/p", None, 200, {"name": "p", "upstream": "127.0.0.1:1"}),
    ("GET", "/proxies/q", None, 404, NO_PROXY),
    ("POST", "/proxies/q", {"enabled": False}, 404, NO_PROXY),
    ("PATCH", "/proxies/p", {"enabled": False}, 200, {"enabled": False}),
    ("POST", "/proxies/p", {"enabled": True}, 200, {"enabled": True}),
    ("PATCH", "/proxies/p", {"upstream": "127.0.0.1:2"}, 200, {"upstream": "127.0.0.1:2"}),
    ("GET", "/proxies/p/toxics", None, 200, []),
    ("GET", "/proxies/q/toxics", None, 404, NO_PROXY),
    ("POST", "/proxies/p/toxics", TOXIC, 200, SHOWN_TOXIC),
    ("POST", "/proxies/p/toxics", TOXIC, 409, _error(409, "toxic already exists")),
    ("POST", "/proxies/p/toxics", {"type": "x"}, 400, _error(400, "invalid toxic type")),
    ("POST", "/proxies/p/toxics", TOXIC | {"stream": "x"}, 400, _error(400, BAD_STREAM)),
    ("POST", "/proxies/p/toxics", {"type": "timeout", "stream": "upstream", "toxicity": 0.5}, 200,
     {"name": "timeout_upstream", "toxicity": 0.5, "attributes": {"timeout": 0}}),
    ("POST", "/proxies/p/toxics", {"type": "bandwidth", "attributes": {"rate": 7}}, 200,
     {"attributes": {"rate": 7}}),
    ("POST", "/proxies/p/toxics", {"type": "slow_close", "attributes": {"delay": 7}}, 200,
     {"attributes": {"delay": 7}}),
    ("POST", "/proxies/p/toxics", {"type": "limit_data", "attributes": {"bytes": 7}}, 200,
     {"attributes": {"bytes": 7}}),
    ("POST", "/proxies/p/toxics", {"type": "reset_peer", "attributes": {"timeout": 7}}, 200,
     {"attributes": {"timeout": 7}}),
    ("POST", "/proxies/p/toxics",
     {"type": "slicer", "attributes": {"average_size": 7, "size_variation": 3, "delay": 1}}, 200,
     {"attributes": {"average_size": 7, "size_variation": 3, "delay": 1}}),
    ("GET", "/proxies/p/toxics/latency_downstream", None, 200, SHOWN_TOXIC),
    ("GET", "/proxies/p/toxics/x", None, 404, NO_TOXIC),
    ("PATCH", "/proxies/p/toxics/latency_downstream", {"attributes": {"jitter": 3}}, 200,
     {"attributes": {"latency": 5, "jitter": 3}}),
    ("POST", "/proxies/p/toxics/latency_downstream", {"toxicity": 0.25}, 200,
     {"toxicity": 0.25, "attributes": {"latency": 5, "jitter": 3}}),
    ("POST", "/proxies/p/toxics/x", {"toxicity": 0.25}, 404, NO_TOXIC),
    ("DELETE", "/proxies/p/toxics/latency_downstream", None, 204, None),
    ("DELETE", "/proxies/p/toxics/latency_downstream", None, 404, NO_TOXIC),
    ("POST", "/proxies/p", {"enabled": False}, 200, {"enabled": False}),
    ("POST", "/reset", None, 204, None),
    ("GET", "/proxies/p", None, 200, {"enabled": True, "toxics": []}),
    ("POST", "/populate", [PROXY, {"name": "q"}], 400,
     _error(400, "missing required field: upstream at proxy 2") | {"proxies": []}),
    ("POST", "/populate", [PROXY | {"name": "r", "enabled": False}], 201, {}),
    ("GET", "/proxies/r", None, 200, {"enabled": False}),
    ("DELETE", "/proxies/p", None, 204, None),
    ("DELETE", "/proxies/p", None, 404, NO_PROXY),
    ("PUT", "/proxies", None, 405, {}),
    ("GET", "/nowhere", None, 404, {}),
]  # fmt: skip

# Toxiproxy reads bodies with Go's encoding/json: names in any case, null as absent, types strictly.
# Sent in this order to one program, as above.
FOREIGN_SPELLINGS: list[tuple[str, str, Any, int, Any]] = [
    ("POST", "/proxies", {"Name": "p", "LISTEN": None, "Upstream": "127.0.0.1:1", "Enabled": None},
     201, {"name": "p", "upstream": "127.0.0.1:1", "enabled": True}),
    ("POST", "/proxies", None, 400, {}),
    ("POST", "/proxies", {"name": None, "upstream": "h:1"}, 400,
     _error(400, "missing required field: name")),
    ("POST", "/proxies", {"name": "q", "upstream": None}, 400,
     _error(400, "missing required field: upstream")),
    ("PATCH", "/proxies/p", {"ENABLED": False, "Listen": None}, 200, {"enabled": False}),
    ("PATCH", "/proxies/p", {"Upstream": "127.0.0.1:2", "enabled": None}, 200,
     {"upstream": "127.0.0.1:2", "enabled": False}),
    ("POST", "/populate", [{"NAME": "q", "Upstream": "127.0.0.1:1", "enabled": None}], 201,
     {"proxies": [{"name": "q", "listen": ANY, "upstream": "127.0.0.1:1", "enabled": True,
                   "toxics": []}]}),
    ("POST", "/populate", "null", 201, {"proxies": []}),
    ("POST", "/populate", [None], 400, _error(400, "missing required field: name at proxy 1")),
    ("POST", "/proxies/p/toxics",
     {"Name": "B", "Stream": "upstream", "Type": "bandwidth", "Attributes": {"Rate": 100}}, 200,
     {"name": "B", "stream": "upstream", "type": "bandwidth", "attributes": {"rate": 100}}),
    ("POST", "/proxies/p/toxics", {"type": "latency", "stream": "Upstream"}, 200,
     {"name": "latency_Upstream", "stream": "Upstream", "toxicity": 1.0}),
    ("POST", "/proxies/p/toxics",
     {"name": None, "type": "latency", "stream": None, "toxicity": None, "attributes": None}, 200,
     SHOWN_TOXIC | {"attributes": {"latency": 0, "jitter": 0}}),
    ("POST", "/proxies/p/toxics",
     {"type": "latency", "name": "n", "toxicity": 1, "attributes": {"LATENCY": 5, "jitter": None}},
     200, {"name": "n", "toxicity": 1.0, "attributes": {"latency": 5, "jitter": 0}}),
    ("PATCH", "/proxies/p/toxics/n",
     {"Toxicity": None, "Attributes": {"latency": None, "Jitter": 3}}, 200,
     {"toxicity": 1.0, "attributes": {"latency": 5, "jitter": 3}}),
    ("PATCH", "/proxies/p/toxics/n", {"TOXICITY": 0.5, "attributes": None}, 200,
     {"toxicity": 0.5, "attributes": {"latency": 5, "jitter": 3}}),
    ("PATCH", "/proxies/p/toxics/n", "null", 200, {"toxicity": 0.5}),
]  # fmt: skip

# By route, bodies with a value of a wrong type, which Go refuses for the field.
NO_OBJECTS: tuple[Any, ...] = ("x", 7, True, [], [5, 0])
NO_INTEGERS: tuple[Any, ...] = ("5", 1.0, 1.5, True, [5], {})
WRONG_TYPES: dict[str, list[Any]] = {
    "/proxies": [
        ["x", "127.0.0.1:0", "127.0.0.1:1"], 7, "\"x\"",
        {"name": 7, "upstream": "h:1"}, {"name": "x", "upstream": ["h:1"]},
        {"name": "x", "upstream": "h:1", "enabled": "true"},
        {"name": "x", "upstream": "h:1", "enabled": 1},
    ],
    "/populate": [{"name": "x", "upstream": "h:1"}, [["x"]], [7]],
    "/proxies/p": [[], 7, {"enabled": "no"}, {"listen": 7}, {"upstream": {}}],
    "/proxies/p/toxics": [
        [], {"type": 7}, {"type": "latency", "toxicity": "1"}, {"type": "latency", "stream": 1},
        {"type": "latency", "name": ["x"]},
        *({"type": "latency", "attributes": wrong} for wrong in NO_OBJECTS),
        *({"type": "latency", "attributes": {"latency": wrong}}
          for wrong in NO_INTEGERS),
        "{\"type\": \"latency\", \"attributes\": {\"latency\": 1e3}}",
    ],
    "/proxies/p/toxics/latency_downstream": [
        [], 7, {"toxicity": "1"}, {"toxicity": [1]},
        *({"attributes": wrong} for wrong in NO_OBJECTS),
        *({"attributes": {"jitter": wrong}} for wrong in NO_INTEGERS),
    ],
}  # fmt: skip


class Echo(socketserver.BaseRequestHandler):
    """Sends back what it receives."""

    def handle(self) -> None:
        """Until the client ends."""
        while data := self.request.recv(1 << 16):
            self.request.sendall(data)


@pytest.fixture
def upstream() -> Iterator[str]:
    """A real server behind the proxy."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        serving.join()


def _has(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            key in found and _has(found[key], value) for key, value in wanted.items()
        )
    return bool(found == wanted)


@pytest.mark.parametrize("cases", [CASES, FOREIGN_SPELLINGS], ids=["plain", "foreign spellings"])
def test_every_case_of_the_api(api: Api, cases: list[tuple[str, str, Any, int, Any]]) -> None:
    """Status, field names and error bodies are those that its clients expect."""
    for method, path, body, status, wanted in cases:
        got, said, head = api.call(method, path, body)
        assert got == status, (method, path, body, said)
        if wanted is None:
            assert said == ""
            continue
        assert head["content-type"].startswith("application/json")
        assert _has(json.loads(said), wanted), (method, path, body, said)


def test_a_body_that_is_no_json_is_refused(api: Api) -> None:
    """With the message that clients look for, on every route with a body."""
    api.call("POST", "/proxies", PROXY)
    for path in ("/proxies", "/populate", "/proxies/p", "/proxies/p/toxics"):
        status, said, _ = api.call("POST", path, "{")
        assert status == 400
        assert json.loads(said)["error"].startswith("bad request body: ")


def test_a_value_of_a_wrong_type_is_refused(api: Api) -> None:
    """On every route it is a bad request body, and nothing is created or changed."""
    api.call("POST", "/proxies", PROXY)
    api.call("POST", "/proxies/p/toxics", TOXIC)
    before = api.call("GET", "/proxies")[1]
    for path, bodies in WRONG_TYPES.items():
        for body in bodies:
            status, said, _ = api.call("POST", path, body)
            assert status == 400, (path, body, said)
            assert json.loads(said)["error"].startswith("bad request body: "), (path, body, said)
    assert api.call("GET", "/proxies")[1] == before


def test_a_path_names_what_it_encodes(api: Api) -> None:
    """A name with a slash is reached by its percent encoding, and a slash at the end is ignored."""
    name, path = "api->redis/6379", "/proxies/api-%3Eredis%2F6379"
    assert api.call("POST", "/proxies/", PROXY | {"name": name})[0] == 201
    assert json.loads(api.call("GET", path)[1])["name"] == name
    assert api.call("POST", f"{path}/toxics/", TOXIC)[0] == 200
    assert api.call("DELETE", f"{path}/toxics/latency_downstream/")[0] == 204
    assert api.call("GET", "/proxies/%zz")[0] == 400


def test_an_unknown_path_and_a_wrong_method_differ(api: Api) -> None:
    """A path the API does not have is 404; a method that a path does not have is 405."""
    api.call("POST", "/proxies", PROXY)
    for path in ("/", "/nowhere", "/proxies/p/nowhere", "/proxies/p/toxics/t/more"):
        assert api.call("GET", path)[0] == 404, path
    for method, path in (
        ("DELETE", "/proxies"), ("POST", "/version"), ("GET", "/populate"), ("GET", "/reset"),
        ("PUT", "/proxies/p"), ("DELETE", "/proxies/p/toxics"), ("PUT", "/proxies/p/toxics/t"),
    ):  # fmt: skip
        assert api.call(method, path)[0] == 405, (method, path)


def test_a_browser_is_kept_out(api: Api) -> None:
    """A web page in a browser cannot control it."""
    status, _, _ = api.call("GET", "/proxies", None, **{"User-Agent": "Mozilla/5.0 (X11)"})
    assert status == 403


def test_populate_says_what_was_made_before_it_failed(api: Api) -> None:
    """When a listener cannot be opened, the error has the proxies that were created before."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = PROXY | {"name": "q", "listen": f"127.0.0.1:{taken.getsockname()[1]}"}
        status, said, _ = api.call("POST", "/populate", [PROXY, busy])
    assert status == 500
    assert [each["name"] for each in json.loads(said)["proxies"]] == ["p"]


def test_version_and_metrics(api: Api, upstream: str) -> None:
    """The version in its field; bytes in both directions under Toxiproxy's metric names."""
    _, said, _ = api.call("GET", "/version")
    assert json.loads(said)["version"]
    _, said, _ = api.call("POST", "/proxies", PROXY | {"upstream": upstream})
    listen = json.loads(said)["listen"]
    api.call("POST", "/proxies/p/toxics", TOXIC)
    _ping(listen)
    labels = f'listener="{listen}",proxy="p",upstream="{upstream}"'
    wanted = {
        f'toxiproxy_proxy_{name}_bytes_total{{direction="{direction}",{labels}}} 4'
        for name in ("received", "sent")
        for direction in ("upstream", "downstream")
    }
    wanted.add(f'gonogo_proxy_toxic_total{{what="chunks",toxic="latency_downstream",{labels}}} 1')

    def missing() -> set[str]:
        status, text, head = api.call("GET", "/metrics")
        assert (status, head["content-type"].partition(";")[0]) == (200, "text/plain")
        return wanted - set(text.splitlines())

    # The counter may be a moment later than the client.
    assert wait_until(lambda: not missing(), PATIENCE_S), missing()


def _ping(listen: str) -> float:
    host, _, port = listen.rpartition(":")
    began = time.monotonic()
    with socket.create_connection((host, int(port)), ANSWER_S_MAX) as connection:
        connection.sendall(b"ping")
        if connection.recv(4) != b"ping":
            raise ConnectionError("nothing came back")
    return time.monotonic() - began


def test_its_python_client_drives_it(api: Api, upstream: str) -> None:
    """Unchanged: create, populate, toxics by type and name, down, reset, destroy - with effect."""
    server = Toxiproxy()
    server.update_api_consumer(api.host, api.port)
    assert server.running()
    assert b"version" in server.version()
    proxy = server.create(upstream=upstream, name="p")
    assert proxy.enabled
    assert server.get_proxy("p").listen == proxy.listen
    proxy.add_toxic(type="latency", attributes={"latency": 300})
    assert _ping(proxy.listen) >= 0.3
    assert proxy.get_toxic("latency_downstream").attributes["latency"] == 300
    assert proxy.destroy_toxic("latency_downstream")
    assert proxy.toxics() == {}
    with proxy.down(), pytest.raises(ConnectionRefusedError):
        _ping(proxy.listen)
    proxy.add_toxic(type="reset_peer", name="cut", stream="upstream")
    with pytest.raises(ConnectionError):
        _ping(proxy.listen)
    assert server.reset()
    _ping(proxy.listen)
    with pytest.raises(exceptions.ProxyExists):
        server.create(upstream=upstream, name="p")
    with pytest.raises(exceptions.InvalidToxic):
        proxy.add_toxic(type="nothing_we_know")
    with pytest.raises(exceptions.NotFound):
        proxy.destroy_toxic("cut")
    more = {"name": "q", "upstream": upstream, "listen": "127.0.0.1:0"}
    assert [each.name for each in server.populate([more])] == ["q"]
    server.destroy_all()
    assert server.proxies() == {}
