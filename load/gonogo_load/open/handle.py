"""Handle of an open-model load: starts its worker, stops it, waits for its result."""

import os
import select
import signal
import time
from dataclasses import dataclass, replace

from gonogo.linux import RUN_VARIABLE, own_python
from gonogo.observation.records import LoadRecords, read_records
from gonogo.vocabulary import EnvironmentFailed, ExitCode, Outcome, SystemNotReady
from gonogo_load.child import ChildProcess
from gonogo_load.handle import LoadHandle
from gonogo_load.messages import Finished, Refused, Started
from gonogo_load.open.plan import OpenModelPlan

_START_S_MAX = 60.0  # interpreter and imports on a busy machine, login, setup
_EXIT_S_MAX = 20.0  # for the last records, after the last request in flight has ended


@dataclass(frozen=True, slots=True)
class OpenModelResult:
    """How an open-model load ended.

    Attributes:
        load: its name.
        ended: whether the worker wrote every record; else it died or had to be killed.
        stopped_early: whether it was stopped before the end of its schedule.
        scheduled: requests that were due by the end of scheduling.
        recorded: requests that have a record.
        answered: requests whose outcome is OK.
        cpu_s: processor time of the worker, start included; 0 when it did not end.
    """

    load: str
    ended: bool
    stopped_early: bool
    scheduled: int
    recorded: int
    answered: int
    cpu_s: float


class OpenModelLoad(LoadHandle[OpenModelResult]):
    """One load of the open model, in one worker process."""

    def __init__(self, plan: OpenModelPlan) -> None:
        # The worker has another working directory.
        self._plan = replace(plan, run_dir=plan.run_dir.resolve())
        self._worker: ChildProcess | None = None
        self._started: Started | None = None
        self._refused: Refused | None = None
        self._finished: Finished | None = None
        self._result: OpenModelResult | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the worker, None before the start."""
        return self._worker.process.pid if self._worker else None

    @property
    def end_timeout_s(self) -> float:
        """The client timeout, for requests in flight, and the time for the last records."""
        return self._plan.timeout_s + _EXIT_S_MAX

    def start(self) -> None:
        """Start the worker; returns when it has logged in and written the schedule."""
        plan = self._plan
        plan.check_unused()
        self._worker = ChildProcess(
            "worker",
            own_python("gonogo_load.open.worker"),
            plan,
            environment={**os.environ, RUN_VARIABLE: plan.run},
            log=plan.run_dir / "logs" / f"load-{plan.load}.log",
            folder=plan.run_dir,
        )
        self._read_until_started(self._worker)
        if self._started is None:
            self._reap(self._worker)
            if self._refused is not None:
                raise SystemNotReady(self._refused.what, where=plan.base_url)
            raise EnvironmentFailed(
                f"the load engine did not start:\n{self._worker.log_tail()}",
                where=str(self._worker.log),
            )

    def stop(self) -> None:
        """Schedule no new request; requests in flight may still end."""
        if self._worker is not None:
            self._worker.signal(signal.SIGTERM)

    def wait(self, timeout_s: float) -> OpenModelResult:
        """Wait until every record is written; kill the worker after ``timeout_s``.

        Args:
            timeout_s: for a whole load at least its length plus the client timeout.
        """
        if self._result is None:
            if self._worker is not None:
                self._read_until_finished(self._worker, timeout_s)
                self._reap(self._worker)
            self._result = self._counted()
        return self._result

    def _read_until_started(self, worker: ChildProcess) -> None:
        end_s = time.monotonic() + _START_S_MAX
        while self._started is None and self._read(worker, end_s):
            pass

    def _read_until_finished(self, worker: ChildProcess, timeout_s: float) -> None:
        end_s = time.monotonic() + timeout_s
        while self._finished is None and self._read(worker, end_s):
            pass

    def _read(self, worker: ChildProcess, end_s: float) -> bool:
        """Read what the worker reports next; False when its output or the time has ended."""
        left_s = end_s - time.monotonic()
        if left_s <= 0:
            return False
        ready, _, _ = select.select([worker], [], [], left_s)
        messages = worker.read_messages() if ready else []
        for message in messages or ():
            match message:
                case Started():
                    self._started = message
                case Refused():
                    self._refused = message
                case Finished():
                    self._finished = message
        return messages is not None

    def _reap(self, worker: ChildProcess) -> None:
        """Wait for the exit of a worker that has reported its end; kill any other."""
        if self._finished is None and self._refused is None:
            worker.signal(signal.SIGKILL)
        worker.reap()

    def _counted(self) -> OpenModelResult:
        loads = {each.header.load: each for each in read_records(self._plan.run_dir)}
        load = loads.get(self._plan.load)
        code = self._worker.process.returncode if self._worker else None
        finished = self._finished
        return OpenModelResult(
            load=self._plan.load,
            ended=code == ExitCode.GO and finished is not None,
            stopped_early=finished.stopped_early if finished else True,
            scheduled=_due(load, finished),
            recorded=len(load.records) if load else 0,
            answered=int((load.records["outcome"] == int(Outcome.OK)).sum()) if load else 0,
            cpu_s=finished.cpu_s if finished else 0.0,
        )


def _due(load: LoadRecords | None, finished: Finished | None) -> int:
    """Requests that were due by the end of scheduling; all of them when that is not known."""
    if load is None:
        return 0
    if finished is None:
        return len(load.schedule)
    return int((load.schedule["intended_ns"] <= finished.end_ns).sum())
