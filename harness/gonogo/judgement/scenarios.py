"""Scenarios: every test ran to its end, stated an expectation, and each expectation was met."""

from collections.abc import Iterator
from dataclasses import dataclass

from gonogo.judgement.run_view import RunView
from gonogo.vocabulary import Ending, Event, Finding, Judgement, Result
from gonogo.vocabulary.events import ExpectationChecked, NotTested, TestFinished, TestStarted

TEST_NOT_TESTED = "test-not-tested"
_FAILED = (Ending.FAILED, Ending.ERROR)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One test of one phase with its expectations.

    Attributes:
        test: node id.
        phase: where it ran.
        finished: its last end, None when there is none.
        expectations: what it expected, in order.
        not_tested: recorded reasons why it could not be tested here.
    """

    test: str
    phase: str
    finished: TestFinished | None
    expectations: tuple[ExpectationChecked, ...]
    not_tested: tuple[str, ...] = ()

    def finding(self) -> Finding | None:
        """What the reader must know about it; None when it passed."""
        broken = [each for each in self.expectations if not each.passed]
        if broken:
            return self._failed_expectation(broken)
        if self.finished is None:
            return self._unclear("did not finish", "test-unfinished", "its process was ended")
        outcome, message = self.finished.outcome, self.finished.message
        if outcome in _FAILED:
            what = "failed" if outcome == Ending.FAILED else "ended with an error"
            return Finding(Result.FAIL, f"test {self.test} {what}", f"test-{outcome}", message)
        if outcome == Ending.SKIPPED:
            return self._skipped(message)
        if outcome != Ending.PASSED:
            return self._unclear(f"ended as {outcome!r}", "test-outcome", message)
        return self._without_expectation()

    def _skipped(self, message: str) -> Finding:
        """A skip proves nothing, unless it is recorded that this cannot be tested here."""
        if self.not_tested:
            title = f"test {self.test} not tested: {self.not_tested[0]}"
            return Finding(Result.PASS, title, TEST_NOT_TESTED)
        what = f"was skipped: {message}".removesuffix(": ")
        hint = "let it run, or leave it out of this profile by its profile marker"
        return self._unclear(what, "test-skipped", "", hint)

    def _without_expectation(self) -> Finding | None:
        assert self.finished is not None  # noqa: S101 - only asked of finished tests
        claimed = self.finished.expectations
        if claimed > len(self.expectations):
            lost = f"{claimed} stated, {len(self.expectations)} recorded"
            return self._unclear("lost expectations", "expectations-lost", lost)
        if not self.expectations:
            hint = "state what must hold by the expect fixture"
            return self._unclear("stated no expectation", "claimed-nothing", "", hint)
        return None

    def _unclear(self, what: str, cause: str, detail: str, hint: str = "") -> Finding:
        return Finding(Result.INCONCLUSIVE, f"test {self.test} {what}", cause, detail, hint)

    def _failed_expectation(self, broken: list[ExpectationChecked]) -> Finding:
        lines = [
            f"{each.claim}: observed {each.observed}, expected {each.expected}" for each in broken
        ]
        title = f"test {self.test}: expectation failed: {broken[0].claim}"
        return Finding(Result.FAIL, title, "expectation-failed", "\n".join(lines))


def attempts(view: RunView) -> list[Attempt]:
    """Every test that started or finished, in order."""
    keys: dict[tuple[str, str], None] = {}
    ends: dict[tuple[str, str], Event[TestFinished]] = {}
    claims: dict[str, list[ExpectationChecked]] = {}
    for event in view.events.of(TestStarted, TestFinished):
        keys[event.what.test, event.what.phase] = None
    for end in view.events.of(TestFinished):
        ends[end.what.test, end.what.phase] = end
    for claim in view.events.of(ExpectationChecked):
        claims.setdefault(claim.what.test, []).append(claim.what)
    found = [
        Attempt(
            *key,
            ends[key].what if key in ends else None,
            tuple(claims.get(key[0], ())),
            _not_tested(view, key[0], ends.get(key)),
        )
        for key in keys
    ]
    known = {each.test for each in found}
    orphans = [Attempt(test, "", None, tuple(claims[test])) for test in claims if test not in known]
    return [*found, *orphans]


def _not_tested(view: RunView, test: str, finished: Event[TestFinished] | None) -> tuple[str, ...]:
    """Recorded reasons why it could not be tested here: by its name, or by its skip reason."""
    return tuple(
        event.what.reason
        for event in view.events.of(NotTested)
        if test in (event.what.test, event.what.what)
        or (finished and event.what.test is None and _is_reason_of_skip(event, finished))
    )


def _is_reason_of_skip(event: Event[NotTested], finished: Event[TestFinished]) -> bool:
    began_ns = finished.mono_ns - round((finished.what.duration_s or 0.0) * 1e9)
    slack_ns = 1_000_000_000  # pytest times the stages of a test, not what lies between them
    during = began_ns - slack_ns <= event.mono_ns <= finished.mono_ns
    return during and event.what.reason == finished.what.message


def judge_scenarios(view: RunView) -> Iterator[Judgement]:
    """One judgement for every test."""
    for each in attempts(view):
        finding = each.finding()
        n = len(each.expectations)
        result, reason = Result.PASS, f"{n} expectations met"
        if finding is not None:
            what = finding.title.removeprefix(f"test {each.test}").strip(": ")
            last_line = finding.detail.splitlines()[-1:]
            result, reason = finding.result, ": ".join([what, *last_line])
        yield Judgement(each.test, result, reason, n=n, category="scenario")


def find_scenarios(view: RunView) -> Iterator[Finding]:
    """Every test that did not pass, and one finding when no test ran."""
    found = attempts(view)
    ends = [each.finished.outcome if each.finished else "" for each in found]
    if all(end == Ending.SKIPPED for end in ends):
        yield Finding(
            Result.INCONCLUSIVE,
            "no test ran" if not ends else f"all {len(ends)} tests were skipped",
            cause="nothing-ran",
            hint="see logs/pytest-*.log of the run",
        )
    yield from (finding for each in found if (finding := each.finding()) is not None)
