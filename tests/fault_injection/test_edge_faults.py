"""cut, slow, reset: effect and removal on a real Redis, through the real proxy."""

from pathlib import Path

import pytest

from fault_injection import make_fault, open_intents
from fault_injection.catalogue import Cut
from harness.environment import AttachedSystem, SupervisedEnvironment, wait_until
from harness.vocabulary import Fault, Kind, UsageError
from tests.environment.builders import BOTH_BACKENDS, Memory
from tests.fault_injection.conftest import Hurt

EDGE = "api->redis"
LOG_S_MAX = 5.0
LATENCY_MS = 80
ALL = [("cut", {}), ("slow", {"latency_ms": LATENCY_MS}), ("reset", {})]

in_both = pytest.mark.parametrize("backend", BOTH_BACKENDS)


class Log:
    """What a pinger has logged since the last look."""

    def __init__(self, system: SupervisedEnvironment, service: str) -> None:
        self._path: Path = system.run_dir / "logs" / f"{service}.log"
        self._seen = 0
        self.news()

    def news(self) -> list[str]:
        """Those lines; the last may be torn."""
        lines = self._path.read_text().splitlines()
        fresh, self._seen = lines[self._seen :], len(lines)
        return fresh

    def await_some(self, word: str, count: int = 3) -> list[str]:
        """New lines, up to the moment that many of them begin with a word."""
        found: list[str] = []

        def enough() -> bool:
            found.extend(self.news())
            return sum(line.startswith(word) for line in found) >= count

        assert wait_until(enough, LOG_S_MAX), f"no {word!r} in {found}"
        return found


def _fault(name: str, parameters: dict[str, int]) -> Fault:
    return make_fault(name, **parameters)


@in_both
@pytest.mark.parametrize(("name", "parameters"), ALL)
def test_it_bites_one_edge_and_is_gone_after(
    edged: SupervisedEnvironment, hurt_edge: Hurt, name: str, parameters: dict[str, int]
) -> None:
    """The client of the edge suffers, the other client of the same service does not notice."""
    api, direct = Log(edged, "api"), Log(edged, "direct")
    api.await_some("pong")
    with hurt_edge(_fault(name, parameters), EDGE) as fault:
        assert fault.observed, fault.evidence.what
        assert fault.services == ("api", "redis")
        api.news()
        suffered = api.await_some("pong" if name == "slow" else "error")
        direct.news()
        spared = direct.await_some("pong")
    assert fault.absent
    if name == "slow":
        late = [float(line.split()[1]) for line in suffered if line.startswith("pong")]
        assert min(late[1:]) >= LATENCY_MS
    assert not [line for line in spared if line.startswith("error")]
    api.await_some("pong")
    api.news()
    assert float(api.await_some("pong")[-1].split()[1]) < LATENCY_MS


@in_both
@pytest.mark.parametrize(("name", "parameters"), ALL)
def test_an_edge_nobody_uses_is_not_observed(
    hurt_edge: Hurt, name: str, parameters: dict[str, int]
) -> None:
    """The fault is there, the canary sees it, and it proves nothing about the system."""
    fault = _fault(name, parameters)
    with hurt_edge(fault, "idle->redis", observe_timeout_s=0.6) as handle:
        assert not handle.observed
        assert "but" in handle.evidence.what
    assert handle.absent


@pytest.mark.parametrize(("name", "parameters"), ALL)
def test_a_fault_that_does_nothing_is_not_observed(
    hurt_edge: Hurt, monkeypatch: pytest.MonkeyPatch, name: str, parameters: dict[str, int]
) -> None:
    """An arming that never reaches the proxy is seen to be none."""
    fault = _fault(name, parameters)
    monkeypatch.setattr(type(fault), "_hurt", lambda *_: None)
    with hurt_edge(fault, EDGE, observe_timeout_s=0.6) as handle:
        assert not handle.observed


@pytest.mark.parametrize(("name", "parameters"), ALL)
def test_a_heal_that_does_nothing_is_not_absent(
    hurt_edge: Hurt, monkeypatch: pytest.MonkeyPatch, name: str, parameters: dict[str, int]
) -> None:
    """Absence is looked for, not believed."""
    fault = _fault(name, parameters)
    monkeypatch.setattr(type(fault), "_restore", lambda *_: None)
    with hurt_edge(fault, EDGE, absent_timeout_s=0.6) as handle:
        pass
    assert handle.absent is False


def test_a_cut_of_what_was_cut_is_no_bite(hurt_edge: Hurt) -> None:
    """A port that refused before proves nothing by refusing."""
    with (
        hurt_edge(Cut(), EDGE),
        hurt_edge(Cut(), EDGE, observe_timeout_s=0.1, absent_timeout_s=5) as second,
    ):
        assert not second.observed
        assert "cut already" in second.evidence.what


def test_the_attached_view_reaches_the_edges(
    edged: SupervisedEnvironment, hurt_edge: Hurt, memory: Memory
) -> None:
    """Scenarios arm from another process: by the private state of the run directory."""
    Log(edged, "api").await_some("pong")
    attached = AttachedSystem(edged.run_dir)
    assert attached.edges() == ["api->redis", "idle->redis"]
    with hurt_edge(make_fault("cut"), "a*->redis", system=attached) as fault:
        assert fault.observed
    assert fault.absent
    intent = memory.of(Kind.FAULT_INTENT)[0]
    assert (intent["edges"], intent["services"]) == ([EDGE], ["api", "redis"])
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
    hurt_edge: Hurt, memory: Memory, name: str, selector: str, valid: tuple[str, ...]
) -> None:
    """The error names what can be selected; nothing is planned or recorded."""
    with pytest.raises(UsageError) as wrong, hurt_edge(make_fault(name), selector):
        pass
    assert wrong.value.alternatives == valid
    assert memory.of(Kind.FAULT_INTENT) == []


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
    """A fault that could not bite is never made."""
    with pytest.raises(UsageError):
        make_fault(name, **parameters)


def test_a_system_without_edges_says_so(system: SupervisedEnvironment) -> None:
    """No proxy is started for it, and an edge selector tells where edges are declared."""
    with pytest.raises(UsageError, match="matches no edge"):
        system.select_edges("*->*")
    with pytest.raises(UsageError, match="declares no edges"):
        system.edge_control()
    assert not (system.run_dir / "logs" / "gonogo-proxy.log").exists()
