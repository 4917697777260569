"""Test attempts as events, seen where xdist cannot lose them: in the controlling process."""

from typing import Any

import pytest

from gonogo.observation import EventLog
from gonogo.vocabulary.events import Note, TestFinished, TestStarted

EXPECTATIONS = "gonogo_expectations"
MESSAGE_CHARACTERS_MAX = 6000


class TestEvents:
    """Plugin object of the process that controls the session.

    Args:
        log: its event log.
        phase: phase of the session.
    """

    __test__ = False

    def __init__(self, log: EventLog, phase: str) -> None:
        self._log = log
        self._phase = phase
        self._reports: dict[str, list[pytest.TestReport]] = {}

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A test begins, here or in a worker."""
        self._log.record(TestStarted(test=nodeid, phase=self._phase))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A stage of a test ended; a crashed worker sends one report of no stage."""
        reports = self._reports.setdefault(report.nodeid, [])
        reports.append(report)
        if report.when not in ("setup", "call"):
            self._finish(report.nodeid, self._reports.pop(report.nodeid))

    def _finish(self, test: str, reports: list[pytest.TestReport]) -> None:
        # What failed decides, before or after a skip; then whatever did not simply pass.
        worst_first = sorted(reports, key=lambda each: (not each.failed, each.passed))
        deciding = reports[-1] if worst_first[0].passed else worst_first[0]
        properties: dict[str, Any] = dict(reports[-1].user_properties)
        self._log.record(
            TestFinished(
                test=test,
                phase=self._phase,
                outcome=_outcome(deciding),
                duration_s=round(sum(each.duration for each in reports), 4),
                message=_message(deciding),
                expectations=int(properties.get(EXPECTATIONS, 0)),
            )
        )

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """An xdist worker ended; its own log tells a clean end from a crash."""
        if error:
            self._log.record(Note(text=f"xdist worker {node.gateway.id} died: {error}"))


def _outcome(report: pytest.TestReport) -> str:
    if hasattr(report, "wasxfail") and not report.passed:
        # Expected or not: the system does not do what the scenario says.
        return "failed"
    if report.failed:
        return "failed" if report.when == "call" else "error"
    return report.outcome  # as it is: another plugin's is for the judge to wonder at


def _message(report: pytest.TestReport) -> str:
    if report.skipped and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return report.longreprtext[-MESSAGE_CHARACTERS_MAX:]
