"""Every fault of the catalogue on a small target, and the kill of its harness."""

import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gonogo.backends import backends_for
from gonogo.backends.containers.removal import resources_of_run
from gonogo.linux import wait_until
from gonogo.target import Container, Edge, Service, Target
from gonogo.vocabulary import Capability
from gonogo_faults import CATALOGUE, open_intents
from tests.backends.builders import MASTER, REDIS, TARGETS, redis, stay, target, web
from tests.end_to_end.leftovers import listening_ports, processes_of

ROOT = Path(__file__).parents[2]
# Here only whether something is left is checked; tests/campaigns/kill_points.py measures how soon.
CLEAN_S_MAX = 60.0
# Without a watchdog everything stays, so a long wait is useless.
_UNWATCHED_S = 1.0
_RUN_S_MAX = 180.0
_MIB = 1024 * 1024
_SAID_MAX = 2000


@dataclass(frozen=True, slots=True)
class Case:
    """What a fault is armed on.

    Attributes:
        services: makes them.
        selector: what it is armed on.
        parameters: the fault's own.
        edges: for faults on edges.
    """

    services: Callable[[], tuple[Service, ...]]
    selector: str = "web"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()

    def target(self, root: Path) -> Target:
        """The system, described."""
        return target(root, *self.services(), edges=self.edges)


@dataclass(frozen=True, slots=True)
class Killed:
    """The result of a run whose harness was killed.

    Attributes:
        code: exit code of the harness; -SIGKILL unless the step was never reached.
        left: what was left at the end of the wait, open intents included.
        clean_after_s: from the end of the harness to nothing left.
        said: the end of the output of the harness.
    """

    code: int
    left: list[str]
    clean_after_s: float
    said: str

    @property
    def at_its_step(self) -> bool:
        """Whether it was killed at its step and did not end in another way."""
        return self.code == -signal.SIGKILL


def _web() -> tuple[Service, ...]:
    return (web(restart="always"),)


def _store() -> tuple[Service, ...]:
    script = REDIS.replace('save ""', 'save ""\nappendonly yes')
    return (redis(process_command=("sh", "-c", script), restart="always", preload=True),)


def _pair() -> tuple[Service, ...]:
    ask = ("{python}", str(TARGETS / "pinger.py"), "redis:6379")
    client = stay("api", process_command=ask, environment=redis().environment, restart="always")
    return redis(restart="always"), client


def _workers() -> tuple[Service, ...]:
    own, inside = ("{python}", "-c", MASTER), ("python3", "-c", MASTER)
    return (stay("master", process_command=own, command=inside, restart="always"),)


def _small_disk() -> tuple[Service, ...]:
    small = Container(init=True, tmpfs={"/data": "size=16m,mode=1777"})
    return (redis(restart="always", container=small, volumes={}),)


def _limited() -> tuple[Service, ...]:
    leak = ("{python}", str(TARGETS / "leak.py"), "{port:80}")
    return (web(process_command=leak, memory_limit_bytes=256 * _MIB, restart="always"),)


_API_REDIS = Edge("api->redis", "api", "redis", 6379)
_EDGE: Mapping[str, Any] = {"selector": _API_REDIS.name, "edges": (_API_REDIS,)}
CASES: Mapping[str, Case] = {
    "bandwidth": Case(_pair, parameters={"kb_per_s": 10}, **_EDGE),
    "clock": Case(_store, "redis", {"offset_s": 3600.0}),
    "cpu": Case(_web, parameters={"cores": 0.1}),
    "crash-loop": Case(_web),
    "cut": Case(_pair, **_EDGE),
    "disk-full": Case(_small_disk, "redis", {"path": "/data"}),
    "dns": Case(_web),
    "fds": Case(_web),
    "http-error": Case(_pair, **_EDGE),
    "kill": Case(_web),
    "kill-worker": Case(_workers, "master"),
    "loss": Case(_web, parameters={"percent": 50.0}),
    "memory": Case(_limited),
    "partition": Case(_web),
    "pause": Case(_web),
    "pids": Case(_web),
    "power-loss": Case(_store, "redis"),
    "read-only-disk": Case(_small_disk, "redis", {"path": "/data"}),
    "redis-error": Case(_pair, **_EDGE),
    "reset": Case(_pair, **_EDGE),
    "restart": Case(_web),
    "slow": Case(_pair, parameters={"latency_ms": 50.0}, **_EDGE),
    "slow-disk": Case(_store, "redis", {"sync_ms": 50.0}),
}
PLACES = sorted(
    (name, backend)
    for name, case in CASES.items()
    for backend in backends_for({*CATALOGUE[name](**case.parameters).needs, Capability.START})
)


def kill_at(folder: Path, backend: str, name: str, step: str, *wishes: str) -> Killed:
    """Kill a harness at a step of a new run in a folder, and see what is left of the run."""
    run_dir = folder / f"kp-{secrets.token_hex(3)}-{name}-{backend}-{step}"
    run_dir.mkdir()
    command = [sys.executable, "-m", "tests.kill_points.victim", str(run_dir), backend, name, step]
    command += wishes
    log = run_dir.with_suffix(".log")
    with log.open("wb") as output:
        code = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=ROOT,
            timeout=_RUN_S_MAX, check=False,
        ).returncode  # fmt: skip
    began = time.monotonic()
    limit_s = _UNWATCHED_S if "unwatched" in wishes else CLEAN_S_MAX
    wait_until(lambda: not _left(run_dir, backend), limit_s, interval_s=0.05)
    clean_after_s = time.monotonic() - began
    said = log.read_text(errors="replace")[-_SAID_MAX:]
    return Killed(code, _left(run_dir, backend), clean_after_s, said)


def _left(run_dir: Path, backend: str) -> list[str]:
    found = processes_of(run_dir.name)
    found += [f"port {port}" for port in listening_ports(run_dir)]
    found += [path.name for path in run_dir.glob("state")]
    if backend == "docker":
        found += resources_of_run(run_dir.name)
    return found + [f"intent {each.id}" for each in open_intents(run_dir)]
