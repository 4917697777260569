"""Builds the judged document from a run and its verdict. Every report format renders it."""

import math
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import Any

from gonogo.observation import unclosed_writers
from gonogo.vocabulary import Occurrence, Verdict
from gonogo.vocabulary.events import (
    AttachmentStored,
    ErrorOccurred,
    Note,
    NotTested,
    RunFinished,
    RunStarted,
    StopRequested,
)
from gonogo_reports.document import faults, journeys, loads, phases, services
from gonogo_reports.document.exit_advice import exit_advice
from gonogo_reports.document.ordering import bare_summary, worst_first
from gonogo_reports.document.run_data import RunData
from gonogo_reports.document.schema import (
    SCHEMA,
    AttachmentPart,
    Document,
    NotePart,
    RunPart,
    VerdictPart,
)


def build_document(run: RunData, verdict: Verdict) -> Document:
    """The document: a pure function of what was read of the run, and of the verdict."""
    judged = {j.subject: j for j in verdict.judgements if j.category == "scenario"}
    tests = phases.tests(run, judged)
    return {
        "schema": SCHEMA,
        "verdict": _verdict(verdict),
        "run": _run(run),
        "judgements": [_finite(asdict(each)) for each in worst_first(verdict.judgements)],
        "findings": [asdict(each) for each in verdict.findings],
        "phases": phases.phases(run, tests),
        "faults": faults.faults(run),
        "loads": loads.loads(run),
        "services": services.services(run),
        "tests": tests,
        "journeys": journeys.journeys(run),
        "notes": _notes(run),
        "attachments": _attachments(run),
        "unreadable": list(run.problems),
        "system": _system(run),
    }


def _verdict(verdict: Verdict) -> VerdictPart:
    return {
        "word": verdict.word,
        "result": verdict.result.value,
        "exit_code": int(verdict.exit_code),
        "exit_meaning": exit_advice(verdict),
        "summary": bare_summary(verdict),
    }


def _run(run: RunData) -> RunPart:
    plan = run.plan
    started = run.events.of(RunStarted)
    finished = run.events.of(RunFinished)
    said = started[0].what if started else None
    # A run that ended before it had a plan is known by its first event only.
    known = plan or said
    seed = known.seed if known else None
    command = known.command if known else ""
    return {
        "id": plan.run if plan else run.events[0].run if run.events else run.name,
        "target": known.target if known else "",
        "target_file": plan.target_file if plan else "",
        "profile": plan.profile.name if plan else said.profile if said else "",
        "seed": seed,
        "backend": known.backend if known else "",
        "backend_reason": known.backend_reason if known else "",
        "command": command,
        "reproduce": _with_seed(command, seed),
        "started": started[0].wall if started else run.events[0].wall if run.events else "",
        "finished": run.events[-1].wall if run.events else "",
        "duration_s": run.duration_s,
        "complete": bool(finished),
        "interrupted": any(event.what.interrupted for event in finished),
        "phases_planned": list(plan.profile.phases) if plan else [],
        "faults_required": list(plan.profile.faults_required) if plan else [],
        "killed_writers": unclosed_writers(run.events),
    }


def _with_seed(command: str, seed: object) -> str:
    """The command with the seed of the run, where the command names none."""
    return f"{command} --seed {seed}" if command and "--seed" not in command else command


def _finite(part: dict[str, Any]) -> dict[str, Any]:
    """JSON has neither infinity nor NaN: such a value becomes null."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in part.items()
    }


def _notes(run: RunData) -> list[NotePart]:
    planned = run.plan.notes if run.plan else ()
    notes: list[NotePart] = [{"at_s": None, "kind": "note", "text": text} for text in planned]
    for event in run.events:
        text = _note_text(event.what)
        if text is not None and text not in planned:
            kind = event.what.kind
            notes.append({"at_s": run.at_s(event.mono_ns), "kind": kind, "text": text})
    return notes


def _note_text(what: Occurrence) -> str | None:
    """The note about an event; None for an event that is no note."""
    match what:
        case Note(text=text):
            return text
        case NotTested():
            return f"{what.what}: {what.reason}"
        case StopRequested():
            return " — ".join(filter(None, (what.reason, what.condition)))
        case ErrorOccurred():
            return " — ".join(filter(None, (what.what, what.where, what.hint)))
        case _:
            return None


def _attachments(run: RunData) -> list[AttachmentPart]:
    """Attachments whose path stays below the run directory."""
    return [
        {"name": event.what.name, "path": event.what.path, "sha256": event.what.sha256}
        for event in run.events.of(AttachmentStored)
        if _is_below(event.what.path)
    ]


def _is_below(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and ".." not in parts and not path.startswith("/") and ":" not in path


def _system(run: RunData) -> dict[str, Any]:
    info = run.plan.system_info if run.plan else {}
    return {str(key): info[key] for key in sorted(info, key=str)}
