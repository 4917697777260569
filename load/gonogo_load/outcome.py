"""How a request that raised ended."""

import errno

from gonogo.vocabulary import Outcome

_RESET = (errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ENOTCONN)


def outcome_of(error: Exception) -> Outcome:
    """The outcome an exception of the client stands for."""
    import aiohttp  # noqa: PLC0415 - see Client

    if isinstance(error, TimeoutError):  # aiohttp's timeouts among them
        return Outcome.TIMEOUT
    if isinstance(error, OSError):  # aiohttp's connection errors among them
        # Happy eyeballs may wrap one error per address tried.
        inner = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
        number = _errno(inner)
        if number == errno.ECONNREFUSED:
            return Outcome.REFUSED
        if number == errno.ETIMEDOUT:
            return Outcome.TIMEOUT
        return Outcome.RESET if number in _RESET else Outcome.OTHER
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError):
        return Outcome.RESET
    return Outcome.OTHER


def _errno(error: BaseException) -> int | None:
    first = error.exceptions[0] if isinstance(error, ExceptionGroup) else error
    return first.errno if isinstance(first, OSError) else None
