"""lost_writes: writes that the system acknowledged and does not have any more.

Acknowledged writes are the OK records of the operations with a ledger. ``LedgerRead`` says of
each whether it was read back, was missing, was wrong or could not be read; the last event counts.
Lost means acknowledged, and missing or wrong. A write that could not be read counts as neither kept
nor lost: it widens the interval.
"""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from gonogo.judgement.estimate import Estimate, decide, undecided
from gonogo.judgement.load_view import Load
from gonogo.judgement.metric import AT_MOST, MetricSpec, SampleSize
from gonogo.judgement.run_view import RunView
from gonogo.vocabulary import Judgement, Objective, Outcome, PlannedEvidence
from gonogo.vocabulary.events import LedgerRead

_LOST = ("wrong", "missing")


class LostWrites:
    """Lost acknowledged writes, a count."""

    spec: ClassVar = MetricSpec(name="lost_writes", unit="", comparisons=("==", *AT_MOST))

    def samples_needed(self, objective: Objective) -> int:
        """One acknowledged write."""
        return 1

    def planned(self, objective: Objective, plan: PlannedEvidence) -> Iterator[SampleSize]:
        """One where writes are acknowledged and read back."""
        reason = (
            "no write is acknowledged and read back: it needs an operation with a ledger, "
            "a load and the phase ledger"
        )
        yield SampleSize(objective.text, int(plan.ledger_read), 1, reason)

    def judge(self, objective: Objective, view: RunView) -> Iterator[Judgement]:
        """One judgement over all loads."""
        acknowledged = [(load.header.load, seq) for load in view.loads for seq in _written(load)]
        found = _read_back(view)
        states = [found.get(each, "unread") for each in acknowledged]
        lost = sum(state in _LOST for state in states)
        unread = states.count("unread")
        n = len(acknowledged)
        if not n:
            yield undecided(objective.text, objective, "no write was acknowledged: nothing to lose")
            return
        parts = [f"{states.count(word)} {word}" for word in _LOST if word in states]
        parts += [f"{unread} of {n} acknowledged writes were never read back"] if unread else []
        known, most = float(lost), float(lost + unread)
        estimate = Estimate(n, known, known, most, note=", ".join(parts), sampled=False)
        yield decide(objective.text, objective, estimate)


def _written(load: Load) -> list[int]:
    """Sequence numbers of the acknowledged writes of a load."""
    names = load.header.names
    ids = [i for i, name in enumerate(names) if name in load.header.ledger_names]
    rows = load.records
    acknowledged = (rows["outcome"] == int(Outcome.OK)) & np.isin(rows["name_id"], ids)
    return [int(seq) for seq in np.unique(rows["seq"][acknowledged])]


def _read_back(view: RunView) -> dict[tuple[str, int], str]:
    """What was read back of each write, by load and sequence number."""
    states: dict[tuple[str, int], str] = {}
    for event in view.events.of(LedgerRead):
        ledger = event.what
        # In this order: where one event names a write in two lists, the later list counts.
        lists = {"read": ledger.read, "unread": ledger.unread}
        lists |= {"wrong": ledger.wrong, "missing": ledger.missing}
        for word, sequence in lists.items():
            states.update({(ledger.load, seq): word for seq in sequence})
    return states
