"""Handle of a closed-model load: starts Locust's processes, watches them, waits for the result."""

import asyncio
import selectors
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata

from gonogo.observation import EventLog, mono_ns, record_error
from gonogo.observation.records import write_header
from gonogo.services import PortLease
from gonogo.vocabulary import (
    EnvironmentFailed,
    ExitCode,
    HarnessError,
    Occurrence,
    SystemNotReady,
)
from gonogo.vocabulary.events import LoadFiguresReported, LoadFinished, LoadStarted, LoadWorkerLost
from gonogo_load.child import ChildProcess
from gonogo_load.client import Client
from gonogo_load.closed.plan import ClosedModelPlan
from gonogo_load.closed.processes import CONNECT_S_MAX, start_processes
from gonogo_load.closed.result import ClosedModelResult, count_requests
from gonogo_load.handle import LoadHandle
from gonogo_load.messages import (
    Figures,
    Message,
    Started,
    Stopped,
    WorkerFinished,
    WorkerJoined,
    WorkersMissing,
)
from gonogo_load.prepare import prepare

_START_S_MAX = CONNECT_S_MAX + 15.0
_EXIT_S_MAX = 15.0  # the master's last half second, and processes that end on a busy machine
_SELECT_S_MAX = 1.0  # so that a condition without a message is checked again


