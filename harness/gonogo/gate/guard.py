"""The guard: follows the events of a run and stops it when a stop condition is met.

It checks the stop conditions of the objectives, the wall-time budget of the profile, and whether
the fault proxy is alive: after its death no measurement says anything about the system.
"""

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from gonogo.gate.stop import StopSignal
from gonogo.judgement import StopConditionMonitor
from gonogo.observation import EDGES_LOST, EventLog, EventTail
from gonogo.vocabulary import Objective
from gonogo.vocabulary.events import ErrorOccurred, StopRequested

POLL_S = 0.5


class Guard:
    """A thread that runs beside the phases.

    Args:
        run_dir: the run directory.
        objectives: those with a stop condition are evaluated.
        budget_s: wall time after which the run is stopped.
        log: where the stop is recorded.
        stop: what is set.
    """

    def __init__(
        self,
        run_dir: Path,
        objectives: Sequence[Objective],
        budget_s: float,
        log: EventLog,
        stop: StopSignal,
    ) -> None:
        self._monitor = StopConditionMonitor(run_dir, objectives)
        self._errors = EventTail(run_dir)
        self._deadline = time.monotonic() + budget_s
        self._budget_s = budget_s
        self._log = log
        self._stop = stop
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="guard", daemon=True)

    def __enter__(self) -> "Guard":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join(timeout=5)

    def _watch(self) -> None:
        try:
            while not self._done.wait(POLL_S) and not self._stop:
                self._check()
        except Exception as error:
            # Without its guard a run would not obey any stop condition.
            self._stop_run("guard", f"the guard failed: {error!r}")
            raise

    def _check(self) -> None:
        if time.monotonic() > self._deadline:
            self._stop_run("budget", f"the run took longer than its {self._budget_s:g} s")
        for event in self._errors.new_events():
            match event.what:
                case ErrorOccurred(error=name, what=what) if name == EDGES_LOST:
                    self._stop_run("edges-lost", what)
        violated = self._monitor.poll()
        if violated is not None:
            self._stop_run("stop-condition", f"stop condition held: {violated.text}")

    def _stop_run(self, cause: str, reason: str) -> None:
        if self._stop.set(reason):
            self._log.record(StopRequested(reason=reason, condition=cause))
