"""Response, error rate and availability: what passes and what does not."""

import numpy as np
import pytest

from gonogo.vocabulary import Outcome, Result
from gonogo.vocabulary.events import LoadFinished, Note
from tests.judgement.looking import objective_on, one_on
from tests.run_builder import RunBuilder, ns

P95 = "p95(response) < 2s"


def test_a_fast_system_passes(builder: RunBuilder) -> None:
    """1,200 requests of 20 ms hold p95 < 2 s with an interval and a margin."""
    judged = one_on(builder, P95)
    assert judged.result is Result.PASS
    assert (judged.n, judged.observed, judged.upper) == (1200, 0.02, 0.02)
    assert judged.margin == pytest.approx(0.99)


def test_a_slow_tail_fails(builder: RunBuilder) -> None:
    """With 10 % of the requests at 3 s the whole interval of p95 lies above 2 s."""
    builder.loads["steady"].slow(slice(0, 1200, 10), 3000.0)
    judged = one_on(builder, P95)
    assert judged.result is Result.FAIL
    assert judged.lower == 3.0


def test_a_tail_at_the_limit_is_inconclusive(builder: RunBuilder) -> None:
    """With exactly 5 % at 3 s the interval lies across the limit, so it is INCONCLUSIVE."""
    builder.loads["steady"].slow(slice(0, 1200, 20), 3000.0)
    judged = one_on(builder, P95)
    assert judged.result is Result.INCONCLUSIVE
    assert judged.lower is not None
    assert judged.upper is not None
    assert judged.lower < 2.0 < judged.upper


def test_too_few_requests_name_the_number_needed(builder: RunBuilder) -> None:
    """50 fast requests cannot show p95 < 2 s; the reason says that 59 can."""
    builder.forget_load("steady")
    builder.load("steady", start_s=10.0, count=50)
    judged = one_on(builder, P95)
    assert judged.result is Result.INCONCLUSIVE
    assert "50 samples" in judged.reason
    assert "59" in judged.reason


def test_latency_counts_from_the_intended_start(builder: RunBuilder) -> None:
    """When a server stalls the generator, the wait counts too, not only the answer."""
    steady = builder.loads["steady"]
    steady.slow(slice(None), 5000.0)
    steady.records["sent_ns"] = steady.records["done_ns"] - 1_000_000
    assert one_on(builder, P95).result is Result.FAIL


def test_fast_refusals_do_not_improve_a_percentile(builder: RunBuilder) -> None:
    """A connection refused within 1 ms counts as worse than every success."""
    steady = builder.loads["steady"]
    steady.slow(slice(0, 1200, 5), 1.0)
    steady.fail(slice(0, 1200, 5), Outcome.REFUSED, 0)
    judged = one_on(builder, P95)
    assert judged.result is Result.FAIL
    assert judged.observed == 10.0
    assert "240 failed" in judged.reason


def test_a_failure_is_beyond_a_limit_above_the_timeout(builder: RunBuilder) -> None:
    """p95 < 60 s fails when every fifth request has no answer."""
    builder.loads["steady"].fail(slice(0, 1200, 5), Outcome.TIMEOUT, 0)
    assert one_on(builder, "p95(response) < 60s").result is Result.FAIL


def test_one_failure_spoils_the_maximum(builder: RunBuilder) -> None:
    """``max`` needs no interval: one failed request is more than any limit."""
    assert one_on(builder, "max(response) < 1s").result is Result.PASS
    builder.loads["steady"].fail(7)
    assert one_on(builder, "max(response) < 60s").result is Result.FAIL


def test_the_mean_counts_failures_as_the_timeout(builder: RunBuilder) -> None:
    """Half the requests failed: the mean is about half the timeout."""
    assert one_on(builder, "mean(response) < 100ms").result is Result.PASS
    builder.loads["steady"].fail(slice(0, 1200, 2))
    judged = one_on(builder, "mean(response) < 100ms")
    assert judged.result is Result.FAIL
    assert judged.observed == pytest.approx(5.01)


def test_a_few_means_are_no_mean(builder: RunBuilder) -> None:
    """A mean of fewer than 30 requests is INCONCLUSIVE."""
    builder.forget_load("steady")
    builder.load("steady", start_s=10.0, count=20)
    assert one_on(builder, "mean(response) < 1s").result is Result.INCONCLUSIVE


@pytest.mark.parametrize(("count", "result"), [(298, "INCONCLUSIVE"), (299, "PASS")])
def test_error_rate_needs_299_requests(builder: RunBuilder, count: int, result: str) -> None:
    """Zero errors among 299 requests show < 1 %, among 298 they do not."""
    builder.forget_load("steady")
    builder.load("steady", start_s=10.0, count=count)
    judged = one_on(builder, "error_rate < 1%")
    assert judged.result.value == result
    assert result == "PASS" or "at least 299 are needed" in judged.reason


