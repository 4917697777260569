"""Faults: each was observed, healed and proven absent; without that the run proves nothing.

A heal that is not proven is INCONCLUSIVE, not a FAIL: the harness injected the fault, so its
presence says nothing about the system. Whether the system recovers is for an objective to ask.
"""

from collections.abc import Iterator

from gonogo.judgement.check import check
from gonogo.judgement.fault_window import FaultWindow
from gonogo.judgement.run_view import RunView
from gonogo.judgement.scenarios import attempts
from gonogo.vocabulary import Finding, Judgement, Result
from gonogo.vocabulary.events import NotTested


def judge_faults(view: RunView) -> Iterator[Judgement]:
    """One judgement for each intended fault, and each required or declared one never intended."""
    for fault in view.faults:
        held_s = "" if fault.armed_span is None else f" for {_span_s(fault.armed_span):.1f} s"
        holds = f"bit{held_s} ({fault.bite_evidence}), healed and gone ({fault.absence_evidence})"
        name = f"fault {fault.label} on {', '.join(fault.edges or fault.services)}"
        yield check(name, _problems(fault), holds, category="fault")
    intended = {fault.label for fault in view.faults}
    required = view.plan.profile.faults_required
    for label in required:
        if label not in intended:
            reasons = [each.reason for each in _untested(view) if each.what == label]
            problem = f"the profile requires it and it was not injected {''.join(reasons)}".strip()
            yield check(f"fault {label}", [problem], "", category="fault")
    for label, test in _announced_by_passed(view):
        if label not in intended and label not in required:
            problem = f"{test} declares it, passed, and never injected it"
            yield check(f"fault {label}", [problem], "", category="fault")


def _announced_by_passed(view: RunView) -> Iterator[tuple[str, str]]:
    """Label and scenario of each fault that a passed scenario declared."""
    for attempt in attempts(view):
        if attempt.finding() is None:
            for label in view.plan.faults_declared.get(attempt.test, ()):
                yield label, attempt.test


def find_not_tested(view: RunView) -> Iterator[Finding]:
    """What could not be tested here, for the reader."""
    for each in _untested(view):
        yield Finding(Result.PASS, f"not tested: {each.what}", "not-tested", each.reason)


def _untested(view: RunView) -> list[NotTested]:
    return [event.what for event in view.events.of(NotTested)]


def _span_s(window: tuple[int, int]) -> float:
    return (window[1] - window[0]) / 1e9


def _problems(fault: FaultWindow) -> list[str]:
    if fault.armed_ns is None:
        return [f"fault {fault.label} was planned and never armed"]
    problems = []
    if not fault.observed:
        seen = fault.bite_evidence or "not observed while it was armed"
        problems.append(f"fault {fault.label} did not bite: {seen}")
    if fault.healed_ns is None:
        problems.append(f"fault {fault.label} was never healed")
    elif not fault.absent:
        seen = fault.absence_evidence or "not checked after the heal"
        problems.append(f"fault {fault.label} is not proven gone: {seen}")
    return problems
