"""Recovery is the time from healing to the first three good seconds, or a FAIL."""

import numpy as np
import pytest

from gonogo.vocabulary import Outcome, Result
from gonogo.vocabulary.events import FaultHealed
from tests.judgement.looking import objective_on, one_on
from tests.run_builder import RunBuilder, ns

PAUSE = "recovery{fault=store-pause} < 5s"
KILL = "recovery{fault=worker-kill} < 5s"


def test_a_system_that_is_well_at_once_recovers_in_no_time(builder: RunBuilder) -> None:
    """No failure and fast answers from the heal on: 0 s."""
    judged = one_on(builder, PAUSE)
    assert (judged.result, judged.observed) == (Result.PASS, 0.0)


def test_errors_after_the_heal_delay_the_recovery(builder: RunBuilder) -> None:
    """2 s of errors after the heal: recovered with the first good arrival after them."""
    background = builder.loads["background"]
    background.fail(background.window(39.0, 41.0))
    judged = one_on(builder, PAUSE)
    assert judged.result is Result.PASS
    assert judged.observed == pytest.approx(2.0)
    assert judged.lower == pytest.approx(1.95)


def test_slow_answers_after_the_heal_delay_the_recovery(builder: RunBuilder) -> None:
    """2 s of 400 ms answers are no recovery where the steady median is 20 ms."""
    background = builder.loads["background"]
    background.slow(background.window(39.0, 41.0), 400.0)
    judged = one_on(builder, PAUSE)
    assert judged.observed is not None
    assert 1.0 < judged.observed <= 2.0


def test_a_median_of_twice_the_steady_one_is_recovered(builder: RunBuilder) -> None:
    """Up to three times the steady median, and up to 50 ms anyway, counts as good."""
    background = builder.loads["background"]
    background.slow(background.window(39.0, 50.0), 45.0)
    assert one_on(builder, PAUSE).observed == 0.0


def test_a_good_second_between_errors_is_no_recovery(builder: RunBuilder) -> None:
    """With an error again within three seconds the system has not recovered."""
    background = builder.loads["background"]
    background.fail(background.window(39.0, 39.5))
    background.fail(background.window(41.4, 42.0))
    judged = one_on(builder, PAUSE)
    assert judged.observed == pytest.approx(3.0)


def test_too_slow_a_recovery_fails(builder: RunBuilder) -> None:
    """Recovered after 8 s where 5 s are allowed: FAIL."""
    background = builder.loads["background"]
    background.fail(background.window(39.0, 47.0))
    judged = one_on(builder, PAUSE)
    assert judged.result is Result.FAIL
    assert judged.observed == pytest.approx(8.0)


def test_a_system_that_never_recovers_fails(builder: RunBuilder) -> None:
    """Errors from the heal to the end of a watch longer than the limit: FAIL."""
    background = builder.loads["background"]
    background.fail(background.window(53.0, 80.0), Outcome.TIMEOUT)
    judged = one_on(builder, KILL)
    assert judged.result is Result.FAIL
    assert judged.observed == pytest.approx(18.9)
    assert judged.reason.startswith("never recovered: no 3 good seconds in the 18.95 s")


def test_never_recovered_within_too_short_a_watch_is_inconclusive(builder: RunBuilder) -> None:
    """When the load ends before the limit, errors to its end do not prove a FAIL."""
    background = builder.loads["background"]
    background.fail(background.window(53.0, 80.0), Outcome.TIMEOUT)
    judged = one_on(builder, "recovery{fault=worker-kill} < 30s")
    assert judged.result is Result.INCONCLUSIVE
    assert "watched for only 18.95 s" in judged.reason


def test_a_load_that_ends_with_the_heal_is_inconclusive(builder: RunBuilder) -> None:
    """No request after the healing: INCONCLUSIVE."""
    builder.change(FaultHealed, {"label": "worker-kill"})
    builder.drop(FaultHealed, label="worker-kill")
    builder.event(FaultHealed(id="worker-kill-1", label="worker-kill", by="scenario"), 71.9)
    judged = one_on(builder, KILL)
    assert judged.result is Result.INCONCLUSIVE
    assert "too little to tell" in judged.reason


