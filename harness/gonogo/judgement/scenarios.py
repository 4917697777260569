"""Scenarios: every test ran to its end, claimed something, and what it claimed was so."""

from collections.abc import Iterator
from dataclasses import dataclass

from gonogo.judgement.run_view import RunView
from gonogo.vocabulary import Event, Finding, Judgement, Kind, Result

TEST_NOT_TESTED = "test-not-tested"
_FAILED = ("failed", "error")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One test of one phase with what it claimed.

    Attributes:
        test: node id.
        phase: where it ran.
        finished: its last TEST_FINISHED, None when there is none.
        expectations: its EXPECTATION events.
        not_tested: the reasons on record why it could not test here what it wanted to.
    """

    test: str
    phase: str
    finished: Event | None
    expectations: tuple[Event, ...]
    not_tested: tuple[str, ...] = ()

    def finding(self) -> Finding | None:
        """What the reader must know about it; None when it passed."""
        broken = [each for each in self.expectations if not each.data["passed"]]
        if broken:
            return self._failed_claim(broken)
        if self.finished is None:
            return self._unclear("did not finish", "test-unfinished", "its process was ended")
        outcome = str(self.finished.data["outcome"])
        message = str(self.finished.data.get("message") or "")
        if outcome in _FAILED:
            title = f"test {self.test} {'failed' if outcome == 'failed' else 'broke'}"
            return Finding(Result.FAIL, title, f"test-{outcome}", message)
        if outcome == "skipped":
            return self._skipped(message)
        if outcome != "passed":
            return self._unclear(f"ended as {outcome!r}", "test-outcome", message)
        return self._silence()

    def _skipped(self, message: str) -> Finding:
        """A skip is silence, unless it is on record that this cannot be tested here."""
        if self.not_tested:
            title = f"test {self.test} not tested: {self.not_tested[0]}"
            return Finding(Result.PASS, title, TEST_NOT_TESTED)
        what = f"was skipped: {message}".removesuffix(": ")
        hint = "let it run, or leave it out of this profile by its profile marker"
        return self._unclear(what, "test-skipped", "", hint)

    def _silence(self) -> Finding | None:
        assert self.finished is not None  # noqa: S101 - only asked of finished tests
        claimed = int(self.finished.data.get("expectations") or 0)
        if claimed > len(self.expectations):
            lost = f"{claimed} stated, {len(self.expectations)} recorded"
            return self._unclear("lost expectations", "expectations-lost", lost)
        if not self.expectations:
            hint = "state what must hold by the expect fixture"
            return self._unclear("claimed nothing", "claimed-nothing", "", hint)
        return None

    def _unclear(self, what: str, cause: str, detail: str, hint: str = "") -> Finding:
        return Finding(Result.INCONCLUSIVE, f"test {self.test} {what}", cause, detail, hint)

    def _failed_claim(self, broken: list[Event]) -> Finding:
        lines = [
            f"{each.data['claim']}: observed {each.data.get('observed')}, "
            f"expected {each.data.get('expected')}"
            for each in broken
        ]
        title = f"test {self.test}: {broken[0].data['claim']} does not hold"
        return Finding(Result.FAIL, title, "expectation-failed", "\n".join(lines))


def attempts(view: RunView) -> list[Attempt]:
    """Every test that started or finished, in order."""
    keys: dict[tuple[str, str], None] = {}
    finished: dict[tuple[str, str], Event] = {}
    claims: dict[str, list[Event]] = {}
    for event in view.of(Kind.TEST_STARTED, Kind.TEST_FINISHED, Kind.EXPECTATION):
        test = str(event.data["test"])
        if event.kind is Kind.EXPECTATION:
            claims.setdefault(test, []).append(event)
            continue
        key = (test, str(event.data["phase"]))
        keys[key] = None
        if event.kind is Kind.TEST_FINISHED:
            finished[key] = event
    found = [
        Attempt(
            *key,
            finished.get(key),
            tuple(claims.get(key[0], ())),
            _not_tested(view, key[0], finished.get(key)),
        )
        for key in keys
    ]
    known = {each.test for each in found}
    orphans = [Attempt(test, "", None, tuple(claims[test])) for test in claims if test not in known]
    return [*found, *orphans]


def _not_tested(view: RunView, test: str, finished: Event | None) -> tuple[str, ...]:
    """Reasons of the NOT_TESTED events of a test: by its name, or its own skip's very words."""
    return tuple(
        str(event.data["reason"])
        for event in view.of(Kind.NOT_TESTED)
        if test in (event.data.get("test"), event.data["what"])
        or (finished and "test" not in event.data and _says_the_same(event, finished))
    )


def _says_the_same(event: Event, finished: Event) -> bool:
    began_ns = finished.mono_ns - round(float(finished.data.get("duration_s") or 0.0) * 1e9)
    slack_ns = 1_000_000_000  # pytest times the stages of a test, not what lies between them
    during = began_ns - slack_ns <= event.mono_ns <= finished.mono_ns
    return during and event.data["reason"] == finished.data.get("message")


def judge_scenarios(view: RunView) -> Iterator[Judgement]:
    """One judgement for every test."""
    for each in attempts(view):
        finding = each.finding()
        n = len(each.expectations)
        result, reason = Result.PASS, f"{n} expectations hold"
        if finding is not None:
            what = finding.title.removeprefix(f"test {each.test}").strip(": ")
            last_line = finding.detail.splitlines()[-1:]
            result, reason = finding.result, ": ".join([what, *last_line])
        yield Judgement(each.test, result, reason, n=n, category="scenario")


def find_scenarios(view: RunView) -> Iterator[Finding]:
    """Every test that did not simply pass; and that none ran."""
    found = attempts(view)
    ends = [each.finished.data["outcome"] if each.finished else "" for each in found]
    if all(end == "skipped" for end in ends):
        yield Finding(
            Result.INCONCLUSIVE,
            "no test ran" if not ends else f"all {len(ends)} tests were skipped",
            cause="nothing-ran",
            hint="see logs/pytest-*.log of the run",
        )
    yield from (finding for each in found if (finding := each.finding()) is not None)
