"""Bodies and queries the api takes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from swarm.memory import EVENT_ID_PATTERN

SessionState = Literal["initializing", "active", "completing", "completed", "failed", "cancelled"]
JobState = Literal["queued", "running", "completed", "failed", "cancelled"]
EventId = Annotated[str, StringConstraints(pattern=rf"^{EVENT_ID_PATTERN}$")]
TaskName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s\x00]+@[^@\s\x00]+$", max_length=254)]
TASKS_MAX = 500


class Body(BaseModel):
    """A JSON body: exact types, nothing unknown."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Query(BaseModel):
    """A query string: values arrive as text."""

    model_config = ConfigDict(extra="forbid")


class LoginBody(Body):
    """Credentials."""

    email: Email
    password: str = Field(min_length=1, max_length=1024)


class RegisterBody(Body):
    """A new account."""

    email: Email
    password: str = Field(min_length=8, max_length=1024)


class ExecuteBody(Body):
    """A script and its parameters."""

    script: str = Field(min_length=1, max_length=100)
    parameters: dict[str, Any] = Field(default_factory=dict)


class TaskBody(Body):
    """A task of a job; ``dependencies`` are names of tasks of the same job."""

    name: TaskName
    type: str = Field(min_length=1, max_length=100)
    parameters: dict[str, Any] = Field(default_factory=dict)
    priority: int = Field(default=5, ge=0, le=9)
    dependencies: list[TaskName] = Field(default_factory=list, max_length=TASKS_MAX)
    capabilities: list[str] = Field(default_factory=list, max_length=16)
    timeout_s: float = Field(default=300.0, gt=0, le=86_400, allow_inf_nan=False)
    max_retries: int = Field(default=3, ge=0, le=20)


class JobBody(Body):
    """A job as a graph of tasks."""

    name: str = Field(default="job", min_length=1, max_length=200)
    tasks: list[TaskBody] = Field(min_length=1, max_length=TASKS_MAX)


class SessionBody(Body):
    """A new session; ``ttl_s`` is how long it lives after its last change."""

    name: str = Field(default="", max_length=200)
    metadata: dict[str, Any] = Field(default_factory=dict)
    ttl_s: float | None = Field(default=None, gt=0, le=30 * 86_400, allow_inf_nan=False)


class SessionPatch(Body):
    """Changes to a session; with ``version``, only if that is still the current one."""

    name: str | None = Field(default=None, max_length=200)
    metadata: dict[str, Any] | None = None
    status: SessionState | None = None
    version: int | None = Field(default=None, ge=1)


class ContextBody(Body):
    """A context value; with ``version``, only if that is still the current one, 0 for none."""

    value: Any
    version: int | None = Field(default=None, ge=0)


class PageQuery(Query):
    """Which page of a list."""

    page: int = Field(default=1, ge=1, le=1_000_000)
    per_page: int = Field(default=20, ge=1, le=100)


class JobsQuery(PageQuery):
    """Which jobs."""

    status: JobState | None = None


class SessionsQuery(PageQuery):
    """Which sessions."""

    status: SessionState | None = None


class AfterQuery(Query):
    """What came after an event or log line."""

    after: EventId = "0-0"
    limit: int = Field(default=100, ge=1, le=1000)


class AgentsQuery(Query):
    """Which agents."""

    capability: str | None = Field(default=None, max_length=64)
    online: bool = False
