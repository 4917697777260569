"""cut, slow, reset: effect and removal on a real Redis, through the real proxy."""

import contextlib
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import redis as redis_client
import requests
from redis.backoff import NoBackoff
from redis.exceptions import ReadOnlyError
from redis.retry import Retry

from gonogo.backends import RunningSystem, SupervisedEnvironment, by_name
from gonogo.edges import EdgeControl
from gonogo.linux import signal_identity, wait_for_exits, wait_until
from gonogo.target import Edge
from gonogo.vocabulary import Fault, UsageError
from gonogo.vocabulary.events import FaultIntended
from gonogo_faults import Journal, make_fault, open_intents
from gonogo_faults.catalogue import Cut
from gonogo_faults.undo import OpenEdges, RemoveToxics
from tests.backends.builders import (
    PATIENCE_S,
    STARTING_BACKENDS,
    Memory,
    skip_without,
    stay,
    target,
    web,
)
from tests.faults.conftest import Arm, arming

EDGE = "api->redis"
LATENCY_MS = 80
ANSWER_BYTES = 20_000
ALL = [("cut", {}), ("slow", {"latency_ms": LATENCY_MS}), ("reset", {})]

in_both = pytest.mark.parametrize("backend", STARTING_BACKENDS)


class Log:
    """What a pinger has logged since the last look."""

    def __init__(self, system: SupervisedEnvironment, service: str) -> None:
        self._path: Path = system.run_dir / "logs" / f"{service}.log"
        self._seen = 0
        self.news()

    def news(self) -> list[str]:
        """Those lines, complete ones only."""
        lines = self._path.read_text().rpartition("\n")[0].splitlines()
        fresh, self._seen = lines[self._seen :], len(lines)
        return fresh

    def await_some(self, word: str, count: int = 3) -> list[str]:
        """New lines, up to the moment that many of them begin with a word."""
        found: list[str] = []

        def enough() -> bool:
            found.extend(self.news())
            return sum(line.startswith(word) for line in found) >= count

        assert wait_until(enough, PATIENCE_S), f"no {word!r} in {found}"
        return found


def _pongs_ms(lines: list[str]) -> list[float]:
    """How long each answer took."""
    return [float(line.split()[1]) for line in lines if line.startswith("pong")]


def _all_late(log: Log) -> bool:
    return min(_pongs_ms(log.await_some("pong"))) >= LATENCY_MS


def _fault(name: str, parameters: dict[str, int]) -> Fault:
    return make_fault(name, **parameters)


@in_both
@pytest.mark.parametrize(("name", "parameters"), ALL)
def test_it_bites_one_edge_and_is_gone_after(
    edged: SupervisedEnvironment, arm_edge: Arm, name: str, parameters: dict[str, int]
) -> None:
    """The client behind the edge is affected, another client of the same service is not."""
    api, direct = Log(edged, "api"), Log(edged, "direct")
    api.await_some("pong")
    with arm_edge(_fault(name, parameters), EDGE) as fault:
        assert fault.observed, fault.evidence.what
        assert fault.services == ("api", "redis")
        if name == "slow":  # lines from before may still arrive from the container
            assert wait_until(lambda: _all_late(api), PATIENCE_S)
        else:
            api.await_some("error")
        direct.news()
        spared = direct.await_some("pong")
    assert fault.absent
    assert not [line for line in spared if line.startswith("error")]
    assert wait_until(lambda: any(ms < LATENCY_MS for ms in _pongs_ms(api.news())), PATIENCE_S)


