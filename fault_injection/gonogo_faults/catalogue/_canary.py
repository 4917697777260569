"""A canary: does anything at all come back through a service's own port?"""

import socket
from collections.abc import Callable, Sequence
from typing import TypeVar

W = TypeVar("W")

# Servers of nearly every protocol answer this, if only with an error.
CALL = b"GET / HTTP/1.0\r\n\r\n"
_PATIENCE_S = (0.25, 10.0)


def answers(address: tuple[str, int], within_s: float) -> bool:
    """Call once: whether a byte, or the end of the connection, came back in time.

    A stopped process is silent: the kernel accepts for it, and nobody reads.
    """
    try:
        with socket.create_connection(address, within_s) as connection:
            connection.settimeout(within_s)
            connection.sendall(CALL)
            connection.recv(1)
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def answering(addresses: Sequence[tuple[str, int]]) -> tuple[str, int] | None:
    """Before anything is armed: the first address that answers, None when all are silent.

    At once, or with all the patience that tells one that answers from one that does not, however
    busy the machine is.
    """
    return first_that_answers(addresses, _serves)


def _serves(address: tuple[str, int], within_s: float) -> bool:
    """As ``answers``, but a port that refuses serves nobody."""
    try:
        socket.create_connection(address, within_s).close()
    except OSError:
        return False
    return answers(address, within_s)


def first_that_answers(ways: Sequence[W], asks: Callable[[W, float], bool]) -> W | None:
    """As ``answering``, for calls of another kind: ``asks(way, within_s)`` calls once."""
    found = (each for wait_s in _PATIENCE_S for each in ways if asks(each, wait_s))
    return next(found, None)
