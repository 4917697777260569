"""Decisions before a run: exact counts of requests, refusals with the valid values."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from gonogo.gate.phases import Collected
from gonogo.gate.planning import (
    choose_seed,
    planned_counts,
    planned_users,
    system_info,
)
from gonogo.gate.run import RunRequest, make_plan, refuse_undecidable
from gonogo.judgement import parse_objective
from gonogo.target import JsonPointer, Operation, Target, TestUser, load_target
from gonogo.vocabulary import DeclaredFault, Plan, UsageError
from gonogo_load import LOGIN, most_requests, planned_schedule, usual_ramp_s
from tests.backends.builders import target, web
from tests.gate.conftest import Compose
from tests.run_builder import empty_builder

MIX = (
    Operation("read", "GET", "/a", weight=6),
    Operation("write", "PUT", "/b", weight=3),
    Operation("read", "GET", "/c", weight=1),
)


@pytest.fixture
def system(tmp_path: Path) -> Target:
    """A target with three operations, two of one name."""
    return target(tmp_path, web(), web("store"), operations=MIX)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """A plan of 1,200 requests with seed 7, faults under 20 requests a second."""
    return empty_builder(tmp_path).plan


@pytest.mark.parametrize("seed", [0, 7, 2**31])
def test_counts_of_the_load_are_exact(plan: Plan, system: Target, seed: int) -> None:
    """They are those of the schedule of that seed: summed by name, and all of them."""
    planned = planned_counts(replace(plan, seed=seed), system, {})
    rows = planned_schedule(MIX, seed=seed, rate_per_s=60.0, count=1200)
    drawn = Counter(("read", "write")[name_id] for name_id in rows["name_id"].tolist())
    assert planned == {("load", name): count for name, count in drawn.items()}
    assert sum(planned.values()) == 1200


def test_an_operation_that_is_never_drawn_is_planned_with_zero(plan: Plan, system: Target) -> None:
    """A name that gets no request because of its weight has the count 0."""
    rare = replace(system, operations=(*MIX, Operation("rare", "GET", "/d", weight=1e-9)))
    assert planned_counts(plan, rare, {})["load", "rare"] == 0


def test_without_a_load_phase_there_is_no_load(plan: Plan, system: Target) -> None:
    """A profile without the load phase plans no steady requests."""
    without = replace(plan, profile=replace(plan.profile, phases=("contract", "faults")))
    assert planned_counts(without, system, {}) == {}
    assert planned_counts(plan, replace(system, operations=()), {}) == {}


def test_counts_of_users_are_what_a_prompt_system_would_get(plan: Plan, system: Target) -> None:
    """Requests by weight and, with a login, one login for each user; none without users."""
    with_users = replace(plan, profile=replace(plan.profile, users=50, users_s=15))
    planned = planned_counts(with_users, system, {})
    most = most_requests(50, 15, usual_ramp_s(15))
    assert planned["closed", "read"] + planned["closed", "write"] in range(most - 3, most + 1)
    assert planned["closed", "write"] == int(most * 0.3)
    assert ("closed", LOGIN) not in planned
    user = TestUser("/login", {}, JsonPointer("/token"))
    assert planned_counts(with_users, replace(system, user=user), {})["closed", LOGIN] == 50
    assert planned_users(with_users) == {"closed": 50}
    assert planned_users(plan) == {}


def test_counts_under_faults_are_the_mean(plan: Plan, system: Target) -> None:
    """Background rate times window, shared by weight, summed by name."""
    planned = planned_counts(plan, system, {"freeze": 5.0})
    assert planned["fault:freeze", "read"] == 60 + 10
    assert planned["fault:freeze", "write"] == 30
    both = planned_counts(plan, system, {"freeze": 5.0, "kill": 10.0})
    assert both["faults", "write"] == 30 + 60


def test_seeds() -> None:
    """A seed is taken as given, drawn when none is; a negative one is refused."""
    assert (choose_seed(0), choose_seed(42)) == (0, 42)
    drawn = {choose_seed(None) for _ in range(5)}
    assert len(drawn) > 1
    assert all(0 <= seed < 2**31 for seed in drawn)
    with pytest.raises(UsageError, match="-1 is no seed"):
        choose_seed(-1)


def test_system_info_outside_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git or without a checkout the commit is empty and nothing fails."""
    monkeypatch.chdir(tmp_path)
    assert system_info()["commit"] == ""
    monkeypatch.setenv("PATH", "")
    info = system_info()
    assert info["commit"] == ""
    assert info["cpus"]
    assert set(info["libraries"]) >= {"pytest", "numpy"}


