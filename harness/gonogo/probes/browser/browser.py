"""The browser as a scenario uses it: steps, pages and elements."""

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from gonogo.probes.browser.driver import DriverProcess
from gonogo.probes.browser.element import Element
from gonogo.probes.browser.errors import PageNotReady, StateNotReached
from gonogo.probes.browser.programs import find_programs
from gonogo.probes.browser.steps import Steps
from gonogo.services import Redactor
from gonogo.vocabulary import Recorder

OPEN_S_MAX = 15.0  # a page that takes longer counts as unavailable


class Browser:
    """A Chromium with an empty profile, at one site. Not thread-safe.

    Args:
        base_url: ``http://host:port``; no other host can be reached.
        run_dir: where its evidence is stored, and its profile while it runs.
        test: node id of the test.
        recorder: event log of this process.
        redact: removes secrets from texts that are recorded.

    Raises:
        BrowserUnavailable: there is no browser here, or it did not start.
    """

    def __init__(
        self, base_url: str, run_dir: Path, test: str, recorder: Recorder, redact: Redactor
    ) -> None:
        from gonogo.probes.browser.session import Session  # noqa: PLC0415 - see that module

        self.base_url = base_url
        self._closing = ExitStack()
        programs = find_programs()
        name = f"browser-{re.sub(r'[^a-zA-Z0-9]+', '-', test)[-80:].strip('-')}"
        home = _unused(run_dir / "state", name)
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
        """One step of the journey, as a ``with`` block: recorded, with screenshot and console.

        Args:
            name: what the user does.
            declared: parts of console errors that are expected in this step. Any other error on
                the console fails it, also an uncaught exception or a violation of the policy.

        Raises:
            StepFailed: an expectation in the block failed, or the page reported an error.
            BrowserLost: the browser ended.
        """
        return self._steps.step(name, declared)

    def open(self, path: str, timeout_s: float = OPEN_S_MAX) -> None:
        """Open a path of the site and wait until the page is loaded.

        Raises:
            StateNotReached: it was not loaded in time.
        """
        try:
            self._session.get(self.base_url + path, timeout_s)
        except PageNotReady as error:
            raise StateNotReached(
                f"waited {timeout_s:g} s at most for the page {path} to load: {error}"
            ) from error

    def element(self, selector: str, name: str = "") -> Element:
        """The elements that match a CSS selector."""
        return Element(self._session, selector, name or selector)

    def testid(self, testid: str) -> Element:
        """The elements with this ``data-testid``."""
        return self.element(f'[data-testid="{testid}"]', testid)

    def check_console(self) -> None:
        """Read the console once more, after the last step.

        Raises:
            StepFailed: there is an error on it.
        """
        self._steps.check_console()

    def close(self) -> None:
        """End the browser and remove its profile."""
        self._closing.close()


def _unused(folder: Path, name: str) -> Path:
    """A directory that does not exist yet: a test may run twice."""
    numbers = (f"{name}.{number}" for number in range(2, 1000))
    return next(folder / each for each in (name, *numbers) if not (folder / each).exists())
