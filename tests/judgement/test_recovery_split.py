"""A recovery in its parts: first error, detected, healed, as good as before."""

from gonogo.judgement import RecoverySplit, RunView, recovery_splits
from gonogo.vocabulary import Outcome
from gonogo.vocabulary.events import FaultArmed, ServiceStateChanged
from tests.run_builder import START_NS, RunBuilder


def split_on(builder: RunBuilder, label: str) -> RecoverySplit:
    """The split of one fault of the built run."""
    found = recovery_splits(RunView.load(builder.write()))
    (split,) = [each for each in found if each.id.startswith(label)]
    return split


def at_s(time_ns: int | None) -> float | None:
    """Seconds since the start of the run."""
    return None if time_ns is None else round((time_ns - START_NS) / 1e9, 1)


def test_a_fault_without_effect_on_requests(builder: RunBuilder) -> None:
    """Without an error and a change of state there is no first error and no detection."""
    builder.drop(ServiceStateChanged, state="exited")
    split = split_on(builder, "store-pause")
    assert (split.first_error_ns, split.noticed_ns, split.noticed_by) == (None, None, "")
    assert at_s(split.recovered_ns) == 39.0


def test_felt_before_it_is_noticed(builder: RunBuilder) -> None:
    """A timeout is a first error; the first answer with an error is the detection."""
    background = builder.loads["background"]
    background.fail(background.window(36.0, 37.0), Outcome.TIMEOUT)
    background.slow(background.window(36.0, 37.0), 500.0)
    background.fail(background.window(37.0, 41.0), Outcome.HTTP_ERROR, 503)
    background.slow(background.window(37.0, 41.0), 2.0)
    split = split_on(builder, "store-pause")
    assert at_s(split.first_error_ns) == 36.5
    assert (at_s(split.noticed_ns), split.noticed_by) == (37.0, "answered with an error")
    assert at_s(split.recovered_ns) == 41.0


def test_noticed_by_the_supervisor(builder: RunBuilder) -> None:
    """The exit of a service the fault touches counts, that of another does not."""
    builder.drop(ServiceStateChanged, state="exited")
    builder.event(ServiceStateChanged(service="other", state="exited"), 52.1)
    builder.event(ServiceStateChanged(service="store", state="exited"), 52.2)
    split = split_on(builder, "worker-kill")
    assert (at_s(split.noticed_ns), split.noticed_by) == (52.2, "store exited")


def test_what_the_next_fault_breaks_is_not_ours(builder: RunBuilder) -> None:
    """Errors after the next fault belong to the next fault."""
    background = builder.loads["background"]
    background.fail(background.window(52.5, 53.0))
    assert split_on(builder, "store-pause").first_error_ns is None
    assert at_s(split_on(builder, "worker-kill").first_error_ns) == 52.5


def test_never_recovered_is_censored(builder: RunBuilder) -> None:
    """A recovery that was not seen has no time; its lower bound is the end of the load."""
    background = builder.loads["background"]
    background.fail(background.window(53.0, 80.0))
    split = split_on(builder, "worker-kill")
    assert split.recovered_ns is None
    assert at_s(split.watched_ns) == 72.0


def test_a_fault_that_was_never_armed_has_no_split(builder: RunBuilder) -> None:
    """A fault that was never armed has no recovery."""
    builder.drop(FaultArmed, label="worker-kill")
    found = recovery_splits(RunView.load(builder.write()))
    assert [each.id.rpartition("-")[0] for each in found] == ["store-pause"]
