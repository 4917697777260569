"""Settings of every process: the only module that reads the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

JWT_SECRET_CHARS_MIN = 32
# How long an ended job is kept: its data in Redis by the api, its files in the workspace by agents.
JOB_TTL_S = 86_400.0
FEED_SOURCE = r"(file:[^/].*|(https?|ftp)://\S+)"
# An agent with this capability needs the address and the token of a shop.
SHOP_CAPABILITY = "shopify_api"
# Tasks get these variables. Only agents that upload have the shop's token in their environment.
TASK_VARIABLES = frozenset(
    {"SWARM_FEED_SOURCE", "SWARM_FEED_REFERENCE", "SWARM_SHOP_URL", "SWARM_SHOP_TOKEN"}
)
# Where the checkout's build puts the web page.
DASHBOARD_BUILT = Path(__file__).resolve().parents[1] / "dashboard" / "dist"


class ConfigError(Exception):
    """The environment is not valid; ``problems`` lists every mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """How to reach Redis, and how long events are kept there."""

    redis_url: str = field(repr=False)
    namespace: str
    event_ttl_s: float
    event_count_max: int


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """The web process."""

    store: StoreSettings
    jwt_secret: str = field(repr=False)
    workspace: Path
    dashboard: Path
    host: str
    port: int
    workers: int
    threads: int
    sockets_max: int
    socket_stall_s: float
    bootstrap_email: str | None
    bootstrap_password: str | None = field(repr=False)
    session_ttl_s: float
    job_ttl_s: float
    idempotency_ttl_s: float
    active_jobs_max: int
    requests_per_minute_max: int
    login_failures_per_minute_max: int


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """One agent process."""

    store: StoreSettings
    workspace: Path
    agent_id: str
    agent_type: str
    capabilities: tuple[str, ...]
    lease_s: float
    heartbeat_s: float
    retry_base_s: float
    retry_max_s: float
    task_memory_mib: int
    job_ttl_s: float


@dataclass(frozen=True, slots=True)
class OrchestratorSettings:
    """The orchestrator process."""

    store: StoreSettings
    tick_s: float
    heartbeat_s: float


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """Where the product feed comes from, and which reference a full import filters by.

    ``source`` is ``file:NAME`` (in the workspace), or an address with http, https or ftp. It may
    hold a password.
    """

    source: str = field(repr=False)
    reference_file: str | None


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """The shop that products are uploaded to."""

    url: str
    token: str = field(repr=False)


class _Reader:
    """Reads typed values and collects every problem, so that one start reports all of them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def text(self, name: str, default: str | None = None, pattern: str = r".+") -> str:
        value = self._environ.get(name) or default
        if value is None:
            self.problems.append(f"{name} is required")
            return ""
        if not re.fullmatch(pattern, value, re.DOTALL):
            self.problems.append(f"{name} must match {pattern}")
        return value

    def optional(self, name: str) -> str | None:
        return self._environ.get(name) or None

    def seconds(self, name: str, default: float) -> float:
        return self._number(name, default, float, "a number of seconds above 0")

    def count(self, name: str, default: int) -> int:
        return self._number(name, default, int, "a whole number above 0")

    def _number(self, name: str, default: T, parse: Callable[[str], T], meaning: str) -> T:
        raw = self._environ.get(name)
        if not raw:
            return default
        try:
            value = parse(raw)
        except ValueError:
            value = None
        if value is None or not 0 < float(str(value)) < float("inf"):
            self.problems.append(f"{name} must be {meaning}, not {raw!r}")
            return default
        return value

    def directory(self, name: str) -> Path:
        path = Path(self.text(name))
        if path != Path() and not path.is_dir():
            self.problems.append(f"{name} is not a directory: {path}")
        return path

    def finish(self) -> None:
        if self.problems:
            raise ConfigError(self.problems)


def _read_store(reader: _Reader) -> StoreSettings:
    return StoreSettings(
        redis_url=reader.text("SWARM_REDIS_URL", pattern=r"rediss?://.+"),
        namespace=reader.text("SWARM_NAMESPACE", "swarm", pattern=r"[A-Za-z0-9_.-]{1,64}"),
        event_ttl_s=reader.seconds("SWARM_EVENT_TTL_S", 3600.0),
        event_count_max=reader.count("SWARM_EVENT_COUNT_MAX", 50_000),
    )


def _read_bootstrap(reader: _Reader) -> tuple[str | None, str | None]:
    email = reader.optional("SWARM_BOOTSTRAP_EMAIL")
    password = reader.optional("SWARM_BOOTSTRAP_PASSWORD")
    if (email is None) != (password is None):
        reader.problems.append(
            "SWARM_BOOTSTRAP_EMAIL and SWARM_BOOTSTRAP_PASSWORD must be set together"
        )
    if password is not None and len(password) < 8:
        reader.problems.append("SWARM_BOOTSTRAP_PASSWORD must have at least 8 characters")
    return email, password


def load_api_settings(environ: Mapping[str, str] = os.environ) -> ApiSettings:
    """Read the api's settings; raises ConfigError naming every problem."""
    reader = _Reader(environ)
    email, password = _read_bootstrap(reader)
    secret = reader.text("SWARM_JWT_SECRET")
    if secret and len(secret) < JWT_SECRET_CHARS_MIN:
        reader.problems.append(
            f"SWARM_JWT_SECRET must have at least {JWT_SECRET_CHARS_MIN} characters"
        )
    settings = ApiSettings(
        store=_read_store(reader),
        jwt_secret=secret,
        workspace=reader.directory("SWARM_WORKSPACE"),
        # It need not exist: the page then answers 503 and says how to build it.
        dashboard=Path(reader.text("SWARM_DASHBOARD", str(DASHBOARD_BUILT))),
        host=reader.text("SWARM_API_HOST", "127.0.0.1"),
        port=reader.count("SWARM_API_PORT", 8080),
        workers=reader.count("SWARM_API_WORKERS", 2),
        threads=reader.count("SWARM_API_THREADS", 192),
        sockets_max=reader.count("SWARM_API_SOCKETS_MAX", 128),
        socket_stall_s=reader.seconds("SWARM_API_STALL_S", 10.0),
        bootstrap_email=email,
        bootstrap_password=password,
        session_ttl_s=reader.seconds("SWARM_SESSION_TTL_S", 7200.0),
        job_ttl_s=reader.seconds("SWARM_JOB_TTL_S", JOB_TTL_S),
        idempotency_ttl_s=reader.seconds("SWARM_IDEMPOTENCY_TTL_S", 86_400.0),
        active_jobs_max=reader.count("SWARM_ACTIVE_JOBS_MAX", 200),
        requests_per_minute_max=reader.count("SWARM_REQUESTS_PER_MINUTE_MAX", 120_000),
        login_failures_per_minute_max=reader.count("SWARM_LOGIN_FAILURES_PER_MINUTE_MAX", 10),
    )
    if settings.sockets_max >= settings.threads:
        reader.problems.append(
            "SWARM_API_SOCKETS_MAX must be below SWARM_API_THREADS: each socket holds a thread"
        )
    reader.finish()
    return settings


