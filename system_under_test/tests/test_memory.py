"""Sessions, context, agents and events on a real Redis."""

from __future__ import annotations

import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import redis
from swarm.config import StoreSettings
from swarm.jobs import sweep
from swarm.memory import (
    AgentRegistry,
    EventLog,
    Session,
    SessionRepository,
    SharedContext,
)
from swarm.store import Conflict, Ended, Missing, Once, Store
from swarm_support import new_namespace

# How long the sweep keeps agents that are offline; no test takes so long.
DAY_S = 86_400.0


def _session(store: Store, ttl_s: float = 60.0) -> Session:
    return SessionRepository(store).create(
        uuid.uuid4().hex, owner="o", name="n", metadata="{}", ttl_s=ttl_s
    )


def _keys(settings: StoreSettings) -> set[str]:
    with redis.Redis.from_url(settings.redis_url, decode_responses=True) as client:
        return set(client.scan_iter(f"{{{settings.namespace}}}:*"))


def test_eight_writers_keep_all_their_updates(store: Store) -> None:
    """8 writers x 50 compare-and-set updates on distinct keys leave 400 values."""
    session = _session(store)
    context = SharedContext(store)

    def write(writer: int) -> None:
        for number in range(50):
            context.write(session.id, f"{writer}-{number}", json.dumps(number), expected_version=0)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    entries = {entry.key: entry.value for entry in context.read_all(session.id)}
    assert entries == {f"{w}-{n}": str(n) for w in range(8) for n in range(50)}


def test_contended_increments_are_never_lost(store: Store) -> None:
    """8 writers x 50 increments of one key with retry on conflict end at 400."""
    session = _session(store)
    context = SharedContext(store)
    context.write(session.id, "count", "0", expected_version=None)

    def increment() -> None:
        while True:
            entry = context.read(session.id, "count")
            try:
                value = str(int(entry.value) + 1)
                context.write(session.id, "count", value, expected_version=entry.version)
            except Conflict:
                continue
            return

    with ThreadPoolExecutor(8) as pool:
        for _ in range(400):
            pool.submit(increment)
    assert context.read(session.id, "count").value == "400"


def test_a_conflict_names_the_current_version(store: Store) -> None:
    """A refused write gets the current version."""
    session = _session(store)
    context = SharedContext(store)
    context.write(session.id, "k", "1", expected_version=0)
    with pytest.raises(Conflict) as error:
        context.write(session.id, "k", "2", expected_version=0)
    assert error.value.version == 1
    assert context.read(session.id, "k").value == "1"


def test_a_repeated_operation_happens_once(store: Store) -> None:
    """The same operation id gets the first reply, even after others wrote."""
    session = _session(store)
    context = SharedContext(store)
    once = Once("op", "f", 60.0)
    first = context.write(session.id, "k", "1", expected_version=None, once=once)
    context.write(session.id, "k", "2", expected_version=None)
    again = context.write(session.id, "k", "1", expected_version=None, once=once)
    assert (first.version, again.version) == (1, 1)
    assert context.read(session.id, "k").value == "2"


def test_deleting_a_session_leaves_no_key_of_it(
    store: Store, store_settings: StoreSettings
) -> None:
    """Nothing but the event stream remains."""
    session = _session(store)
    SharedContext(store).write(session.id, "k", "1", expected_version=None)
    assert any(session.id in key for key in _keys(store_settings))
    SessionRepository(store).delete(session.id)
    assert _keys(store_settings) == {store.keys.events}


def test_an_expired_session_is_gone_at_once_and_swept_later(
    store: Store, store_settings: StoreSettings
) -> None:
    """Reading refuses it before the sweeper comes; the sweeper leaves no key and an event."""
    session = _session(store, ttl_s=0.01)
    time.sleep(0.02)
    with pytest.raises(Missing):
        SessionRepository(store).read(session.id)
    with pytest.raises(Missing):
        SharedContext(store).write(session.id, "k", "1", expected_version=None)
    sweep(store, items_max=100, offline_agent_kept_s=DAY_S)
    assert _keys(store_settings) == {store.keys.events}
    last = EventLog(store).after("0-0", count=100)[-1]
    assert (last.type, last.data["reason"]) == ("session_deleted", "expired")


def test_an_ended_session_does_not_come_back(store: Store) -> None:
    """A final state is final."""
    session = _session(store)
    book = SessionRepository(store)
    book.update(session.id, status="completed")
    with pytest.raises(Ended):
        book.update(session.id, status="active")


def test_sessions_are_listed_by_status(store: Store) -> None:
    """A status change moves a session between lists."""
    first, second = _session(store), _session(store)
    book = SessionRepository(store)
    book.update(first.id, status="active")
    active = book.page(owner="o", status="active", page=1, per_page=10)
    fresh = book.page(owner="*", status="initializing", page=1, per_page=10)
    assert [s.id for s in active.items] == [first.id]
    assert [s.id for s in fresh.items] == [second.id]
    assert book.page(owner="other", status="*", page=1, per_page=10).total == 0


def test_namespaces_do_not_see_each_other(store: Store, store_settings: StoreSettings) -> None:
    """What one namespace writes, another can neither read nor list, and gets no events of."""
    other = Store(replace(store_settings, namespace=new_namespace()))
    session = _session(store)
    with pytest.raises(Missing):
        SessionRepository(other).read(session.id)
    assert SessionRepository(other).page(owner="*", status="*", page=1, per_page=10).total == 0
    assert EventLog(other).after("0-0", count=10) == []


def test_an_agent_is_lost_after_three_missed_heartbeats_and_comes_back(store: Store) -> None:
    """Deadline, event and re-registration."""
    book = AgentRegistry(store)

    def beat(heartbeat_s: float) -> None:
        book.beat(
            "a", agent_type="t", capabilities=("upload",), heartbeat_s=heartbeat_s, busy=False
        )

    beat(0.01)
    assert [agent.id for agent in book.find(capability="upload", online=True)] == ["a"]
    assert book.find(capability="cleanup") == []
    time.sleep(0.04)
    sweep(store, items_max=100, offline_agent_kept_s=DAY_S)
    assert book.find(online=True) == []
    beat(30)
    assert [agent.status for agent in book.find()] == ["idle"]
    types = [event.type for event in EventLog(store).after("0-0", count=10)]
    assert types == ["agent_registered", "agent_lost", "agent_registered"]


def test_events_continue_where_a_reader_stopped(store: Store) -> None:
    """Reading in steps gives each event once, in order."""
    for _ in range(25):
        _session(store)
    log = EventLog(store)
    seen, after = [], "0-0"
    while batch := log.after(after, count=7):
        seen += [event.id for event in batch]
        after = batch[-1].id
    assert len(seen) == len(set(seen)) == 25
    assert after == log.last_id()


def test_a_refused_update_changes_nothing(store: Store) -> None:
    """A session that has ended keeps its name when an update of name and status is refused."""
    session = _session(store)
    sessions = SessionRepository(store)
    sessions.update(session.id, status="completed")
    before = sessions.read(session.id)
    with pytest.raises(Ended):
        sessions.update(session.id, name="other", status="active")
    assert sessions.read(session.id) == before
