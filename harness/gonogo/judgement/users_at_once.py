"""How many users of a closed-model load were there at once.

A user is there from the time its first request was due to the end of its last one, whether it
waits for an answer or pauses. Users come one after the other and leave at the end. So the number
that counts is the one that was reached or exceeded for at least half of the load's length.
"""

import numpy as np

from gonogo.judgement.load_view import Load
from gonogo.judgement.requests import Integers
from gonogo.observation.records import worker_of


def users_at_once(load: Load) -> int:
    """Users that were there at once for at least half of the load's length."""
    if not len(load.schedule):
        return 0
    first_ns, last_ns = _first_and_last_ns(load)
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


def _first_and_last_ns(load: Load) -> tuple[Integers, Integers]:
    """Of each user the first due time and the last end; without a record a request took 0 s."""
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
