"""The schedule and the payloads: pure functions of the seed."""

import numpy as np
import pytest

from gonogo.observation.records import SCHEDULE
from gonogo.target import Operation
from gonogo_load import planned_schedule
from gonogo_load.open import drawn_operations
from gonogo_load.payload import Payload, fill_body, fill_path

MIX = (
    Operation("light", "GET", "/a", weight=1),
    Operation("heavy", "GET", "/b", weight=2),
    Operation("heavy", "GET", "/c", weight=1),
)


def test_the_same_seed_gives_the_same_schedule() -> None:
    """Seed, rate and count determine every byte; another seed gives another schedule."""
    one, two = (planned_schedule(MIX, seed=3, rate_per_s=50, count=500) for _ in range(2))
    assert one.tobytes() == two.tobytes()
    assert one.dtype == SCHEDULE
    other = planned_schedule(MIX, seed=4, rate_per_s=50, count=500)
    assert one.tobytes() != other.tobytes()


def test_arrivals_are_poisson() -> None:
    """The gaps have the mean and the spread of an exponential distribution, in order of time."""
    rows = planned_schedule(MIX, seed=1, rate_per_s=100, count=20_000, start_ns=5_000)
    assert rows["intended_ns"][0] >= 5_000
    gaps_s = np.diff(rows["intended_ns"]) / 1e9
    assert gaps_s.min() >= 0
    assert gaps_s.mean() == pytest.approx(0.01, rel=0.03)
    assert gaps_s.std() == pytest.approx(0.01, rel=0.05)


def test_operations_are_drawn_by_weight_and_share_names() -> None:
    """Each operation is drawn by its weight; operations of one name share an id."""
    rows = planned_schedule(MIX, seed=1, rate_per_s=100, count=20_000)
    assert (rows["name_id"] == 1).mean() == pytest.approx(0.75, abs=0.01)
    drawn = drawn_operations(MIX, seed=1, count=20_000)
    assert (drawn == 1).mean() == pytest.approx(0.5, abs=0.01)
    assert ((drawn > 0) == (rows["name_id"] == 1)).all()


def test_rate_and_length_leave_the_operations_as_they_are() -> None:
    """A longer or faster load begins with the operations of the shorter or slower one."""
    long = drawn_operations(MIX, seed=1, count=1000)
    assert (long[:100] == drawn_operations(MIX, seed=1, count=100)).all()
    slow, fast = (planned_schedule(MIX, seed=1, rate_per_s=r, count=99) for r in (1, 100))
    assert (slow["name_id"] == fast["name_id"]).all()


def test_payloads_can_be_computed_again() -> None:
    """Key and value follow from run, load, seed and number; each of these changes them."""
    payload = Payload("run", "steady", 1)
    assert payload.fillings(5, {"s": "x"}) == Payload("run", "steady", 1).fillings(5, {"s": "x"})
    others = [
        payload.value(6),
        Payload("other", "steady", 1).value(5),
        Payload("run", "other", 1).value(5),
        Payload("run", "steady", 2).value(5),
    ]
    assert len({payload.value(5), *others}) == 5
    assert payload.key(5) != payload.key(6)


def test_templates() -> None:
    """Placeholders are filled everywhere, encoded in paths; other braces stay."""
    fillings = {"session": "a/b c", "value": "v"}
    assert fill_path("/s/{session}?q={x y}", fillings) == "/s/a%2Fb%20c?q={x y}"
    body = {"k{value}": ["{value}", {"deep": "{session}"}], "n": 1, "no": "{other} {}"}
    assert fill_body(body, fillings) == {
        "kv": ["v", {"deep": "a/b c"}],
        "n": 1,
        "no": "{other} {}",
    }