def test_good_for_two_seconds_at_the_end_is_inconclusive(builder: RunBuilder) -> None:
    """Errors until 2 s before the end: too short to show three good seconds."""
    background = builder.loads["background"]
    background.fail(background.window(53.0, 70.0))
    judged = one_on(builder, "recovery{fault=worker-kill} < 18s")
    assert judged.result is Result.INCONCLUSIVE
    assert one_on(builder, "recovery{fault=worker-kill} < 16s").result is Result.FAIL


def test_sparse_load_is_inconclusive(builder: RunBuilder) -> None:
    """A second without any request is no evidence of health."""
    builder.forget_load("background")
    builder.load("sparse", phase="faults", start_s=32.0, count=10, rate_per_s=0.5)
    assert one_on(builder, PAUSE).result is Result.INCONCLUSIVE


def test_the_next_fault_ends_the_watch(builder: RunBuilder) -> None:
    """Requests after the intent of the next fault do not count for this recovery."""
    background = builder.loads["background"]
    background.fail(background.window(39.0, 51.99))
    assert one_on(builder, PAUSE).result is Result.FAIL
    judged = one_on(builder, "recovery{fault=store-pause} < 30s")
    assert judged.result is Result.INCONCLUSIVE
    assert "watched for only 12.99 s" in judged.reason


def test_a_fault_never_healed_is_inconclusive(builder: RunBuilder) -> None:
    """Without healing there is no recovery time."""
    builder.drop(FaultHealed, label="store-pause")
    assert one_on(builder, PAUSE).result is Result.INCONCLUSIVE


def test_without_a_steady_load_there_is_no_measure(builder: RunBuilder) -> None:
    """Without a steady load there is nothing to compare with."""
    builder.forget_load("steady")
    judged = one_on(builder, PAUSE)
    assert judged.result is Result.INCONCLUSIVE
    assert "steady" in judged.reason


def test_every_fault_is_judged(builder: RunBuilder) -> None:
    """``{fault=*}`` and no selector at all mean each fault, by its label."""
    for text in ("recovery{fault=*} < 30s", "recovery < 30s"):
        judged = objective_on(builder, text)
        found = [each.subject.rpartition(" ")[2] for each in judged]
        assert found == ["[fault=store-pause]", "[fault=worker-kill]"]


def test_no_fault_is_inconclusive(builder: RunBuilder) -> None:
    """A fault that was never injected cannot be recovered from."""
    judged = one_on(builder, "recovery{fault=network-*} < 30s")
    assert judged.result is Result.INCONCLUSIVE
    assert "valid: store-pause, worker-kill" in judged.reason


def test_a_request_on_its_way_at_the_end_is_no_failure(builder: RunBuilder) -> None:
    """A request in flight for 10 ms at the end of the load does not count against it."""
    builder.drop(FaultHealed, label="worker-kill")
    builder.event(FaultHealed(id="worker-kill-1", label="worker-kill", by="scenario"), 68.0)
    background = builder.loads["background"]
    last = int(np.argmax(background.records["intended_ns"]))
    background.fail(last, Outcome.IN_FLIGHT, 0)
    background.slow(last, 10.0)
    assert ns(71.95) == background.records["intended_ns"][last]
    assert one_on(builder, KILL).result is Result.PASS


def test_recovery_of_one_operation(builder: RunBuilder) -> None:
    """``name=`` counts only this operation; an operation that does not exist is not a pass."""
    background = builder.loads["background"]
    names = background.header.names
    late = background.window(39.0, 41.0)
    mine = background.records["name_id"] == 0
    background.fail(late & mine)
    hit = one_on(builder, f"recovery{{fault=store-pause,name={names[0]}}} < 30s")
    spared = one_on(builder, f"recovery{{fault=store-pause,name={names[1]}}} < 30s")
    assert hit.observed == pytest.approx(2.0, abs=0.3)
    assert spared.observed == 0.0
    nobody = one_on(builder, "recovery{fault=store-pause,name=nothing} < 30s")
    assert nobody.result is Result.INCONCLUSIVE
    assert "no operation matches name=nothing" in nobody.reason
