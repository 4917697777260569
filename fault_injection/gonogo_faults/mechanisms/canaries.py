"""Canaries on a service's own port: whether anything comes back."""

import socket
from collections.abc import Callable, Sequence
from typing import TypeVar

W = TypeVar("W")

# Servers of nearly every protocol answer this, some with an error.
REQUEST = b"GET / HTTP/1.0\r\n\r\n"
_PATIENCE_S = (0.25, 10.0)


def answers(address: tuple[str, int], within_s: float) -> bool:
    """Call once: whether a byte, or the end of the connection, came back in time.

    A stopped process is silent: the kernel accepts for it, and no process reads.
    """
    try:
        with socket.create_connection(address, within_s) as connection:
            connection.settimeout(within_s)
            connection.sendall(REQUEST)
            connection.recv(1)
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def answering(addresses: Sequence[tuple[str, int]]) -> tuple[str, int] | None:
    """Before a fault is armed: the first address that answers, None when all are silent.

    All are tried with a short wait, then with one that is long enough for a busy machine.
    """
    return first_that_answers(addresses, _serves)


def _serves(address: tuple[str, int], within_s: float) -> bool:
    """As ``answers``, but false for a port that refuses."""
    try:
        socket.create_connection(address, within_s).close()
    except OSError:
        return False
    return answers(address, within_s)


def first_that_answers(ways: Sequence[W], asks: Callable[[W, float], bool]) -> W | None:
    """As ``answering``, for another kind of canary: ``asks(way, within_s)`` sends it."""
    found = (each for wait_s in _PATIENCE_S for each in ways if asks(each, wait_s))
    return next(found, None)
