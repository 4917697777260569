"""Expectations: each one is recorded first, and asserted second."""

from typing import Any

import pytest

from gonogo.vocabulary import Recorder
from gonogo.vocabulary.events import ExpectationChecked


class Expect:
    """Records what a scenario expects and what it observed.

    Args:
        recorder: event log of this process.
        test: node id of the scenario.
    """

    def __init__(self, recorder: Recorder, test: str) -> None:
        self._recorder = recorder
        self._test = test
        self.count = 0

    def equal(self, claim: str, observed: Any, expected: Any) -> None:
        """``observed`` equals ``expected``."""
        self._state(claim, observed == expected, observed, expected)

    def true(self, claim: str, holds: bool, *, observed: Any = None) -> None:
        """The claim holds; ``observed`` is the evidence for the report."""
        self._state(claim, bool(holds), observed, True)

    def at_most(self, claim: str, observed: float, limit: float) -> None:
        """``observed`` is not above ``limit``."""
        self._state(claim, observed <= limit, observed, f"<= {limit}")

    def _state(self, claim: str, passed: bool, observed: Any, expected: Any) -> None:
        self.count += 1
        self._recorder.record(
            ExpectationChecked(
                test=self._test,
                claim=str(claim),  # a scenario may pass anything
                passed=bool(passed),
                observed=_short(observed),
                expected=_short(expected),
            )
        )
        if not passed:
            pytest.fail(
                f"{claim}: observed {_short(observed)}, expected {_short(expected)}",
                pytrace=False,
            )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}… ({len(text)} characters)"
