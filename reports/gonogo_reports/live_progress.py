"""Live progress of a run, from its events: a table on a terminal, else lines.

A terminal shows a small table that is kept up to date. Anywhere else (the log of a pipeline) each
milestone is one line, and nothing else is printed.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from gonogo.observation import read_plan
from gonogo.observation.records import RECORD
from gonogo.vocabulary import AnyEvent, HarnessError
from gonogo.vocabulary.events import (
    FaultAbsent,
    FaultArmed,
    FaultHealed,
    FaultIntended,
    FaultObserved,
    LoadFinished,
    LoadStarted,
    PhaseFinished,
    PhaseStarted,
    RunStarted,
    ServiceStateChanged,
    TestFinished,
    TestStarted,
)
from gonogo_reports import readable
from gonogo_reports.document import BAD_OUTCOMES, state_class
from gonogo_reports.milestones import milestone

_FaultStep = FaultIntended | FaultArmed | FaultObserved | FaultHealed | FaultAbsent
_NAMED_MAX = 6


@dataclass(slots=True)
class _Phase:
    state: str = "waiting"
    started_ns: int = 0
    finished_ns: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    running: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _LoadState:
    phase: str
    planned: int
    finished: bool = False


@dataclass(slots=True)
class _FaultState:
    label: str
    step: str = ""
    problems: list[str] = field(default_factory=list)


class LiveProgress:
    """Takes the events of a run and shows its progress.

    Args:
        console: where to print.
        run_dir: its plan names the phases, its record files show how many requests ended.

    Use as a context manager; call ``feed`` for every event and ``refresh`` now and then.
    """

    def __init__(self, console: Console, run_dir: Path) -> None:
        self._console = console
        self._run_dir = run_dir
        self._live = _live(console) if console.is_terminal else None
        self._title = "starting"
        self._origin_ns = 0
        self._now_ns = 0
        self._phases: dict[str, _Phase] = {}
        self._loads: dict[str, _LoadState] = {}
        self._faults: dict[str, _FaultState] = {}
        self._services: dict[str, str] = {}

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self.refresh()
            self._live.stop()

    def feed(self, event: AnyEvent) -> None:
        """Take one event; kinds that change nothing here are ignored."""
        self._origin_ns = self._origin_ns or event.mono_ns
        self._now_ns = max(self._now_ns, event.mono_ns)
        self._take(event)
        line = milestone(event.what)
        if line and not self._live:
            if isinstance(event.what, PhaseFinished):
                line = f"{line}: {_counted(self._phases[event.what.phase])}"
            at_s = (event.mono_ns - self._origin_ns) / 1e9
            text = f"[{at_s:7.1f} s] {line}"
            self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def refresh(self) -> None:
        """Draw the table again; does nothing where lines are printed."""
        if self._live:
            self._live.update(self.table(), refresh=True)

    def _take(self, event: AnyEvent) -> None:
        match event.what:
            case RunStarted() as started:
                self._begin(started)
            case PhaseStarted(phase=name):
                phase = self._phase(name)
                phase.state, phase.started_ns = "running", event.mono_ns
            case PhaseFinished(phase=name):
                phase = self._phase(name)
                phase.state, phase.finished_ns = "done", event.mono_ns
            case TestStarted(test=test, phase=name):
                self._phase(name).running.append(test)
            case TestFinished() as end:
                self._end_test(end)
            case LoadStarted() as started:
                self._loads[started.load] = _LoadState(self._shown(started.phase), started.planned)
            case LoadFinished(load=load) if load in self._loads:
                self._loads[load].finished = True
            case ServiceStateChanged(service=service, state=state):
                self._services[service] = state
            case FaultIntended() | FaultArmed() | FaultObserved() | FaultHealed() | FaultAbsent():
                self._take_fault(event.what)

    def _begin(self, started: RunStarted) -> None:
        words = filter(None, (started.target, started.profile, started.backend))
        self._title = " · ".join([*words, f"seed {started.seed}"])
        try:
            planned = read_plan(self._run_dir).profile.phases
        except (HarnessError, OSError, ValueError):
            planned = ()
        for name in planned:
            self._phase(name)

    def _phase(self, name: str) -> _Phase:
        return self._phases.setdefault(name, _Phase())

    def _shown(self, phase: str) -> str:
        """The phase to show a load in: one that only objectives name is in the running one."""
        running = [name for name, each in self._phases.items() if each.state == "running"]
        return phase if phase in self._phases or not running else running[-1]

    def _end_test(self, end: TestFinished) -> None:
        phase = self._phase(end.phase)
        phase.outcomes[end.outcome] += 1
        if end.test in phase.running:
            phase.running.remove(end.test)

    def _take_fault(self, what: _FaultStep) -> None:
        fault = self._faults.setdefault(what.id, _FaultState(what.label))
        match what:
            case FaultIntended():
                fault.step = "planned"
            case FaultArmed():
                fault.step = "armed"
            case FaultObserved(observed=observed):
                fault.step = "bites"
                fault.problems += [] if observed else ["did not bite"]
            case FaultHealed():
                fault.step = "healed"
            case FaultAbsent(absent=absent):
                fault.step = "gone"
                fault.problems += [] if absent else ["still there"]

    def table(self) -> Group:
        """The table: phases, loads below their phase, faults, services that are not up."""
        elapsed_s = (self._now_ns - self._origin_ns) / 1e9
        head = Text.assemble(("gonogo ", "bold"), self._title, (f"  {elapsed_s:.0f} s", "dim"))
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
        for name, phase in self._phases.items():
            self._phase_rows(table, name, phase)
        return Group(head, table, *self._fault_lines(), *self._service_lines())

    def _phase_rows(self, table: Table, name: str, phase: _Phase) -> None:
        mark, style = {
            "waiting": ("·", "dim"),
            "running": ("▸", "bold cyan"),
            "done": ("✓", "green"),
        }[phase.state]
        bad = sum(n for outcome, n in phase.outcomes.items() if outcome in BAD_OUTCOMES)
        mark, style = ("✕", "red") if bad else (mark, style)
        until_ns = phase.finished_ns or self._now_ns
        took = readable.duration((until_ns - phase.started_ns) / 1e9) if phase.started_ns else ""
        table.add_row(Text(f"{mark} {name}", style), "", Text(_counted(phase)), Text(took, "dim"))
        for load, state in self._loads.items():
            if state.phase == name:
                self._load_row(table, load, state)

    def _load_row(self, table: Table, name: str, load: _LoadState) -> None:
        ended = self._recorded(name)
        bar = ProgressBar(total=max(1, load.planned), completed=ended, width=24)
        words = f"{readable.count(ended)} of {readable.count(load.planned)} requests"
        table.add_row(
            Text(f"  {name}", "dim"), bar, words, Text("done" if load.finished else "", "dim")
        )

    def _recorded(self, load: str) -> int:
        folder = self._run_dir / "records"
        try:  # one file, or one for each worker
            files = [folder / f"{load}.records", *folder.glob(f"{load}/*.records")]
            sizes = [path.stat().st_size for path in files if path.exists()]
        except OSError:
            return 0
        return sum(sizes) // RECORD.itemsize

    def _fault_lines(self) -> list[Text]:
        lines = []
        for fault in list(self._faults.values())[-_NAMED_MAX:]:
            style = "red" if fault.problems else "green" if fault.step == "gone" else "magenta"
            words = ", ".join(fault.problems) or fault.step
            lines.append(Text.assemble("  fault ", (fault.label, "bold"), " ", (words, style)))
        return lines

    def _service_lines(self) -> list[Text]:
        notable = [
            (name, state)
            for name, state in sorted(self._services.items())
            if state_class(state) != "up"
        ]
        return [
            Text.assemble("  service ", (name, "bold"), " ", (state, "yellow"))
            for name, state in notable[:_NAMED_MAX]
        ]


def _counted(phase: _Phase) -> str:
    words = [f"{n} {outcome}" for outcome, n in sorted(phase.outcomes.items())]
    still = "unfinished" if phase.state == "done" else "running"
    words += [f"{len(phase.running)} {still}"] if phase.running else []
    return ", ".join(words) or "no test yet"


def _live(console: Console) -> Live:
    """A live display that redirects nothing: the output of others stays where it was printed."""
    return Live(
        console=console,
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
