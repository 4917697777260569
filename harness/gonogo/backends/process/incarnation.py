"""One incarnation of a local process, from spawn to exit."""

import os
import select
import signal
import subprocess
import time

from gonogo.linux.stat import read_stat
from gonogo.services.incarnation import Exit
from gonogo.vocabulary import ProcessIdentity


class ProcessIncarnation:
    """A child process that is awaited by its pidfd, never by its pid.

    Args:
        process: just started.
        log_offset: where its output begins.
        run: run id.
        wake_fd: becomes readable when the waiting thread should stop waiting.

    Attributes:
        identity: of its main process.
        log_offset: where its output begins.
    """

    def __init__(
        self, process: subprocess.Popen[bytes], log_offset: int, run: str, wake_fd: int
    ) -> None:
        self._process, self.log_offset = process, log_offset
        self._started = time.monotonic()
        # A child that is not reaped yet keeps its pid and its entry in /proc, dead or alive.
        stat = read_stat(self._process.pid)
        start_ticks = stat.start_ticks if stat else 0
        self.identity = ProcessIdentity(self._process.pid, start_ticks, run)
        self._pidfd = os.pidfd_open(self._process.pid)
        self._poller = select.poll()
        self._poller.register(self._pidfd, select.POLLIN)
        self._poller.register(wake_fd, select.POLLIN)

    def wait(self, limit_s: float | None) -> bool:
        """Wait for exit or wake-up; says whether one of them came within the limit."""
        return bool(self._poller.poll(None if limit_s is None else limit_s * 1000))

    def wait_exit(self, limit_s: float) -> bool:
        """Wait for the exit alone; says whether it came."""
        return bool(select.select([self._pidfd], [], [], limit_s)[0])

    def lived_s(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._started

    def ask_to_stop(self) -> None:
        """Send SIGTERM, if it still is there."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL, if it still is there."""
        self._send(signal.SIGKILL)

    def _send(self, sig: int) -> None:
        try:
            signal.pidfd_send_signal(self._pidfd, sig)
        except ProcessLookupError:
            return

    def reap(self, limit_s: float) -> Exit | None:
        """Collect the exit code as Docker numbers it, 128 + signal; None when it does not end."""
        try:
            code = self._process.wait(limit_s)
        except subprocess.TimeoutExpired:
            return None
        finally:
            os.close(self._pidfd)
        return Exit(128 - code if code < 0 else code)
