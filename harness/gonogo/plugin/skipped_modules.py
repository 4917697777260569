"""Refuses modules that skip themselves at import, because their scenarios would be lost."""

import pytest


class SkippedModules:
    """Plugin object for the process that collects.

    A skipped test is recorded and makes the run INCONCLUSIVE. A module that skips itself is not
    imported: it is not known which scenarios it has, in which phase and for which profile.
    """

    def __init__(self) -> None:
        self._found: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember a module that was skipped."""
        if report.skipped:
            why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            self._found.append(f"{report.nodeid}: {str(why).removeprefix('Skipped: ')}")

    def pytest_collection_modifyitems(self) -> None:
        """Refuse the collection.

        Raises:
            UsageError: a module skipped itself.
        """
        if self._found:
            raise pytest.UsageError(
                f"a module of scenarios skips itself: {'; '.join(self._found)}; "
                "skip in the scenario or in a fixture instead, so that the skip is recorded"
            )
