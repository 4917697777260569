"""Makes run directories without a run: exact events, records and plan.

Times are seconds after the start of the run; on the monotonic clock the run starts at
``START_NS``. ``go_builder(path)`` is a complete run that is judged GO: change one thing in it
and write it, and the verdict differs because of this change. ``go_run(path)`` writes
it unchanged and returns the run directory.
"""

import datetime as dt
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from gonogo.observation import event_line, write_plan
from gonogo.observation.records import LoadHeader, write_header
from gonogo.vocabulary import AnyEvent, Event, Occurrence, Outcome, Plan, Profile
from gonogo.vocabulary.events import (
    ExpectationChecked,
    FaultAbsent,
    FaultArmed,
    FaultHealed,
    FaultIntended,
    FaultObserved,
    LedgerRead,
    LoadFinished,
    LoadStarted,
    PhaseFinished,
    PhaseStarted,
    ResourceSampled,
    RunFinished,
    RunStarted,
    ServiceStateChanged,
    TestFinished,
    TestStarted,
    WriterClosed,
    WriterOpened,
)
from tests.synthetic_load import START_NS, SyntheticLoad, make_load, ns

__all__ = [
    "BOOT",
    "OBJECTIVES",
    "PROFILE",
    "RunBuilder",
    "START_NS",
    "SyntheticLoad",
    "WALL",
    "empty_builder",
    "go_builder",
    "go_run",
    "ns",
]

BOOT = "00000000-0000-4000-8000-000000000001"
WALL = dt.datetime(2026, 1, 1, 12, 0, 0, tzinfo=dt.UTC)

PROFILE = Profile(
    name="quick",
    phases=("contract", "load", "faults", "ledger"),
    requests=1200,
    rate_per_s=60.0,
    background_rate_per_s=20.0,
    faults_required=("store-pause",),
    workers=2,
    budget_s=90.0,
)
OBJECTIVES = (
    "p95(response){name=*} < 2s",
    "error_rate < 1%",
    "availability > 99.5%",
    "lost_writes == 0",
    "recovery{fault=*} < 30s",
    "memory(*) max < 85%",
    "p95(response){phase=fault:store-pause} < 5s",
)


