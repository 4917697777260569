"""Stop conditions: is an objective violated, right now and for long enough, to abort the run?

The metric is taken over a sliding window that ends now. It is a point value without an interval:
the question is whether to abort a run, not what is true of the system. A window with too few
samples says nothing and ends a violation.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gonogo.judgement.estimate import holds, quantity
from gonogo.judgement.live_run import LiveRun
from gonogo.judgement.metric import LiveValue, WatchableMetric
from gonogo.judgement.metrics import METRICS
from gonogo.observation import EventTail, mono_ns
from gonogo.observation.records import LoadRecords, RecordTail
from gonogo.vocabulary import AnyEvent, Objective


@dataclass(frozen=True, slots=True)
class Violation:
    """A stop condition that held for long enough.

    Attributes:
        objective: the one violated.
        subject: its text, with the match of its wildcards.
        observed: the metric over the window that ends now, in the objective's unit.
        lasted_s: how long it has been violated without a break.
    """

    objective: Objective
    subject: str
    observed: float
    lasted_s: float

    @property
    def text(self) -> str:
        """What to tell the user."""
        seen = quantity(self.observed, self.objective.unit)
        return f"{self.subject}: {seen}, violated for {self.lasted_s:.1f} s"


class StopConditionEvaluator:
    """Is given what is new in a run and says which stop conditions hold; it reads no file.

    Args:
        objectives: those without a stop condition are ignored.
    """

    def __init__(self, objectives: Iterable[Objective]) -> None:
        self._watched = [each for each in objectives if each.stop is not None]
        windows_s = [each.stop.window_s for each in self._watched if each.stop is not None]
        self._live = LiveRun(max(windows_s, default=0.0))
        self._violated_since_ns: dict[str, int] = {}

    @property
    def idle(self) -> bool:
        """Whether there is nothing to watch."""
        return not self._watched

    def update(
        self, events: Iterable[AnyEvent], loads: Iterable[LoadRecords], now_ns: int
    ) -> list[Violation]:
        """Take in new events and records; returns the stop conditions that hold now, oldest first.

        Args:
            events: since the last call.
            loads: every load with its schedule and its records since the last call.
            now_ns: monotonic clock.
        """
        self._live.add(events, loads, now_ns)
        held = [each for objective in self._watched for each in self._held(objective, now_ns)]
        return sorted(held, key=lambda violation: -violation.lasted_s)

    def _held(self, objective: Objective, now_ns: int) -> Iterator[Violation]:
        assert objective.stop is not None  # noqa: S101 - only such are watched
        violated = {
            each.subject: each.value
            for each in self._values(objective)
            if not holds(each.value, objective)
        }
        known = [text for text in self._violated_since_ns if text.startswith(objective.text)]
        for text in known:
            if text not in violated:
                del self._violated_since_ns[text]
        for text, observed in violated.items():
            lasted_s = (now_ns - self._violated_since_ns.setdefault(text, now_ns)) / 1e9
            if lasted_s >= objective.stop.abort_after_s:
                yield Violation(objective, text, observed, lasted_s)

    def _values(self, objective: Objective) -> Iterator[LiveValue]:
        metric = METRICS[objective.metric]
        assert isinstance(metric, WatchableMetric)  # noqa: S101 - the parser refuses the others
        return metric.watch(objective, self._live)


class StopConditionMonitor:
    """Watches the stop conditions of a run directory; each poll reads only what is new.

    Args:
        run_dir: the run directory, which may still be empty.
        objectives: those without a stop condition are ignored.
    """

    def __init__(self, run_dir: Path, objectives: Iterable[Objective]) -> None:
        self._evaluator = StopConditionEvaluator(objectives)
        self._events = EventTail(run_dir)
        self._records = RecordTail(run_dir)

    def poll(self) -> Violation | None:
        """The stop condition that has held longest, or None; call about once a second."""
        if self._evaluator.idle:
            return None
        events = list(self._events.new_events())
        found = self._evaluator.update(events, self._records.new_records(), mono_ns())
        return found[0] if found else None
