"""The events that become a line in the log of a pipeline."""

from gonogo.vocabulary import Occurrence
from gonogo.vocabulary.events import (
    ErrorOccurred,
    FaultAbsent,
    FaultArmed,
    FaultHealed,
    FaultObserved,
    LoadFinished,
    LoadStarted,
    LoadWorkerLost,
    Note,
    NotTested,
    PhaseFinished,
    PhaseStarted,
    RunFinished,
    RunStarted,
    ServiceStateChanged,
    StopRequested,
    TestFinished,
)
from gonogo_reports import readable
from gonogo_reports.document import BAD_OUTCOMES, state_class

_TEXT_MAX = 200


def milestone(what: Occurrence) -> str:
    """The line for an event; ``""`` for an event that gets none."""
    return " ".join(_line(what).split())[:_TEXT_MAX]


def _line(what: Occurrence) -> str:
    line = ""
    match what:
        case RunStarted() | RunFinished() | PhaseStarted() | PhaseFinished():
            line = _run_line(what)
        case FaultArmed() | FaultObserved() | FaultHealed() | FaultAbsent():
            line = _fault_line(what)
        case LoadStarted() | LoadWorkerLost() | LoadFinished():
            line = _load_line(what)
        case TestFinished():
            line = _test_finished(what)
        case ServiceStateChanged():
            line = _service_state(what)
        case Note(text=text):
            line = text
        case StopRequested():
            line = f"STOP: {what.reason} {what.condition}"
        case ErrorOccurred():
            line = f"ERROR: {what.what} {what.where}"
        case NotTested():
            line = f"not tested: {what.what}: {what.reason}"
    return line


def _run_line(what: RunStarted | RunFinished | PhaseStarted | PhaseFinished) -> str:
    match what:
        case RunStarted():
            return (
                f"run started: target {what.target}, profile {what.profile}, "
                f"backend {what.backend}, seed {what.seed}"
            )
        case RunFinished(interrupted=interrupted):
            return "run interrupted" if interrupted else "run finished"
        case PhaseStarted(phase=phase):
            return f"phase {phase} started"
        case PhaseFinished(phase=phase, exit_code=code):
            return f"phase {phase} finished" + (f", pytest exit code {code}" if code else "")


def _fault_line(what: FaultArmed | FaultObserved | FaultHealed | FaultAbsent) -> str:
    match what:
        case FaultArmed(label=label):
            return f"fault {label} armed"
        case FaultObserved(label=label, observed=observed):
            seen = "bites" if observed else "DID NOT BITE"
            return f"fault {label} {seen}: {what.evidence}"
        case FaultHealed(label=label, by=by):
            return f"fault {label} healed by {by}"
        case FaultAbsent(label=label, absent=absent):
            gone = "proven gone" if absent else "IS STILL THERE"
            return f"fault {label} {gone}: {what.evidence}"


def _load_line(what: LoadStarted | LoadWorkerLost | LoadFinished) -> str:
    match what:
        case LoadStarted(users=users):
            sent = f"{what.planned} requests at {what.rate_per_s}/s"
            return f"load {what.load} started: {f'{users} users' if users else sent}"
        case LoadWorkerLost(worker=worker):
            who = "its master" if worker is None else f"worker {worker}"
            return f"load {what.load} LOST {who}: {what.why}"
        case LoadFinished(load=load):
            return f"load {load} finished"


def _test_finished(end: TestFinished) -> str:
    if end.outcome not in BAD_OUTCOMES:
        return ""
    lines = end.message.strip().splitlines()
    took = readable.duration(end.duration_s)
    return f"{end.outcome.upper()} {end.test} ({took}): {lines[-1] if lines else ''}"


def _service_state(change: ServiceStateChanged) -> str:
    if state_class(change.state) not in ("up", "down"):
        return ""
    code = change.exit_code
    return f"service {change.service} {change.state}" + (
        f" (code {code})" if code is not None else ""
    )
