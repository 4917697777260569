"""The driver's process, and through it the browser's: alone in a directory, always ended."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from gonogo.linux import (
    RUN_VARIABLE,
    SERVICE_VARIABLE,
    identify,
    kill_all,
    processes_of_run,
    wait_until,
)
from gonogo.probes.browser.programs import BrowserUnavailable, Programs
from gonogo.vocabulary import ProcessIdentity

START_S_MAX = 30.0  # measured 0.1 s; this one ends a hang on a crowded machine
KILL_S_MAX = 3.0
_LISTENS = re.compile(r"started successfully on port (\d+)")
_INHERITED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ")


class DriverProcess:
    """A chromedriver that has said where it listens, on loopback only.

    Args:
        programs: what to start.
        home: an empty directory that all of it writes to; removed by ``stop``.
        log: where its output goes.
        run: run id.
        name: its mark, and its browser's, among the processes of the run.

    It dies with the process that made it, and its browser with it: the browser hangs on a pipe
    to its driver. What escapes that carries the run's mark, for the sweep.

    Raises:
        BrowserUnavailable: it did not start.
    """

    def __init__(self, programs: Programs, home: Path, log: Path, run: str, name: str) -> None:
        self._home = home
        self._run = run
        self._name = name
        home.mkdir(parents=True, mode=0o700)
        log.parent.mkdir(exist_ok=True)
        environment = {key: os.environ[key] for key in _INHERITED if key in os.environ}
        environment |= {RUN_VARIABLE: run, SERVICE_VARIABLE: name, "HOME": str(home)}
        # The browser's socket must stand below its home, so that nothing is left elsewhere when
        # it is killed; by its real name the path would be too long for a socket.
        environment["TMPDIR"] = "/proc/self/cwd"
        with log.open("wb") as output:
            # A session of its own: Ctrl-C must end the step, not the browser under it.
            self._process = subprocess.Popen(
                [programs.setpriv, "--pdeathsig", "KILL", programs.chromedriver, "--port=0"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=home,
                env=environment, start_new_session=True,
            )  # fmt: skip
        self._identity = identify(self._process.pid)
        self.port = self._wait_port(log)

    def _wait_port(self, log: Path) -> int:
        ports: list[str] = []

        def told() -> bool:
            ports[:] = _LISTENS.findall(log.read_text(errors="replace"))
            return bool(ports) or self._process.poll() is not None

        wait_until(told, START_S_MAX)
        if not ports:
            self.stop()
            said = log.read_text(errors="replace").strip()[-500:]
            raise BrowserUnavailable(f"chromedriver did not start: {said or 'it said nothing'}")
        return int(ports[0])

    def processes(self) -> list[ProcessIdentity]:
        """The driver, the browser and its children, those that are alive."""
        known = [self._identity] if self._identity else []
        since = self._identity.start_ticks if self._identity else 0
        return processes_of_run(self._run, service=self._name, mains=known, since_ticks=since)

    def stop(self) -> None:
        """End all of it and remove its directory: nothing in there is of any use to anyone."""
        kill_all(self.processes, limit_s=KILL_S_MAX)
        self._process.wait(timeout=KILL_S_MAX)
        shutil.rmtree(self._home, ignore_errors=True)
