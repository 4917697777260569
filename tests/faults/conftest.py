"""A small real system, and fixtures that arm faults on it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from gonogo.backends import CONTAINERS, SupervisedEnvironment, by_name
from gonogo.target import Edge, Service
from gonogo.vocabulary import Fault
from gonogo_faults import ArmedFault, Journal, armed
from tests.backends.builders import (
    PATIENCE_S,
    TARGETS,
    Memory,
    redis,
    skip_without,
    stay,
    target,
    web,
)
from tests.backends.conftest import memory, patient, run, run_dir

__all__ = ["memory", "patient", "run", "run_dir"]

Arm = Callable[..., AbstractContextManager[ArmedFault]]
SERVICES: Sequence[Service] = (
    web(restart="always"), redis(restart="no"), stay("worker", "child", restart="no"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def patient_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer timeouts: on a busy machine answers come late."""
    monkeypatch.setattr("gonogo.edges.control._CALL_S_MAX", 30.0)
    monkeypatch.setattr("gonogo_faults.catalogue._edge._FIRST_S", 30.0)


@pytest.fixture
def backend() -> str:
    """Where the system runs; tests of faults that work in several are parametrised with it."""
    return "process"


@pytest.fixture
def services() -> Sequence[Service]:
    """A web service with a restart policy; a Redis and a parent with child without one."""
    return SERVICES


def chosen(request: pytest.FixtureRequest, services: Sequence[Service]) -> Sequence[Service]:
    """The services that a test names by ``runs``; all of them without it."""
    marker = request.node.get_closest_marker("runs")
    if marker is None:
        return services
    spec = getattr(request.node, "callspec", None)
    names = {spec.params.get(name, name) if spec else name for name in marker.args}
    found = [each for each in services if each.name in names]
    assert {each.name for each in found} == names
    return found


@pytest.fixture
def system(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    run_dir: Path,
    run: str,
    memory: Memory,
    backend: str,
    services: Sequence[Service],
) -> Iterator[SupervisedEnvironment]:
    """The services of the module, those that a test ``runs``."""
    skip_without(backend)
    small = target(tmp_path, *chosen(request, services))
    with by_name(backend).environment(small, run_dir, run, memory) as started:
        yield started


def pinger(name: str, *arguments: str) -> Service:
    """A client of Redis that sends requests all the time, and logs each result."""
    command = ("{python}", str(TARGETS / "pinger.py"), "redis:6379", *arguments)
    password = redis().environment
    return stay(name, process_command=command, environment=password, restart="no")


@pytest.fixture
def edged(
    tmp_path: Path, run_dir: Path, run: str, memory: Memory, backend: str
) -> Iterator[SupervisedEnvironment]:
    """Redis with three clients: ``api`` and ``idle`` behind the fault proxy, ``direct`` not."""
    clients = (pinger("api"), pinger("idle", "idle"), pinger("direct"))
    edges = tuple(Edge(f"{each}->redis", each, "redis", 6379) for each in ("api", "idle"))
    services = (redis(restart="no"), *clients)
    skip_without(backend)
    make = by_name(backend).environment
    with make(target(tmp_path, *services, edges=edges), run_dir, run, memory) as started:
        yield started


BURN = "print('stay.ready', flush=True)\nwhile True: sum(range(10000))"
MIB = 1024 * 1024


@pytest.fixture
def limited(
    request: pytest.FixtureRequest, tmp_path: Path, run_dir: Path, run: str, memory: Memory
) -> Iterator[SupervisedEnvironment]:
    """Containers: two burn CPU time, one of them capped; one leaks memory; two do little."""
    skip_without("docker")
    burning: dict[str, Any] = {
        "process_command": ("{python}", "-c", BURN), "command": ("python3", "-c", BURN),
        "restart": "no",
    }  # fmt: skip
    leak = ("{python}", str(TARGETS / "leak.py"), "{port:80}")
    services = (
        web("leak", process_command=leak, memory_limit_bytes=256 * MIB, restart="no"),
        web("web"),
        stay("burner", **burning, cpus_limit=0.5),
        stay("idle", restart="no"),
        stay("free", **burning),
    )
    small = target(tmp_path, *chosen(request, services))
    with CONTAINERS.environment(small, run_dir, run, memory) as started:
        yield started


def arming(system: SupervisedEnvironment, journal: Journal, memory: Memory) -> Arm:
    """Arms faults on the module's system, or on a given one; a bite may come late."""

    def arm(fault: Fault, selector: str, **given: Any) -> AbstractContextManager[ArmedFault]:
        standard = {"system": system, "recorder": memory, "observe_timeout_s": PATIENCE_S}
        given = {**standard, **given}
        return armed(fault, selector, label="label", journal=journal, **given)

    return arm


@pytest.fixture
def arm_limited(limited: SupervisedEnvironment, journal: Journal, memory: Memory) -> Arm:
    """Arms a fault on the system with limits."""
    return arming(limited, journal, memory)


@pytest.fixture
def journal(run_dir: Path, run: str) -> Journal:
    """The undo journal of the run."""
    return Journal(run_dir, run)


@pytest.fixture
def arm(system: SupervisedEnvironment, journal: Journal, memory: Memory) -> Arm:
    """Arms a fault on the system."""
    return arming(system, journal, memory)


@pytest.fixture
def arm_edge(edged: SupervisedEnvironment, journal: Journal, memory: Memory) -> Arm:
    """Arms a fault on the system with edges."""
    return arming(edged, journal, memory)
