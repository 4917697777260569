"""What is refused when a job is submitted."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from swarm.agent.backoff import retry_delay_s
from swarm.jobs import TaskSpec, graph_problems


def _task(name: str, *dependencies: str, **more: object) -> TaskSpec:
    more.setdefault("capabilities", ("genomics",))
    more.setdefault("type", "diagnostic.echo")
    more.setdefault("parameters", {})
    return TaskSpec(name=name, dependencies=dependencies, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tasks", "place", "words"),
    [
        ([_task("a", "b"), _task("b", "a")], "tasks", "cycle"),
        ([_task("a", "a")], "tasks", "cycle"),
        ([_task("a", "ghost")], "tasks.0.dependencies", "ghost"),
        ([_task("a"), _task("a")], "tasks.1.name", "twice"),
        ([_task("a", type="dance")], "tasks.0.type", "unknown type"),
        ([_task("a", capabilities=("magic",))], "tasks.0.capabilities", "magic"),
        ([_task("a", capabilities=())], "tasks.0.capabilities", "at least one"),
        ([_task("a", parameters={"x": 1})], "tasks.0.parameters.x", "Extra"),
    ],
)
def test_a_job_that_cannot_run_is_refused(tasks: list[TaskSpec], place: str, words: str) -> None:
    """Each mistake is named with its place."""
    problems = graph_problems(tasks)
    assert words in problems[place]


def test_a_types_own_capability_need_not_be_repeated() -> None:
    """A genome task needs genomics without saying so."""
    task = TaskSpec("a", "genome.summary", {"fasta": "x"}, capabilities=("analysis",))
    assert graph_problems([task]) == {}
    assert task.needed == ("analysis", "genomics")


@settings(database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 1000), st.integers())
def test_delays_grow_up_to_their_limit(failures: int, seed: int) -> None:
    """Between half of the exponential delay and all of it, never above the maximum."""
    delay_s = retry_delay_s(failures, 0.5, 30.0, random.Random(seed))  # noqa: S311 - jitter, not a secret
    full_s = min(30.0, 0.5 * 2 ** min(failures, 30))
    assert full_s / 2 <= delay_s <= full_s
