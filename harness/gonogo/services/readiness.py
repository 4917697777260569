"""Readiness: one check of a service, from outside."""

import http.client
import re
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gonogo.services.service_log import read_from
from gonogo.target import Readiness
from gonogo.vocabulary import ProcessIdentity

Address = tuple[str, int]
# One check: main process of the current incarnation, and where its output begins.
IsReady = Callable[[ProcessIdentity, int], bool]

# A health route that needs longer than this is one a load balancer would drop too.
CHECK_S_MAX = 2.0
_ANSWER_BYTES_MAX = 65536


@dataclass(frozen=True, slots=True)
class ReadinessCheck:
    """The declared readiness check of one service.

    Attributes:
        ready: what to check; None means that a running service is ready.
        endpoints: container port to where it answers.
        log: the service's output.
    """

    ready: Readiness | None
    endpoints: Mapping[int, Address]
    log: Path

    def __call__(self, main: ProcessIdentity, log_offset: int) -> bool:
        """Check once, within about two seconds; never raises for what it finds.

        Args:
            main: main process of the current incarnation; only the check of a container uses it.
            log_offset: where the current incarnation's output begins.
        """
        ready = self.ready
        if ready is not None and ready.http is not None:
            port, path = ready.http
            return _http(self.endpoints[port], path)
        if ready is not None and ready.tcp is not None:
            return _tcp(self.endpoints[ready.tcp], ready.send.encode(), ready.banner)
        if ready is not None and ready.log is not None:
            text = read_from(self.log, log_offset)
            return re.search(ready.log, text, re.MULTILINE) is not None
        return True


def _http(address: Address, path: str) -> bool:
    connection = http.client.HTTPConnection(*address, timeout=CHECK_S_MAX)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        return 200 <= connection.getresponse().status < 300
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _tcp(address: Address, send: bytes, banner: str) -> bool:
    try:
        with socket.create_connection(address, timeout=CHECK_S_MAX) as connection:
            connection.sendall(send)
            return not banner or _answers(connection, re.compile(banner.encode()))
    except OSError:
        return False


def _answers(connection: socket.socket, banner: re.Pattern[bytes]) -> bool:
    deadline = time.monotonic() + CHECK_S_MAX
    answer = b""
    while len(answer) < _ANSWER_BYTES_MAX and (left_s := deadline - time.monotonic()) > 0:
        connection.settimeout(left_s)
        chunk = connection.recv(4096)
        if not chunk:
            return False
        answer += chunk
        if banner.search(answer):
            return True
    return False
