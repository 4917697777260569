"""The guard: tails the run while it happens and raises the stop signal.

It watches the stop conditions of the objectives, the wall-time budget of the profile, and whether
the fault proxy lives: without it nothing that follows says anything about the system.
"""

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from gonogo.gate.stop import StopSignal
from gonogo.judgement import StopMonitor
from gonogo.observation import EDGES_LOST, EventLog, EventTail
from gonogo.vocabulary import Objective
from gonogo.vocabulary.events import ErrorOccurred, StopRequested

POLL_S = 0.5


class Guard:
    """A thread beside the phases.

    Args:
        run_dir: the run directory.
        objectives: those with a stop condition are watched.
        budget_s: wall time after which the run is stopped.
        log: where the stop is recorded.
        stop: what is raised.
    """

    def __init__(
        self,
        run_dir: Path,
        objectives: Sequence[Objective],
        budget_s: float,
        log: EventLog,
        stop: StopSignal,
    ) -> None:
        self._monitor = StopMonitor(run_dir, objectives)
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
                self._look()
        except Exception as error:
            # A run without its guard would go on past every stop condition.
            self._raise("guard", f"the guard failed: {error!r}")
            raise

    def _look(self) -> None:
        if time.monotonic() > self._deadline:
            self._raise("budget", f"the run took longer than its {self._budget_s:g} s")
        for event in self._errors.new_events():
            match event.what:
                case ErrorOccurred(error=name, what=what) if name == EDGES_LOST:
                    self._raise("edges-lost", what)
        violated = self._monitor.poll()
        if violated is not None:
            self._raise("stop-condition", f"stop condition held: {violated.text}")

    def _raise(self, cause: str, reason: str) -> None:
        if self._stop.throw(reason):
            self._log.record(StopRequested(reason=reason, condition=cause))
