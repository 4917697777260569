"""Reads a run directory for reports. Damaged or missing files are listed; they raise no error."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from gonogo.judgement import RunView
from gonogo.observation import BadLine, read_event_lines, read_plan
from gonogo.vocabulary import Events, HarnessError, NothingRan, Plan
from gonogo.vocabulary.events import RunStarted

_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, OSError, HarnessError)

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class RunData:
    """What could be read of a run.

    Attributes:
        run_dir: the run directory.
        plan: None when the run ended before it had one, or when it cannot be read.
        events: in monotonic order, all of one boot.
        view: the run as the judge reads it; None when the judge refuses the directory.
        problems: what could not be read, one sentence each.
        origin_ns: monotonic time of the start of the run; times in reports count from it.
        end_ns: monotonic time of the last event or record; at least ``origin_ns``.
    """

    run_dir: Path
    plan: Plan | None
    events: Events
    view: RunView | None
    problems: tuple[str, ...]
    origin_ns: int
    end_ns: int

    @property
    def name(self) -> str:
        """Name of the run directory, which is the id of the run."""
        return self.run_dir.resolve().name

    @property
    def duration_s(self) -> float:
        """Seconds from the start of the run to its last event or record."""
        return self.at_s(self.end_ns)

    def at_s(self, mono_ns: int) -> float:
        """Seconds since the start of the run, to the microsecond."""
        return round((mono_ns - self.origin_ns) / 1e9, 6)


def read_run(run_dir: Path) -> RunData:
    """Read what there is of a run, also of one that was killed at any moment."""
    problems: list[str] = []
    plan = _attempt(lambda: read_plan(run_dir), None, "plan.json", problems)
    view = None
    if plan is not None:
        view = _attempt(
            lambda: RunView.load(run_dir), None, "the run as the judge reads it", problems
        )
    found, bad = (view.events, view.bad_lines) if view else read_event_lines(run_dir)
    problems += _bad_lines(bad)
    events = _first_boot(found, problems)
    origin_ns, end_ns = _span(events, view)
    return RunData(
        run_dir=run_dir,
        plan=plan,
        events=events,
        view=view,
        problems=tuple(problems),
        origin_ns=origin_ns,
        end_ns=end_ns,
    )


def _attempt(read: Callable[[], Read], otherwise: Read, what: str, problems: list[str]) -> Read:
    try:
        return read()
    except _UNREADABLE as error:
        # Other messages hold the path of the directory; a report must not depend on its place.
        reason = error.what if isinstance(error, NothingRan) else type(error).__name__
        problems.append(f"{what} could not be read: {reason}")
        return otherwise


def _bad_lines(bad: Sequence[BadLine]) -> list[str]:
    lines = Counter(each.file for each in bad)
    return [f"{file}: {lines[file]} line(s) are not events" for file in sorted(lines)]


def _first_boot(events: Events, problems: list[str]) -> Events:
    """The events of the run's first boot: monotonic times of two boots cannot be compared."""
    if not events:
        return events
    starts = events.of(RunStarted)
    boot = starts[0].boot if starts else events[0].boot
    kept = Events(event for event in events if event.boot == boot)
    if len(kept) < len(events):
        problems.append(f"{len(events) - len(kept)} event(s) of another boot are left out")
    return kept


def _span(events: Events, view: RunView | None) -> tuple[int, int]:
    starts = [event.mono_ns for event in events.of(RunStarted)]
    times = [event.mono_ns for event in events]
    loads = view.loads if view else ()
    done = [int(load.records["done_ns"].max()) for load in loads if len(load.records)]
    origin_ns = min(starts or times or done, default=0)
    return origin_ns, max([origin_ns, *times, *done])