def load_agent_settings(environ: Mapping[str, str] = os.environ) -> AgentSettings:
    """Read an agent's settings; raises ConfigError naming every problem."""
    reader = _Reader(environ)
    word = r"[A-Za-z0-9_.-]{1,64}"
    names = reader.text("SWARM_AGENT_CAPABILITIES", pattern=r"[a-z_]+(,[a-z_]+)*")
    settings = AgentSettings(
        store=_read_store(reader),
        workspace=reader.directory("SWARM_WORKSPACE"),
        agent_id=reader.text("SWARM_AGENT_ID", pattern=word),
        agent_type=reader.text("SWARM_AGENT_TYPE", "worker", pattern=word),
        capabilities=tuple(sorted(set(names.split(",")))),
        lease_s=reader.seconds("SWARM_LEASE_S", 3.0),
        heartbeat_s=reader.seconds("SWARM_HEARTBEAT_S", 30.0),
        retry_base_s=reader.seconds("SWARM_RETRY_BASE_S", 0.5),
        retry_max_s=reader.seconds("SWARM_RETRY_MAX_S", 30.0),
        task_memory_mib=reader.count("SWARM_TASK_MEMORY_MIB", 2048),
        job_ttl_s=reader.seconds("SWARM_JOB_TTL_S", JOB_TTL_S),
    )
    # Checked at the start; otherwise the first task that needs it would fail.
    _read_feed(reader)
    if SHOP_CAPABILITY in settings.capabilities:
        _read_shop(reader)
    reader.finish()
    return settings


def load_orchestrator_settings(environ: Mapping[str, str] = os.environ) -> OrchestratorSettings:
    """Read the orchestrator's settings; raises ConfigError naming every problem."""
    reader = _Reader(environ)
    settings = OrchestratorSettings(
        store=_read_store(reader),
        tick_s=reader.seconds("SWARM_TICK_S", 0.2),
        heartbeat_s=reader.seconds("SWARM_HEARTBEAT_S", 30.0),
    )
    reader.finish()
    return settings


def _read_feed(reader: _Reader) -> FeedSettings:
    return FeedSettings(
        source=reader.text("SWARM_FEED_SOURCE", "file:catalogue.zip", pattern=FEED_SOURCE),
        reference_file=reader.optional("SWARM_FEED_REFERENCE"),
    )


def _read_shop(reader: _Reader) -> ShopSettings:
    return ShopSettings(
        url=reader.text("SWARM_SHOP_URL", pattern=r"https?://\S+"),
        token=reader.text("SWARM_SHOP_TOKEN"),
    )


def load_feed_settings(environ: Mapping[str, str] = os.environ) -> FeedSettings:
    """Read where the product feed is; raises ConfigError."""
    reader = _Reader(environ)
    settings = _read_feed(reader)
    reader.finish()
    return settings


def load_shop_settings(environ: Mapping[str, str] = os.environ) -> ShopSettings:
    """Read which shop to upload to; raises ConfigError."""
    reader = _Reader(environ)
    settings = _read_shop(reader)
    reader.finish()
    return settings


def task_environment() -> dict[str, str]:
    """Return the environment for task code: of swarm's settings only those that tasks read."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SWARM_") or name in TASK_VARIABLES
    }
