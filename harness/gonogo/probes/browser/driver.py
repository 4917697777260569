"""The processes of the driver and its browser: in a directory of their own, always ended."""

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

START_S_MAX = 30.0  # measured 0.1 s; the limit is for a busy machine
KILL_S_MAX = 3.0
_LISTENS = re.compile(r"started successfully on port (\d+)")
_INHERITED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ")


class DriverProcess:
    """A chromedriver that listens on a port of loopback.

    Args:
        programs: what to start.
        home: a new directory, the only one it and the browser write to; removed by ``stop``.
        log: where its output goes.
        run: run id.
        name: service name in the environment of it and its browser, to find them in the run.

    It ends with the process that started it, and the browser ends with it: they are connected by
    a pipe. A process that still remains carries the run id, so that the sweep finds it.

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
        # The browser makes its socket below its home, so that nothing remains elsewhere when it
        # is killed. The real path would be too long for a socket.
        environment["TMPDIR"] = "/proc/self/cwd"
        with log.open("wb") as output:
            # A new session: Ctrl-C must end the step, not the browser.
            self._process = subprocess.Popen(
                [programs.setpriv, "--pdeathsig", "KILL", programs.chromedriver, "--port=0"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=home,
                env=environment, start_new_session=True,
            )  # fmt: skip
        self._identity = identify(self._process.pid)
        self.port = self._wait_port(log)

    def _wait_port(self, log: Path) -> int:
        ports: list[str] = []

        def listens_or_ended() -> bool:
            ports[:] = _LISTENS.findall(log.read_text(errors="replace"))
            return bool(ports) or self._process.poll() is not None

        wait_until(listens_or_ended, START_S_MAX)
        if not ports:
            self.stop()
            output = log.read_text(errors="replace").strip()[-500:]
            raise BrowserUnavailable(f"chromedriver did not start: {output or 'no output'}")
        return int(ports[0])

    def processes(self) -> list[ProcessIdentity]:
        """The driver, the browser and its child processes that are alive."""
        known = [self._identity] if self._identity else []
        since = self._identity.start_ticks if self._identity else 0
        return processes_of_run(self._run, service=self._name, mains=known, since_ticks=since)

    def stop(self) -> None:
        """End all of them and remove the directory; the evidence is stored elsewhere."""
        kill_all(self.processes, limit_s=KILL_S_MAX)
        self._process.wait(timeout=KILL_S_MAX)
        shutil.rmtree(self._home, ignore_errors=True)
