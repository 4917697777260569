"""Live progress: the events of a run as they come, as a picture or as lines.

On a terminal a small table is kept up to date; anywhere else (a pipeline's log) each milestone
is one line and nothing else is printed.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from gonogo.observation import read_plan
from gonogo.observation.records import RECORD
from gonogo.vocabulary import Event, HarnessError, Kind
from gonogo_reports import figures
from gonogo_reports.milestones import milestone
from gonogo_reports.phases import BAD_OUTCOMES
from gonogo_reports.services import state_class

_FAULT_STEPS = {
    Kind.FAULT_INTENT: "planned",
    Kind.FAULT_ARMED: "armed",
    Kind.FAULT_OBSERVED: "biting",
    Kind.FAULT_HEALED: "healed",
    Kind.FAULT_ABSENT: "gone",
}
_DOUBTS = {Kind.FAULT_OBSERVED: "not seen to bite", Kind.FAULT_ABSENT: "still there"}
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
    doubts: list[str] = field(default_factory=list)


class LiveProgress:
    """Consumes events and shows where the run is.

    Args:
        console: where to.
        run_dir: its plan names the phases to come, its record files tell how much was sent.

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

    def feed(self, event: Event) -> None:
        """Take in one event; what it does not know it passes over."""
        self._origin_ns = self._origin_ns or event.mono_ns
        self._now_ns = max(self._now_ns, event.mono_ns)
        self._note(event)
        line = milestone(event)
        if line and not self._live:
            if event.kind is Kind.PHASE_FINISHED:
                line = f"{line}: {_counted(self._phases[str(event.data.get('phase'))])}"
            at_s = (event.mono_ns - self._origin_ns) / 1e9
            text = f"[{at_s:7.1f} s] {line}"
            self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def refresh(self) -> None:
        """Draw the picture again; nothing where lines are printed."""
        if self._live:
            self._live.update(self.picture(), refresh=True)

    def _note(self, event: Event) -> None:
        data = event.data
        if event.kind is Kind.RUN_STARTED:
            self._begin(event)
        elif event.kind in (Kind.PHASE_STARTED, Kind.PHASE_FINISHED):
            self._note_phase(event)
        elif event.kind in (Kind.TEST_STARTED, Kind.TEST_FINISHED):
            self._note_test(event)
        elif event.kind is Kind.LOAD_STARTED:
            planned = int(data.get("planned", 0))
            phase = str(data.get("phase"))
            running = [name for name, each in self._phases.items() if each.state == "running"]
            # A phase that only objectives know stands under the one it runs in.
            phase = phase if phase in self._phases or not running else running[-1]
            self._loads[str(data.get("load"))] = _LoadState(phase, planned)
        elif event.kind is Kind.LOAD_FINISHED and str(data.get("load")) in self._loads:
            self._loads[str(data["load"])].finished = True
        elif event.kind in _FAULT_STEPS:
            fault = self._faults.setdefault(str(data.get("id")), _FaultState(_label(data)))
            fault.step = _FAULT_STEPS[event.kind]
            if not data.get("observed", data.get("absent", True)):
                fault.doubts.append(_DOUBTS[event.kind])
        elif event.kind is Kind.SERVICE_STATE:
            self._services[str(data.get("service"))] = str(data.get("state"))

    def _begin(self, event: Event) -> None:
        said = (event.data.get(key) for key in ("target", "profile", "backend"))
        words = [*(str(each) for each in said if each), f"seed {event.data.get('seed')}"]
        self._title = " · ".join(words)
        try:
            planned = read_plan(self._run_dir).profile.phases
        except (HarnessError, OSError, ValueError, KeyError, TypeError):
            planned = ()
        for name in planned:
            self._phases.setdefault(name, _Phase())

    def _note_phase(self, event: Event) -> None:
        phase = self._phases.setdefault(str(event.data.get("phase")), _Phase())
        if event.kind is Kind.PHASE_STARTED:
            phase.state, phase.started_ns = "running", event.mono_ns
        else:
            phase.state, phase.finished_ns = "done", event.mono_ns

    def _note_test(self, event: Event) -> None:
        phase = self._phases.setdefault(str(event.data.get("phase")), _Phase())
        test = str(event.data.get("test"))
        if event.kind is Kind.TEST_STARTED:
            phase.running.append(test)
            return
        phase.outcomes[str(event.data.get("outcome"))] += 1
        if test in phase.running:
            phase.running.remove(test)

    def picture(self) -> Group:
        """The whole picture: phases, loads under their phase, faults, services that are not up."""
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
        took = figures.duration((until_ns - phase.started_ns) / 1e9) if phase.started_ns else ""
        table.add_row(Text(f"{mark} {name}", style), "", Text(_counted(phase)), Text(took, "dim"))
        for load, state in self._loads.items():
            if state.phase == name:
                self._load_row(table, load, state)

    def _load_row(self, table: Table, name: str, load: _LoadState) -> None:
        ended = self._recorded(name)
        bar = ProgressBar(total=max(1, load.planned), completed=ended, width=24)
        words = f"{figures.count(ended)} of {figures.count(load.planned)} requests"
        table.add_row(
            Text(f"  {name}", "dim"), bar, words, Text("done" if load.finished else "", "dim")
        )

    def _recorded(self, load: str) -> int:
        folder = self._run_dir / "records"
        try:  # a file of its own, or one a worker
            files = [folder / f"{load}.records", *folder.glob(f"{load}/*.records")]
            sizes = [path.stat().st_size for path in files if path.exists()]
        except OSError:
            return 0
        return sum(sizes) // RECORD.itemsize

    def _fault_lines(self) -> list[Text]:
        lines = []
        for fault in list(self._faults.values())[-_NAMED_MAX:]:
            style = "red" if fault.doubts else "green" if fault.step == "gone" else "magenta"
            words = ", ".join(fault.doubts) or fault.step
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


def _label(data: Mapping[str, Any]) -> str:
    return str(data.get("label", ""))


def _live(console: Console) -> Live:
    """Redirects nothing: what others print stays where they printed it."""
    return Live(
        console=console,
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
