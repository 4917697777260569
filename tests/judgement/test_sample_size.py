"""An undecidable objective is refused before the run, with the number it needs."""

from dataclasses import replace

import pytest

from gonogo.judgement import parse_objective, samples_needed, undecidable
from gonogo.vocabulary import PlannedEvidence

COUNTS = {
    ("load", "health"): 400,
    ("load", "write"): 50,
    ("fault:store-pause", "health"): 40,
    ("fault:store-pause", "write"): 20,
    ("faults", "health"): 40,
    ("faults", "write"): 20,
}
PLAN = PlannedEvidence(
    requests=COUNTS,
    services=("api", "store"),
    sampled_s=5.0,
    ledger_read=True,
    users={"closed": 49},
)


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("error_rate < 1%", 299), ("availability > 99.5%", 598), ("availability > 99.9%", 2995),
        ("p50(response) < 1s", 5), ("p95(response) < 1s", 59), ("p99(response) < 1s", 299),
        ("p99.9(response) < 1s", 2995), ("max(response) < 1s", 1), ("mean(response) < 1s", 30),
        ("cpu(*) p95 < 80%", 10), ("lost_writes == 0", 1), ("recovery < 3s", 1),
        ("users{phase=closed} >= 50", 50), ("users{phase=closed} > 49.5", 50),
    ],
)  # fmt: skip
def test_samples_needed(text: str, needed: int) -> None:
    """The minimal n of each metric, for a run without an error."""
    assert samples_needed(parse_objective(text)) == needed


@pytest.mark.parametrize(
    "text",
    [
        "error_rate < 1%", "p95(response){name=health} < 1s", "memory(*) max < 85%",
        "p95(response){phase=fault:store-pause} < 5s", "recovery{fault=store-*} < 30s",
        "lost_writes == 0", "cpu(*) p95 < 80%", "cpu(st*) max < 90%", "users{phase=closed} >= 49",
    ],
)  # fmt: skip
def test_what_can_be_decided_is_accepted(text: str) -> None:
    """Objectives with enough planned samples; five seconds are ten resource samples."""
    assert undecidable([parse_objective(text)], PLAN) == []


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
        ("cpu(web) p95 < 80%", 0, 10, "valid: api, store"),
        ("users{phase=closed} >= 50", 49, 50, "50 users are needed to decide it, 49 are planned"),
        ("users{phase=closed} > 49", 49, 50, "50 users are needed to decide it, 49 are planned"),
        ("users{phase=load} >= 50", 0, 50, "valid: closed"),
    ],
)
def test_what_cannot_be_decided_is_refused(
    text: str, planned: int, needed: int, reason: str
) -> None:
    """One refusal a match, with the n that is planned and the n it needs."""
    (refused,) = undecidable([parse_objective(text)], PLAN)
    assert (refused.planned, refused.needed) == (planned, needed)
    assert reason in str(refused)
    assert str(refused).startswith(text)


def test_a_profile_without_faults_cannot_decide_recovery() -> None:
    """No fault is planned: refused rather than INCONCLUSIVE after the run."""
    plan = replace(PLAN, requests={("load", "a"): 9999})
    assert undecidable([parse_objective("recovery{fault=*} < 9s")], plan)


def test_too_short_a_load_has_too_few_resource_samples() -> None:
    """4.9 seconds are nine samples."""
    (refused,) = undecidable(
        [parse_objective("memory(api) max < 85%")], replace(PLAN, sampled_s=4.9)
    )
    assert (refused.planned, refused.needed) == (9, 10)
    assert "10 samples are needed to decide it, 9 are expected in 4.9 s" in str(refused)


def test_a_run_without_load_phase_has_no_resource_samples() -> None:
    """Refused; samples of another phase are not planned, so such an objective is accepted."""
    without = replace(PLAN, sampled_s=0.0)
    assert undecidable([parse_objective("cpu(*) p95 < 80%")], without) != []
    assert undecidable([parse_objective("cpu(*){phase=faults} p95 < 80%")], without) == []


def test_without_a_ledger_no_lost_write_is_seen() -> None:
    """Lost writes need an operation with a ledger, a load and the phase that reads it back."""
    objective = parse_objective("lost_writes == 0")
    (refused,) = undecidable([objective], replace(PLAN, ledger_read=False))
    assert refused.planned == 0
    assert "an operation with a ledger" in str(refused)


def test_a_fault_without_background_load_cannot_decide_recovery() -> None:
    """Recovery is measured by the background load, so without it the objective is refused."""
    plan = replace(PLAN, requests={("load", "a"): 9999, ("fault:store-pause", "a"): 0})
    (refused,) = undecidable([parse_objective("recovery{fault=*} < 9s")], plan)
    assert "no load is planned while faults are injected" in str(refused)


def test_exactly_enough_is_enough() -> None:
    """59 planned requests can decide p95, 58 cannot."""
    objective = parse_objective("p95(response) < 1s")
    assert undecidable([objective], replace(PLAN, requests={("load", "a"): 59})) == []
    assert undecidable([objective], replace(PLAN, requests={("load", "a"): 58})) != []


def test_recovery_needs_something_to_compare_with() -> None:
    """Without a steady load there is no response time to compare with."""
    requests = {key: n for key, n in COUNTS.items() if key[0] != "load"}
    (refused,) = undecidable([parse_objective("recovery < 3s")], replace(PLAN, requests=requests))
    assert "no steady load" in refused.reason
