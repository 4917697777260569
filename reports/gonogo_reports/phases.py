"""Phases and tests out of the event log."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from gonogo.vocabulary import Event, Judgement, Kind
from gonogo_reports.reading import RunData
from gonogo_reports.schema import ExpectationPart, PhasePart, TestPart

UNFINISHED = "unfinished"
UNDECIDED = "undecided"
BAD_OUTCOMES = frozenset({"failed", "error", UNFINISHED, UNDECIDED})


def phases(run: RunData, tests: list[TestPart]) -> list[PhasePart]:
    """Planned phases in order, then any other that was seen; never-reached ones have no times."""
    seen = run.of(Kind.PHASE_STARTED, Kind.PHASE_FINISHED)
    planned = run.plan.profile.phases if run.plan else ()
    names = dict.fromkeys([*planned, *(_text(e, "phase") for e in seen)])
    names.update(dict.fromkeys(test["phase"] for test in tests))
    return [_phase(name, run, seen, tests) for name in names]


def _phase(name: str, run: RunData, seen: list[Event], tests: list[TestPart]) -> PhasePart:
    mine = [event for event in seen if _text(event, "phase") == name]
    starts = [run.at_s(e.mono_ns) for e in mine if e.kind is Kind.PHASE_STARTED]
    ends = [e for e in mine if e.kind is Kind.PHASE_FINISHED]
    started = starts[0] if starts else None
    finished = run.at_s(ends[-1].mono_ns) if ends else None
    exit_code = ends[-1].data.get("exit_code") if ends else None
    outcomes = Counter(test["outcome"] for test in tests if test["phase"] == name)
    return {
        "phase": name,
        "started_s": started,
        "finished_s": finished,
        "duration_s": None if started is None or finished is None else round(finished - started, 6),
        "exit_code": exit_code if isinstance(exit_code, int) else None,
        "tests": dict(sorted(outcomes.items())),
    }


def tests(run: RunData, judged: Mapping[str, Judgement]) -> list[TestPart]:
    """Every attempt of every test in the order they started.

    Args:
        run: the run.
        judged: the judgement of each test, by its node id; it speaks of the last attempt.
    """
    expectations = _expectations(run)
    attempts: Counter[tuple[str, str]] = Counter()
    open_tests: dict[tuple[str, str], TestPart] = {}
    found: list[TestPart] = []
    for event in run.of(Kind.TEST_STARTED, Kind.TEST_FINISHED):
        key = (_text(event, "phase"), _text(event, "test"))
        part = open_tests.pop(key, None)
        if part is None or event.kind is Kind.TEST_STARTED:
            attempts[key] += 1
            part = _started(run, event, attempts[key])
            found.append(part)
        if event.kind is Kind.TEST_STARTED:
            open_tests[key] = part
        else:
            _finish(part, event)
    for part in found:
        if part["attempt"] == attempts[(part["phase"], part["test"])]:
            part["expectations"] = expectations.get(part["test"], [])
            judgement = judged.get(part["test"])
            part["result"] = judgement.result.value if judgement else ""
            part["reason"] = judgement.reason if judgement else ""
    return found


def _started(run: RunData, event: Event, attempt: int) -> TestPart:
    started = event.kind is Kind.TEST_STARTED
    return {
        "test": _text(event, "test"),
        "phase": _text(event, "phase"),
        "attempt": attempt,
        "outcome": UNFINISHED,
        "started_s": run.at_s(event.mono_ns) if started else None,
        "duration_s": None,
        "message": "the run ended inside this test",
        "expectations": [],
        "expectations_stated": 0,
        "result": "",
        "reason": "",
    }


def _finish(part: TestPart, event: Event) -> None:
    data = event.data
    stated = data.get("expectations", 0)
    part["outcome"] = str(data.get("outcome", UNFINISHED))
    part["duration_s"] = number(data.get("duration_s"))
    part["message"] = str(data.get("message") or "")
    part["expectations_stated"] = stated if isinstance(stated, int) else 0


def _expectations(run: RunData) -> dict[str, list[ExpectationPart]]:
    by_test: dict[str, list[ExpectationPart]] = {}
    for event in run.of(Kind.EXPECTATION):
        by_test.setdefault(_text(event, "test"), []).append(
            {
                "claim": _text(event, "claim"),
                "passed": bool(event.data.get("passed")),
                "observed": _text(event, "observed"),
                "expected": _text(event, "expected"),
            }
        )
    return by_test


def number(value: Any) -> float | None:
    """A number of an event's data, None for anything else."""
    return float(value) if isinstance(value, (int, float)) else None


def shown_outcome(test: TestPart) -> str:
    """The outcome, unless the judge thinks worse of it: ``failed`` or ``undecided`` then."""
    if test["outcome"] not in BAD_OUTCOMES and test["result"] == "FAIL":
        return "failed"
    if test["outcome"] not in BAD_OUTCOMES and test["result"] == "INCONCLUSIVE":
        return UNDECIDED
    return test["outcome"]


def _text(event: Event, key: str) -> str:
    return str(event.data.get(key, ""))
