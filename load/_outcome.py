"""How a request that raised ended."""

import errno

import aiohttp

from harness.vocabulary import Outcome

_RESET = (errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ENOTCONN)


def outcome_of(error: Exception) -> Outcome:
    """The outcome an exception of the client stands for."""
    if isinstance(error, TimeoutError):  # aiohttp's timeouts among them
        return Outcome.TIMEOUT
    if isinstance(error, OSError):  # aiohttp's connection errors among them
        number = _errno(error)
        if number == errno.ECONNREFUSED:
            return Outcome.REFUSED
        if number == errno.ETIMEDOUT:
            return Outcome.TIMEOUT
        return Outcome.RESET if number in _RESET else Outcome.OTHER
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError):
        return Outcome.RESET
    return Outcome.OTHER


def _errno(error: OSError) -> int | None:
    if isinstance(error, aiohttp.ClientConnectorError):
        # Happy eyeballs may wrap one error per address tried.
        inner: BaseException = error.os_error
        if isinstance(inner, ExceptionGroup):
            inner = inner.exceptions[0]
        return inner.errno if isinstance(inner, OSError) else None
    return error.errno