def _collected(label: str, selector: str = "web", window_s: float = 60.0) -> Collected:
    return Collected(
        ("test_x.py::test",), (DeclaredFault(label, selector, window_s, "test_x.py::test"),)
    )


def test_a_label_that_two_scenarios_share_is_refused(plan: Plan, system: Target) -> None:
    """The fault window would be ambiguous; the error names both scenarios."""
    faults = [DeclaredFault("store-pause", "web", 60.0, test) for test in ("test_a", "test_b")]
    with pytest.raises(UsageError, match="declared twice: by test_a and by test_b"):
        refuse_undecidable(plan, system, [], Collected(("test_a", "test_b"), tuple(faults)))


def test_a_good_plan_is_not_refused(plan: Plan, system: Target) -> None:
    """Required faults declared, selectors match, enough requests: no refusal."""
    objectives = [parse_objective("error_rate < 1%"), parse_objective("recovery{fault=*} < 30s")]
    refuse_undecidable(plan, system, objectives, _collected("store-pause"))


@pytest.mark.parametrize(
    ("label", "selector", "objective", "words"),
    [
        ("store-pause", "databse-*", "error_rate < 1%", ["databse-*", "test_x.py::test", "store"]),
        ("store-pause", "web->db", "error_rate < 1%", ["web->db", "matches nothing"]),
        ("other", "web", "error_rate < 1%", ["store-pause", "faults_required", "other"]),
        ("store-pause", "web", "availability > 99.9%", ["2995", "1200", "cannot decide"]),
        ("store-pause", "web", "p95(response){name=nope} < 1s", ["nope", "read, write"]),
        ("store-pause", "web", "recovery{fault=nope} < 1s", ["nope", "store-pause"]),
    ],
    ids=["selector", "edge", "required", "too-few", "no-operation", "no-fault"],
)
def test_what_could_only_end_without_an_answer_is_refused(
    plan: Plan, system: Target, label: str, selector: str, objective: str, words: list[str]
) -> None:
    """A selector, required fault or objective that cannot be met is named, with valid ones."""
    with pytest.raises(UsageError) as raised:
        refuse_undecidable(plan, system, [parse_objective(objective)], _collected(label, selector))
    for word in words:
        assert word in str(raised.value)


def test_required_faults_count_in_the_fault_phase_only(plan: Plan, system: Target) -> None:
    """A profile without the phase ``faults`` is not refused for its required faults."""
    without = replace(plan, profile=replace(plan.profile, phases=("load",)))
    refuse_undecidable(without, system, [], Collected(("test_x.py::test",), ()))


@pytest.mark.parametrize(
    ("gate", "profile", "backend", "words"),
    [
        ({"scenarios": "."}, "leisurely", "auto", ["'leisurely'", "default, quick"]),
        ({}, "quick", "auto", ["names no scenarios", "x-harness.scenarios"]),
        ({"scenarios": "."}, "quick", "dockre", ["'dockre'", "auto, docker, process"]),
    ],
)
def test_a_request_that_cannot_be_planned(
    compose: Compose, gate: dict[str, str], profile: str, backend: str, words: list[str]
) -> None:
    """An unknown profile or backend, or a target without scenarios, is refused by name."""
    file = compose(**gate)
    request = RunRequest(file, profile, backend, 1, file.parent / "runs", "gonogo run")
    with pytest.raises(UsageError) as raised:
        make_plan(request, load_target(file, {}))
    for word in words:
        assert word in str(raised.value)
