"""The agent's main loop: register, take, run, commit; while Redis is away, wait and try again."""

from __future__ import annotations

import random
import threading
import time
import uuid

import structlog

from swarm.agent.attempt import AWAY_RETRY_S, Attempt
from swarm.agent.backoff import retry_delay_s
from swarm.agent.runner import Runner
from swarm.config import AgentSettings
from swarm.jobs import Assignment, Outcome, TaskQueue
from swarm.memory import AgentRegistry
from swarm.store import Store, StoreUnavailable

# An idle agent asks for a task at least this often, also when no wake-up reached it. So this is
# also the longest time between the end of a lease and its takeover.
IDLE_POLL_S_MAX = 0.5
# How long a stopping agent tries to give its task back. Then its lease runs out instead.
STOP_COMMIT_S_MAX = 3.0

_log = structlog.get_logger()


class Worker:
    """One agent, one task at a time."""

    def __init__(self, settings: AgentSettings, store: Store, jitter: random.Random) -> None:
        self._settings = settings
        self._store = store
        self._jitter = jitter
        self._registry = AgentRegistry(store)
        self._queue = TaskQueue(store)
        self._runner = Runner(settings.workspace, settings.task_memory_mib)
        self._wake = store.wake()
        self._beat_due_s = 0.0
        self._registered = False
        self._busy = False
        self._away = False
        self._take_operation = uuid.uuid4().hex

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set."""
        while not stop.is_set():
            try:
                self._beat()
                assignment = self._take()
                self._note_back()
                if assignment is None:
                    self._wake.wait(min(IDLE_POLL_S_MAX, self._settings.lease_s / 3))
                    continue
            except StoreUnavailable as error:
                self._note_away(error)
                stop.wait(AWAY_RETRY_S)
                continue
            self._busy = True
            self._work(assignment, stop)
            self._busy = False
        self._leave()

    def _beat(self) -> None:
        now_s = time.monotonic()
        if now_s < self._beat_due_s:
            return
        self._registry.beat(
            self._settings.agent_id,
            agent_type=self._settings.agent_type,
            capabilities=self._settings.capabilities,
            heartbeat_s=self._settings.heartbeat_s,
            busy=self._busy,
            starting=not self._registered,
        )
        self._beat_due_s = now_s + self._settings.heartbeat_s
        if not self._registered:
            self._registered = True
            _log.info("agent.ready", capabilities=list(self._settings.capabilities))

    def _beat_if_possible(self) -> None:
        try:
            self._beat()
        except StoreUnavailable as error:
            self._note_away(error)
            # Not retried at once: each try may block the loop that watches the child.
            self._beat_due_s = time.monotonic() + self._settings.lease_s / 3

    def _take(self) -> Assignment | None:
        # The operation id stays the same until an answer arrives: when the answer was lost, the
        # same task is offered again, and nobody has to wait for its lease to run out.
        offer = self._queue.take(
            agent_id=self._settings.agent_id,
            operation=self._take_operation,
            lease_s=self._settings.lease_s,
            capabilities=self._settings.capabilities,
        )
        self._take_operation = uuid.uuid4().hex
        if not offer.registered:
            self._registered = False
            self._beat_due_s = 0.0
        return offer.task

    def _work(self, task: Assignment, stop: threading.Event) -> None:
        log = _log.bind(task_id=task.task_id, job_id=task.job_id, task=task.name)
        log.info("task.started", type=task.type, token=task.token)
        begun_s = time.monotonic()
        settings = self._settings
        attempt = Attempt(self._store, self._runner, task, settings.agent_id, settings.lease_s)
        outcome = attempt.run(stop, self._beat_if_possible)
        recorded = outcome is not None and self._commit(task, outcome, stop)
        took_s = round(time.monotonic() - begun_s, 3)
        if outcome is None or not recorded:
            log.warning("task.lost", took_s=took_s, token=task.token)
        elif outcome.state == "completed":
            log.info("task.completed", took_s=took_s, token=task.token)
        else:
            event = "task.released" if outcome.state == "released" else "task.failed"
            log.warning(event, took_s=took_s, kind=outcome.kind, reason=outcome.payload)

    def _commit(self, task: Assignment, outcome: Outcome, stop: threading.Event) -> bool:
        """Record the outcome; False when it was refused. The token makes repeats harmless."""
        delay_s = 0.0
        if outcome.state == "retry":
            delay_s = retry_delay_s(
                task.failures, self._settings.retry_base_s, self._settings.retry_max_s, self._jitter
            )
        stopping_s: float | None = None
        while True:
            try:
                recorded = self._queue.commit(
                    task, outcome, agent_id=self._settings.agent_id, delay_s=delay_s
                )
                self._note_back()
                return recorded in ("ok", "repeat")
            except StoreUnavailable as error:
                self._note_away(error)
            if stop.is_set():
                stopping_s = stopping_s or time.monotonic()
                if time.monotonic() - stopping_s > STOP_COMMIT_S_MAX:
                    return False
                time.sleep(AWAY_RETRY_S)
            else:
                stop.wait(AWAY_RETRY_S)

    def _leave(self) -> None:
        self._runner.kill()
        try:
            self._registry.leave(self._settings.agent_id)
        except StoreUnavailable:
            _log.warning("agent.stopped_unannounced")
        _log.info("agent.stopped")

    def _note_away(self, error: StoreUnavailable) -> None:
        if not self._away:
            _log.warning("agent.redis_away", reason=str(error))
        self._away = True

    def _note_back(self) -> None:
        if self._away:
            _log.info("agent.redis_back")
        self._away = False
