"""Starting a container, any number of times; each start is an incarnation."""

import contextlib
import errno
import os
import re
import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gonogo.backends.containers.engine import (
    ENGINE_ERRORS,
    brief,
    connect,
    engine_work,
    inspect,
    last_health_output,
)
from gonogo.backends.containers.incarnation import ContainerIncarnation
from gonogo.linux.identity import identify
from gonogo.linux.processes import family_of
from gonogo.linux.waiting import wait_until
from gonogo.services.service_log import open_log
from gonogo.vocabulary import EnvironmentFailed, Form, ProcessIdentity

_PORT_TAKEN = re.compile(r"port is already allocated|address already in use")
# The engine refuses the service itself; every other error is the engine's own.
_NOT_EXECUTED = re.compile(
    r"exec: |executable file not found|unable to find (user|group)"
    r"|OCI runtime(?!.*no space left on device)"
)
_OUTPUT_S_MAX = 2.0
_SAID_MAX = 500
# From the end of a process to the engine's report: milliseconds, seconds on a busy machine.
_TELL_S_MAX = 5.0


@dataclass(frozen=True, slots=True)
class ContainerLaunch:
    """One created container, ready to be started any number of times.

    Attributes:
        run: run id.
        service: its name.
        container: its id.
        log: where its output goes.
    """

    run: str
    service: str
    container: str
    log: Path

    def begin(self, wake_fd: int) -> ContainerIncarnation:
        """Start it; its output is followed from before its first byte.

        Raises:
            OSError: its command cannot be executed.
            EnvironmentFailed: the engine fails, its port is taken, or its processes are not on
                this machine.
        """
        doing = f"start service {self.service}"
        with contextlib.ExitStack() as undo:
            with engine_work(doing):
                output = Output(self.container, self.log)
            undo.callback(output.close)
            self._start(doing)
            with engine_work(doing):
                main = self._main()
                life = ContainerIncarnation(self.container, main, output.offset, wake_fd, output)
            undo.pop_all()
        return life

    def trouble(self) -> str:
        """What its health check said last."""
        said = last_health_output(self.container)
        return f"its health check said: {said[:_SAID_MAX]}" if said else ""

    def processes(self, main: ProcessIdentity | None) -> list[ProcessIdentity]:
        """Its main process and its descendants; health checks are not among them."""
        return family_of(main) if main else []

    def _start(self, doing: str) -> None:
        try:
            connect().client.api.start(self.container)
        except ENGINE_ERRORS as error:
            said = brief(error)
            if _PORT_TAKEN.search(said):
                raise EnvironmentFailed(
                    f"service {self.service} cannot have its port: {said}",
                    where="127.0.0.1",
                    hint="end what occupies it: ss -ltnp",
                ) from error
            if _NOT_EXECUTED.search(said):
                raise OSError(errno.ENOEXEC, said) from error
            raise EnvironmentFailed(
                f"the container engine cannot {doing}: {said}", where=Form.CONTAINER.value
            ) from error

    def _main(self) -> ProcessIdentity:
        state = inspect(self.container)["State"]
        pid = int(state["Pid"])
        found = identify(pid) if pid else None
        if found is None and pid and not wait_until(partial(self._is_not, pid), _TELL_S_MAX):
            raise EnvironmentFailed(
                f"the processes of service {self.service} do not run on this machine",
                where=f"container {self.container[:12]}, pid {pid}",
                hint="use an engine of this machine (not in a virtual one), or --backend process",
            )
        # It may have ended by now: then no process has this identity.
        start_ticks = found.start_ticks if found else 0
        return ProcessIdentity(pid, start_ticks, self.run)

    def _is_not(self, pid: int) -> bool:
        """Whether the engine says that it ended: it says so some time after the kernel."""
        return int(inspect(self.container)["State"]["Pid"]) != pid


class Output:
    """Copies what one incarnation of a container writes into the log of the service.

    Args:
        container: its id; not started yet.
        log: appended to.

    Attributes:
        offset: where the output of this incarnation begins.
    """

    def __init__(self, container: str, log: Path) -> None:
        self._fd, self.offset = open_log(log)
        try:
            self._stream = connect().client.api.attach(
                container, stdout=True, stderr=True, stream=True
            )
        except BaseException:
            os.close(self._fd)
            raise
        self._thread = threading.Thread(target=self._follow, name=f"output {log.stem}", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until all of it is in the log; it ends with the container."""
        self._thread.join(_OUTPUT_S_MAX)

    def close(self) -> None:
        """Stop copying."""
        with contextlib.suppress(OSError):  # the engine has ended it
            self._stream.close()
        self.join()

    def _follow(self) -> None:
        try:
            for chunk in self._stream:
                os.write(self._fd, chunk)
        except (OSError, ValueError):  # closed, or the engine went away: its exit is seen elsewhere
            return
        finally:
            os.close(self._fd)
            # The stream's own close leaves the connection behind it open.
            self._stream._response.close()  # type: ignore[attr-defined] # no public way
