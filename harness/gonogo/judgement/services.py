"""Services: one that exits without being asked to, or never becomes ready, is a NO-GO.

What happens to a service while a fault on it is armed is not judged, nor what happens once the
system is being stopped.
"""

from collections.abc import Iterator

from gonogo.judgement.run_view import RunView
from gonogo.vocabulary import Event, Finding, Result
from gonogo.vocabulary.events import PhaseFinished, RunFinished, ServiceStateChanged, StopRequested

EXITED = "exited"
READY = "ready"
STOPPED = "stopped"
UNREADY = "unready"


def find_services(view: RunView) -> Iterator[Finding]:
    """One finding for every unexpected exit and every service that never became ready."""
    stop_ns = _stop_ns(view)
    states = [each for each in view.events.of(ServiceStateChanged) if each.mono_ns < stop_ns]
    for event in states:
        if _excused(view, event):
            continue
        name, state = event.what.service, event.what.state
        if state == EXITED:
            yield _finding(event, f"service {name} {_exit(event)}", "service-exited")
        elif state == UNREADY and not _ready_after(states, event):
            title = f"service {name} never became ready"
            yield _finding(event, title, "service-never-ready")


def _stop_ns(view: RunView) -> int:
    """When the system began to be stopped: a stop event, the last phase's end, the first stop."""
    ends = [event.mono_ns for event in view.events.of(StopRequested, RunFinished)]
    last = view.plan.profile.phases[-1:]
    ends += [e.mono_ns for e in view.events.of(PhaseFinished) if e.what.phase in last]
    stopped = [e for e in view.events.of(ServiceStateChanged) if e.what.state == STOPPED]
    ends += [event.mono_ns for event in stopped if not _excused(view, event)]
    return min(ends, default=1 << 63)


def _excused(view: RunView, event: Event[ServiceStateChanged]) -> bool:
    service = event.what.service
    # A fault on an edge touches no service: one that exits because of it has failed.
    mine = [fault for fault in view.faults if service in fault.services and not fault.edges]
    return any(fault.covers(event.mono_ns) for fault in mine)


def _ready_after(
    states: list[Event[ServiceStateChanged]], event: Event[ServiceStateChanged]
) -> bool:
    service = event.what.service
    later = [e for e in states if e.mono_ns > event.mono_ns and e.what.service == service]
    return any(each.what.state == READY for each in later)


def _exit(event: Event[ServiceStateChanged]) -> str:
    code = event.what.exit_code
    return "exited" if code is None else f"exited with code {code}"


def _finding(event: Event[ServiceStateChanged], title: str, cause: str) -> Finding:
    said = [event.what.detail] if event.what.detail else []
    detail = "\n".join([*said, *event.what.log_tail])
    return Finding(Result.FAIL, title, cause, detail, "its log is in logs/ of the run")