@pytest.mark.parametrize(("count", "result"), [(597, "INCONCLUSIVE"), (598, "PASS")])
def test_availability_needs_598_requests(builder: RunBuilder, count: int, result: str) -> None:
    """Zero errors among 598 requests show > 99.5 %, among 597 they do not."""
    builder.forget_load("steady")
    builder.load("steady", start_s=10.0, count=count)
    assert one_on(builder, "availability > 99.5%").result.value == result


@pytest.mark.parametrize("outcome", [o for o in Outcome if o not in (Outcome.OK, Outcome.DROPPED)])
def test_every_failure_is_an_error(builder: RunBuilder, outcome: Outcome) -> None:
    """5 % of any outcome but OK fails error rate and availability; both give an interval."""
    builder.loads["steady"].fail(slice(0, 1200, 20), outcome)
    rate = one_on(builder, "error_rate < 1%")
    assert rate.result is Result.FAIL
    assert rate.observed == pytest.approx(5.0)
    available = one_on(builder, "availability > 99.5%")
    assert available.result is Result.FAIL
    assert available.lower is not None
    assert available.upper is not None
    assert available.lower < 95.0 < available.upper < 99.5


def test_a_rate_at_the_limit_is_inconclusive(builder: RunBuilder) -> None:
    """11 errors among 1,200 requests neither prove nor disprove < 1 %."""
    builder.loads["steady"].fail(slice(0, 11))
    assert one_on(builder, "error_rate < 1%").result is Result.INCONCLUSIVE


def test_a_server_frozen_to_the_end_fails(builder: RunBuilder) -> None:
    """A request in flight at the end of the load failed, with its age as response time."""
    steady = builder.loads["steady"]
    frozen = steady.window(25.0, 31.0)
    steady.fail(frozen, Outcome.IN_FLIGHT, 0)
    steady.records["done_ns"][frozen] = ns(40.0)
    assert one_on(builder, P95).result is Result.FAIL
    assert one_on(builder, "error_rate < 1%").result is Result.FAIL


def test_a_killed_generator_neither_passes_nor_condemns(builder: RunBuilder) -> None:
    """Requests without a record prevent a PASS, and do not prove a FAIL."""
    builder.forget_load("steady")
    steady = builder.load("steady", start_s=10.0, count=1200, finished=False)
    steady.drop(slice(1000, None))
    judged = one_on(builder, "error_rate < 1%")
    assert judged.result is Result.INCONCLUSIVE
    assert "200 without a known end" in judged.reason
    assert one_on(builder, P95).result is not Result.PASS


def test_a_generator_killed_over_a_frozen_server_still_knows_the_ages(
    builder: RunBuilder,
) -> None:
    """Without an answer for 10 s while the generator lived, p95 < 2 s cannot hold: FAIL."""
    builder.forget_load("steady")
    steady = builder.load("steady", start_s=10.0, count=1200, finished=False)
    steady.records = steady.records[[*range(400), 1199]]
    assert one_on(builder, P95).result is Result.FAIL


def test_an_event_is_a_sign_of_life_of_the_generator(builder: RunBuilder) -> None:
    """A generator with an event at 29.9 s lived then: ages of requests count until then.

    Without the event, its last sign of life is its last record.
    """
    builder.forget_load("steady")
    steady = builder.load("steady", start_s=10.0, count=1200, finished=False, writer="load")
    steady.drop(slice(400, None))
    assert one_on(builder, P95).n == 401
    builder.event(Note(text="still here"), 29.9, writer="load")
    assert one_on(builder, P95).result is Result.FAIL


def test_a_load_stopped_early_owes_only_what_was_due(builder: RunBuilder) -> None:
    """Rows with an intended time after an early end were not due and do not count."""
    builder.forget_load("steady")
    steady = builder.load("steady", start_s=10.0, count=1200, stopped_early=True)
    builder.change(LoadFinished, {"load": "steady"}, end_ns=ns(20.0))
    steady.records = steady.records[steady.window(0.0, 20.0)]
    judged = one_on(builder, "error_rate < 1%")
    assert judged.result is Result.PASS
    assert 600 <= judged.n <= 601


def test_a_name_wildcard_is_judged_per_name(builder: RunBuilder) -> None:
    """One slow operation fails alone; fast operations do not hide it."""
    steady = builder.loads["steady"]
    steady.slow(steady.records["name_id"] == 1, 3000.0)
    health, write = objective_on(builder, "p50(response){name=*} < 2s")
    assert health.result is Result.PASS
    assert write.result is Result.FAIL
    assert write.subject.endswith("[name=write]")