@in_both
@pytest.mark.parametrize(("name", "parameters"), ALL)
def test_an_unused_edge_is_not_observed(
    edged: SupervisedEnvironment, name: str, parameters: dict[str, int]
) -> None:
    """The canary sees the fault, but the system did not use the edge: not observed."""
    fault, idle = _fault(name, parameters), ["idle->redis"]
    undo = fault.plan(edged, idle)
    control = EdgeControl(edged.edge_control(), edged.run)
    # The earlier canary must not count as a connection of the system.
    assert wait_until(lambda: control.counters(idle[0])["live"] == 0, PATIENCE_S)
    fault.arm(edged, idle)

    def seen_for_nothing() -> bool:
        evidence = fault.observe(edged, idle)
        assert not evidence.holds, evidence
        return "but" in evidence.what

    assert wait_until(seen_for_nothing, PATIENCE_S)
    undo.execute(edged)
    assert wait_until(lambda: fault.prove_absent(edged, idle).holds, PATIENCE_S)


@pytest.mark.parametrize("first", ["slow", "cut"])
def test_canaries_of_an_earlier_fault_are_no_use(edged: SupervisedEnvironment, first: str) -> None:
    """A second fault on an unused edge is not observed either."""
    idle = ["idle->redis"]
    earlier = make_fault(first, **dict(ALL)[first])
    undo = earlier.plan(edged, idle)
    earlier.arm(edged, idle)
    earlier.observe(edged, idle)
    undo.execute(edged)
    assert wait_until(lambda: earlier.prove_absent(edged, idle).holds, PATIENCE_S)
    fault = Cut()
    undo = fault.plan(edged, idle)
    fault.arm(edged, idle)
    assert wait_until(lambda: "never used" in fault.observe(edged, idle).what, PATIENCE_S)
    undo.execute(edged)


@pytest.mark.parametrize(("name", "parameters"), ALL)
def test_a_fault_that_does_nothing_is_not_observed(
    arm_edge: Arm, monkeypatch: pytest.MonkeyPatch, name: str, parameters: dict[str, int]
) -> None:
    """When arming does not reach the proxy, the fault is not observed."""
    fault = _fault(name, parameters)
    monkeypatch.setattr(type(fault), "arm", lambda *_: None)
    with arm_edge(fault, EDGE, observe_timeout_s=0.6) as handle:
        assert not handle.observed


@pytest.mark.parametrize(("name", "parameters"), ALL)
def test_an_undo_that_does_nothing_is_not_absent(
    arm_edge: Arm, monkeypatch: pytest.MonkeyPatch, name: str, parameters: dict[str, int]
) -> None:
    """When the undo does nothing, absence is not proven."""
    fault = _fault(name, parameters)
    for undo in (OpenEdges, RemoveToxics):
        monkeypatch.setattr(undo, "execute", lambda *_: None)
    with arm_edge(fault, EDGE, absent_timeout_s=0.6) as handle:
        pass
    assert handle.absent is False


def test_a_slow_service_made_slower(arm_edge: Arm) -> None:
    """The service's own response time is added to the limits; as slow as before is healed."""
    with (
        arm_edge(make_fault("slow", latency_ms=1000), EDGE),
        arm_edge(make_fault("slow", latency_ms=50), EDGE) as fault,
    ):
        assert fault.observed, fault.evidence
        fault.heal()
    assert fault.absent


def test_a_service_that_answered_and_is_silent_after_is_not_as_before(
    edged: SupervisedEnvironment,
) -> None:
    """An edge to a service that answered before and does not now is not as before."""
    fault, edge = make_fault("cut"), [EDGE]
    undo = fault.plan(edged, edge)
    fault.arm(edged, edge)
    (main, *_) = edged.processes("redis")
    signal_identity(main, signal.SIGSTOP)
    undo.execute(edged)
    assert not fault.prove_absent(edged, edge).holds
    signal_identity(main, signal.SIGCONT)
    assert wait_until(lambda: fault.prove_absent(edged, edge).holds, PATIENCE_S)


