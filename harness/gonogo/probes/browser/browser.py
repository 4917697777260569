"""Browser probe: a person at the page, seen from outside."""

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from gonogo.probes.browser.driver import DriverProcess
from gonogo.probes.browser.element import Element
from gonogo.probes.browser.programs import find_programs
from gonogo.probes.browser.steps import Steps
from gonogo.probes.browser.unready import NotSeen, Unready
from gonogo.services import Redactor
from gonogo.vocabulary import Recorder

OPEN_S_MAX = 15.0  # a page that takes longer is not there


class Browser:
    """A Chromium without a past, at one site. Not thread-safe.

    Args:
        base_url: ``http://host:port``; no other host can be reached.
        run_dir: where its evidence goes, and its profile while it lives.
        test: node id of the test whose journey this is.
        recorder: event log of this process.
        redact: takes secrets out of what is recorded.

    Raises:
        BrowserUnavailable: there is none here, or it did not start.
    """

    def __init__(
        self, base_url: str, run_dir: Path, test: str, recorder: Recorder, redact: Redactor
    ) -> None:
        from gonogo.probes.browser.session import Session  # noqa: PLC0415 - see that module

        self.base_url = base_url
        self._closing = ExitStack()
        programs = find_programs()
        name = f"browser-{re.sub(r'[^a-zA-Z0-9]+', '-', test)[-80:].strip('-')}"
        home = _free(run_dir / "state", name)
        self.driver = DriverProcess(
            programs, home, run_dir / "logs" / f"{home.name}.log", run_dir.name, home.name
        )
        with ExitStack() as undo:
            undo.callback(self.driver.stop)
            host = urlsplit(base_url).hostname or ""
            self._session = Session(self.driver.port, programs.chromium, home, host)
            self._closing = undo.pop_all()
        self._steps = Steps(self._session, recorder, run_dir, test, redact)

    def step(self, name: str, *, declared: Sequence[str] = ()) -> AbstractContextManager[None]:
        """One step of the journey, a ``with`` block: recorded, photographed, its console read.

        Args:
            name: what the person does.
            declared: parts of console errors that belong to this step; every other error on the
                console, an uncaught exception or a violation of the policy among them, fails it.

        Raises:
            StepFailed: something in the block did not come to be, or the page reported an error.
            BrowserLost: the browser went away.
        """
        return self._steps.step(name, declared)

    def open(self, path: str, timeout_s: float = OPEN_S_MAX) -> None:
        """Go to a path of the site and wait until the page is loaded.

        Raises:
            NotSeen: it was not, in time.
        """
        try:
            self._session.get(self.base_url + path, timeout_s)
        except Unready as error:
            raise NotSeen(
                f"waited {timeout_s:g} s at most for the page {path} to load: {error}"
            ) from error

    def element(self, selector: str, name: str = "") -> Element:
        """What matches a CSS selector."""
        return Element(self._session, selector, name or selector)

    def testid(self, testid: str) -> Element:
        """What carries this ``data-testid``."""
        return self.element(f'[data-testid="{testid}"]', testid)

    def last_look(self) -> None:
        """Read the console once more, after the last step.

        Raises:
            StepFailed: an error stands there.
        """
        self._steps.last_look()

    def close(self) -> None:
        """End the browser and remove its profile."""
        self._closing.close()


def _free(folder: Path, name: str) -> Path:
    """A directory that does not exist yet: a test may be tried twice."""
    numbers = (f"{name}.{number}" for number in range(2, 1000))
    return next(folder / each for each in (name, *numbers) if not (folder / each).exists())
