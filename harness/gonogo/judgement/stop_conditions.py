"""Stop conditions: is an objective violated, right now and for long enough, to abort the run?

The metric is taken over a sliding window that ends now: requests that ended in it and, for
response times, those on their way, which have taken at least their age. It is a point value
without an interval: what is asked is whether to end a drill, not what is true of the system.
A window with too few values says nothing and ends a violation.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gonogo.judgement.estimate import holds, quantity
from gonogo.judgement.interval import aggregated
from gonogo.judgement.live import LiveRun
from gonogo.judgement.metrics import RESOURCE_METRICS
from gonogo.judgement.phase_names import FAULT_PREFIX, STEADY_PHASE
from gonogo.judgement.requests import Flags, Floats
from gonogo.judgement.resource_metrics import percent
from gonogo.judgement.select import matches, subject
from gonogo.observation import EventTail, mono_ns
from gonogo.observation.records import LoadRecords, RecordTail
from gonogo.vocabulary import AnyEvent, Objective

# A handful of slow requests is no reason to abort, and resource samples come once a second.
REQUESTS_MIN = 10
RESOURCE_SAMPLES_MIN = 3


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


class StopWatch:
    """The pure part: fed with what is new, it says what is violated.

    Args:
        objectives: those without a stop condition are not watched.
    """

    def __init__(self, objectives: Iterable[Objective]) -> None:
        self._watched = [each for each in objectives if each.stop is not None]
        windows_s = [each.stop.window_s for each in self._watched if each.stop is not None]
        self._run = LiveRun(max(windows_s, default=0.0))
        self._since_ns: dict[str, int] = {}

    @property
    def idle(self) -> bool:
        """Whether there is nothing to watch."""
        return not self._watched

    def update(
        self, events: Iterable[AnyEvent], loads: Iterable[LoadRecords], now_ns: int
    ) -> list[Violation]:
        """Take in new events and records; the stop conditions that hold now, oldest first.

        Args:
            events: since the last call.
            loads: every load with its schedule and its records since the last call.
            now_ns: monotonic clock.
        """
        self._run.take(events, loads, now_ns)
        held = [each for objective in self._watched for each in self._held(objective, now_ns)]
        return sorted(held, key=lambda violation: -violation.lasted_s)

    def _held(self, objective: Objective, now_ns: int) -> Iterator[Violation]:
        assert objective.stop is not None  # noqa: S101 - only such are watched
        violated = {
            text: observed
            for text, observed in self._observations(objective, now_ns)
            if not holds(observed, objective)
        }
        known = [text for text in self._since_ns if text.startswith(objective.text)]
        for text in known:
            if text not in violated:
                del self._since_ns[text]
        for text, observed in violated.items():
            lasted_s = (now_ns - self._since_ns.setdefault(text, now_ns)) / 1e9
            if lasted_s >= objective.stop.abort_after_s:
                yield Violation(objective, text, observed, lasted_s)

    def _observations(self, objective: Objective, now_ns: int) -> Iterator[tuple[str, float]]:
        assert objective.stop is not None  # noqa: S101 - only such are watched
        after_ns = now_ns - round(objective.stop.window_s * 1e9)
        active = self._run.active()
        for phase in matches(objective.labels.get("phase", STEADY_PHASE), active):
            chosen = {"phase": phase} if "phase" in objective.labels else {}
            since_ns = active[phase]
            if objective.metric in RESOURCE_METRICS:
                yield from self._resources(objective, chosen, max(after_ns, since_ns))
            else:
                for name, latency_s, bad in self._columns(objective, phase, after_ns, now_ns):
                    found = {**({"name": name} if name else {}), **chosen}
                    yield subject(objective, found), _request_value(objective, latency_s, bad)

    def _columns(
        self, objective: Objective, phase: str, after_ns: int, now_ns: int
    ) -> Iterator[tuple[str, Floats, Flags]]:
        """Name (``""`` for all together), latencies and failures, where there are enough."""
        names: list[str] = []
        latencies: list[float] = []
        failures: list[bool] = []
        since_ns = self._run.active()[phase]
        for load, sample in self._run.samples(phase, after_ns, now_ns):
            chosen = sample.intended_ns >= since_ns
            chosen &= sample.ended | (objective.metric == "response")
            names += [load.header.names[i] for i in sample.name_id[chosen]]
            latencies += sample.latency_s[chosen].tolist()
            failed = sample.failed
            if objective.metric == "response" and phase.startswith(FAULT_PREFIX):
                failed = failed & ~sample.refused
            failures += failed[chosen].tolist()
        each = matches(objective.labels["name"], names) if "name" in objective.labels else [""]
        for name in each:
            mine = np.array([not name or one == name for one in names], dtype=np.bool_)
            if np.count_nonzero(mine) >= REQUESTS_MIN:
                yield name, np.array(latencies)[mine], np.array(failures, np.bool_)[mine]

    def _resources(
        self, objective: Objective, chosen: dict[str, str], after_ns: int
    ) -> Iterator[tuple[str, float]]:
        values: dict[str, list[float]] = {}
        for event in self._run.resources(after_ns):
            value = percent(objective.metric, event.what)
            if value is not None:
                values.setdefault(event.what.service, []).append(value)
        for service in matches(objective.labels["service"], values):
            if len(values[service]) >= RESOURCE_SAMPLES_MIN:
                text = subject(objective, {"service": service, **chosen})
                yield text, aggregated(objective.aggregate, np.array(values[service]))


class StopMonitor:
    """Watches the stop conditions of a run directory; each poll reads only what is new.

    Args:
        run_dir: the run directory, which may still be empty.
        objectives: those without a stop condition are not watched.
    """

    def __init__(self, run_dir: Path, objectives: Iterable[Objective]) -> None:
        self._watch = StopWatch(objectives)
        self._events = EventTail(run_dir)
        self._records = RecordTail(run_dir)

    def poll(self) -> Violation | None:
        """The stop condition that has held longest, or None; call about once a second."""
        if self._watch.idle:
            return None
        events = list(self._events.new_events())
        found = self._watch.update(events, self._records.new_records(), mono_ns())
        return found[0] if found else None


def _request_value(objective: Objective, latency_s: Floats, failed: Flags) -> float:
    failed_percent = 100.0 * float(np.mean(failed))
    if objective.metric == "error_rate":
        return failed_percent
    if objective.metric == "availability":
        return 100.0 - failed_percent
    return aggregated(objective.aggregate, np.where(failed, np.inf, latency_s))