@pytest.mark.parametrize(("name", "parameters"), [("cut", {}), ("reset", {})])
def test_an_edge_to_a_dead_service_is_as_before(
    edged: SupervisedEnvironment, name: str, parameters: dict[str, int]
) -> None:
    """A canary that was closed without an answer before needs no answer after."""
    (main, *_) = edged.processes("redis")
    signal_identity(main, signal.SIGKILL)
    assert wait_for_exits([main], PATIENCE_S)
    fault, edge = _fault(name, parameters), [EDGE]
    undo = fault.plan(edged, edge)
    fault.arm(edged, edge)
    undo.execute(edged)
    assert wait_until(lambda: fault.prove_absent(edged, edge).holds, PATIENCE_S)


def test_a_cut_of_what_was_cut_is_not_observed(edged: SupervisedEnvironment) -> None:
    """A port that refused connections before the fault proves nothing when it refuses after."""
    EdgeControl(edged.edge_control(), edged.run).enable(EDGE, enabled=False)
    fault = Cut()
    undo = fault.plan(edged, [EDGE])
    fault.arm(edged, [EDGE])
    seen = fault.observe(edged, [EDGE])
    undo.execute(edged)
    assert not seen.holds
    assert "cut already" in seen.what


def test_the_attached_view_reaches_the_edges(
    edged: SupervisedEnvironment, arm_edge: Arm, memory: Memory
) -> None:
    """Scenarios arm from another process, by the private state in the run directory."""
    Log(edged, "api").await_some("pong")
    attached = RunningSystem(edged.run_dir)
    assert attached.edges() == ["api->redis", "idle->redis"]
    with arm_edge(make_fault("cut"), "a*->redis", system=attached) as fault:
        assert fault.observed
    assert fault.absent
    intent = memory.of(FaultIntended)[0]
    assert (intent.edges, intent.services) == ((EDGE,), ("api", "redis"))
    assert open_intents(edged.run_dir) == []


@pytest.mark.parametrize(
    ("name", "selector", "valid"),
    [
        ("cut", "redis", ("api->redis", "idle->redis")),
        ("kill", EDGE, ("api", "direct", "idle", "redis")),
        ("cut", "*->db", ("api->redis", "idle->redis")),
    ],
)
def test_a_selector_of_the_wrong_kind_touches_nothing(
    arm_edge: Arm, memory: Memory, name: str, selector: str, valid: tuple[str, ...]
) -> None:
    """The error names what can be selected; nothing is planned or recorded."""
    with pytest.raises(UsageError) as wrong, arm_edge(make_fault(name), selector):
        pass
    assert wrong.value.alternatives == valid
    assert memory.of(FaultIntended) == []


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("slow", {"latency_ms": 0}),
        ("slow", {"latency_ms": 1.5}),
        ("slow", {"latency_ms": 10, "jitter_ms": 10}),
        ("reset", {"after_ms": -1}),
    ],
)
def test_parameters_that_would_do_nothing_are_refused(
    name: str, parameters: dict[str, int]
) -> None:
    """A fault whose parameters have no effect is refused."""
    with pytest.raises(UsageError):
        make_fault(name, **parameters)


def test_a_system_without_edges_says_so(system: SupervisedEnvironment) -> None:
    """No proxy is started, and the error for an edge selector says where edges are declared."""
    with pytest.raises(UsageError, match="matches no edge"):
        system.select_edges("*->*")
    with pytest.raises(UsageError, match="declares no edges"):
        system.edge_control()
    assert not (system.run_dir / "logs" / "gonogo-proxy.log").exists()


@in_both
def test_a_thin_line(edged: SupervisedEnvironment, arm_edge: Arm) -> None:
    """At 20,000 bytes the transfer takes as long as the bandwidth allows; healed, it is fast."""
    store = _store(edged, "api->redis")
    store.set("key", "x" * ANSWER_BYTES)
    over = threading.Event()
    reader = threading.Thread(target=_read_until, args=(_store(edged, "api->redis"), over))
    with arm_edge(make_fault("bandwidth", kb_per_s=20), EDGE, observe_timeout_s=0.1) as small:
        assert not small.observed, "what a pinger asks fits any line"
    reader.start()
    with arm_edge(make_fault("bandwidth", kb_per_s=20), EDGE) as fault:
        assert _get_s(store) > ANSWER_BYTES / 20_000 * 0.7
        assert fault.observed, fault.evidence
    over.set()
    reader.join()
    assert fault.absent
    # With the limit each would take longer.
    assert wait_until(lambda: _get_s(store) < ANSWER_BYTES / 20_000 * 0.5, PATIENCE_S)


