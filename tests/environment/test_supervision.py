"""Restart policies and what the supervisor tells."""

import signal

import pytest

from harness.environment import ProcessEnvironment, signal_identity
from harness.environment._restart_policy import RestartPolicy


def _kill_main(system: ProcessEnvironment, service: str) -> None:
    assert signal_identity(system.processes(service)[0], signal.SIGKILL)


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
    """on-failure:2 restarts twice, whatever the service does in between."""
    policy = RestartPolicy("on-failure", 2)
    assert [policy.delay_s(1, 20.0) for _ in range(3)] == [0.1, 0.1, None]
