"""A canary: does anything at all come back through a service's own port?"""

import socket
from collections.abc import Iterable

# Servers of nearly every protocol answer this, if only with an error.
CALL = b"GET / HTTP/1.0\r\n\r\n"


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


def answering(addresses: Iterable[tuple[str, int]], within_s: float) -> tuple[str, int] | None:
    """The first address that answers, None when all are silent."""
    return next((each for each in addresses if answers(each, within_s)), None)
