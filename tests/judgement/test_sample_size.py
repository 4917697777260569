"""What a profile cannot decide is refused before the run, with the number it needs."""

import pytest

from gonogo.judgement import parse_objective, samples_needed, undecidable

COUNTS = {
    ("load", "health"): 400,
    ("load", "write"): 50,
    ("fault:store-pause", "health"): 40,
    ("fault:store-pause", "write"): 20,
    ("faults", "health"): 40,
    ("faults", "write"): 20,
}


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("error_rate < 1%", 299), ("availability > 99.5%", 598), ("availability > 99.9%", 2995),
        ("p50(response) < 1s", 5), ("p95(response) < 1s", 59), ("p99(response) < 1s", 299),
        ("p99.9(response) < 1s", 2995), ("max(response) < 1s", 1), ("mean(response) < 1s", 30),
        ("cpu(*) p95 < 80%", 10), ("lost_writes == 0", 1), ("recovery < 3s", 1),
    ],
)  # fmt: skip
def test_samples_needed(text: str, needed: int) -> None:
    """The minimal n of each metric, were everything to go well."""
    assert samples_needed(parse_objective(text)) == needed


@pytest.mark.parametrize(
    "text",
    [
        "error_rate < 1%", "p95(response){name=health} < 1s", "memory(*) max < 85%",
        "p95(response){phase=fault:store-pause} < 5s", "recovery{fault=store-*} < 30s",
        "lost_writes == 0",
    ],
)  # fmt: skip
def test_what_can_be_decided_is_accepted(text: str) -> None:
    """Enough requests are planned, or requests do not matter."""
    assert undecidable([parse_objective(text)], COUNTS) == []


@pytest.mark.parametrize(
    ("text", "planned", "needed", "reason"),
    [
        ("availability > 99.5%", 450, 598, "598 requests are needed"),
        ("p95(response){name=*} < 1s", 50, 59, "59 requests are needed"),
        ("p95(response){name=health,phase=fault:*} < 1s", 40, 59, "40 are planned"),
        ("error_rate{name=/api/*} < 1%", 0, 299, "valid: health, write"),
        ("error_rate{phase=faults} < 1%", 60, 299, "299 requests are needed"),
        ("error_rate{phase=fault:disk-full} < 9%", 0, 32, "valid: fault:store-pause, faults, load"),
        ("recovery{fault=disk-*} < 9s", 0, 1, "valid: store-pause"),
    ],
)
def test_what_cannot_be_decided_is_refused(
    text: str, planned: int, needed: int, reason: str
) -> None:
    """One refusal a match, with the n that is planned and the n it needs."""
    (refused,) = undecidable([parse_objective(text)], COUNTS)
    assert (refused.planned, refused.needed) == (planned, needed)
    assert reason in str(refused)
    assert str(refused).startswith(text)


def test_a_profile_without_faults_cannot_decide_recovery() -> None:
    """No fault is planned: refused rather than INCONCLUSIVE after the run."""
    assert undecidable([parse_objective("recovery{fault=*} < 9s")], {("load", "a"): 9999})


SERVICES = ("api", "store")


@pytest.mark.parametrize(
    ("text", "planned", "reason"),
    [
        ("cpu(web) p95 < 80%", 0, "valid: api, store"),
        ("memory(api) max < 85%", 9, "10 samples are needed to decide it, 9 are expected in 4.9 s"),
        ("lost_writes == 0", 0, "an operation with a ledger"),
    ],
)
def test_what_is_known_of_the_run_is_checked(text: str, planned: int, reason: str) -> None:
    """Services, the time they are sampled, and the ledger, where the caller knows them."""
    objective = parse_objective(text)
    known = undecidable([objective], COUNTS, services=SERVICES, sampled_s=4.9, ledger=False)
    (refused,) = known
    assert refused.planned == planned
    assert reason in str(refused)
    assert undecidable([objective], COUNTS) == []


@pytest.mark.parametrize(
    "text", ["cpu(*) p95 < 80%", "memory(api) max < 85%", "lost_writes == 0", "cpu(st*) max < 90%"]
)
def test_enough_samples_services_and_a_ledger_are_accepted(text: str) -> None:
    """Five seconds are ten samples."""
    known = undecidable([parse_objective(text)], COUNTS, SERVICES, 5.0, ledger=True)
    assert known == []


def test_a_run_without_steady_phase_has_no_samples() -> None:
    """Zero seconds are known, not unknown."""
    objectives = [parse_objective("cpu(*) p95 < 80%")]
    assert undecidable(objectives, COUNTS, sampled_s=0.0) != []
    elsewhere = [parse_objective("cpu(*){phase=faults} p95 < 80%")]
    assert undecidable(elsewhere, COUNTS, sampled_s=0.0) == []


def test_a_fault_without_background_load_cannot_decide_recovery() -> None:
    """Recovery is seen through the load: without any there is nothing to see it by."""
    counts = {("load", "a"): 9999, ("fault:store-pause", "a"): 0}
    (refused,) = undecidable([parse_objective("recovery{fault=*} < 9s")], counts)
    assert "no load is planned while faults are injected" in str(refused)


@pytest.mark.parametrize(
    ("text", "planned", "reason"),
    [
        ("users{phase=closed} >= 50", 49, "50 users are needed to decide it, 49 are planned"),
        ("users{phase=closed} > 49", 49, "50 users are needed to decide it, 49 are planned"),
        ("users{phase=load} >= 50", 0, "valid: closed"),
    ],
)
def test_users_that_are_not_planned_are_refused(text: str, planned: int, reason: str) -> None:
    """Fewer than asked for, or a phase that has none; with enough of them it is accepted."""
    objective = parse_objective(text)
    (refused,) = undecidable([objective], COUNTS, users={"closed": 49})
    assert refused.planned == planned
    assert reason in str(refused)
    enough = parse_objective("users{phase=closed} >= 49")
    assert undecidable([enough], COUNTS, users={"closed": 49}) == []
    assert undecidable([objective], COUNTS) == []


def test_exactly_enough_is_enough() -> None:
    """59 planned requests can decide p95, 58 cannot."""
    objective = parse_objective("p95(response) < 1s")
    assert undecidable([objective], {("load", "a"): 59}) == []
    assert undecidable([objective], {("load", "a"): 58}) != []


def test_recovery_needs_something_to_compare_with() -> None:
    """Without a steady load no response time is as it was before."""
    counts = {key: n for key, n in COUNTS.items() if key[0] != "load"}
    (refused,) = undecidable([parse_objective("recovery < 3s")], counts)
    assert "no steady load" in refused.reason
