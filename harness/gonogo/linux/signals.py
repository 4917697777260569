"""SIGINT and SIGTERM deferred, so that the start and the end of a system are never interrupted.

Blocking them with ``pthread_sigmask`` is not enough: the kernel then delivers them to another
thread, and Python still runs the handler in the main thread.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# In the order in which they get their handlers back: the one that usually raises comes last.
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class DeferredSignals:
    """The signals that arrived meanwhile; ``deferred_signals`` makes it.

    Attributes:
        first: number of the first signal, 0 while none has arrived.
    """

    def __init__(self) -> None:
        self.first = 0

    @property
    def arrived(self) -> bool:
        """Whether a signal waits."""
        return self.first != 0

    def check(self) -> None:
        """Interrupt here, where it is safe.

        Raises:
            KeyboardInterrupt: a signal has arrived.
        """
        if self.arrived:
            raise KeyboardInterrupt

    def keep(self, number: int, _: object) -> None:
        """The handler: takes no lock, so it may run at any point of the main thread."""
        self.first = self.first or number


@contextmanager
def deferred_signals() -> Iterator[DeferredSignals]:
    """While the block runs, SIGINT and SIGTERM wait; the first is delivered after it.

    Blocks may be nested: the outermost delivers. In another thread than the main one, which
    no handler ever interrupts, nothing is done. An ignored signal stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield DeferredSignals()
        return
    outer = _installed()
    if outer is not None:
        yield outer
        return
    deferred = DeferredSignals()
    before = {each: signal.getsignal(each) for each in _SIGNALS}
    handlers = {each: it for each, it in before.items() if it not in (signal.SIG_IGN, None)}
    try:
        for each in handlers:
            signal.signal(each, deferred.keep)
        yield deferred
    finally:
        for each, handler in handlers.items():
            signal.signal(each, handler)
        if deferred.arrived:
            signal.raise_signal(deferred.first)


def _installed() -> DeferredSignals | None:
    """The block this one is nested in: its handler is the one in place."""
    for each in _SIGNALS:
        owner = getattr(signal.getsignal(each), "__self__", None)
        if isinstance(owner, DeferredSignals):
            return owner
    return None
