"""Hooks of pytest: they select the scenarios and open the event file of this process."""

import pytest

from gonogo.observation import EventLog
from gonogo.plugin.attempt_events import TestEvents
from gonogo.plugin.collection import select, write_collection
from gonogo.plugin.options import MARKERS, RunOptions, add_options, run_options
from gonogo.plugin.skipped_modules import SkippedModules
from gonogo.vocabulary import HarnessError, Scenario

LOG = pytest.StashKey[EventLog]()
SCENARIOS = pytest.StashKey[list[Scenario]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of a run."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers. In a run, open the event file of this process."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    options = run_options(config)
    if options is None:
        return
    if options.collection is not None:
        config.pluginmanager.register(SkippedModules(), "gonogo-skipped-modules")
        return
    worker = getattr(config, "workerinput", {}).get("workerid", "")
    name = "-".join(part for part in ("pytest", options.phase, worker) if part)
    log = EventLog(options.run_dir, options.run_dir.name, name, "scenarios")
    config.stash[LOG] = log
    if not worker:
        config.pluginmanager.register(TestEvents(log, options.phase), "gonogo-test-events")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close the event file."""
    log = config.stash.get(LOG, None)
    if log is not None:
        log.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the scenarios of this phase and profile."""
    options = run_options(config)
    if options is None:
        return
    try:
        scenarios, chosen = select(items, options)
    except HarnessError as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[SCENARIOS] = scenarios
    _deselect(config, items, chosen)


def _deselect(config: pytest.Config, items: list[pytest.Item], chosen: list[bool]) -> None:
    left_out = [item for item, keep in zip(items, chosen, strict=True) if not keep]
    items[:] = [item for item, keep in zip(items, chosen, strict=True) if keep]
    if left_out:
        config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Write the collected scenarios, in a process that only collects."""
    options: RunOptions | None = run_options(session.config)
    scenarios = session.config.stash.get(SCENARIOS, None)
    if options is not None and scenarios is not None:
        write_collection(scenarios, options)
