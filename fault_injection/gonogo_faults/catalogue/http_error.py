"""http-error: a dependency answers HTTP requests with an error instead of doing them.

Mechanism: toxic ``http`` of the fault proxy: requests of the selected clients are answered with the
status and never reach the upstream.
Parameters: ``status``, ``method`` (names, with commas; none: all), ``path`` (``*`` stands for
anything; none: all), ``percent`` of the requests.
Proof of bite: requests of the system got this answer.
Undo: the toxic is removed; a connection that still waits for an answer is closed.
Proof of absence: the toxic is gone, and a canary ends as one did before.
Backends: process, docker; HTTP/1 without TLS.
Source: RFC 9110, section 15.
"""

from typing import Any

from gonogo.vocabulary import UsageError
from gonogo_faults.catalogue._erroring import ErroringFault


class HttpError(ErroringFault):
    """Answer HTTP requests over the selected edges with an error.

    Args:
        status: 400 to 599.
        method: the methods it applies to, separated by commas.
        path: the paths it applies to, without query.
        percent: share of these requests that gets the error.

    Raises:
        UsageError: that status is no error, or there is no such share.
    """

    name = "http-error"
    kind = "http"

    def __init__(
        self, status: int = 503, method: str = "", path: str = "", percent: float = 100.0
    ) -> None:
        if not 400 <= status <= 599:
            raise UsageError(
                f"{status} is no error of HTTP", where="fault http-error", hint="400 to 599"
            )
        given: dict[str, Any] = {"status": status}
        given |= {"method": method} if method else {}
        given |= {"path": path} if path else {}
        shown = {"status": status, "method": method, "path": path, "percent": percent}
        super().__init__(given, shown, percent)
