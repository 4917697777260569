"""The books of each load: every scheduled request is accounted for, and it was sent on time.

scheduled = ok + failed + timed out + in flight + dropped. When a generator drops requests or sends
them late, the results show the generator and not the system, so the load proves nothing. In the
closed model "scheduled" is what the users began; a request that a lost worker had begun is in
flight.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gonogo.judgement.aggregates import quantile_rank
from gonogo.judgement.check import check
from gonogo.judgement.load_view import Load
from gonogo.judgement.never_ran import was_ended_early
from gonogo.judgement.run_view import RunView
from gonogo.judgement.users_at_once import users_at_once
from gonogo.vocabulary import FAULTS_PHASE, LOAD_PHASE, Finding, Judgement, Outcome, Result
from gonogo.vocabulary.events import LoadStarted

# One worker on a busy 2-core machine sends within a few milliseconds of the intended time. With a
# lag of 100 ms the arrivals are no longer those of the schedule.
GENERATOR_LAG_S_MAX = 0.1
LAG_QUANTILE = 0.99
# Users pause for half a second anyway, so a little more in one of twenty pauses changes nothing, as
# when their logins keep every core busy. The lag counts as response time, so a PASS stays valid.
CLOSED_LAG_S_MAX = 0.25
CLOSED_LAG_QUANTILE = 0.95
_NOT_FAILED = (int(Outcome.OK), int(Outcome.TIMEOUT), int(Outcome.IN_FLIGHT))


@dataclass(frozen=True, slots=True)
class Books:
    """How many requests of one load ended in which way.

    Attributes:
        scheduled: rows of the schedule that were due.
        ok: recorded as OK.
        failed: recorded as neither of the others.
        timed_out: recorded as TIMEOUT.
        in_flight: recorded as IN_FLIGHT, or without a record when the generator was killed.
        dropped: without a record although the generator lived to the end.
    """

    scheduled: int
    ok: int
    failed: int
    timed_out: int
    in_flight: int
    dropped: int

    @property
    def close(self) -> bool:
        """Whether the parts add up to the number of due requests."""
        parts = self.ok + self.failed + self.timed_out + self.in_flight + self.dropped
        return self.scheduled == parts

    @classmethod
    def of(cls, load: Load) -> "Books":
        """The books of a load, every record counted, scheduled or not."""
        outcome = load.records["outcome"]
        recorded = {each: int(np.count_nonzero(outcome == int(each))) for each in Outcome}
        dropped = int(np.count_nonzero(load.dropped))
        silent = int(np.count_nonzero(load.due & (load.record_of < 0)))
        return cls(
            scheduled=int(np.count_nonzero(load.due)),
            ok=recorded[Outcome.OK],
            failed=int(np.count_nonzero(~np.isin(outcome, _NOT_FAILED))),
            timed_out=recorded[Outcome.TIMEOUT],
            in_flight=recorded[Outcome.IN_FLIGHT] + silent - dropped,
            dropped=dropped,
        )


def judge_books(view: RunView) -> Iterator[Judgement]:
    """The planned loads ran, the books of each close, and its generator was healthy."""
    yield from _planned_loads(view)
    known = {load.header.load for load in view.loads}
    for event in view.events.of(LoadStarted):
        if event.what.load not in known:
            problem = "it started, and its records are missing or unreadable"
            yield check(f"load {event.what.load}: books", [problem], "")
    for load in view.loads:
        books = Books.of(load)
        name = load.header.load
        due = "begun" if load.closed_model else "due"
        parts = (
            f"{books.scheduled} {due} = {books.ok} ok + {books.failed} failed + "
            f"{books.timed_out} timed out + {books.in_flight} in flight + {books.dropped} dropped"
        )
        yield check(f"load {name}: books", _book_problems(load, books), parts, n=books.scheduled)
        yield _generator(load, books)


def _planned_loads(view: RunView) -> Iterator[Judgement]:
    profile = view.plan.profile
    if LOAD_PHASE in profile.phases and profile.requests > 0:
        steady = [load for load in view.loads if load.header.phase == LOAD_PHASE]
        due = sum(int(np.count_nonzero(load.due)) for load in steady)
        problems = _unfinished(steady)
        if due < profile.requests:
            problems.append(f"{profile.requests} requests were planned and {due} were due")
        yield check("steady load ran as planned", problems, f"{due} requests were due", n=due)
    if LOAD_PHASE in profile.phases and profile.users > 0:
        closed = [load for load in view.loads if load.closed_model]
        problems = _unfinished(closed)
        users = max((users_at_once(load) for load in closed), default=0)
        if users < profile.users:
            seen = f"{users} were there at once" if closed else "there were none"
            problems.append(f"{profile.users} users were planned and {seen}")
        yield check("closed-model load ran as planned", problems, f"{users} users at once", n=users)
    if FAULTS_PHASE in profile.phases and profile.background_rate_per_s > 0:
        background = [load for load in view.loads if load.header.phase == FAULTS_PHASE]
        problems = _unfinished(background)
        problems += [] if background else ["no load ran while faults were injected"]
        yield check("background load ran as planned", problems, f"{len(background)} loads")


def _unfinished(loads: list[Load]) -> list[str]:
    return [f"load {load.header.load} did not finish" for load in loads if not load.finished]


def find_lost_workers(view: RunView) -> Iterator[Finding]:
    """Every process of a generator that was lost while the run went on."""
    for load in view.loads:
        if was_ended_early(view):
            continue
        for lost in load.lost:
            name, header = load.header.load, load.header
            share = "all" if lost.number is None else f"about {header.users // header.workers}"
            yield Finding(
                Result.INCONCLUSIVE,
                f"{lost.name} of load {name} was lost: {lost.why}",
                cause="load-worker-lost",
                detail=f"{lost.after_s:.1f} s into the load; {share} of its {header.users} users "
                f"went with it, {_silent(load)} requests were in flight without a record",
                hint=f"see logs/load-{name}-*.log of the run, then run again",
            )


def _silent(load: Load) -> int:
    return int(np.count_nonzero(load.due & (load.record_of < 0)))


def find_dead_generators(view: RunView) -> Iterator[Finding]:
    """Every load whose generator died on its own, while the run went on."""
    for load in view.loads:
        if load.finished or load.planned is None or was_ended_early(view):
            continue
        name, books = load.header.load, Books.of(load)
        yield Finding(
            Result.INCONCLUSIVE,
            f"the generator of load {name} died before it finished",
            cause="generator-died",
            detail=f"last sign of life {load.alive_s:.1f} s into the load: of {load.planned} "
            f"requests {books.scheduled} were due by then, {books.in_flight} without an answer",
            hint=f"see logs/load-{name}.log of the run, then run again",
        )


def _book_problems(load: Load, books: Books) -> list[str]:
    problems = []
    if load.planned is None:
        problems.append("its start was never recorded")
    elif load.planned != len(load.schedule) and not load.closed_model:
        problems.append(f"{load.planned} planned but {len(load.schedule)} scheduled")
    if not load.finished:
        problems.append(
            f"the generator died {load.alive_s:.1f} s into it with {books.in_flight} requests "
            "in flight"
        )
    problems += [f"{lost.name} was lost {lost.after_s:.1f} s into it" for lost in load.lost]
    repeated = len(load.records) - len(np.unique(load.records["seq"]))
    if repeated:
        problems.append(f"{repeated} requests recorded twice")
    unscheduled = int(np.count_nonzero(~np.isin(load.records["seq"], load.schedule["seq"])))
    if unscheduled:
        problems.append(f"{unscheduled} records of requests that were never scheduled")
    if not books.close:
        problems.append("the books do not close")
    moved = _moved(load)
    if moved:
        problems.append(f"{moved} records differ from the schedule in time or operation")
    return problems


def _moved(load: Load) -> int:
    scheduled = load.schedule[load.record_of >= 0]
    recorded = load.records[load.record_of[load.record_of >= 0]]
    differs = scheduled["intended_ns"] != recorded["intended_ns"]
    return int(np.count_nonzero(differs | (scheduled["name_id"] != recorded["name_id"])))


def _generator(load: Load, books: Books) -> Judgement:
    problems = []
    lag_s, q, most_s = _lag_s(load, LAG_QUANTILE), "p99", GENERATOR_LAG_S_MAX
    if load.closed_model:
        lag_s, q, most_s = _lag_s(load, CLOSED_LAG_QUANTILE), "p95", CLOSED_LAG_S_MAX
    if books.dropped:
        problems.append(f"{books.dropped} of {books.scheduled} requests dropped")
    if lag_s > most_s:
        most_ms = most_s * 1e3
        problems.append(f"{q} of its lag is {lag_s * 1e3:.0f} ms, {most_ms:.0f} ms at most")
    if problems:
        problems[0] = "unhealthy generator: " + problems[0]
    holds = f"nothing dropped, {q} of its lag {lag_s * 1e3:.3g} ms"
    return check(f"load {load.header.load}: generator", problems, holds, n=books.scheduled)


def _lag_s(load: Load, quantile: float) -> float:
    sent = load.records[load.records["sent_ns"] > 0]
    if not len(sent):
        return 0.0
    lag_s = np.sort((sent["sent_ns"] - sent["intended_ns"]) / 1e9)
    return float(lag_s[quantile_rank(len(lag_s), quantile) - 1])
