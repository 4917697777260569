"""Journeys in the browser out of the event log: every step, its picture, what the page said."""

import base64
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gonogo.observation import Attachment, read_attachment
from gonogo.vocabulary import Event, Kind
from gonogo_reports.phases import number
from gonogo_reports.reading import RunData
from gonogo_reports.schema import AttachmentPart, ConsolePart, JourneyPart, StepPart

PICTURES_BYTES_MAX = 4_000_000  # the report must open at once; what is left out is linked
UNFINISHED = "unfinished"
_PASSED = "passed"
_STORED = re.compile(r"attachments/[0-9a-f]{64}(\.[a-z]+)+")


def journeys(run: RunData) -> list[JourneyPart]:
    """One a test that took a step, those that went wrong first."""
    ends = {_key(event): event for event in run.of(Kind.BROWSER_STEP_FINISHED)}
    by_test: dict[str, list[StepPart]] = {}
    for event in run.of(Kind.BROWSER_STEP_STARTED):
        step = _step(run, event, ends.get(_key(event)))
        by_test.setdefault(str(event.data.get("test", "")), []).append(step)
    found = [_journey(test, steps) for test, steps in by_test.items()]
    return sorted(found, key=lambda journey: journey["outcome"] == _PASSED)


def _journey(test: str, steps: list[StepPart]) -> JourneyPart:
    wrong = [step["outcome"] for step in steps if step["outcome"] != _PASSED]
    return {
        "test": test,
        "outcome": wrong[0] if wrong else _PASSED,
        "duration_s": round(sum(step["duration_s"] or 0.0 for step in steps), 6),
        "steps": steps,
    }


def _key(event: Event) -> tuple[str, str, str]:
    return event.writer, str(event.data.get("test")), str(event.data.get("step"))


def _step(run: RunData, started: Event, finished: Event | None) -> StepPart:
    data: Mapping[str, Any] = finished.data if finished else {}
    return {
        "step": int(number(started.data.get("step")) or 0),
        "name": str(started.data.get("name", "")),
        "outcome": str(data.get("outcome", UNFINISHED)),
        "error": str(data.get("error", "")),
        "started_s": run.at_s(started.mono_ns),
        "duration_s": number(data.get("duration_s")),
        "url": str(data.get("url", "")),
        "console": [_line(each) for each in data.get("console") or () if isinstance(each, dict)],
        "screenshot": _file("screenshot", data),
        "thumbnail": _file("thumbnail", data),
        "page_source": _file("page_source", data),
    }


def _line(raw: Mapping[str, Any]) -> ConsolePart:
    return {
        "level": str(raw.get("level", "")),
        "source": str(raw.get("source", "")),
        "text": str(raw.get("text", "")),
        "declared": bool(raw.get("declared")),
    }


def _file(name: str, data: Mapping[str, Any]) -> AttachmentPart | None:
    """A stored file; anything that is not named as one is not linked to."""
    raw = data.get(name)
    path = str(raw.get("path", "")) if isinstance(raw, dict) else ""
    if not _STORED.fullmatch(path):
        return None
    return {"name": name, "path": path, "sha256": path.partition("/")[2].partition(".")[0]}


def pictures(run_dir: Path, shown: Iterable[JourneyPart]) -> dict[str, str]:
    """Thumbnails as data addresses by their path, in the order of the journeys, up to a limit.

    One whose file is gone or was changed is left out.
    """
    found: dict[str, str] = {}
    left_bytes = PICTURES_BYTES_MAX
    files = [step["thumbnail"] for journey in shown for step in journey["steps"]]
    for file in files:
        if file is None or file["path"] in found:
            continue
        data = read_attachment(run_dir, Attachment(file["path"], file["sha256"]))
        if data is not None and len(data) <= left_bytes:
            left_bytes -= len(data)
            found[file["path"]] = f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"
    return found
