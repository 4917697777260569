"""The phases in the document, and the attempts of their tests."""

from collections import Counter
from collections.abc import Mapping

from gonogo.vocabulary import Event, Judgement
from gonogo.vocabulary.events import (
    ExpectationChecked,
    PhaseFinished,
    PhaseStarted,
    TestFinished,
    TestStarted,
)
from gonogo_reports.document.outcomes import UNFINISHED
from gonogo_reports.document.run_data import RunData
from gonogo_reports.document.schema import ExpectationPart, PhasePart, TestPart


def phases(run: RunData, tests: list[TestPart]) -> list[PhasePart]:
    """Planned phases in order, then others that events name. One never reached has no times."""
    seen = run.events.of(PhaseStarted, PhaseFinished)
    planned = run.plan.profile.phases if run.plan else ()
    names = dict.fromkeys([*planned, *(event.what.phase for event in seen)])
    names.update(dict.fromkeys(test["phase"] for test in tests))
    return [_phase(name, run, tests) for name in names]


def _phase(name: str, run: RunData, tests: list[TestPart]) -> PhasePart:
    begun = [each for each in run.events.of(PhaseStarted) if each.what.phase == name]
    starts = [run.at_s(each.mono_ns) for each in begun]
    ends = [each for each in run.events.of(PhaseFinished) if each.what.phase == name]
    started = starts[0] if starts else None
    finished = run.at_s(ends[-1].mono_ns) if ends else None
    outcomes = Counter(test["outcome"] for test in tests if test["phase"] == name)
    return {
        "phase": name,
        "started_s": started,
        "finished_s": finished,
        "duration_s": None if started is None or finished is None else round(finished - started, 6),
        "exit_code": ends[-1].what.exit_code if ends else None,
        "tests": dict(sorted(outcomes.items())),
    }


def tests(run: RunData, judged: Mapping[str, Judgement]) -> list[TestPart]:
    """Every attempt of every test, in the order of their starts.

    Args:
        run: the run.
        judged: the judgement of each test, by its node id. It is about the last attempt.
    """
    expectations = _expectations(run)
    attempts: Counter[tuple[str, str]] = Counter()
    open_tests: dict[tuple[str, str], TestPart] = {}
    found: list[TestPart] = []
    for event in run.events.of(TestStarted, TestFinished):
        what = event.what
        key = (what.phase, what.test)
        part = open_tests.pop(key, None)
        if part is None or isinstance(what, TestStarted):
            attempts[key] += 1
            part = _started(run, event, attempts[key])
            found.append(part)
        if isinstance(what, TestFinished):
            _finish(part, what)
        else:
            open_tests[key] = part
    for part in found:
        if part["attempt"] == attempts[(part["phase"], part["test"])]:
            part["expectations"] = expectations.get(part["test"], [])
            judgement = judged.get(part["test"])
            part["result"] = judgement.result.value if judgement else ""
            part["reason"] = judgement.reason if judgement else ""
    return found


def _started(run: RunData, event: Event[TestStarted | TestFinished], attempt: int) -> TestPart:
    started = isinstance(event.what, TestStarted)
    return {
        "test": event.what.test,
        "phase": event.what.phase,
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


def _finish(part: TestPart, end: TestFinished) -> None:
    part["outcome"] = end.outcome
    part["duration_s"] = end.duration_s
    part["message"] = end.message
    part["expectations_stated"] = end.expectations


def _expectations(run: RunData) -> dict[str, list[ExpectationPart]]:
    by_test: dict[str, list[ExpectationPart]] = {}
    for event in run.events.of(ExpectationChecked):
        checked = event.what
        by_test.setdefault(checked.test, []).append(
            {
                "claim": checked.claim,
                "passed": checked.passed,
                "observed": checked.observed,
                "expected": checked.expected,
            }
        )
    return by_test
