"""The watchdog: a detached process that cleans up when the harness dies.

It holds the only read end of a pipe whose write end is close-on-exec in the harness. A child that
the harness has forked holds the write end too, until exec makes it a service. So the pipe ends when
the harness has died, however it died, and no such child is left.
"""

import contextlib
import os
import select
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from gonogo.linux.identity import RUN_VARIABLE, SERVICE_VARIABLE, is_alive
from gonogo.linux.stat import read_stat
from gonogo.vocabulary import EnvironmentFailed, ProcessIdentity

_BYE = b"."
_BYE_S_MAX = 5.0
# The undo, the sweep's own limits of three and two seconds, and the start of an interpreter.
_SWEEP_S_MAX = 10.0
# From the death of the harness to the end of the pipe, unless a child of it keeps the pipe open.
_PIPE_S_MAX = 1.0


class Watchdog:
    """The harness' end of the pipe; ``spawn_watchdog`` makes it.

    Attributes:
        pid: process id of the watchdog.
    """

    def __init__(
        self, process: subprocess.Popen[bytes], write_fd: int, on_death: Callable[[], None]
    ) -> None:
        self.pid = process.pid
        self._process = process
        self._write_fd = write_fd
        self._on_death = on_death
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch_it, name="watchdog", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Report to it that nothing is left to clean up. May be called twice."""
        if self._closing.is_set():
            return
        self._closing.set()
        with contextlib.suppress(BrokenPipeError):
            os.write(self._write_fd, _BYE)
        os.close(self._write_fd)
        self._thread.join(_BYE_S_MAX)
        if self._thread.is_alive():
            self._process.kill()

    def abandon(self) -> bool:
        """Leave what is left for the watchdog to sweep; ``close`` does nothing after that.

        Returns:
            Whether it finished within the limit; otherwise it goes on.
        """
        if not self._closing.is_set():
            self._closing.set()
            os.close(self._write_fd)
        self._thread.join(_SWEEP_S_MAX)
        return not self._thread.is_alive()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _watch_it(self) -> None:
        self._process.wait()
        if not self._closing.is_set():
            self._on_death()


def spawn_watchdog(command: Sequence[str], *, log: Path, on_death: Callable[[], None]) -> Watchdog:
    """Start the watchdog in a session of its own; do so before anything else is started.

    Args:
        command: what ends up in ``watch_and_sweep``; gets ``--fd N`` appended.
        log: where its output goes; for the case that it fails.
        on_death: called in a thread when it dies; the harness must not go on without it.

    Raises:
        EnvironmentFailed: it cannot be started.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in (RUN_VARIABLE, SERVICE_VARIABLE)
    }
    read_fd, write_fd = os.pipe()
    os.write(write_fd, _introduction())
    try:
        with log.open("ab") as output:
            process = subprocess.Popen(
                [*command, "--fd", str(read_fd)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                start_new_session=True,
                pass_fds=(read_fd,),
            )
    except OSError as error:
        os.close(write_fd)
        raise EnvironmentFailed(
            f"the watchdog cannot be started: {error}", where=" ".join(command)
        ) from error
    finally:
        os.close(read_fd)
    return Watchdog(process, write_fd, on_death)


def watch(fd: int, on_death: Callable[[], None]) -> bool:
    """Wait until the harness closes the watchdog or dies; in the second case call ``on_death``.

    Args:
        fd: read end of the pipe.
        on_death: cleans up.

    Returns:
        Whether it died.
    """
    died = not _said_bye(fd)
    if died:
        on_death()
    return died


def _introduction() -> bytes:
    """The process to watch. Not getppid(): the harness may die before the watchdog asks."""
    me = read_stat(os.getpid())
    assert me is not None  # noqa: S101 - this process runs
    return f"{me.pid} {me.start_ticks}\n".encode()


def _said_bye(fd: int) -> bool:
    with os.fdopen(fd, "rb", buffering=0, closefd=False) as pipe:
        introduction = pipe.readline()
        if not introduction:
            return False
        pid, start_ticks = introduction.split()
        harness = ProcessIdentity(int(pid), int(start_ticks), "")
        return _heard(fd, harness) and pipe.read(1) == _BYE


def _heard(fd: int, harness: ProcessIdentity) -> bool:
    """Wait until the pipe is readable; False when the harness died and its pipe stayed open."""
    try:
        pidfd = os.pidfd_open(harness.pid)
    except ProcessLookupError:
        return _readable([fd], _PIPE_S_MAX) == [fd]
    try:
        # Another process with the same pid: then the harness is dead.
        if is_alive(harness) and fd in _readable([fd, pidfd], None):
            return True
        return _readable([fd], _PIPE_S_MAX) == [fd]
    finally:
        os.close(pidfd)


def _readable(fds: list[int], limit_s: float | None) -> list[int]:
    return select.select(fds, [], [], limit_s)[0]
