"""One incarnation of a container, awaited by the pidfd of its main process."""

import os
import select
import signal
import time
from typing import Any, Protocol, cast

from gonogo.backends.containers.engine import (
    ENGINE_ERRORS,
    connect,
    docker_errors,
    inspect,
)
from gonogo.linux.waiting import wait_until
from gonogo.services.incarnation import Exit
from gonogo.vocabulary import ProcessIdentity

_KILLED = 128 + signal.SIGKILL
OUT_OF_MEMORY = "out of memory"


class Followed(Protocol):
    """The output of this incarnation."""

    def join(self) -> None:
        """Wait until all of it is in the log."""


class ContainerIncarnation:
    """A container that was just started.

    Args:
        container: its id.
        identity: of its main process, as this machine numbers it.
        log_offset: where its output begins.
        wake_fd: becomes readable when the waiting thread should stop waiting.
        output: its output, being followed.
    """

    def __init__(
        self,
        container: str,
        identity: ProcessIdentity,
        log_offset: int,
        wake_fd: int,
        output: Followed,
    ) -> None:
        self.identity = identity
        self.log_offset = log_offset
        self._container = container
        self._output = output
        self._started, self._started_wall = time.monotonic(), int(time.time())
        self._poller = select.poll()
        self._poller.register(wake_fd, select.POLLIN)
        self._pidfd = _open(identity)
        if self._pidfd is not None:
            self._poller.register(self._pidfd, select.POLLIN)

    def wait(self, limit_s: float | None) -> bool:
        """Wait for exit or wake-up; says whether one of them came within the limit."""
        if self._pidfd is None:
            return True
        return bool(self._poller.poll(None if limit_s is None else limit_s * 1000))

    def wait_exit(self, limit_s: float) -> bool:
        """Wait for the exit alone; says whether it came."""
        return self._pidfd is None or bool(select.select([self._pidfd], [], [], limit_s)[0])

    def lived_s(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._started

    def ask_to_stop(self) -> None:
        """Send the signal its image or service names, SIGTERM where neither does."""
        try:
            named = inspect(self._container)["Config"].get("StopSignal") or "SIGTERM"
            number = int(named) if str(named).isdecimal() else int(signal.Signals[named])
        except (*ENGINE_ERRORS, KeyError):
            number = int(signal.SIGTERM)
        self._send(number)

    def kill(self) -> None:
        """Send SIGKILL, if it still is there."""
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        if self._pidfd is None:
            return
        try:
            # Not by the engine: this reaches it even where the engine does not answer any more.
            signal.pidfd_send_signal(self._pidfd, number)
        except ProcessLookupError:
            return
        except PermissionError:
            _kill_by_engine(self._container, number)

    def reap(self, limit_s: float) -> Exit | None:
        """Collect exit code and cause, its last output included; None when it does not end."""
        state: dict[str, Any] = {}

        def over() -> bool:
            state.update(inspect(self._container)["State"])
            return not state["Running"]

        ended = wait_until(over, limit_s)
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None
        if not ended:
            return None
        self._output.join()
        code = int(state["ExitCode"])
        killed_for_memory = state.get("OOMKilled") or (code == _KILLED and self._was_short())
        return Exit(code, OUT_OF_MEMORY if killed_for_memory else "")

    def _was_short(self) -> bool:
        """Whether the engine reported a lack of memory: its flag may be set after the exit."""
        events = connect().client.api.events(
            since=self._started_wall,
            until=cast("int", f"{time.time():.9f}"),  # with nanoseconds, as the engine accepts
            filters={"container": self._container, "event": "oom"},
            decode=True,
        )
        return any(True for _ in events)


def _open(identity: ProcessIdentity) -> int | None:
    if not identity.pid:
        return None
    try:
        return os.pidfd_open(identity.pid)
    except ProcessLookupError:
        return None


def _kill_by_engine(container: str, number: int) -> None:
    try:
        connect().client.api.kill(container, number)
    except docker_errors.APIError:  # it is over already
        return
