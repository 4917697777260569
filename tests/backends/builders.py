"""Small real targets, and a recorder that keeps its events in memory."""

import re
import threading
from pathlib import Path
from typing import Any, TypeVar

import pytest

from gonogo.backends import AUTO, SupervisedEnvironment, by_name, choices
from gonogo.linux import wait_until
from gonogo.target import Container, Readiness, Service, Target
from gonogo.vocabulary import Occurrence
from gonogo.vocabulary.events import ServiceStateChanged

TARGETS = Path(__file__).parent / "targets"
# Limit of a wait on a busy machine. A test that passes does not wait this long.
PATIENCE_S = 60.0
READY_S_MAX = PATIENCE_S
REDIS = """exec redis-server - <<CONF
bind 127.0.0.1
port {port:6379}
dir {data:/data}
save ""
requirepass $PASSWORD
CONF
"""
# A main process that replaces the workers it loses.
MASTER = """
import os, time
def work():
    child = os.fork()
    if child == 0:
        time.sleep(600)
    return child
children = {work(), work()}
print("stay.ready", flush=True)
while True:
    children.discard(os.wait()[0])
    children.add(work())
"""
# The contract and the faults are tested in each backend that starts services.
STARTING_BACKENDS = tuple(name for name in choices() if name != AUTO)
# Every small target is also a container of this image: the contract is one for both backends.
IMAGE: dict[str, Any] = {"build": {"context": str(TARGETS)}, "container": Container(init=True)}
_PLACEHOLDER = re.compile(r"\{(?:port|data):([^{}]*)\}")


def contained(*words: str) -> tuple[str, ...]:
    """A process command as its container has it: ports and paths are the container's own."""
    return tuple(
        _PLACEHOLDER.sub(r"\1", word)
        .replace("{python}", "python3")
        .replace(str(TARGETS), "/targets")
        .replace("bind 127.0.0.1", "bind 0.0.0.0")
        for word in words
    )


def skip_without(backend: str) -> None:
    """Skip a test of a backend that cannot be used here; the reason says why."""
    if trouble := by_name(backend).trouble():
        pytest.skip(trouble)


def soon_ready(system: SupervisedEnvironment, service: str) -> bool:
    """Whether it is ready, or soon: one look at it may come too late on a busy machine."""
    return wait_until(lambda: system.is_ready(service), PATIENCE_S)


K = TypeVar("K", bound=Occurrence)


class Memory:
    """A recorder that keeps what happened."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.events: list[Occurrence] = []

    def record(self, what: Occurrence, /) -> None:
        """Keep it."""
        with self._lock:
            self.events.append(what)

    def of(self, kind: type[K]) -> list[K]:
        """What happened of one kind, in order."""
        with self._lock:
            return [each for each in self.events if isinstance(each, kind)]

    def states(self, service: str) -> list[str]:
        """States of one service, in order."""
        states = self.of(ServiceStateChanged)
        return [each.state for each in states if each.service == service]

    def order(self) -> list[str]:
        """Every state of every service, in order."""
        return [f"{each.service} {each.state}" for each in self.of(ServiceStateChanged)]


def web(name: str = "web", *arguments: str, **given: Any) -> Service:
    command = ("{python}", str(TARGETS / "web.py"), "{port:80}", *arguments)
    ready = Readiness(http=(80, "/"), timeout_s=READY_S_MAX)
    defaults: dict[str, Any] = {"ports": (80,), "process_command": command, "ready": ready}
    return _service(name, {**defaults, **given})


def stay(name: str = "stay", *arguments: str, **given: Any) -> Service:
    command = ("{python}", str(TARGETS / "stay.py"), *arguments)
    ready = Readiness(log=r"stay\.ready", timeout_s=READY_S_MAX)
    defaults: dict[str, Any] = {"process_command": command, "ready": ready}
    return _service(name, {**defaults, **given})


def redis(name: str = "redis", **given: Any) -> Service:
    ready = Readiness(tcp=6379, send="PING\r\n", banner="NOAUTH|PONG", timeout_s=READY_S_MAX)
    defaults: dict[str, Any] = {
        "ports": (6379,),
        "process_command": ("sh", "-c", REDIS),
        "environment": {"PASSWORD": "s3cret-of-redis"},
        "ready": ready,
        "volumes": {"redis-data": "/data"},
    }
    return _service(name, {**defaults, **given})


def _service(name: str, given: dict[str, Any]) -> Service:
    return Service(name, **{**IMAGE, "command": contained(*given["process_command"]), **given})


def target(root: Path, *services: Service, **given: Any) -> Target:
    entry = services[0]
    return Target(
        name="small",
        file=root / "compose.yaml",
        root=root,
        services={service.name: service for service in services},
        entry_service=entry.name,
        entry_port=entry.ports[0] if entry.ports else 0,
        health_path="/",
        **given,
    )
