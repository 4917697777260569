"""How an agent keeps its lease while Redis comes and goes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from swarm.agent.attempt import AWAY_RETRY_S, Attempt
from swarm.agent.runner import Runner
from swarm.config import StoreSettings
from swarm.jobs import Assignment, JobQueue, TaskQueue, TaskSpec
from swarm.memory import AgentRegistry
from swarm.store import Store
from swarm_support import RedisServer, new_namespace, wait_for

# A report that is due long before a third of it has a reason other than renewal.
LEASE_S = 3600.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that may be killed."""
    with RedisServer(tmp_path) as server:
        yield server


def _take(store: Store) -> Assignment:
    JobQueue(store).submit(
        uuid.uuid4().hex,
        owner="o",
        name="j",
        parameters={},
        tasks=[TaskSpec("t", "diagnostic.echo", {}, capabilities=("genomics",))],
        active_jobs_max=1,
        ttl_s=60,
    )
    AgentRegistry(store).beat(
        "a", agent_type="t", capabilities=("genomics",), heartbeat_s=30, busy=False
    )
    offer = TaskQueue(store).take(
        agent_id="a", operation=uuid.uuid4().hex, lease_s=LEASE_S, capabilities=("genomics",)
    )
    assert offer.task is not None
    return offer.task


def test_a_renewal_that_failed_is_tried_again_soon(server: RedisServer, tmp_path: Path) -> None:
    """A failed report is retried soon; after a success the next is due in a third of the lease."""
    store = Store(StoreSettings(server.url, new_namespace(), 3600.0, 50_000))
    attempt = Attempt(store, Runner(tmp_path, 64), _take(store), "a", LEASE_S)
    assert attempt.report()
    assert not attempt.report_is_due(AWAY_RETRY_S)
    server.kill()
    assert attempt.report(), "the work goes on"
    assert attempt.report_is_due(AWAY_RETRY_S)
    server.start()
    wait_for(lambda: attempt.report() and not attempt.report_is_due(AWAY_RETRY_S), "it is renewed")
    assert attempt.report_is_due(LEASE_S / 3)