class ClosedModelLoad(LoadHandle[ClosedModelResult]):
    """One load of the closed model, in Locust's processes.

    A worker that is lost is noticed: at once when its process ends, after some seconds when it
    only stops answering its master.
    """

    def __init__(self, plan: ClosedModelPlan) -> None:
        # Locust's processes have another working directory.
        self._plan = replace(plan, run_dir=plan.run_dir.resolve())
        self._master: ChildProcess | None = None
        self._workers: list[ChildProcess] = []
        self._selector = selectors.DefaultSelector()  # of processes whose output is still open
        self._lease = PortLease(plan.run)
        self._log: EventLog | None = None
        self._worker_of_client: dict[str, int] = {}  # Locust's name of a worker to its number
        self._finished_workers: set[int] = set()
        self._lost: dict[int | None, str] = {}
        self._started: Started | None = None
        self._stopped: Stopped | None = None
        self._figures: Figures | None = None
        self._stopped_early = False
        self._result: ClosedModelResult | None = None

    @property
    def worker_pids(self) -> list[int]:
        """Process ids of the workers by number, empty before the start."""
        return [each.process.pid for each in self._workers]

    @property
    def master_pid(self) -> int | None:
        """Process id of Locust's master, None before the start."""
        return self._master.process.pid if self._master else None

    @property
    def end_timeout_s(self) -> float:
        """The stop timeout of users, for requests in flight, and the time for the processes."""
        return self._plan.stop_timeout_s + _EXIT_S_MAX

    def start(self) -> None:
        """Make the setup and start Locust; returns when the users start."""
        plan = self._plan
        plan.check_unused()
        self._log = EventLog(plan.run_dir, plan.run, f"load-{plan.load}", "load")
        try:
            self._plan = plan = replace(plan, captures=asyncio.run(_set_up(plan)))
        except SystemNotReady as fell:
            self._record_failure(fell)
            raise
        write_header(plan.run_dir, plan.header(dict(plan.captures)))
        self._master, self._workers = start_processes(plan, self._lease.take(1)[0])
        for child in self._children:
            self._selector.register(child, selectors.EVENT_READ, child)
        self.watch_until(self._started_or_failed, _START_S_MAX)
        if self._started is None:
            self._kill()
            logs = "\n".join(each.log_tail() for each in self._children)
            failed = EnvironmentFailed(
                f"Locust did not start:\n{logs}", where=str(plan.run_dir / "logs")
            )
            self._record_failure(failed)
            raise failed
        self._record(
            LoadStarted(
                load=plan.load,
                phase=plan.phase,
                planned=plan.requests_max,
                rate_per_s=round(plan.rate_per_s_max, 1),
                start_ns=self._started.start_ns,
                users=plan.users,
            )
        )

    def stop(self) -> None:
        """Let the users begin no new request; requests in flight may still end."""
        if self._master is not None and self._stopped is None:
            self._stopped_early = True
            self._master.signal(signal.SIGTERM)

    def wait(self, timeout_s: float) -> ClosedModelResult:
        """Wait until every process has ended; kill them after ``timeout_s``.

        Args:
            timeout_s: for a whole load at least its length plus its stop timeout.
        """
        if self._result is None:
            if not self.watch_until(self._all_ended, timeout_s):
                self._kill()
            self._record_end()
            self._close()
            codes = {each.process.returncode for each in self._children}
            self._result = count_requests(
                self._plan.run_dir,
                self._plan.load,
                ended=not self._lost and codes == {int(ExitCode.GO)},
                stopped_early=self._stopped_early,
                lost=tuple(self._lost),
            )
        return self._result

    def watch_until(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Read what the processes report until ``condition`` holds; False when time was up."""
        end_s = time.monotonic() + timeout_s
        while not condition():
            left_s = end_s - time.monotonic()
            if left_s <= 0:
                return False
            for key, _ in self._selector.select(min(left_s, _SELECT_S_MAX)):
                self._read(key.data)
        return True

    @property
    def _children(self) -> list[ChildProcess]:
        return [*([self._master] if self._master else []), *self._workers]

    @property
    def _running(self) -> list[ChildProcess]:
        return [key.data for key in self._selector.get_map().values()]

    def _all_ended(self) -> bool:
        return not self._selector.get_map()

    def _started_or_failed(self) -> bool:
        """Whether the users start, or never will because a process has ended."""
        return self._started is not None or len(self._running) < len(self._children)

    def _read(self, child: ChildProcess) -> None:
        messages = child.read_messages()
        if messages is None:
            self._selector.unregister(child)
            how = child.reap()
            if child is self._master:
                self._master_ended(how)
            else:
                self._worker_ended(self._workers.index(child), how)
        for message in messages or ():
            self._handle(child, message)

    def _handle(self, child: ChildProcess, message: Message) -> None:
        match message:
            case Started():
                self._started = message
            case Stopped():
                self._stopped = message
            case Figures():
                self._figures = message
            case WorkersMissing():
                for client in message.clients:
                    worker = self._worker_of_client.get(client)
                    self._lose(worker, "it stopped answering its master")
            case WorkerJoined():
                self._worker_of_client[message.client] = self._workers.index(child)
            case WorkerFinished():
                self._finished_workers.add(self._workers.index(child))

    def _master_ended(self, how: str) -> None:
        if self._figures is None:
            self._lose(None, how)
            for worker in self._workers:
                worker.signal(signal.SIGTERM)

    def _worker_ended(self, number: int, how: str) -> None:
        if number in self._finished_workers:
            return
        self._lose(number, how)
        if self._master and len(self._lost) == len(self._workers):
            self._master.signal(signal.SIGTERM)  # no worker is left to send anything

    def _lose(self, worker: int | None, why: str) -> None:
        if worker not in self._lost and self._started is not None:
            self._record(LoadWorkerLost(self._plan.load, worker, why))
        self._lost.setdefault(worker, why)

    def _kill(self) -> None:
        for child in self._running:
            child.signal(signal.SIGKILL)
        self.watch_until(self._all_ended, _EXIT_S_MAX)

    def _record_end(self) -> None:
        if self._figures is not None:
            tool = f"Locust {metadata.version('locust')}"
            self._record(LoadFiguresReported(self._plan.load, tool, self._figures.rows))
        self._record(
            LoadFinished(
                self._plan.load,
                end_ns=self._stopped.end_ns if self._stopped else mono_ns(),
                stopped_early=self._stopped_early or self._stopped is None,
            )
        )

    def _close(self) -> None:
        if self._log is not None:
            self._log.close()
        self._lease.release()
        self._selector.close()

    def _record(self, what: Occurrence) -> None:
        if self._log is not None:
            self._log.record(what)

    def _record_failure(self, error: HarnessError) -> None:
        """Record it, so that the judge sees it also when the scenario catches the error."""
        if self._log is not None:
            record_error(self._log, error)
        self._close()


async def _set_up(plan: ClosedModelPlan) -> dict[str, str]:
    async with Client(plan.base_url, plan.timeout_s) as client:
        return await prepare(client, plan)