@in_both
def test_a_redis_that_refuses(edged: SupervisedEnvironment, arm_edge: Arm) -> None:
    """Commands through the edge get the error; clients that connect directly are served."""
    store = _store(edged, "api->redis")
    direct = redis_client.Redis(*edged.address("redis", 6379), password="s3cret-of-redis")
    with arm_edge(make_fault("redis-error", reply="READONLY", commands="ping, set"), EDGE) as fault:
        assert fault.observed, fault.evidence
        with pytest.raises(ReadOnlyError):
            store.set("key", "value")
        assert store.get("key") is None
        assert direct.set("key", "value")
    assert fault.absent
    assert store.set("key", "value")


@in_both
def test_a_dependency_that_errs(
    tmp_path: Path, run_dir: Path, run: str, journal: Journal, memory: Memory, backend: str
) -> None:
    """Some answers are errors from the proxy; answers of other paths come from the service."""
    skip_without(backend)
    services, edge = (web(), stay("caller")), Edge("caller->web", "caller", "web", 80)
    make = by_name(backend).environment
    with make(target(tmp_path, *services, edges=(edge,)), run_dir, run, memory) as system:
        host, port = system.edge(edge.name).listener
        url = f"http://{host}:{port}"
        arm = arming(system, journal, memory)
        bad = {"status": 502, "path": "/bad*"}
        with arm(make_fault("http-error", **bad), edge.name, observe_timeout_s=1) as fault:
            assert not fault.observed, "nobody had asked for anything bad"
        calling = threading.Event()
        caller = threading.Thread(target=_call_until, args=(f"{url}/bad/one", calling))
        caller.start()
        try:
            with arm(make_fault("http-error", **bad), edge.name) as fault:
                assert fault.observed, fault.evidence
                assert requests.get(f"{url}/bad/two", timeout=PATIENCE_S).status_code == 502
                assert requests.get(f"{url}/good", timeout=PATIENCE_S).status_code == 200
        finally:
            calling.set()
            caller.join()
        assert fault.absent
        assert requests.get(f"{url}/bad/two", timeout=PATIENCE_S).status_code == 200


def _call_until(url: str, over: threading.Event) -> None:
    while not over.wait(0.02):
        # A client that waits for an answer when the fault is healed gets none.
        with contextlib.suppress(requests.RequestException):
            requests.get(url, timeout=PATIENCE_S)


def _get_s(store: Any) -> float:
    began = time.monotonic()
    assert store.get("key") is not None
    return time.monotonic() - began


def _read_until(store: Any, over: threading.Event) -> None:
    while not over.is_set():
        store.get("key")


def _store(system: SupervisedEnvironment, edge: str) -> Any:
    """A client through the edge."""
    once = Retry(NoBackoff(), 0)
    return redis_client.Redis(*system.edge(edge).listener, password="s3cret-of-redis", retry=once)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("bandwidth", {"kb_per_s": 0.5}),
        ("redis-error", {"reply": "MAYBE"}),
        ("redis-error", {"percent": 0.0}),
        ("http-error", {"status": 200}),
        ("http-error", {"percent": 101.0}),
    ],
)
def test_what_would_be_no_error_is_refused(name: str, wrong: dict[str, Any]) -> None:
    """The refusal names the fault."""
    with pytest.raises(UsageError, match=name if name != "redis-error" else "redis|Redis"):
        make_fault(name, **wrong)
