"""The rest of the fault catalogue: after a fault of seconds, the system recovers in seconds.

Where a backend cannot inject a fault, it counts as not tested, and the report says why.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

from gonogo.plugin import Expect, FaultDriver, LoadDriver, SystemUnderTest
from scenarios.error_contract import expect_served
from scenarios.jobs import expect_jobs_run

MINUTE_S = 60.0  # shorter than a login is valid, longer than a heartbeat is
TMPFS = {"path": "/tmp"}  # noqa: S108 - the tmpfs of the container

pytestmark = [pytest.mark.phase("faults"), pytest.mark.profile("chaos")]


@dataclass(frozen=True, slots=True)
class Case:
    """One fault on one service or edge."""

    label: str
    fault: str
    selector: str
    duration_s: float | None
    parameters: dict[str, Any] = field(default_factory=dict)


CASES = [
    # First, because after a clock fault Redis waits for its clock to pass the last sync.
    Case("redis-slow-disk", "slow-disk", "redis", 4.0, {"sync_ms": 200.0}),
    Case("redis-fast-clock", "clock", "redis", 3.0, {"offset_s": MINUTE_S}),
    Case("redis-late-clock", "clock", "redis", 3.0, {"offset_s": -MINUTE_S}),
    Case("agent-crash-loop", "crash-loop", "agent-genomics", 10.0),
    Case("api-restart", "restart", "api", None),
    Case("api-worker-kill", "kill-worker", "api", None),
    Case("api-no-descriptors", "fds", "api", 2.0),
    Case("agent-partition", "partition", "agent-genomics", 3.0),
    Case("api-loss", "loss", "api", 3.0, {"percent": 20.0}),
    Case("api-no-names", "dns", "api", 3.0),
    Case("api-little-cpu", "cpu", "api", 3.0, {"cores": 0.2}),
    Case("api-no-threads", "pids", "api", 3.0),
    Case("agent-full-disk", "disk-full", "agent-genomics", 3.0, TMPFS),
    Case("agent-read-only", "read-only-disk", "agent-genomics", 3.0, TMPFS),
    Case("redis-narrow", "bandwidth", "api->redis", 3.0, {"kb_per_s": 50}),
    Case("redis-resets", "reset", "api->redis", 3.0),
    Case("redis-loading", "redis-error", "api->redis", 3.0, {"reply": "LOADING"}),
]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            each,
            id=each.label,
            marks=pytest.mark.fault(
                label=each.label, selector=each.selector, window_s=each.duration_s or 0.0
            ),
        )
        for each in CASES
    ],
)
def test_recovers(
    system: SystemUnderTest, expect: Expect, faults: FaultDriver, load: LoadDriver, case: Case
) -> None:
    """After the fault, jobs run and requests are served."""
    client = system.user_http()
    with load.background(case.label):
        with faults.armed(
            case.fault, label=case.label, duration_s=case.duration_s, **case.parameters
        ):
            pass
        load.until_steady()
        expect_jobs_run(system, client, expect)
    expect_served(expect, client)
