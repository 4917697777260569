"""Tests and what they expect."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class TestStarted:
    """An attempt of a test began.

    Attributes:
        test: node id.
        phase: where it runs.
    """

    __test__: ClassVar = False  # pytest would collect it as a test class
    kind: ClassVar = "test.started"
    test: str
    phase: str


@dataclass(frozen=True, slots=True)
class TestFinished:
    """An attempt of a test ended.

    Attributes:
        test: node id.
        phase: where it ran.
        outcome: ``passed``, ``failed``, ``error``, ``skipped``, or what another plugin set.
        duration_s: setup, call and teardown together.
        message: the failure, or the reason of the skip.
        expectations: number of expectations it stated.
    """

    __test__: ClassVar = False  # pytest would collect it as a test class
    kind: ClassVar = "test.finished"
    test: str
    phase: str
    outcome: str
    duration_s: float | None = None
    message: str = ""
    expectations: int = 0


@dataclass(frozen=True, slots=True)
class ExpectationChecked:
    """A test compared what it saw with what it expects.

    Attributes:
        test: node id.
        claim: what must hold, in words.
        passed: whether it held.
        observed: what was seen, as text.
        expected: what should have been seen, as text.
    """

    kind: ClassVar = "expectation"
    test: str
    claim: str
    passed: bool
    observed: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class NotTested:
    """Something that cannot be tested here.

    Attributes:
        what: label of a fault, or node id of a test.
        reason: why not.
        test: node id of the test that wanted it; None where only the reason names it.
    """

    kind: ClassVar = "not_tested"
    what: str
    reason: str
    test: str | None = None
