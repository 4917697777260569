"""The engine's process, as the harness holds it."""

import os
import select
import signal
import time
from dataclasses import dataclass
from typing import Any

from gonogo.linux import RUN_VARIABLE, own_environment, own_python
from gonogo.observation.records import LoadRecords, read_records
from gonogo.vocabulary import EnvironmentFailed, ExitCode, Outcome, SystemNotReady
from gonogo_load.child import Child
from gonogo_load.plan import LoadPlan
from gonogo_load.running import RunningLoad

_START_S_MAX = 60.0  # interpreter and imports on a busy machine, login, setup
_EXIT_S_MAX = 20.0  # for the last records, once nobody is waited for


@dataclass(frozen=True, slots=True)
class LoadResult:
    """How a load ended.

    Attributes:
        load: its name.
        ended: whether it closed its books; else the engine died or had to be killed.
        stopped_early: whether it was stopped before its schedule was through.
        scheduled: requests that were due by the end of scheduling.
        recorded: requests of which there is a record.
        answered: those that ended well.
        cpu_s: processor time of the engine, start included; 0 when it did not end.
    """

    load: str
    ended: bool
    stopped_early: bool
    scheduled: int
    recorded: int
    answered: int
    cpu_s: float


class OpenModelLoad(RunningLoad):
    """One load in a process of its own; a context manager that starts it, stops it and waits.

    The process carries the run id and ends when this process does: its standard input is a
    pipe whose other end is held here only.
    """

    def __init__(self, plan: LoadPlan) -> None:
        self._plan = plan
        self._engine: Child | None = None
        self._told: dict[str, Any] = {}
        self._result: LoadResult | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the engine, None before the start."""
        return self._engine.process.pid if self._engine else None

    def start(self) -> None:
        """Start it; returns when the login and setup are done and the schedule is written.

        Raises:
            UsageError: a load of that name ran already in this run.
            SystemNotReady: the system refused the login or the setup; it stands in the event log.
            EnvironmentFailed: the engine did not start.
        """
        plan = self._plan
        plan.check_unused()
        self._engine = Child(
            "engine",
            own_python("gonogo_load.open_model"),
            plan.to_json(),
            environment=own_environment({**os.environ, RUN_VARIABLE: plan.run}),
            log=plan.run_dir / "logs" / f"load-{plan.load}.log",
            folder=plan.run_dir,
        )
        self._hear(self._engine, "started_ns", _START_S_MAX)
        if "started_ns" not in self._told:
            self._reap(self._engine)
            if "refused" in self._told:
                raise SystemNotReady(self._told["refused"], where=plan.base_url)
            raise EnvironmentFailed(
                f"the load engine did not start:\n{self._engine.tail()}",
                where=str(self._engine.log),
            )

    def stop(self) -> None:
        """Let it schedule nothing more; requests in flight may still end."""
        if self._engine is not None:
            self._engine.signal(signal.SIGTERM)

    def wait(self, timeout_s: float) -> LoadResult:
        """Wait for the end of the books; kill the engine when that takes longer.

        Args:
            timeout_s: for a whole load at least its length plus the client timeout.
        """
        if self._result is None:
            if self._engine is not None:
                self._hear(self._engine, "end_ns", timeout_s)
                self._reap(self._engine)
            self._result = self._counted()
        return self._result

    @property
    def _patience_s(self) -> float:
        return self._plan.timeout_s + _EXIT_S_MAX

    def _hear(self, engine: Child, word: str, timeout_s: float) -> None:
        """Hear the engine until it says a word, falls silent for good, or time is up."""
        end_s = time.monotonic() + timeout_s
        while word not in self._told and (left_s := end_s - time.monotonic()) > 0:
            ready, _, _ = select.select([engine], [], [], left_s)
            said = engine.hear() if ready else []
            if said is None:
                return
            for each in said:
                self._told |= each

    def _reap(self, engine: Child) -> None:
        """Wait for the end of an engine that has said its last word; kill one that has not."""
        if not {"end_ns", "refused"} & self._told.keys():
            engine.signal(signal.SIGKILL)
        engine.reap()

    def _counted(self) -> LoadResult:
        loads = {each.header.load: each for each in read_records(self._plan.run_dir)}
        load = loads.get(self._plan.load)
        code = self._engine.process.returncode if self._engine else None
        return LoadResult(
            load=self._plan.load,
            ended=code == ExitCode.GO and "end_ns" in self._told,
            stopped_early=bool(self._told.get("stopped_early", True)),
            scheduled=_due(load, self._told.get("end_ns")),
            recorded=len(load.records) if load else 0,
            answered=int((load.records["outcome"] == int(Outcome.OK)).sum()) if load else 0,
            cpu_s=float(self._told.get("cpu_s", 0.0)),
        )


def _due(load: LoadRecords | None, end_ns: int | None) -> int:
    if load is None:
        return 0
    if end_ns is None:
        return len(load.schedule)
    return int((load.schedule["intended_ns"] <= end_ns).sum())
