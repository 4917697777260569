"""Servers in processes of their own, and plans to load them."""

import contextlib
import json
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

from gonogo.observation import read_events, to_json, unclosed_writers
from gonogo.observation.records import LoadRecords, read_records
from gonogo.target import JsonPointer, Operation, SetupStep, TestUser
from gonogo.vocabulary import Event, Occurrence, Outcome
from gonogo_load import ClosedModelPlan, LedgerReader, OpenModelPlan

READ = Operation("read", "GET", "/read", json_keys=("items",))
WRITE = Operation(
    "write",
    "PUT",
    "/sessions/{session}/items/{key}",
    body={"value": "{value}"},
    status=(201,),
    ledger_read="/sessions/{session}/items/{key}",
    ledger_pointer=JsonPointer("/item/value"),
)
SETUP = (SetupStep("POST", "/sessions", {"name": "x"}, capture={"session": JsonPointer("/id")}),)
USER = TestUser("/login", {"password": "secret"}, JsonPointer("/auth/token"))
ROOT = Path(__file__).parents[2]
# Generous: the machine may be busy. Nothing waits this long when it works.
WAIT_S = 60.0
K = TypeVar("K", bound=Occurrence)


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Return when the condition holds; fail when it does not in time."""
    end_s = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end_s, f"{what}: not within {WAIT_S:g} s"
        time.sleep(0.02)


@dataclass
class Server:
    """A running server."""

    process: subprocess.Popen[str]
    url: str

    def ask(self, path: str) -> Any:
        """The JSON at a path."""
        with urllib.request.urlopen(self.url + path, timeout=WAIT_S) as answer:  # noqa: S310 - our own server
            return json.load(answer)

    def arrived(self) -> list[str]:
        """The ids of the requests that arrived."""
        return [each for each in self.ask("/arrivals")["seen"] if each]

    def aborts(self) -> int:
        """How many connections it reset."""
        return int(self.ask("/arrivals")["aborts"])

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """SIGSTOP for the length of the block."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


Serve = Callable[..., Server]


@contextlib.contextmanager
def serving(behaviour: str) -> Iterator[Server]:
    """A server with this behaviour for the length of the block."""
    command = [sys.executable, "-m", "tests.load.server", behaviour]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            yield Server(process, f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.kill()


@pytest.fixture
def serve() -> Iterator[Callable[[str], Server]]:
    """Start a server with a behaviour; it ends with the test."""
    with contextlib.ExitStack() as stack:
        yield lambda behaviour="good": stack.enter_context(serving(behaviour))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """URL of a good server, shared by the tests of a file that only read from it."""
    with serving("good") as server:
        yield server.url


@dataclass
class Run:
    """A run directory and its contents."""

    path: Path
    # Tests run in parallel: a test must not find the processes of another.
    id: str = field(default_factory=lambda: f"run-{uuid.uuid4().hex[:8]}")

    def plan(self, url: str, **changes: Any) -> OpenModelPlan:
        """A plan of 50 reads in a quarter of a second, with changes."""
        values: dict[str, Any] = {
            "run": self.id,
            "run_dir": self.path,
            "load": "steady",
            "phase": "load",
            "base_url": url,
            "operations": (READ,),
            "seed": 7,
            "rate_per_s": 200.0,
            "count": 50,
            "timeout_s": WAIT_S,
        }
        return OpenModelPlan(**{**values, **changes})

    def closed_plan(self, url: str, **changes: Any) -> ClosedModelPlan:
        """A plan of ten users in two processes who read for two seconds, with changes."""
        values: dict[str, Any] = {
            "run": self.id,
            "run_dir": self.path,
            "load": "closed",
            "phase": "closed",
            "base_url": url,
            "operations": (READ,),
            "seed": 7,
            "users": 10,
            "duration_s": 2,
            "ramp_s": 0.5,
            "think_s": (0.05, 0.1),
            "timeout_s": 10.0,
        }
        return ClosedModelPlan(**{**values, **changes})

    def reader(self, url: str, **changes: Any) -> LedgerReader:
        """A reader of the ledger, with changes."""
        values: dict[str, Any] = {
            "run": self.id,
            "base_url": url,
            "operations": (READ, WRITE),
            "health_path": "/health",
            "user": USER,
            "timeout_s": WAIT_S,
        }
        return LedgerReader(**{**values, **changes})

    def load(self, name: str = "steady") -> LoadRecords:
        """One load as read back."""
        return next(each for each in read_records(self.path) if each.header.load == name)

    def outcomes(self, name: str = "steady") -> Counter[str]:
        """How the requests of a load ended, so far."""
        return Counter(Outcome(each).name for each in self.load(name).records["outcome"].tolist())

    def all_logs_are_closed(self) -> bool:
        """Whether every writer of events has closed its log."""
        return unclosed_writers(read_events(self.path)) == []

    def events(self, kind: type[K]) -> list[Event[K]]:
        """The events of a kind."""
        return read_events(self.path).of(kind)


@contextlib.contextmanager
def killed_harness(plan: OpenModelPlan | ClosedModelPlan) -> Iterator[None]:
    """A harness in a process of its own that has started a load; killed at the end of the block."""
    command = [sys.executable, "-m", "tests.load.killed_harness", type(plan).__name__]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as harness:
        try:
            assert harness.stdin is not None
            assert harness.stdout is not None
            harness.stdin.write(to_json(plan) + b"\n")
            harness.stdin.close()
            assert harness.stdout.readline() == b"up\n"
            yield
        finally:
            harness.kill()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path / "run")
