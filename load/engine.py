"""The engine's process, as the harness holds it."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from harness.environment import RUN_VARIABLE
from harness.observation import LoadRecords, read_records
from harness.vocabulary import EnvironmentFailed, ExitCode, SystemFell, UsageError
from load.plan import LoadPlan

_START_S_MAX = 60.0  # interpreter and imports on a busy machine, login, setup
_EXIT_S_MAX = 10.0  # milliseconds as a rule; a machine shared with others may stall for seconds
_KILL_S_MAX = 5.0  # the kernel needs that long only when something is badly wrong
_TAIL_LINES = 15


@dataclass(frozen=True, slots=True)
class LoadResult:
    """How a load ended.

    Attributes:
        load: its name.
        ended: whether it closed its books; else the engine died or had to be killed.
        stopped_early: whether it was stopped before its schedule was through.
        scheduled: requests that were due by the end of scheduling.
        recorded: requests of which there is a record.
        cpu_s: processor time of the engine, start included; 0 when it did not end.
    """

    load: str
    ended: bool
    stopped_early: bool
    scheduled: int
    recorded: int
    cpu_s: float


class OpenModelLoad:
    """One load in a process of its own; a context manager that starts it, stops it and waits.

    The process carries the run id and ends when this process does: its standard input is a
    pipe whose other end is held here only.
    """

    def __init__(self, plan: LoadPlan) -> None:
        self._plan = plan
        self._process: subprocess.Popen[bytes] | None = None
        self._result: LoadResult | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the engine, None before the start."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it; returns when the login and setup are done and the schedule is written.

        Raises:
            UsageError: a load of that name ran already in this run.
            SystemFell: the system refused the login or the setup; it stands in the event log.
            EnvironmentFailed: the engine did not start.
        """
        plan = self._plan
        if (plan.run_dir / "records" / f"{plan.load}.json").exists():
            raise UsageError(
                f"a load named {plan.load!r} ran already in this run", where=str(plan.run_dir)
            )
        log = self._log_path
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "load.open_model"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                bufsize=0,
                cwd=Path(__file__).parents[1],
                env={**os.environ, RUN_VARIABLE: plan.run},
            )
        self._tell(plan.to_json().encode() + b"\n")
        told = self._hear(_START_S_MAX)
        if "started_ns" not in told:
            self._reap(told)
            if "refused" in told:
                raise SystemFell(told["refused"], where=plan.base_url)
            raise EnvironmentFailed(f"the load engine did not start:\n{_tail(log)}", where=str(log))

    def stop(self) -> None:
        """Let it schedule nothing more; requests in flight may still end."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def wait(self, timeout_s: float) -> LoadResult:
        """Wait for the end of the books; kill the engine when that takes longer.

        Args:
            timeout_s: for a whole load at least its length plus the client timeout.
        """
        if self._result is None:
            told = self._hear(timeout_s)
            self._reap(told)
            self._result = self._counted(told)
        return self._result

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self.wait(self._plan.timeout_s + _KILL_S_MAX)

    @property
    def _log_path(self) -> Path:
        return self._plan.run_dir / "logs" / f"load-{self._plan.load}.log"

    def _tell(self, line: bytes) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        # An engine that died at once says why in its log; nobody reads this line then.
        with contextlib.suppress(BrokenPipeError):
            while line:
                line = line[process.stdin.write(line) :]

    def _hear(self, timeout_s: float) -> dict[str, Any]:
        """The next line the engine tells; empty when it ends or says nothing in time."""
        process = self._process
        if process is None or process.stdout is None:
            return {}
        ready, _, _ = select.select([process.stdout], [], [], timeout_s)
        line = process.stdout.readline() if ready else b""
        told: dict[str, Any] = json.loads(line) if line.endswith(b"\n") else {}
        return told

    def _reap(self, told: dict[str, Any]) -> None:
        """Wait for the end of an engine that has said its last word; kill one that has not."""
        process = self._process
        if process is None:
            return
        try:
            process.wait(timeout=_EXIT_S_MAX if told else 0.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=_KILL_S_MAX)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _counted(self, told: dict[str, Any]) -> LoadResult:
        loads = {each.header.load: each for each in read_records(self._plan.run_dir)}
        load = loads.get(self._plan.load)
        code = self._process.returncode if self._process else None
        return LoadResult(
            load=self._plan.load,
            ended=code == ExitCode.GO and "end_ns" in told,
            stopped_early=bool(told.get("stopped_early", True)),
            scheduled=_due(load, told.get("end_ns")),
            recorded=len(load.records) if load else 0,
            cpu_s=float(told.get("cpu_s", 0.0)),
        )


def _due(load: LoadRecords | None, end_ns: int | None) -> int:
    if load is None:
        return 0
    if end_ns is None:
        return len(load.schedule)
    return int((load.schedule["intended_ns"] <= end_ns).sum())


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return "\n".join(lines[-_TAIL_LINES:]) or "it said nothing"
