"""How a test attempt, or a step of a browser journey, ended."""

from enum import StrEnum


class Ending(StrEnum):
    """The outcomes that the gate knows; an event can also hold the word of another plugin."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"  # of a test: its setup or teardown failed, or its process died
    SKIPPED = "skipped"  # of a test
    LOST = "lost"  # of a step: the browser went away
    INTERRUPTED = "interrupted"  # of a step
