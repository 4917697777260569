"""CPU, memory and lost writes."""

import pytest

from gonogo.vocabulary import Outcome, Result
from gonogo.vocabulary.events import LedgerRead, ResourceSampled
from tests.judgement.looking import objective_on, one_on
from tests.run_builder import RunBuilder

MEMORY = "memory(*) max < 85%"


def test_each_service_is_judged(builder: RunBuilder) -> None:
    """``memory(*)`` is one judgement a service; the hungry one fails alone."""
    builder.resources("store", 20.0, 21.0, memory_percent=90.0)
    api, store = objective_on(builder, MEMORY)
    assert (api.result, store.result) == (Result.PASS, Result.FAIL)
    assert store.subject == f"{MEMORY} [service=store]"
    assert store.observed == 90.0


def test_only_the_steady_phase_counts(builder: RunBuilder) -> None:
    """A peak outside the load phase does not count, unless the phase is named."""
    builder.resources("store", 60.0, 61.0, memory_percent=90.0)
    assert one_on(builder, "memory(store) max < 85%").result is Result.PASS
    faults = one_on(builder, "memory(store){phase=faults} max < 85%")
    assert faults.result is Result.FAIL
    by_fault = one_on(builder, "memory(store){phase=fault:worker-kill} max < 85%")
    assert by_fault.result is Result.INCONCLUSIVE


@pytest.mark.parametrize(
    ("aggregate", "observed"), [("p50", 20.0), ("p95", 70.0), ("max", 70.0), ("mean", 32.5)]
)
def test_aggregates(builder: RunBuilder, aggregate: str, observed: float) -> None:
    """p50, p95, max and mean are those of the samples of the phase."""
    builder.drop(ResourceSampled, service="api")
    builder.resources("api", 10.0, 25.0, cpu_percent=20.0)
    builder.resources("api", 25.0, 30.0, cpu_percent=70.0)
    assert one_on(builder, f"cpu(api) {aggregate} < 80%").observed == observed


def test_a_service_without_samples_is_inconclusive(builder: RunBuilder) -> None:
    """A planned service without samples is INCONCLUSIVE."""
    builder.drop(ResourceSampled, service="store")
    api, store = objective_on(builder, MEMORY)
    assert (api.result, store.result) == (Result.PASS, Result.INCONCLUSIVE)


@pytest.mark.parametrize(("count", "result"), [(9, "INCONCLUSIVE"), (10, "PASS")])
def test_ten_samples_are_needed(builder: RunBuilder, count: int, result: str) -> None:
    """Nine samples of a phase are too few, ten are enough."""
    builder.drop(ResourceSampled, service="api")
    for number in range(count):
        at_s = 9.6 + 2.2 * number
        builder.resources("api", at_s, at_s + 1.0)
    assert one_on(builder, "memory(api) max < 85%").result.value == result


def test_a_hole_in_the_samples_is_inconclusive(builder: RunBuilder) -> None:
    """11 s without a sample are INCONCLUSIVE."""
    builder.drop(ResourceSampled, service="api")
    builder.resources("api", 9.6, 19.0)
    builder.resources("api", 30.5, 31.0)
    judged = one_on(builder, "memory(api) max < 85%")
    assert judged.result is Result.INCONCLUSIVE
    assert "nothing was sampled for 12 s" in judged.reason


def test_a_peak_beside_a_hole_still_fails(builder: RunBuilder) -> None:
    """A sample above the limit is a FAIL, also beside missing samples."""
    builder.drop(ResourceSampled, service="api")
    builder.resources("api", 9.6, 20.0, memory_percent=99.0)
    assert one_on(builder, "memory(api) max < 85%").result is Result.FAIL


def test_samples_without_a_value_are_none(builder: RunBuilder) -> None:
    """Samples without a memory value are not evidence."""
    builder.change(ResourceSampled, {"service": "api"}, memory_percent=None)
    assert one_on(builder, "memory(api) max < 85%").result is Result.INCONCLUSIVE
    assert one_on(builder, "cpu(api) max < 85%").result is Result.PASS


def test_an_unknown_service_is_inconclusive(builder: RunBuilder) -> None:
    """The reason lists the services."""
    judged = one_on(builder, "cpu(web) p95 < 80%")
    assert judged.result is Result.INCONCLUSIVE
    assert "valid: api, store" in judged.reason


def test_kept_promises_pass(builder: RunBuilder) -> None:
    """Every acknowledged write was read back: none lost."""
    judged = one_on(builder, "lost_writes == 0")
    assert (judged.result, judged.observed, judged.n) == (Result.PASS, 0.0, 1000)


@pytest.mark.parametrize("how", ["missing", "wrong"])
def test_one_lost_write_fails(builder: RunBuilder, how: str) -> None:
    """An acknowledged write that is missing or wrong is lost."""
    builder.drop(LedgerRead, load="steady")
    builder.ledger("steady", 73.8, **{how: [1]})
    judged = one_on(builder, "lost_writes == 0")
    assert (judged.result, judged.observed) == (Result.FAIL, 1.0)
    assert f"1 {how}" in judged.reason


def test_a_missing_write_that_was_never_acknowledged_is_not_lost(builder: RunBuilder) -> None:
    """A write that was not acknowledged may be missing."""
    builder.loads["steady"].fail(1, Outcome.TIMEOUT)
    builder.drop(LedgerRead, load="steady")
    builder.ledger("steady", 73.8, missing=[1])
    assert one_on(builder, "lost_writes == 0").result is Result.PASS


def test_an_acknowledged_write_that_was_not_read_is_inconclusive(builder: RunBuilder) -> None:
    """A write that was not read back is INCONCLUSIVE; with a lost one it is a FAIL."""
    builder.drop(LedgerRead, load="steady")
    builder.ledger("steady", 73.8, unread=[1, 3])
    judged = one_on(builder, "lost_writes == 0")
    assert judged.result is Result.INCONCLUSIVE
    assert "2 of 1000 acknowledged writes were never read back" in judged.reason
    builder.drop(LedgerRead, load="steady")
    builder.ledger("steady", 73.8, unread=[1, 3], missing=[5])
    assert one_on(builder, "lost_writes == 0").result is Result.FAIL


def test_a_ledger_that_was_never_read_is_inconclusive(builder: RunBuilder) -> None:
    """Without a read ledger the metric is INCONCLUSIVE."""
    builder.drop(LedgerRead)
    assert one_on(builder, "lost_writes == 0").result is Result.INCONCLUSIVE


def test_the_last_look_counts(builder: RunBuilder) -> None:
    """A write that is missing at first and found later is not lost."""
    builder.event(LedgerRead(load="steady", missing=(1,)), 73.0)
    assert one_on(builder, "lost_writes == 0").result is Result.PASS


def test_no_acknowledged_write_is_inconclusive(builder: RunBuilder) -> None:
    """Without an acknowledged write the metric is INCONCLUSIVE."""
    for load in builder.loads.values():
        load.fail(slice(None))
    judged = one_on(builder, "lost_writes == 0")
    assert judged.result is Result.INCONCLUSIVE
    assert "no write was acknowledged" in judged.reason
