"""A signal in the middle of a long call of the core."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

_AFTER_S = 0.2
_END_S_MAX = 1.0


class _AlarmError(Exception):
    pass


def _raise(number: int, frame: FrameType | None) -> None:
    raise _AlarmError


@contextmanager
def stopped_by_a_signal(threads: int = 1) -> Iterator[None]:
    """The block must end by what a signal's handler raises, within a second of its threads' work.

    It is the processor's second: on a busy machine it takes longer by the clock.
    """
    previous = signal.signal(signal.SIGALRM, _raise)
    signal.setitimer(signal.ITIMER_REAL, _AFTER_S)
    began = time.process_time()
    try:
        with pytest.raises(_AlarmError):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert time.process_time() - began < threads * (_AFTER_S + _END_S_MAX)
