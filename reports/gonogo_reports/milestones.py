"""What of a run is worth a line in a pipeline's log."""

from collections.abc import Callable, Mapping
from typing import Any

from gonogo.vocabulary import Event, Kind
from gonogo_reports import figures
from gonogo_reports.phases import BAD_OUTCOMES, number
from gonogo_reports.services import state_class

_TEXT_MAX = 200

Data = Mapping[str, Any]


def milestone(event: Event) -> str:
    """The line, or nothing."""
    say = _LINES.get(event.kind)
    return " ".join(say(event.data).split())[:_TEXT_MAX] if say else ""


def _run_started(data: Data) -> str:
    parts = [
        f"{key} {data[key]}" for key in ("target", "profile", "backend", "seed") if key in data
    ]
    return f"run started: {', '.join(parts)}"


def _phase_finished(data: Data) -> str:
    code = data.get("exit_code")
    return f"phase {data.get('phase')} finished" + (f", pytest exit code {code}" if code else "")


def _test_finished(data: Data) -> str:
    outcome = str(data.get("outcome"))
    if outcome not in BAD_OUTCOMES:
        return ""
    lines = str(data.get("message") or "").strip().splitlines()
    took = figures.duration(number(data.get("duration_s")))
    return f"{outcome.upper()} {data.get('test')} ({took}): {lines[-1] if lines else ''}"


def _service_state(data: Data) -> str:
    state = str(data.get("state"))
    code = data.get("exit_code")
    if state_class(state) not in ("up", "down"):
        return ""
    return f"service {data.get('service')} {state}" + (
        f" (code {code})" if code is not None else ""
    )


def _fault_observed(data: Data) -> str:
    seen = "bites" if data.get("observed") else "WAS NOT SEEN TO BITE"
    return f"fault {data.get('label')} {seen}: {data.get('evidence', '')}"


def _load_started(data: Data) -> str:
    what = f"{data.get('planned')} requests at {data.get('rate_per_s')}/s"
    users = data.get("users")
    return f"load {data.get('load')} started: {f'{users} users' if users else what}"


def _load_worker_lost(data: Data) -> str:
    number = data.get("worker")
    who = "its master" if number is None else f"worker {number}"
    return f"load {data.get('load')} LOST {who}: {data.get('why', '')}"


def _fault_absent(data: Data) -> str:
    gone = "proven gone" if data.get("absent") else "IS STILL THERE"
    return f"fault {data.get('label')} {gone}: {data.get('evidence', '')}"


_LINES: dict[Kind, Callable[[Data], str]] = {
    Kind.RUN_STARTED: _run_started,
    Kind.RUN_FINISHED: lambda d: "run interrupted" if d.get("interrupted") else "run finished",
    Kind.PHASE_STARTED: lambda d: f"phase {d.get('phase')} started",
    Kind.PHASE_FINISHED: _phase_finished,
    Kind.TEST_FINISHED: _test_finished,
    Kind.SERVICE_STATE: _service_state,
    Kind.LOAD_STARTED: _load_started,
    Kind.LOAD_WORKER_LOST: _load_worker_lost,
    Kind.LOAD_FINISHED: lambda d: f"load {d.get('load')} finished",
    Kind.FAULT_ARMED: lambda d: f"fault {d.get('label')} armed",
    Kind.FAULT_OBSERVED: _fault_observed,
    Kind.FAULT_HEALED: lambda d: f"fault {d.get('label')} healed by {d.get('by', 'nobody')}",
    Kind.FAULT_ABSENT: _fault_absent,
    Kind.NOTE: lambda d: str(d.get("text", "")),
    Kind.STOP: lambda d: f"STOP: {d.get('reason', '')} {d.get('condition') or ''}",
    Kind.ERROR: lambda d: f"ERROR: {d.get('what', '')} {d.get('where') or ''}",
    Kind.NOT_TESTED: lambda d: f"not tested: {d.get('what', '')}: {d.get('reason', '')}",
}