def test_a_literal_name_is_judged_once(builder: RunBuilder) -> None:
    """Without a wildcard the subject is the line as written."""
    judged = one_on(builder, "p95(response){name=health} < 2s")
    assert judged.subject == "p95(response){name=health} < 2s"
    assert judged.n == 600


def test_a_name_that_matches_nothing_is_inconclusive(builder: RunBuilder) -> None:
    """The reason lists the existing names."""
    judged = one_on(builder, "p95(response){name=/api/*} < 2s")
    assert judged.result is Result.INCONCLUSIVE
    assert "valid: health, write" in judged.reason


def test_a_phase_without_load_is_inconclusive(builder: RunBuilder) -> None:
    """Without a load in the phase no objective passes."""
    judged = one_on(builder, "error_rate{phase=contract} < 1%")
    assert judged.result is Result.INCONCLUSIVE
    assert "valid: fault:store-pause, fault:worker-kill, faults, load" in judged.reason
    builder.loads.pop("steady")
    assert one_on(builder, "error_rate < 1%").result is Result.INCONCLUSIVE


def test_a_name_without_requests_in_this_window_is_inconclusive(builder: RunBuilder) -> None:
    """A name of the load without one due request is judged and INCONCLUSIVE."""
    background = builder.loads["background"]
    for rows in (background.schedule, background.records):
        inside = (rows["intended_ns"] >= ns(36.0)) & (rows["intended_ns"] <= ns(39.0))
        rows["name_id"][inside] = 0
    health, write = objective_on(builder, "error_rate{name=*,phase=fault:store-pause} < 50%")
    assert health.result is Result.PASS
    assert write.result is Result.INCONCLUSIVE
    assert write.n == 0


def test_a_fault_window_selects_by_intended_time(builder: RunBuilder) -> None:
    """3 s armed at 20/s are 61 requests, both ends included, however late they were answered."""
    judged = one_on(builder, "p95(response){phase=fault:store-pause} < 5s")
    assert judged.n == 61
    assert judged.result is Result.PASS
    assert one_on(builder, "p95(response){phase=fault:store-pause} < 2s").result is Result.FAIL


def test_a_refusal_inside_a_fault_window_is_an_answer(builder: RunBuilder) -> None:
    """Fast 503s under a fault meet a response limit, but count as errors."""
    background = builder.loads["background"]
    stalled = background.window(36.0, 39.4)
    background.slow(stalled, 40.0)
    background.fail(stalled, Outcome.HTTP_ERROR, 503)
    judged = one_on(builder, "p95(response){phase=fault:store-pause} < 1s")
    assert judged.result is Result.PASS
    assert judged.observed == pytest.approx(0.04)
    errors = one_on(builder, "error_rate{phase=fault:store-pause} < 50%")
    assert errors.result is Result.FAIL


@pytest.mark.parametrize("outcome", [Outcome.TIMEOUT, Outcome.RESET, Outcome.WRONG_BODY])
def test_no_answer_inside_a_fault_window_is_beyond_every_limit(
    builder: RunBuilder, outcome: Outcome
) -> None:
    """A reset, a timeout and a 200 with a wrong body are not answers, also under a fault."""
    background = builder.loads["background"]
    stalled = background.window(36.0, 39.4)
    background.slow(stalled, 40.0)
    background.fail(stalled, outcome, 0)
    judged = one_on(builder, "p95(response){phase=fault:store-pause} < 60s")
    assert judged.result is Result.FAIL


def test_a_fault_wildcard_is_judged_per_fault(builder: RunBuilder) -> None:
    """``phase=fault:*`` gives one judgement for every fault."""
    judged = objective_on(builder, "p50(response){phase=fault:*} < 1s")
    assert [each.subject.rpartition(" ")[2] for each in judged] == [
        "[phase=fault:store-pause]",
        "[phase=fault:worker-kill]",
    ]
    assert [each.result for each in judged] == [Result.FAIL, Result.PASS]


def test_the_background_load_is_not_the_steady_phase(builder: RunBuilder) -> None:
    """Without ``phase=`` an objective means the steady load: faults do not fail it."""
    background = builder.loads["background"]
    background.fail(slice(None))
    assert one_on(builder, "error_rate < 1%").result is Result.PASS
    assert one_on(builder, "error_rate{phase=faults} < 1%").result is Result.FAIL


def test_percentiles_are_values_that_were_measured(builder: RunBuilder) -> None:
    """The observed p95 of 1..1200 ms is the 1140th value, exactly."""
    builder.loads["steady"].slow(slice(None), 0.0)
    records = builder.loads["steady"].records
    records["done_ns"] += (np.arange(1200) + 1) * 1_000_000
    judged = one_on(builder, P95)
    assert (judged.lower, judged.observed, judged.upper) == (1.127, 1.14, 1.153)
