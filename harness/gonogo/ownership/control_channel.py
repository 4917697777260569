"""The control channel: other processes ask the owner of a run to start a service.

One JSON line to ask, one to answer, over a Unix socket in ``RUN/state``. A run directory may
be deeper than the 108 bytes of a socket address, so the socket is opened by ``/proc/self/fd``.
"""

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gonogo.ownership.state_dir import state_path
from gonogo.vocabulary import EnvironmentFailed, HarnessError, SystemNotReady, UsageError

_NAME = "control.sock"
_ASK_S_MAX = 5.0
_ERRORS: dict[str, type[HarnessError]] = {
    error.__name__: error for error in (EnvironmentFailed, SystemNotReady, UsageError)
}

Starter = Callable[[str, float], None]


class ControlServer:
    """Answers requests in threads of its own until ``close``.

    Args:
        run_dir: the run directory; its state must exist.
        start: starts a service, given its name and a limit in seconds.
    """

    def __init__(self, run_dir: Path, start: Starter) -> None:
        self._start = start
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with _short_path(run_dir) as path:
            self._socket.bind(path)
        self._socket.listen()
        self._thread = threading.Thread(target=self._serve, name="control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Accept no more; requests under way are answered by daemon threads."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(_ASK_S_MAX)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(_ASK_S_MAX)
        try:
            with connection, connection.makefile("rwb") as file:
                asked = json.loads(file.readline())
                file.write(json.dumps(self._obey(asked)).encode() + b"\n")
        except (OSError, ValueError):
            return  # the client went away, or is not a process of ours

    def _obey(self, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            self._start(asked["start"], asked["timeout_s"])
        except HarnessError as error:
            return {
                "error": type(error).__name__,
                "what": error.what,
                "where": error.where,
                "alternatives": error.alternatives,
                "hint": error.hint,
            }
        return {}


def ask_start(run_dir: Path, service: str, timeout_s: float) -> None:
    """Ask the owner of the run to start a service and wait until it is ready.

    Raises:
        EnvironmentFailed: the owner is gone or does not answer.
        UsageError: there is no such service.
        SystemNotReady: it exited or was not ready in time.
    """
    request = json.dumps({"start": service, "timeout_s": timeout_s}).encode() + b"\n"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout_s + _ASK_S_MAX)
            with _short_path(run_dir) as path:
                connection.connect(path)
            connection.sendall(request)
            with connection.makefile("rb") as file:
                answer = json.loads(file.readline())
    except (OSError, ValueError) as error:
        raise EnvironmentFailed(
            f"service {service} cannot be started: the owner of the run does not answer ({error})",
            where=str(state_path(run_dir) / _NAME),
            hint="the run has ended or was killed: gonogo heal sweeps what it left",
        ) from error
    if answer:
        kind = _ERRORS.get(answer.pop("error"), EnvironmentFailed)
        raise kind(answer.pop("what"), **answer)


@contextmanager
def _short_path(run_dir: Path) -> Iterator[str]:
    fd = os.open(state_path(run_dir), os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{fd}/{_NAME}"
    finally:
        os.close(fd)
