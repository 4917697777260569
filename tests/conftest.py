"""For every test: SIGINT is not ignored; tests that start systems are marked as slow."""

import signal
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# Their tests start real systems, except for FAST_FILES.
SLOW_ROOMS = {"backends", "end_to_end", "faults", "load", "reference", "scenarios"}
FAST_FILES = {
    "test_backends_table.py", "test_catalogue_page.py", "test_choosing.py", "test_messages.py",
    "test_ports.py", "test_schedule.py", "test_undo.py",
}  # fmt: skip
# Guides are followed in a copy with every check; the others start browsers, engines or builds.
SLOW_FILES = {
    "test_adding_a_format.py", "test_adding_a_metric.py", "test_browser.py",
    "test_faults_fixture.py", "test_image_wheels.py", "test_outcomes.py", "test_real_engine.py",
}  # fmt: skip


def pytest_configure() -> None:
    """Restore SIGINT: shells, also those of a pipeline, start background jobs with it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that ``make check`` leaves out."""
    for item in items:
        if item.path.is_relative_to(HERE) and _is_slow(item.path):
            item.add_marker("slow")


def _is_slow(path: Path) -> bool:
    room = path.relative_to(HERE).parts[0]
    return path.name in SLOW_FILES or (room in SLOW_ROOMS and path.name not in FAST_FILES)
