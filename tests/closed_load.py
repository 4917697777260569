"""One closed-model load of a synthetic run: users start, send requests in turns, and end."""

from dataclasses import dataclass, field
from pathlib import Path

from gonogo.observation.records import CLOSED, ClosedRecordWriter, LoadHeader, write_header
from gonogo.vocabulary import Outcome
from gonogo.vocabulary.events import LoadFinished, LoadStarted, LoadWorkerLost
from tests.run_builder import RunBuilder
from tests.synthetic_load import ns

ASK_EVERY_S = 0.5
NAMES = ("health", "write", "login")


@dataclass
class ClosedLoad:
    """Users spread evenly over workers; each sends two requests a second, answered in 20 ms.

    Attributes:
        users: how many start.
        planned: how many were planned.
        workers: processes.
        start_s: when the first one starts.
        length_s: from then until the last one ends.
        ramp_s: time in which they start.
        lost_s: by worker, the time after the start when it is lost.
        failing: outcome of every n-th request, by n.
        lag_ms: sent minus due.
    """

    users: int = 50
    planned: int = 50
    workers: int = 2
    start_s: float = 62.0
    length_s: float = 15.0
    ramp_s: float = 2.5
    lost_s: dict[int, float] = field(default_factory=dict)
    failing: dict[int, Outcome] = field(default_factory=dict)
    lag_ms: float = 1.0

    def tell(self, builder: RunBuilder, *, finished: bool = True) -> None:
        """Add its events; to be called before the run is written."""
        builder.event(
            LoadStarted(
                load="closed",
                phase="closed",
                planned=1000,
                rate_per_s=71.4,
                start_ns=ns(self.start_s),
                users=self.planned,
            ),
            self.start_s,
        )
        for worker, after_s in self.lost_s.items():
            builder.event(
                LoadWorkerLost(load="closed", worker=worker, why="killed by SIGKILL"),
                self.start_s + after_s,
            )
        if finished:
            end_s = self.start_s + self.length_s
            builder.event(LoadFinished(load="closed", end_ns=ns(end_s), stopped_early=False), end_s)

    def write(self, run_dir: Path) -> None:
        """Write its files."""
        header = LoadHeader(
            "closed",
            "closed",
            7,
            0.0,
            NAMES,
            ("write",),
            timeout_s=10.0,
            model=CLOSED,
            users=self.planned,
            workers=self.workers,
        )
        write_header(run_dir, header)
        number = 0
        for worker in range(self.workers):
            writer = ClosedRecordWriter(run_dir, "closed", worker)
            for user in range(worker, self.users, self.workers):
                number = self._one(writer, worker, user, number)
            writer.close()

    def _one(self, writer: ClosedRecordWriter, worker: int, user: int, number: int) -> int:
        at_s = self.start_s + self.ramp_s * user / self.users
        name_id = 2
        while at_s < self.start_s + min(self.length_s, self.lost_s.get(worker, self.length_s)):
            number += 1
            seq = writer.start(intended_ns=ns(at_s), name_id=name_id, user=user)
            if at_s + ASK_EVERY_S < self.start_s + self.lost_s.get(worker, 1e9):
                failed = [each for n, each in self.failing.items() if number % n == 0]
                writer.end(
                    seq,
                    intended_ns=ns(at_s),
                    sent_ns=ns(at_s + self.lag_ms / 1e3),
                    done_ns=ns(at_s + 0.02),
                    status=200,
                    name_id=name_id,
                    outcome=failed[0] if failed else Outcome.OK,
                )
            name_id = number % 2
            at_s += ASK_EVERY_S
        return number
