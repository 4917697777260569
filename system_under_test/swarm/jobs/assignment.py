"""A task as an agent gets it, and how the attempt ended."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from swarm.store import Reply


@dataclass(frozen=True, slots=True)
class Assignment:
    """One attempt: what to do, and the fencing token.

    Only with the current token may an agent report on a task and record its end.
    """

    task_id: str
    job_id: str
    name: str
    type: str
    token: int
    timeout_s: float
    failures: int
    parameters: dict[str, Any]
    inputs: dict[str, Any]

    @classmethod
    def parse(cls, reply: Reply) -> Assignment:
        """Build an assignment from the reply of the script ``task_take``."""
        fields = reply.fields("task")
        return cls(
            task_id=fields["id"],
            job_id=fields["job"],
            name=fields["name"],
            type=fields["type"],
            token=int(fields["token"]),
            timeout_s=int(fields["timeout_ms"]) / 1000,
            failures=int(fields["failures"]),
            parameters=json.loads(fields["parameters"]),
            inputs={name: json.loads(text) for name, text in reply.fields("inputs").items()},
        )

    @property
    def request(self) -> dict[str, Any]:
        """What the child process needs to know."""
        return {
            "job_id": self.job_id,
            "type": self.type,
            "parameters": self.parameters,
            "inputs": self.inputs,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: ``completed``, ``failed``, ``retry`` or ``released``.

    ``payload`` is the result as JSON text, or the reason of a failure; ``kind`` names the
    sort of failure (permanent, error, timeout, crash).
    """

    state: str
    payload: str = ""
    kind: str = ""