@dataclass
class RunBuilder:
    """A run directory, changeable until it is written.

    Attributes:
        run_dir: where ``write`` puts it.
        plan: replace parts of it with ``with_plan``.
        events: ``(writer, at_s, what)``; a list to change freely.
        loads: by name.
        open_writers: writers that are not closed by ``write``: they were killed.
    """

    run_dir: Path
    plan: Plan
    events: list[tuple[str, float, Occurrence]] = field(default_factory=list)
    loads: dict[str, SyntheticLoad] = field(default_factory=dict)
    open_writers: set[str] = field(default_factory=set)
    roles: dict[str, str] = field(default_factory=lambda: {"harness": "harness"})

    def with_plan(self, *, profile: dict[str, Any] | None = None, **changes: Any) -> None:
        """Replace fields of the plan, and of its profile."""
        changed = replace(self.plan.profile, **(profile or {}))
        self.plan = replace(self.plan, profile=changed, **changes)

    def event(self, what: Occurrence, at_s: float, *, writer: str = "harness") -> None:
        """Add one event."""
        self.events.append((writer, at_s, what))

    def drop(self, kind: type[Occurrence], **match: object) -> int:
        """Remove the events of a kind whose fields have these values; returns how many."""
        before = len(self.events)
        self.events = [each for each in self.events if not _matches(each, kind, match)]
        return before - len(self.events)

    def change(self, kind: type[Occurrence], match: Mapping[str, object], **fields: Any) -> int:
        """Change fields of the matching events; returns how many matched."""
        found = [i for i, each in enumerate(self.events) if _matches(each, kind, match)]
        for i in found:
            writer, at_s, what = self.events[i]
            self.events[i] = (writer, at_s, replace(what, **fields))
        return len(found)

    def phase(self, name: str, start_s: float, end_s: float, exit_code: int = 0) -> None:
        """A phase from start to end."""
        self.event(PhaseStarted(phase=name), start_s)
        self.event(PhaseFinished(phase=name, exit_code=exit_code), end_s)

    def load(
        self,
        name: str,
        *,
        phase: str = "load",
        start_s: float,
        count: int,
        rate_per_s: float = 60.0,
        latency_ms: float | Sequence[float] = 20.0,
        names: tuple[str, ...] = ("health", "write"),
        ledger_names: tuple[str, ...] = ("write",),
        stopped_early: bool = False,
        finished: bool = True,
        writer: str = "harness",
    ) -> SyntheticLoad:
        """An evenly spaced load; operations take turns; every request OK until told otherwise."""
        header = LoadHeader(name, phase, 7, rate_per_s, names, ledger_names, timeout_s=10.0)
        made = make_load(header, start_s, count, np.broadcast_to(latency_ms, (count,)))
        self.loads[name] = made
        end_s = start_s + count / rate_per_s
        self.event(
            LoadStarted(
                load=name, phase=phase, planned=count, rate_per_s=rate_per_s, start_ns=ns(start_s)
            ),
            start_s,
            writer=writer,
        )
        if finished:
            finish = LoadFinished(name, ns(end_s), stopped_early=stopped_early)
            self.event(finish, end_s, writer=writer)
        return made

    def forget_load(self, name: str) -> None:
        """Remove a load, its files and its events."""
        self.loads.pop(name)
        for kind in (LoadStarted, LoadFinished, LedgerRead):
            self.drop(kind, load=name)

    def fault(
        self,
        label: str,
        *,
        armed_s: float,
        healed_s: float,
        services: tuple[str, ...] = ("store",),
        fault: str = "pause",
        absent_after_s: float = 0.2,
    ) -> None:
        """A fault that bites, is healed and is proven absent."""
        key = (f"{label}-1", label)
        self.event(FaultIntended(*key, fault, services[0], services), armed_s - 0.01)
        self.event(FaultArmed(*key), armed_s)
        bite = FaultObserved(*key, True, "pid 412 in state T", waited_s=0.1)
        self.event(bite, armed_s + 0.1)
        self.event(FaultHealed(*key, by="scenario"), healed_s)
        gone = FaultAbsent(*key, True, "pid 412 in state S", waited_s=absent_after_s)
        self.event(gone, healed_s + absent_after_s)

    def test(
        self,
        test: str,
        *,
        phase: str = "contract",
        at_s: float = 1.0,
        duration_s: float = 0.5,
        outcome: str = "passed",
        expectations: int = 2,
        failed_claim: str = "",
        message: str = "",
        finished: bool = True,
    ) -> None:
        """A test attempt with this many expectations; the last one fails where a claim is given."""
        self.event(TestStarted(test=test, phase=phase), at_s)
        for number in range(expectations):
            wrong = bool(failed_claim) and number == expectations - 1
            self.event(
                ExpectationChecked(
                    test=test,
                    claim=failed_claim if wrong else f"claim {number}",
                    passed=not wrong,
                    observed="0" if wrong else "1",
                    expected="1",
                ),
                at_s + 0.001 * number,
            )
        if finished:
            self.event(
                TestFinished(
                    test=test,
                    phase=phase,
                    outcome=outcome,
                    duration_s=duration_s,
                    message=message,
                    expectations=expectations,
                ),
                at_s + duration_s,
            )

    def resources(
        self,
        service: str,
        start_s: float,
        end_s: float,
        *,
        cpu_percent: float = 20.0,
        memory_percent: float = 30.0,
    ) -> None:
        """One resource sample per second."""
        for at_s in np.arange(start_s, end_s, 1.0):
            self.event(
                ResourceSampled(
                    service=service,
                    cpu_percent=cpu_percent,
                    memory_percent=memory_percent,
                    rss_bytes=50_000_000,
                    threads=4,
                    fds=20,
                ),
                float(at_s),
            )

    def service(self, service: str, state: str, at_s: float, **data: Any) -> None:
        """A change of state of a service."""
        self.event(ServiceStateChanged(service=service, state=state, **data), at_s)

    def ledger(
        self,
        load: str,
        at_s: float,
        *,
        missing: Iterable[int] = (),
        wrong: Iterable[int] = (),
        unread: Iterable[int] = (),
    ) -> None:
        """Read back every acknowledged write of a load, except for the given ones."""
        spoilt = {"missing": set(missing), "wrong": set(wrong), "unread": set(unread)}
        acknowledged = set(self.acknowledged(load))
        read = acknowledged.difference(*spoilt.values())
        lists = {key: tuple(sorted(value)) for key, value in {"read": read, **spoilt}.items()}
        self.event(LedgerRead(load=load, **lists), at_s)

    def acknowledged(self, load: str) -> list[int]:
        """Sequence numbers of the acknowledged ledger writes of a load."""
        made = self.loads[load]
        promised = [made.header.names.index(name) for name in made.header.ledger_names]
        ok = made.records["outcome"] == int(Outcome.OK)
        chosen = ok & np.isin(made.records["name_id"], promised)
        return [int(seq) for seq in made.records["seq"][chosen]]

    def write(self) -> Path:
        """Write everything, over what was written before; returns the run directory."""
        shutil.rmtree(self.run_dir, ignore_errors=True)
        write_plan(self.run_dir, self.plan)
        for writer in sorted({"harness", *(each[0] for each in self.events)}):
            self._write_events(writer)
        folder = self.run_dir / "records"
        folder.mkdir(exist_ok=True)
        for name, load in self.loads.items():
            write_header(self.run_dir, load.header)
            (folder / f"{name}.schedule").write_bytes(load.schedule.tobytes())
            (folder / f"{name}.records").write_bytes(load.records.tobytes())
        return self.run_dir

    def _write_events(self, writer: str) -> None:
        mine = sorted((each for each in self.events if each[0] == writer), key=lambda e: e[1])
        first = mine[0][1] - 0.01 if mine else 0.0
        last = mine[-1][1] + 0.01 if mine else 0.0
        role = self.roles.get(writer, "pytest")
        happened = [
            (first, WriterOpened(role, 100)),
            *((at_s, what) for _, at_s, what in mine),
            *([] if writer in self.open_writers else [(last, WriterClosed())]),
        ]
        lines = (event_line(self._event(writer, seq, *each)) for seq, each in enumerate(happened))
        folder = self.run_dir / "events"
        folder.mkdir(exist_ok=True)
        (folder / f"{writer}.ndjson").write_bytes(b"".join(lines))

    def _event(self, writer: str, seq: int, at_s: float, what: Occurrence) -> AnyEvent:
        wall = (WALL + dt.timedelta(seconds=at_s)).isoformat(timespec="microseconds")
        return Event(self.plan.run, writer, seq, BOOT, ns(at_s), wall, what)


