"""Test attempts as events, written by the controlling process: a lost worker loses none."""

from typing import Any

import pytest

from gonogo.observation import EventLog
from gonogo.vocabulary import Ending
from gonogo.vocabulary.events import Note, TestFinished, TestStarted

EXPECTATIONS = "gonogo_expectations"
MESSAGE_CHARACTERS_MAX = 6000


class TestEvents:
    """Plugin object for the process that controls the session.

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
        """A test begins, in this process or in a worker."""
        self._log.record(TestStarted(test=nodeid, phase=self._phase))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A stage of a test ended. For a crashed worker there is one report without a stage."""
        reports = self._reports.setdefault(report.nodeid, [])
        reports.append(report)
        if report.when not in ("setup", "call"):
            self._finish(report.nodeid, self._reports.pop(report.nodeid))

    def _finish(self, test: str, reports: list[pytest.TestReport]) -> None:
        # A failure decides, also beside a skip; after that, a stage that did not pass.
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
        """An xdist worker ended. After a crash its event file has no close."""
        if error:
            self._log.record(Note(text=f"xdist worker {node.gateway.id} died: {error}"))


def _outcome(report: pytest.TestReport) -> str:
    if hasattr(report, "wasxfail") and not report.passed:
        # Also when the failure was expected: the system does not do what the scenario states.
        return Ending.FAILED.value
    if report.failed:
        return (Ending.FAILED if report.when == "call" else Ending.ERROR).value
    return report.outcome  # another plugin's outcome is kept: judged INCONCLUSIVE


def _message(report: pytest.TestReport) -> str:
    if report.skipped and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return report.longreprtext[-MESSAGE_CHARACTERS_MAX:]
