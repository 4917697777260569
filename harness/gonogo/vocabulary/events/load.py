"""Load, and the ledger of what it wrote."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class LoadStarted:
    """A load generator began to send.

    Attributes:
        load: name of the load.
        phase: where it runs.
        planned: number of requests.
        rate_per_s: mean arrival rate.
        start_ns: first intended start; monotonic clock, nanoseconds.
        users: of the closed model, at once; None in the open model.
    """

    kind: ClassVar = "load.started"
    load: str
    phase: str
    planned: int
    rate_per_s: float | None
    start_ns: int
    users: int | None = None


@dataclass(frozen=True, slots=True)
class LoadFinished:
    """A load generator ended by itself.

    Attributes:
        load: name of the load.
        end_ns: nothing was due after it; monotonic clock, nanoseconds.
        stopped_early: whether it was asked to end before the end of its schedule.
    """

    kind: ClassVar = "load.finished"
    load: str
    end_ns: int
    stopped_early: bool


@dataclass(frozen=True, slots=True)
class LoadWorkerLost:
    """A process of a load generator ended before its time.

    Attributes:
        load: name of the load.
        worker: its number; None is the master.
        why: what is known about it.
    """

    kind: ClassVar = "load.worker_lost"
    load: str
    worker: int | None
    why: str


@dataclass(frozen=True, slots=True)
class FigureRow:
    """What the load tool itself says of one operation; None where it has no figure.

    Attributes:
        name: of the operation; the tool has a name of its own for all of them together.
        requests: number sent.
        failures: number of those that failed.
        rps: requests per second.
        max_ms: longest latency; as the percentiles, rounded by the tool.
        p50_ms: median latency.
        p95_ms: 95th percentile.
        p99_ms: 99th percentile.
    """

    name: str
    requests: int
    failures: int
    rps: float | None = None
    max_ms: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None


@dataclass(frozen=True, slots=True)
class LoadFiguresReported:
    """The load tool's own figures; shown, and nothing is judged by them.

    Attributes:
        load: name of the load.
        tool: name and version.
        rows: see docs/load.md.
    """

    kind: ClassVar = "load.figures"
    load: str
    tool: str
    rows: tuple[FigureRow, ...]


@dataclass(frozen=True, slots=True)
class LedgerRead:
    """Acknowledged writes were read back; several events make one ledger.

    Attributes:
        load: name of the load that wrote them.
        read: sequence numbers of the writes that are there.
        missing: of those that are not.
        wrong: of those that are there with another value.
        unread: of those that could not be read.
    """

    kind: ClassVar = "ledger.read"
    load: str
    read: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    wrong: tuple[int, ...] = ()
    unread: tuple[int, ...] = ()
