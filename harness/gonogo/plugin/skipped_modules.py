"""Modules that skip themselves while they are collected: nothing in them could ever be missed."""

import pytest


class SkippedModules:
    """Plugin object of the process that collects; refuses modules whose scenarios it cannot see.

    A test that is skipped is on record and makes the run INCONCLUSIVE. What is in a module that
    ends its own import nobody knows: neither its phase, nor its profile, nor that it is there.
    """

    def __init__(self) -> None:
        self._found: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Something was collected, or not."""
        if report.skipped:
            why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            self._found.append(f"{report.nodeid}: {str(why).removeprefix('Skipped: ')}")

    def pytest_collection_modifyitems(self) -> None:
        """Everything was collected.

        Raises:
            UsageError: there was a module that skipped itself.
        """
        if self._found:
            raise pytest.UsageError(
                f"a module of scenarios skips itself: {'; '.join(self._found)}; "
                "skip in the scenario or in a fixture, where it is on record"
            )
