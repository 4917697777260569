"""How many users of a closed-model load were really there at once.

A user is there from the moment its first request was due to the end of its last one, whether it
waits for an answer or thinks. The number that counts is the one that was reached or surpassed for
at least half of the load's length: users come one after the other and leave at the end.

It is evidence about the generator, never about the system: a shortfall is INCONCLUSIVE.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gonogo.judgement.estimate import decide, exactly, undecided
from gonogo.judgement.load_view import Load
from gonogo.judgement.run_view import RunView
from gonogo.judgement.select import matches, no_match, subject
from gonogo.observation.records import worker_of
from gonogo.vocabulary import Judgement, Objective, Result


def judge_users(view: RunView, objective: Objective) -> Iterator[Judgement]:
    """One judgement for every phase with a closed-model load that matches."""
    closed = [load for load in view.loads if load.closed_model]
    phases = sorted({load.header.phase for load in closed})
    found = matches(objective.labels["phase"], phases)
    if not found:
        reason = no_match("phase", objective.labels["phase"], phases, "phase with users")
        yield undecided(objective.text, objective, reason)
    for phase in found:
        loads = [load for load in closed if load.header.phase == phase]
        seen = max(users_at_once(load) for load in loads)
        requests = sum(len(load.schedule) for load in loads)
        judged = decide(
            subject(objective, {"phase": phase}), objective, exactly(float(seen), requests)
        )
        if judged.result is Result.FAIL:
            reason = f"{judged.reason}; the generator did not bring them"
            judged = replace(judged, result=Result.INCONCLUSIVE, reason=reason)
        yield judged


def users_at_once(load: Load) -> int:
    """Users that were there at once for at least half of the load's length."""
    if not len(load.schedule):
        return 0
    first_ns, last_ns = _stays(load)
    begin_ns, end_ns = int(first_ns.min()), max(int(load.end_ns), int(first_ns.min()) + 1)
    times = np.concatenate([first_ns, np.minimum(last_ns, end_ns)])
    change = np.concatenate([np.ones(len(first_ns)), -np.ones(len(last_ns))])
    order = np.argsort(times, kind="stable")
    present = np.cumsum(change[order])
    lasted_ns = np.diff(np.append(times[order], end_ns))
    half_ns = (end_ns - begin_ns) / 2
    for users in range(int(present.max()), 0, -1):
        if lasted_ns[present >= users].sum() >= half_ns:
            return users
    return 0


def _stays(load: Load) -> tuple[np.ndarray, np.ndarray]:
    """Of each user the first due time and the last end; what has no record ends unseen."""
    rows = load.schedule
    answered = load.record_of >= 0
    done_ns = rows["intended_ns"].astype(np.int64)
    done_ns[answered] = load.records["done_ns"][load.record_of[answered]]
    users = (worker_of(rows["seq"]) << 16) | rows["user"]
    _, index = np.unique(users, return_inverse=True)
    first_ns = np.full(index.max() + 1, np.iinfo(np.int64).max)
    last_ns = np.zeros(index.max() + 1, dtype=np.int64)
    np.minimum.at(first_ns, index, rows["intended_ns"])
    np.maximum.at(last_ns, index, done_ns)
    return first_ns, last_ns
