"""What Locust loads: who its users are, and what a master or worker tells the harness.

Standard input: one line, ``{"plan": ..., "worker": number or null}``; it stays open, and its end
means that the harness is gone. Standard output, one JSON line each: of the master when the users
start, when no new request is due, which workers are missing, and Locust's own figures; of a
worker its name at Locust, and when its books are closed.
"""

import json
import os
import sys
from typing import Any

import gevent  # type: ignore[import-untyped]  # its stubs are a package of their own
import gevent.socket  # type: ignore[import-untyped]
from locust import events
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from gonogo.observation import mono_ns
from gonogo.observation.records import ClosedRecordWriter
from gonogo_load.closed_plan import ClosedPlan
from gonogo_load.closed_user import ClosedUser

_LOOK_EVERY_S = 0.5
_STDIN = 0


def _told() -> tuple[ClosedPlan, int | None]:
    with open(_STDIN, "rb", buffering=0, closefd=False) as stdin:
        line = stdin.readline()
    if not line:
        raise SystemExit("there is no plan on the standard input")
    said = json.loads(line)
    return ClosedPlan.from_json(said["plan"]), said["worker"]


def _tell(**data: Any) -> None:
    os.write(sys.stdout.fileno(), json.dumps(data).encode() + b"\n")


def _end_with_the_harness() -> None:
    gevent.socket.wait_read(_STDIN)  # nothing comes but its end
    os._exit(1)  # what was begun is on record already


PLAN, WORKER = _told()
gevent.spawn(_end_with_the_harness)


class MixUser(ClosedUser):
    """A user of this plan; the master counts it and runs none."""

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
        _tell(client=runner.client_id)


def _watch_workers(runner: MasterRunner) -> None:
    known: list[str] = []
    while True:
        missing = sorted(client.id for client in runner.clients.missing)
        if missing != known:
            _tell(missing=missing)
        known = missing
        gevent.sleep(_LOOK_EVERY_S)


def _on_test_start(environment: Environment, **_: Any) -> None:
    if isinstance(environment.runner, MasterRunner):
        _tell(started_ns=mono_ns())


def _on_test_stop(environment: Environment, **_: Any) -> None:
    if isinstance(environment.runner, MasterRunner):
        _tell(end_ns=mono_ns())


def _on_quitting(environment: Environment, **_: Any) -> None:
    if WORKER is None:
        entries = [*environment.stats.entries.values(), environment.stats.total]
        _tell(figures=[_figures(each) for each in entries])
    else:
        _tell(closed=True)


def _figures(entry: Any) -> dict[str, Any]:
    """One row as Locust would print it; ``Aggregated`` is all of them."""
    cuts = {f"p{cut}_ms": entry.get_response_time_percentile(cut / 100) for cut in (50, 95, 99)}
    return {
        "name": entry.name,
        "requests": entry.num_requests,
        "failures": entry.num_failures,
        "max_ms": entry.max_response_time,
        "rps": round(entry.total_rps, 3),
        **cuts,
    }


events.init.add_listener(_on_init)  # type: ignore[no-untyped-call]
events.test_start.add_listener(_on_test_start)  # type: ignore[no-untyped-call]
events.test_stop.add_listener(_on_test_stop)  # type: ignore[no-untyped-call]
events.quitting.add_listener(_on_quitting)  # type: ignore[no-untyped-call]
