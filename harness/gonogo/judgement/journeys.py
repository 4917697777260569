"""Journeys: every step in the browser ended and passed.

It is read from the steps, so that a test cannot hide a step that failed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gonogo.judgement.run_view import RunView
from gonogo.vocabulary import Ending, Judgement, Result
from gonogo.vocabulary.events import BrowserStepFinished, BrowserStepStarted

_UNCLEAR = {
    Ending.LOST: "the browser went away",
    Ending.INTERRUPTED: "it was interrupted",
    "": "its process was ended",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step and how it ended.

    Attributes:
        number: from 1.
        name: what the person did.
        outcome: ``passed``, ``failed``, ``lost``, ``interrupted``; ``""`` when it never ended.
        error: why it failed.
    """

    number: int
    name: str
    outcome: str
    error: str

    def __str__(self) -> str:
        return f"step {self.number}, {self.name}"


def judge_journeys(view: RunView) -> Iterator[Judgement]:
    """One judgement for every test that took a step in a browser."""
    journeys: dict[str, list[Step]] = {}
    for test, step in _steps(view):
        journeys.setdefault(test, []).append(step)
    for test, steps in journeys.items():
        result, reason = _worst(steps)
        yield Judgement(f"journey {test}", result, reason, n=len(steps), category="invariant")


def _worst(steps: list[Step]) -> tuple[Result, str]:
    for step in steps:
        if step.outcome == Ending.FAILED:
            return Result.FAIL, f"{step}: {step.error}"
    for step in steps:
        if step.outcome != Ending.PASSED:
            why = _UNCLEAR.get(step.outcome, f"ended as {step.outcome!r}")
            return Result.INCONCLUSIVE, f"{step}: {why}"
    return Result.PASS, f"{len(steps)} step{'s' if len(steps) > 1 else ''} passed"


def _steps(view: RunView) -> Iterator[tuple[str, Step]]:
    """Every step that started, with its end; steps of one process keep their order."""
    ends = {
        (event.writer, event.what.test, event.what.step): event.what
        for event in view.events.of(BrowserStepFinished)
    }
    for event in view.events.of(BrowserStepStarted):
        step = event.what
        end = ends.get((event.writer, step.test, step.step))
        outcome, error = (end.outcome, end.error) if end else ("", "")
        yield step.test, Step(step.step, step.name, outcome, error)
