"""The queue of tasks, as an agent uses it: take a task, keep its lease, record its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from swarm.jobs.assignment import Assignment, Outcome
from swarm.jobs.scripts import STATE_MACHINE
from swarm.store import Script, Store

_TAKE = Script("swarm.jobs", "task_take", (STATE_MACHINE,))
_REPORT = Script("swarm.jobs", "task_report", (STATE_MACHINE,))
_COMMIT = Script("swarm.jobs", "task_commit", (STATE_MACHINE,), raw=("payload",))


@dataclass(frozen=True, slots=True)
class Offer:
    """A task, or None when there is none for this agent.

    An agent that is not ``registered`` gets none; it has to register again.
    """

    task: Assignment | None
    registered: bool = True


class TaskQueue:
    """The tasks of one namespace that are queued or in progress."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def take(
        self, *, agent_id: str, operation: str, lease_s: float, capabilities: Sequence[str]
    ) -> Offer:
        """Start the most urgent task that the agent can do.

        A task of another agent whose last report is older than ``lease_s`` is taken over. A
        repeat with the same ``operation`` returns the same task while it is in progress.
        """
        reply = self._store.run(
            _TAKE,
            agent_id=agent_id,
            operation=operation,
            lease_ms=int(lease_s * 1000),
            capabilities=capabilities,
        )
        if reply.outcome == "task":
            return Offer(Assignment.parse(reply))
        return Offer(None, registered=reply.outcome != "unknown")

    def report(
        self,
        task: Assignment,
        *,
        agent_id: str,
        fraction: float,
        lines: Sequence[tuple[str, str]] = (),
    ) -> bool:
        """Renew the lease, report progress (0 to 1) and log lines of level and message.

        False when the agent does not hold the task any more.
        """
        reply = self._store.run(
            _REPORT,
            task_id=task.task_id,
            token=str(task.token),
            agent_id=agent_id,
            fraction=int(fraction * 1000),
            lines=[{"level": level, "message": message} for level, message in lines],
        )
        return reply.outcome == "ok"

    def commit(
        self, task: Assignment, outcome: Outcome, *, agent_id: str, delay_s: float = 0.0
    ) -> str:
        """Record how the attempt ended; ``delay_s`` is when a ``retry`` may run again.

        Returns ``ok``, ``repeat`` when the end of this attempt is already recorded, or ``stale``
        when the agent does not hold the task any more; then nothing is recorded.
        """
        reply = self._store.run(
            _COMMIT,
            task_id=task.task_id,
            token=str(task.token),
            agent_id=agent_id,
            outcome=outcome.state,
            payload=outcome.payload,
            delay_ms=int(delay_s * 1000),
            kind=outcome.kind,
        )
        return reply.outcome
