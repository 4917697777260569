"""The file that Locust loads: its users, and the messages of master and workers.

Standard input: one line, a ``LocustOrder``. It stays open; when it ends, the harness has
ended. Standard output: of the master the messages ``Started``, ``WorkersMissing``, ``Stopped`` and
``Figures``; of a worker ``WorkerJoined`` and ``WorkerFinished``.
"""

import os
from typing import Any

import gevent  # type: ignore[import-untyped]  # its stubs are a package of their own
import gevent.socket  # type: ignore[import-untyped]
from locust import events
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from gonogo.observation import from_json, mono_ns
from gonogo.observation.records import ClosedRecordWriter
from gonogo.vocabulary.events import FigureRow
from gonogo_load.closed.plan import LocustOrder
from gonogo_load.closed.user import ClosedModelUser
from gonogo_load.messages import (
    Figures,
    Started,
    Stopped,
    WorkerFinished,
    WorkerJoined,
    WorkersMissing,
    send,
)

_POLL_S = 0.5
_STDIN = 0


def _read_order() -> LocustOrder:
    with open(_STDIN, "rb", buffering=0, closefd=False) as stdin:
        line = stdin.readline()
    if not line:
        raise SystemExit("there is no plan on the standard input")
    return from_json(line, LocustOrder)


def _end_with_the_harness() -> None:
    gevent.socket.wait_read(_STDIN)  # nothing more is written to it
    os._exit(1)  # every request that was begun is already recorded


ORDER = _read_order()
PLAN, WORKER = ORDER.plan, ORDER.worker
gevent.spawn(_end_with_the_harness)


class MixUser(ClosedModelUser):
    """A user of this plan; the master only counts them."""

    host = PLAN.base_url
    network_timeout = connection_timeout = PLAN.timeout_s
    plan = PLAN


if WORKER is not None:
    MixUser.worker = WORKER
    MixUser.records = ClosedRecordWriter(PLAN.run_dir, PLAN.load, WORKER)


def _on_init(environment: Environment, **_: Any) -> None:
    runner = environment.runner
    if isinstance(runner, MasterRunner):
        gevent.spawn(_watch_workers, runner)
    elif isinstance(runner, WorkerRunner):
        send(WorkerJoined(runner.client_id))


def _watch_workers(runner: MasterRunner) -> None:
    known: list[str] = []
    while True:
        missing = sorted(client.id for client in runner.clients.missing)
        if missing != known:
            send(WorkersMissing(missing))
        known = missing
        gevent.sleep(_POLL_S)


def _on_test_start(environment: Environment, **_: Any) -> None:
    if isinstance(environment.runner, MasterRunner):
        send(Started(mono_ns()))


def _on_test_stop(environment: Environment, **_: Any) -> None:
    if isinstance(environment.runner, MasterRunner):
        send(Stopped(mono_ns()))


def _on_quitting(environment: Environment, **_: Any) -> None:
    if WORKER is None:
        entries = [*environment.stats.entries.values(), environment.stats.total]
        send(Figures(tuple(map(_figures, entries))))
    else:
        send(WorkerFinished())


def _figures(entry: Any) -> FigureRow:
    """One row as Locust prints it; ``Aggregated`` is the sum of all."""
    return FigureRow(
        name=entry.name,
        requests=entry.num_requests,
        failures=entry.num_failures,
        rps=round(entry.total_rps, 3),
        max_ms=entry.max_response_time,
        p50_ms=entry.get_response_time_percentile(0.50),
        p95_ms=entry.get_response_time_percentile(0.95),
        p99_ms=entry.get_response_time_percentile(0.99),
    )


events.init.add_listener(_on_init)  # type: ignore[no-untyped-call]
events.test_start.add_listener(_on_test_start)  # type: ignore[no-untyped-call]
events.test_stop.add_listener(_on_test_stop)  # type: ignore[no-untyped-call]
events.quitting.add_listener(_on_quitting)  # type: ignore[no-untyped-call]
