"""Locust's processes, as the harness holds them: one master and its workers.

Locust itself is never imported here: it would turn the threads of this process into greenlets.
"""

import asyncio
import json
import os
import selectors
import signal
import site
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from gonogo.linux import RUN_VARIABLE, own_environment, own_python
from gonogo.observation import EventLog, mono_ns, record_error
from gonogo.observation.records import CLOSED, LoadHeader, LoadRecords, read_records, write_header
from gonogo.services import PortLease
from gonogo.vocabulary import (
    EnvironmentFailed,
    ExitCode,
    HarnessError,
    Kind,
    Outcome,
    SystemNotReady,
)
from gonogo_load.child import Child
from gonogo_load.client import Client
from gonogo_load.closed_plan import LOGIN, ClosedPlan
from gonogo_load.prepare import prepare
from gonogo_load.running import RunningLoad
from gonogo_load.schedule import operation_names

_CONNECT_S_MAX = 60  # interpreters and imports on a busy machine
_START_S_MAX = _CONNECT_S_MAX + 15.0
_EXIT_S_MAX = 15.0  # the master's last half second, and processes that end on a busy machine
_LOOK_EVERY_S = 1.0
_LOCUSTFILE = Path(__file__).with_name("locustfile.py")


@dataclass(frozen=True, slots=True)
class ClosedResult:
    """How a load ended.

    Attributes:
        load: its name.
        ended: whether every process closed its books; else some died or had to be killed.
        stopped_early: whether it was stopped before its time.
        lost: the workers that were lost, by number; None is their master.
        started: requests that were begun.
        recorded: requests of which there is a record.
        answered: those that ended well.
        logins_refused: logins that were answered, and not with a token.
    """

    load: str
    ended: bool
    stopped_early: bool
    lost: tuple[int | None, ...]
    started: int
    recorded: int
    answered: int
    logins_refused: int


