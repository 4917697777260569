"""How a request ended: from its answer, or from the exception it raised."""

import errno
import json

from gonogo.target import Operation
from gonogo.vocabulary import Outcome

_RESET = (errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ENOTCONN)


def outcome_of_answer(operation: Operation, status: int, content: bytes) -> Outcome:
    """OK, or what is wrong with the status or the body."""
    if status not in operation.status:
        return Outcome.HTTP_ERROR
    if not operation.json_keys:
        return Outcome.OK
    try:
        answer = json.loads(content)
    except ValueError:
        return Outcome.WRONG_BODY
    complete = isinstance(answer, dict) and all(key in answer for key in operation.json_keys)
    return Outcome.OK if complete else Outcome.WRONG_BODY


def outcome_of_error(error: Exception) -> Outcome:
    """The outcome that an exception of the client stands for."""
    import aiohttp  # noqa: PLC0415 - see Client

    if isinstance(error, TimeoutError):  # aiohttp's timeouts are subclasses
        return Outcome.TIMEOUT
    if isinstance(error, OSError):  # aiohttp's connection errors are subclasses
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
