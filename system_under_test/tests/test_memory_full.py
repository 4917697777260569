"""When Redis' memory is full, scripts that need memory are refused as a whole, others run."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest
import redis
import yaml
from swarm.config import StoreSettings
from swarm.jobs import Assignment, JobQueue, Outcome, TaskQueue, TaskSpec, sweep
from swarm.memory import AgentRegistry, SessionRepository, SharedContext
from swarm.store import Script, Store, StoreUnavailable, assemble
from swarm_support import HERE, RedisServer, System, new_namespace, raw_client, waiting_task

FIRST_LINES = {"#!lua", "#!lua flags=allow-oom", "#!lua flags=no-writes"}
# How long the sweep keeps agents that are offline.
DAY_S = 86_400.0


@pytest.fixture(scope="module")
def small_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis whose memory limit a test may lower."""
    with RedisServer(tmp_path_factory.mktemp("small")) as server:
        yield server


@pytest.fixture
def store(small_redis: RedisServer) -> Iterator[Store]:
    """A store in that Redis; afterwards there is no memory limit."""
    store = Store(StoreSettings(small_redis.url, new_namespace(), 3600.0, 50_000))
    yield store
    _set_memory(raw_client(store), "0")


def _set_memory(client: redis.Redis, limit: str) -> None:
    """A limit of 1 byte is always exceeded, 0 is none."""
    client.config_set("maxmemory", limit)


def _contents(store: Store) -> dict[str, object]:
    """Everything in the namespace."""
    keys = list(raw_client(store).scan_iter(f"{store.keys.prefix}*"))
    with redis.Redis(
        connection_pool=redis.ConnectionPool.from_url(store.settings.redis_url)
    ) as raw:
        return {key: raw.dump(key) for key in keys}


def _submit(store: Store) -> str:
    return JobQueue(store).submit(
        uuid.uuid4().hex,
        owner="o",
        name="j",
        parameters={},
        tasks=[TaskSpec("t", "diagnostic.echo", {}, capabilities=("genomics",))],
        active_jobs_max=10,
        ttl_s=60,
    )


def _take(store: Store) -> Assignment:
    AgentRegistry(store).beat(
        "a", agent_type="t", capabilities=("genomics",), heartbeat_s=30, busy=False
    )
    task = _offered(store)
    assert task is not None
    return task


def _offered(store: Store) -> Assignment | None:
    return (
        TaskQueue(store)
        .take(agent_id="a", operation=uuid.uuid4().hex, lease_s=60.0, capabilities=("genomics",))
        .task
    )


def _commit(store: Store, task: Assignment) -> str:
    return TaskQueue(store).commit(task, Outcome("completed", '"done"'), agent_id="a")


def test_what_grows_is_refused_before_it_changes_anything(store: Store) -> None:
    """Each write is refused and leaves every key as it was; with memory again it succeeds."""
    _submit(store)
    task = _take(store)
    _submit(store)
    session = SessionRepository(store).create(
        uuid.uuid4().hex, owner="o", name="n", metadata="{}", ttl_s=60
    )
    writes: dict[str, Callable[[], object]] = {
        "commit": lambda: _commit(store, task),
        "report": lambda: TaskQueue(store).report(
            task, agent_id="a", fraction=0.001, lines=[("info", "line")]
        ),
        "take": lambda: _offered(store),
        "submit": lambda: _submit(store),
        "context": lambda: SharedContext(store).write(session.id, "k", "1", expected_version=None),
        "session": lambda: SessionRepository(store).update(session.id, status="active"),
    }
    before = _contents(store)
    _set_memory(raw_client(store), "1")
    for name, write in writes.items():
        with pytest.raises(StoreUnavailable):
            write()
        assert _contents(store) == before, f"{name} was done in part"
    _set_memory(raw_client(store), "0")
    assert _commit(store, task) == "ok"


def test_what_frees_is_not_refused(store: Store) -> None:
    """Jobs are cancelled, sessions deleted and the sweep goes on; so do heartbeats and reading."""
    job_id = _submit(store)
    task = _take(store)
    sessions = SessionRepository(store)
    session = sessions.create(uuid.uuid4().hex, owner="o", name="n", metadata="{}", ttl_s=60)
    _set_memory(raw_client(store), "1")
    agents = AgentRegistry(store)
    agents.beat("a", agent_type="t", capabilities=("genomics",), heartbeat_s=30, busy=True)
    JobQueue(store).cancel(job_id)
    sessions.delete(session.id)
    sweep(store, items_max=10, offline_agent_kept_s=DAY_S)
    assert JobQueue(store).read(job_id)[0].state == "cancelled"
    agents.leave("a")
    assert [agent.status for agent in agents.find()] == ["offline"]
    assert sessions.page(owner="o", status="*", page=1, per_page=10).total == 0
    _set_memory(raw_client(store), "0")
    assert _commit(store, task) == "stale"


def test_every_script_says_what_a_full_memory_means_for_it() -> None:
    """Without the flags Redis lets a script allocate memory once it has removed something."""
    paths = [
        path
        for path in (HERE.parent / "swarm").glob("*/lua/*.lua")
        if not path.name.startswith("_")
    ]
    assert len(paths) > 20
    for path in paths:
        script = Script(f"swarm.{path.parent.parent.name}", path.stem)
        assert assemble(script).partition("\n")[0] in FIRST_LINES, path


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
