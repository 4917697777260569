"""A Redis whose memory is full: what grows is refused as a whole, what frees is not."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest
import redis
import yaml
from swarm.agent.assignment import Assignment
from swarm.config import StoreSettings
from swarm.memory import AgentBook, Context, SessionBook
from swarm.orchestrator import JobBook, TaskSpec
from swarm.store import Store, StoreUnavailable
from swarm.store.lua_source import assemble, script_names
from swarm_support import HERE, RedisServer, System, new_namespace, waiting_task

FIRST_LINES = {"#!lua", "#!lua flags=allow-oom", "#!lua flags=no-writes"}
# How long the sweep keeps agents that are offline.
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def small_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis whose memory may be taken away."""
    with RedisServer(tmp_path_factory.mktemp("small")) as server:
        yield server


@pytest.fixture
def store(small_redis: RedisServer) -> Iterator[Store]:
    """A store in that Redis; its memory is there again afterwards."""
    store = Store(StoreSettings(small_redis.url, new_namespace(), 3600.0, 50_000))
    yield store
    _set_memory(store._client, "0")


def _set_memory(client: redis.Redis, limit: str) -> None:
    """A limit of 1 byte is always exceeded, 0 is none."""
    client.config_set("maxmemory", limit)


def _contents(store: Store) -> dict[str, object]:
    """Everything in the namespace."""
    keys = list(store._client.scan_iter(f"{store.keys.prefix}*"))
    with redis.Redis(
        connection_pool=redis.ConnectionPool.from_url(store._settings.redis_url)
    ) as raw:
        return {key: raw.dump(key) for key in keys}


def _submit(store: Store) -> str:
    return JobBook(store).submit(
        uuid.uuid4().hex,
        owner="o",
        name="j",
        parameters={},
        tasks=[TaskSpec("t", "diagnostic.echo", {}, capabilities=("genomics",))],
        active_jobs_max=10,
        ttl_s=60,
    )


def _take(store: Store) -> Assignment:
    AgentBook(store).beat(
        "a", agent_type="t", capabilities=("genomics",), heartbeat_s=30, busy=False
    )
    reply = store.run("task_take", "a", uuid.uuid4().hex, 60_000, "genomics")
    assert reply[0] == "task"
    return Assignment.parse(reply[1:])


def test_what_grows_is_refused_before_it_changes_anything(store: Store) -> None:
    """Each write is refused and leaves every key as it was; with memory again it succeeds."""
    _submit(store)
    task = _take(store)
    _submit(store)
    session = SessionBook(store).create(
        uuid.uuid4().hex, owner="o", name="n", metadata="{}", ttl_s=60
    )
    end = (task.task_id, task.token, "a", "completed", '"done"', 0, "")
    writes: dict[str, Callable[[], object]] = {
        "commit": lambda: store.run("task_commit", *end),
        "report": lambda: store.run(
            "task_report", task.task_id, task.token, "a", 1, "info", "line"
        ),
        "take": lambda: store.run("task_take", "a", uuid.uuid4().hex, 60_000, "genomics"),
        "submit": lambda: _submit(store),
        "context": lambda: Context(store).write(session.id, "k", "1", expected_version=None),
        "session": lambda: SessionBook(store).update(
            session.id, {"status": "active"}, expected_version=None
        ),
    }
    before = _contents(store)
    _set_memory(store._client, "1")
    for name, write in writes.items():
        with pytest.raises(StoreUnavailable):
            write()
        assert _contents(store) == before, f"{name} was done in part"
    _set_memory(store._client, "0")
    assert store.run("task_commit", *end) == ["ok"]


def test_what_frees_is_not_refused(store: Store) -> None:
    """Jobs are cancelled, sessions deleted and the sweep goes on; so do heartbeats and reading."""
    job_id = _submit(store)
    task = _take(store)
    sessions = SessionBook(store)
    session = sessions.create(uuid.uuid4().hex, owner="o", name="n", metadata="{}", ttl_s=60)
    _set_memory(store._client, "1")
    agents = AgentBook(store)
    agents.beat("a", agent_type="t", capabilities=("genomics",), heartbeat_s=30, busy=True)
    JobBook(store).cancel(job_id)
    sessions.delete(session.id)
    assert store.run("sweep", 10, DAY_MS)[0] == "ok"
    assert JobBook(store).read(job_id)[0].state == "cancelled"
    agents.leave("a")
    assert [agent.status for agent in agents.find()] == ["offline"]
    assert sessions.page(owner="o", status="*", page=1, per_page=10).total == 0
    _set_memory(store._client, "0")
    assert store.run("task_commit", task.task_id, task.token, "a", "completed", "1", 0, "") == [
        "stale"
    ]


def test_every_script_says_what_a_full_memory_means_for_it() -> None:
    """Without that line Redis lets a script grow once it has removed something."""
    for name in script_names():
        assert assemble(name).partition("\n")[0] in FIRST_LINES, name


def test_the_api_answers_503_and_lets_users_make_room(system: System) -> None:
    """A submission is a 503 with Retry-After; signing in, cancelling and signing out work."""
    job_id = system.submit(waiting_task(1))
    with redis.Redis.from_url(system.redis.url) as client:
        _set_memory(client, "1")
        answer = system.call("POST", "/api/jobs", {"tasks": [waiting_task(1)]})
        assert answer.status_code == 503, answer.text
        assert answer.headers["Retry-After"] == "1"
        system.login()
        assert system.is_ready()
        answer = system.call("POST", f"/api/jobs/{job_id}/cancel", **{"Idempotency-Key": "k"})
        assert answer.status_code == 200, answer.text
        assert system.call("POST", "/api/auth/logout").status_code == 204


def test_redis_is_told_to_refuse_well_below_its_limit() -> None:
    """As container and as process: no eviction, and a quarter left for buffers and the fork."""
    target = HERE.parent
    compose = yaml.safe_load((target / "compose.yaml").read_text())
    limit = compose["services"]["redis"]["mem_limit"]
    process = compose["x-harness"]["services"]["redis"]["process"]["command"][-1]
    image = (target / "images" / "redis" / "redis.conf").read_text()
    assert limit == "512m"
    for conf in (image, process):
        lines = [line.strip() for line in conf.splitlines()]
        assert "maxmemory 384mb" in lines
        assert "maxmemory-policy noeviction" in lines
