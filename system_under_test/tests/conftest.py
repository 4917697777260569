"""Fixtures: a real Redis, a namespace per test, and swarm as processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from api_support import Api
from swarm.api.app import SwarmApp, create_app
from swarm.config import StoreSettings, load_api_settings
from swarm.store import Store, connection
from swarm_support import ANSWER_S, RedisServer, System, make_workspace, new_namespace


@pytest.fixture(scope="session", autouse=True)
def _patient_store() -> Iterator[None]:
    """In this process calls wait long for a slow Redis; the tests of 503 set their own limit."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "CALL_TIMEOUT_S", ANSWER_S)
        yield


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis of this test session, as swarm wants it: password, AOF, everysec."""
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def store_settings(redis_server: RedisServer) -> StoreSettings:
    """Settings for a namespace of the test's own."""
    return StoreSettings(redis_server.url, new_namespace(), 3600.0, 50_000)


@pytest.fixture
def store(store_settings: StoreSettings) -> Store:
    """A store in a namespace of the test's own."""
    return Store(store_settings)


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a small genome, its genes and a small feed."""
    return make_workspace(tmp_path_factory.mktemp("workspace"))


@pytest.fixture
def make_app(redis_server: RedisServer, workspace: Path) -> Callable[..., SwarmApp]:
    """Build an api application in this process; keywords are environment variables."""

    def build(**environ: str) -> SwarmApp:
        basis = {
            "SWARM_REDIS_URL": redis_server.url,
            "SWARM_NAMESPACE": new_namespace(),
            "SWARM_JWT_SECRET": "s" * 32,
            "SWARM_WORKSPACE": str(workspace),
        }
        return create_app(load_api_settings({**basis, **environ}))

    return build


@pytest.fixture
def api(make_app: Callable[..., SwarmApp]) -> Api:
    """A signed-in client of an app with a namespace of its own."""
    return Api(make_app())


@pytest.fixture
def system(tmp_path: Path, workspace: Path) -> Iterator[System]:
    """Swarm as real processes with a Redis of its own, so that faults may be injected."""
    with System(tmp_path, workspace) as running:
        yield running


@pytest.fixture(scope="module")
def shared_system(tmp_path_factory: pytest.TempPathFactory, workspace: Path) -> Iterator[System]:
    """Swarm as real processes for tests that inject no faults; one agent can do genomics."""
    with System(tmp_path_factory.mktemp("system"), workspace) as running:
        running.agent("shared")
        yield running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts swarm as processes: ``make check`` leaves it out."""
    for item in items:
        if {"shared_system", "system"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("slow")
