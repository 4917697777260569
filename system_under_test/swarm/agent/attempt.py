"""One attempt at a task: the child works, the lease is renewed, the timeout is enforced."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from swarm.agent.runner import Runner
from swarm.jobs import Assignment, Outcome, TaskQueue
from swarm.store import Store, StoreUnavailable

# How long to wait for the child at a time: so late at most a stop signal is noticed.
POLL_S_MAX = 0.2
# Progress is reported at most this often, so that a task cannot flood the event stream.
PROGRESS_EVERY_S = 0.25
# How soon to ask again while Redis is away.
AWAY_RETRY_S = 0.25


class Attempt:
    """Runs one assignment in the child."""

    def __init__(
        self, store: Store, runner: Runner, assignment: Assignment, agent_id: str, lease_s: float
    ) -> None:
        self._queue = TaskQueue(store)
        self._runner = runner
        self._assignment = assignment
        self._agent_id = agent_id
        self._renew_every_s = lease_s / 3
        self._fraction = 0.0
        self._reported_fraction = 0.0
        self._lines: list[tuple[str, str]] = []
        self._away = False

    def run(self, stop: threading.Event, idle: Callable[[], None]) -> Outcome | None:
        """Return how the attempt ended, None when the agent does not hold the task any more.

        ``idle`` is called between waits, for the other duties of the agent.
        """
        self._runner.start(self._assignment.request)
        begun_s = reported_s = time.monotonic()
        while True:
            for answer in self._runner.poll(min(POLL_S_MAX, self._renew_every_s / 2)):
                outcome = self._note(answer)
                if outcome is not None:
                    self.report()
                    return outcome
            now_s = time.monotonic()
            if stop.is_set():
                self._runner.kill()
                return Outcome("released")
            if now_s - begun_s > self._assignment.timeout_s:
                self._runner.kill()
                reason = f"it took longer than {self._assignment.timeout_s:g} s"
                return Outcome("retry", reason, "timeout")
            if self.report_is_due(now_s - reported_s):
                reported_s = now_s
                if not self.report():
                    self._runner.kill()
                    return None
            idle()

    def _note(self, answer: dict[str, Any]) -> Outcome | None:
        kind = answer["kind"]
        if kind == "completed":
            return Outcome("completed", answer["result"])
        if kind == "failed":
            permanent = answer["permanent"]
            return Outcome(
                "failed" if permanent else "retry",
                answer["reason"],
                "permanent" if permanent else "error",
            )
        if kind == "died":
            return Outcome("retry", answer["reason"], "crash")
        if kind == "progress":
            self._fraction = max(self._fraction, min(1.0, float(answer["fraction"])))
        else:
            self._lines.append((answer["level"], answer["message"]))
        return None

    def report_is_due(self, since_s: float) -> bool:
        """Whether to report now, ``since_s`` after the last try."""
        if self._away:
            return since_s >= min(AWAY_RETRY_S, self._renew_every_s)
        news = bool(self._lines) or self._fraction > self._reported_fraction
        return since_s >= self._renew_every_s or (news and since_s >= PROGRESS_EVERY_S)

    def report(self) -> bool:
        """Renew the lease and report news; False when the agent does not hold the task any more."""
        try:
            held = self._queue.report(
                self._assignment,
                agent_id=self._agent_id,
                fraction=self._fraction,
                lines=self._lines,
            )
        except StoreUnavailable:
            # The work goes on. The commit decides whether the lease outlived the outage.
            self._away = True
            return True
        self._away = False
        self._lines.clear()
        self._reported_fraction = self._fraction
        return held
