"""Restart policies, and what the supervisor records."""

import os
import select
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from gonogo.backends.process.incarnation import ProcessIncarnation
from gonogo.services.incarnation import Launch
from gonogo.services.redact import Redactor
from gonogo.services.restart_policy import RestartPolicy
from gonogo.services.supervised import SharedContext, State, SupervisedService
from tests.backends.builders import PATIENCE_S, Memory, stay


@pytest.mark.parametrize(
    ("policy", "limit", "code", "restarts"),
    [
        ("no", None, 1, False),
        ("always", None, 0, True),
        ("unless-stopped", None, 0, True),
        ("on-failure", None, 0, False),
        ("on-failure", None, 1, True),
        ("on-failure", 0, 1, True),
    ],
)
def test_policies_decide_like_docker(
    policy: str, limit: int | None, code: int, restarts: bool
) -> None:
    """Each policy restarts after exactly the exits Docker restarts after."""
    decided = RestartPolicy(policy, limit)
    assert decided.would_restart(code) == restarts
    assert (decided.delay_s(code, 0.0) is not None) == restarts


def test_delay_doubles_to_a_minute_and_starts_again_after_a_good_life() -> None:
    """100 ms, doubled on each exit, at most 60 s, and 100 ms again after 10 s of life."""
    policy = RestartPolicy("always")
    delays = [policy.delay_s(1, 0.1) for _ in range(12)]
    assert delays[:4] == [0.1, 0.2, 0.4, 0.8]
    assert delays[-1] == 60.0
    assert policy.delay_s(1, 10.0) == 0.1


def test_on_failure_gives_up_after_its_attempts() -> None:
    """on-failure:2 restarts twice, also when the service was ready in between."""
    policy = RestartPolicy("on-failure", 2)
    assert [policy.delay_s(1, 20.0) for _ in range(3)] == [0.1, 0.1, None]


class Waits:
    """Replaces the wait for a process, and keeps the timeouts that were given."""

    def __init__(self, poller: select.poll) -> None:
        self._poller = poller
        self.limits: list[float | None] = []

    def poll(self, limit_ms: float | None) -> list[tuple[int, int]]:
        """Like the real one."""
        self.limits.append(limit_ms)
        return self._poller.poll(limit_ms)


def test_an_exit_ends_the_wait_for_it(run: str) -> None:
    """Supervision waits once, without a limit, and the exit wakes it: it does not poll."""
    wake_fd = os.eventfd(0, os.EFD_CLOEXEC)
    process = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    life = ProcessIncarnation(process, 0, run, wake_fd)
    waits = Waits(life._poller)
    life._poller = waits  # type: ignore[assignment] # it remembers
    with ThreadPoolExecutor(1) as pool:
        over = pool.submit(life.wait, None)
        assert process.stdin is not None
        process.stdin.close()
        assert over.result(PATIENCE_S)
    assert waits.limits == [None]
    end = life.reap(PATIENCE_S)
    assert end is not None
    assert end.code == 0
    os.close(wake_fd)


@pytest.mark.parametrize(
    ("state", "told", "by_s", "overdue"),
    [
        (State.STARTING, False, 7200.0, False),  # it gets the exit
        (State.STARTING, False, 600.0, True),  # no exit is reported any more
        (State.STARTING, True, 7200.0, True),
        (State.WAITING, False, 7200.0, True),  # nothing reports the exit
        (State.READY, True, 0.0, False),
        (State.DOWN, True, 0.0, False),
    ],
)
def test_who_is_overdue(state: State, told: bool, by_s: float, overdue: bool) -> None:
    """A service of a minute's limit, an hour after its start: the record of it comes first."""
    context = SharedContext(Memory(), Redactor({}), threading.Condition(), lambda: None)
    launch = cast("Launch", SimpleNamespace(log=Path("stay.log"), container=""))
    service = SupervisedService(stay(), launch, None, context, ready_s_max=60.0)
    service.state, service.unready = state, told
    service._begun = time.monotonic() - 3600.0
    assert service.overdue(by_s) is overdue
    service.ask_to_stop()
    assert service.join()