class ClosedModelLoad(RunningLoad):
    """One load of users who wait for their answers; starts Locust, stops it and waits.

    The processes carry the run id and end when this one does. A worker that is lost is
    noticed: at once when its process ends, after some seconds when it only stops answering.
    """

    def __init__(self, plan: ClosedPlan) -> None:
        self._plan = plan
        self._master: Child | None = None
        self._workers: list[Child] = []
        self._selector = selectors.DefaultSelector()
        self._lease = PortLease(plan.run)
        self._log: EventLog | None = None
        self._clients: dict[str, int] = {}  # name of a worker at Locust to its number
        self._closed: set[int] = set()
        self._lost: dict[int | None, str] = {}
        self._told: dict[str, Any] = {}
        self._stopped_early = False
        self._result: ClosedResult | None = None

    @property
    def worker_pids(self) -> list[int]:
        """Process ids of the workers by number, empty before the start."""
        return [each.process.pid for each in self._workers]

    def start(self) -> None:
        """Start it; returns when the setup is done, the workers are there and users come.

        Raises:
            UsageError: a load of that name ran already in this run.
            SystemNotReady: the system refused the login or the setup; it stands in the event log.
            EnvironmentFailed: Locust did not start; that stands there too.
        """
        plan = self._plan
        plan.check_unused()
        self._log = EventLog(plan.run_dir, plan.run, f"load-{plan.load}", "load")
        try:
            self._plan = replace(plan, captures=asyncio.run(_set_up(plan)))
        except SystemNotReady as fell:
            self._record_failure(fell)
            raise
        write_header(plan.run_dir, _header(self._plan))
        self._launch()
        self._pump(self._under_way, _START_S_MAX)
        if "started_ns" not in self._told:
            self._kill()
            said = "\n".join(each.tail() for each in self._children)
            logs = plan.run_dir / "logs"
            failed = EnvironmentFailed(f"Locust did not start:\n{said}", where=str(logs))
            self._record_failure(failed)
            raise failed
        self._record(
            Kind.LOAD_STARTED,
            phase=plan.phase,
            users=plan.users,
            planned=plan.requests_max,
            rate_per_s=round(plan.users / (sum(plan.think_s) / 2), 1),
            start_ns=self._told["started_ns"],
        )

    def stop(self) -> None:
        """Let the users begin nothing more; requests in flight may still end."""
        if self._master is not None and "end_ns" not in self._told:
            self._stopped_early = True
            self._master.signal(signal.SIGTERM)

    def wait(self, timeout_s: float) -> ClosedResult:
        """Wait for the end of the books; kill what takes longer.

        Args:
            timeout_s: for a whole load at least its length plus its stop timeout.
        """
        if self._result is None:
            if not self._pump(lambda: not self._selector.get_map(), timeout_s):
                self._kill()
            self._close_books()
            self._result = self._counted()
        return self._result

    @property
    def _patience_s(self) -> float:
        return self._plan.stop_timeout_s + _EXIT_S_MAX

    @property
    def _children(self) -> list[Child]:
        return [*([self._master] if self._master else []), *self._workers]

    def _under_way(self) -> bool:
        """Whether the users come, or never will because a process has ended."""
        return "started_ns" in self._told or len(self._listened) < len(self._children)

    @property
    def _listened(self) -> list[Child]:
        return [key.data for key in self._selector.get_map().values()]

    def _launch(self) -> None:
        plan = self._plan
        folder = plan.run_dir / "records" / plan.load
        folder.mkdir(parents=True)
        port = str(self._lease.take(1)[0])
        # Failed requests are for the judge: an exit code is about Locust itself.
        errors = ["--exit-code-on-error", "0"]
        locust = own_python("locust", "-f", str(_LOCUSTFILE), *errors)
        master = [
            *locust, "--headless", "--only-summary", "--master",
            "--master-bind-host", "127.0.0.1", "--master-bind-port", port,
            "--expect-workers", str(plan.workers),
            "--expect-workers-max-wait", str(_CONNECT_S_MAX),
            "--users", str(plan.users), "--spawn-rate", f"{plan.users / plan.ramp_s:.3f}",
            "--run-time", f"{plan.duration_s}s", "--stop-timeout", f"{plan.stop_timeout_s:g}",
        ]  # fmt: skip
        worker = [*locust, "--worker", "--master-host", "127.0.0.1", "--master-port", port]
        self._master = self._child("master", master, None, folder)
        for number in range(plan.workers):
            self._workers.append(self._child(f"worker-{number}", worker, number, folder))
        for child in self._children:
            self._selector.register(child, selectors.EVENT_READ, child)

    def _child(self, name: str, command: list[str], worker: int | None, folder: Path) -> Child:
        # Locust reads options from variables and from files in its folder and home as well.
        own = {name: each for name, each in os.environ.items() if not name.startswith("LOCUST_")}
        return Child(
            name,
            command,
            json.dumps({"plan": self._plan.to_json(), "worker": worker}),
            environment=own_environment(
                {
                    **own,
                    "HOME": str(folder),
                    "PYTHONUSERBASE": site.getuserbase(),
                    RUN_VARIABLE: self._plan.run,
                }
            ),
            log=self._plan.run_dir / "logs" / f"load-{self._plan.load}-{name}.log",
            folder=folder,
        )

    def _pump(self, done: Callable[[], bool], timeout_s: float) -> bool:
        """Hear everyone until something is so; whether it came to be so in time."""
        end_s = time.monotonic() + timeout_s
        while not done():
            left_s = end_s - time.monotonic()
            if left_s <= 0:
                return False
            for key, _ in self._selector.select(min(left_s, _LOOK_EVERY_S)):
                self._hear(key.data)
        return True

    def _hear(self, child: Child) -> None:
        said = child.hear()
        if said is None:
            self._selector.unregister(child)
            self._ended(child, child.reap())
            return
        for each in said:
            if child is self._master:
                self._told |= each
                for client in each.get("missing", ()):
                    self._lose(self._clients.get(client), "it stopped answering its master")
            elif "client" in each:
                self._clients[each["client"]] = self._workers.index(child)
            else:
                self._closed.add(self._workers.index(child))

    def _ended(self, child: Child, how: str) -> None:
        if child is self._master:
            if "figures" not in self._told:
                self._lose(None, how)
                for worker in self._workers:
                    worker.signal(signal.SIGTERM)
        elif self._workers.index(child) not in self._closed:
            self._lose(self._workers.index(child), how)
            if self._master and len(self._lost) == len(self._workers):
                self._master.signal(signal.SIGTERM)  # nobody is left to send anything

    def _lose(self, worker: int | None, why: str) -> None:
        if worker not in self._lost and "started_ns" in self._told:
            self._record(Kind.LOAD_WORKER_LOST, worker=worker, why=why)
        self._lost.setdefault(worker, why)

    def _kill(self) -> None:
        for child in self._listened:
            child.signal(signal.SIGKILL)
        self._pump(lambda: not self._selector.get_map(), _EXIT_S_MAX)

    def _close_books(self) -> None:
        if "figures" in self._told:
            tool = f"Locust {metadata.version('locust')}"
            self._record(Kind.LOAD_FIGURES, tool=tool, rows=self._told["figures"])
        cut = self._stopped_early or "end_ns" not in self._told
        end_ns = self._told.get("end_ns", mono_ns())
        self._record(Kind.LOAD_FINISHED, end_ns=end_ns, stopped_early=cut)
        self._close()

    def _close(self) -> None:
        if self._log is not None:
            self._log.close()
        self._lease.release()
        self._selector.close()

    def _record(self, kind: Kind, **data: Any) -> None:
        if self._log is not None:
            self._log.record(kind, load=self._plan.load, **data)

    def _record_failure(self, error: HarnessError) -> None:
        """The run is judged by it whatever the scenario makes of it."""
        if self._log is not None:
            record_error(self._log, error)
        self._close()

    def _counted(self) -> ClosedResult:
        loads = {each.header.load: each for each in read_records(self._plan.run_dir)}
        load = loads[self._plan.load]
        codes = [each.process.returncode for each in self._children]
        return ClosedResult(
            load=self._plan.load,
            ended=not self._lost and set(codes) == {int(ExitCode.GO)},
            stopped_early=self._stopped_early,
            lost=tuple(self._lost),
            started=len(load.schedule),
            recorded=len(load.records),
            answered=int(np.count_nonzero(load.records["outcome"] == int(Outcome.OK))),
            logins_refused=_logins_refused(load),
        )


def _logins_refused(load: LoadRecords) -> int:
    if LOGIN not in load.header.names:
        return 0
    login = load.records["name_id"] == load.header.names.index(LOGIN)
    refused = [int(Outcome.HTTP_ERROR), int(Outcome.WRONG_BODY)]
    return int(np.count_nonzero(login & np.isin(load.records["outcome"], refused)))


def _header(plan: ClosedPlan) -> LoadHeader:
    return LoadHeader(
        load=plan.load,
        phase=plan.phase,
        seed=plan.seed,
        rate_per_s=0.0,
        names=plan.names,
        ledger_names=operation_names([each for each in plan.operations if each.ledger_read]),
        timeout_s=plan.timeout_s,
        captures=plan.captures,
        model=CLOSED,
        users=plan.users,
        workers=plan.workers,
    )


async def _set_up(plan: ClosedPlan) -> dict[str, str]:
    async with Client(plan.base_url, plan.timeout_s) as client:
        return await prepare(client, plan)
