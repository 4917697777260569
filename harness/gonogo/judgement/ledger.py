"""Lost writes: what the system acknowledged and does not have any more.

Acknowledged are the OK records of the operations whose acknowledgement is a promise
(``ledger_names``). ``LedgerRead`` says of each whether it was read back, was missing, was
wrong or could not be read; the last word counts. Lost = acknowledged and missing or wrong.
A promise nobody could look up is neither kept nor broken: it widens the interval.
"""

from collections.abc import Iterator

import numpy as np

from gonogo.judgement.estimate import Estimate, decide, undecided
from gonogo.judgement.load_view import Load
from gonogo.judgement.run_view import RunView
from gonogo.vocabulary import Judgement, Objective, Outcome
from gonogo.vocabulary.events import LedgerRead

_LOST = ("wrong", "missing")


def judge_lost_writes(view: RunView, objective: Objective) -> Iterator[Judgement]:
    """One judgement over all loads."""
    acknowledged = [(load.header.load, seq) for load in view.loads for seq in _promised(load)]
    found = _looked_up(view)
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


def _promised(load: Load) -> list[int]:
    names = load.header.names
    ids = [i for i, name in enumerate(names) if name in load.header.ledger_names]
    rows = load.records
    kept = (rows["outcome"] == int(Outcome.OK)) & np.isin(rows["name_id"], ids)
    return [int(seq) for seq in np.unique(rows["seq"][kept])]


def _looked_up(view: RunView) -> dict[tuple[str, int], str]:
    states: dict[tuple[str, int], str] = {}
    for event in view.events.of(LedgerRead):
        said = event.what
        # In this order: of two lists that name the same write in one event, the later holds.
        lists = {"read": said.read, "unread": said.unread}
        lists |= {"wrong": said.wrong, "missing": said.missing}
        for word, seqs in lists.items():
            states.update({(said.load, seq): word for seq in seqs})
    return states