def _matches(
    event: tuple[str, float, Occurrence], kind: type[Occurrence], match: Mapping[str, object]
) -> bool:
    what = event[2]
    return isinstance(what, kind) and all(getattr(what, key) == match[key] for key in match)


def empty_builder(run_dir: Path) -> RunBuilder:
    """A plan, a start and an end, and nothing in between."""
    plan = Plan(
        run=run_dir.name,
        seed=7,
        profile=PROFILE,
        target="shop",
        target_file="compose.yaml",
        backend="process",
        backend_reason="no docker engine here",
        objectives=OBJECTIVES,
        services=("api", "store"),
        command="gonogo run --target compose.yaml --profile quick --seed 7",
        system_info={"python": "3.11", "cpus": 2},
    )
    builder = RunBuilder(run_dir, plan)
    started = RunStarted(
        plan.profile.name, plan.seed, plan.backend, plan.backend_reason, plan.target, plan.command
    )
    builder.event(started, 0.0)
    builder.event(RunFinished(interrupted=False), 80.0)
    return builder


def go_builder(run_dir: Path) -> RunBuilder:
    """A complete run in 80 s: contract, 1,200 requests, two faults, ledger. It is judged GO."""
    builder = empty_builder(run_dir)
    for service in ("api", "store"):
        builder.service(service, "started", 0.1, pid=400)
        builder.service(service, "ready", 0.9)
        builder.resources(service, 1.0, 75.0)
    builder.phase("contract", 1.0, 9.0)
    builder.test("contract/test_login.py::test_login", at_s=1.5)
    builder.test("contract/test_jobs.py::test_jobs", at_s=2.5)
    builder.phase("load", 9.5, 31.0)
    builder.test("capacity/test_load.py::test_load", phase="load", at_s=9.6, duration_s=21.0)
    builder.load("steady", start_s=10.0, count=1200)
    builder.phase("faults", 31.5, 73.0)
    background = builder.load(
        "background", phase="faults", start_s=32.0, count=800, rate_per_s=20.0, stopped_early=True
    )
    builder.fault("store-pause", armed_s=36.0, healed_s=39.0)
    builder.fault("worker-kill", armed_s=52.0, healed_s=53.0, services=("store",), fault="kill")
    builder.service("store", "exited", 52.05, exit_code=-9)
    builder.service("store", "ready", 53.0)
    stalled = background.window(36.0, 39.4)
    until_healed = (ns(39.4) - background.records["intended_ns"][stalled]) / 1e6
    background.slow(stalled, 0.0)
    background.records["done_ns"][stalled] += np.round(until_healed * 1e6).astype(np.int64)
    builder.test("resilience/test_pause.py::test_pause", phase="faults", at_s=35.0, duration_s=9.0)
    builder.test("resilience/test_kill.py::test_kill", phase="faults", at_s=51.0, duration_s=9.0)
    builder.phase("ledger", 73.5, 75.0)
    builder.test("consistency/test_ledger.py::test_ledger", phase="ledger", at_s=73.6)
    builder.ledger("steady", 73.8)
    builder.ledger("background", 73.9)
    for service in ("api", "store"):
        builder.service(service, "stopping", 76.0)
        builder.service(service, "stopped", 77.0, exit_code=0)
    return builder


def go_run(run_dir: Path) -> Path:
    """A run directory that is judged GO."""
    return go_builder(run_dir).write()
