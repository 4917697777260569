"""Steps of a journey: each is an event with screenshot and console at its end."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gonogo.observation import store_attachment
from gonogo.probes.browser.console import read_console
from gonogo.probes.browser.errors import BrowserLost, PageNotReady
from gonogo.vocabulary import Ending, Recorder
from gonogo.vocabulary.events import (
    Attachment,
    BrowserStepFinished,
    BrowserStepStarted,
    ConsoleLine,
)

if TYPE_CHECKING:
    from gonogo.probes.browser.session import Session

THUMBNAIL_SCALE = 0.25
FAILED_SCALE = 0.5  # large enough to read in the report
CONSOLE_LINES_MAX = 100
TEXT_CHARACTERS_MAX = 2000
T = TypeVar("T")


class StepFailed(AssertionError):
    """A step of a journey failed; the message names step, cause and screenshot."""


@dataclass(slots=True)
class _Evidence:
    """What was collected at the end of a step; what could not be read is left out."""

    url: str = ""
    console: list[ConsoleLine] = field(default_factory=list)
    screenshot: Attachment | None = None
    thumbnail: Attachment | None = None
    page_source: Attachment | None = None
    lost: str = ""


class Steps:
    """Records the steps of one test.

    Args:
        session: the browser.
        recorder: event log of this process.
        run_dir: where screenshots are stored.
        test: node id.
        redact: removes secrets from a text.
    """

    def __init__(
        self,
        session: "Session",
        recorder: Recorder,
        run_dir: Path,
        test: str,
        redact: Callable[[str], str],
    ) -> None:
        self._session = session
        self._recorder = recorder
        self._run_dir = run_dir
        self._test = test
        self._redact = redact
        self._number = 0

    @contextmanager
    def step(self, name: str, declared: Sequence[str] = ()) -> Iterator[None]:
        """One step; see ``Browser.step``."""
        self._number += 1
        key = BrowserStepStarted(self._test, self._number, str(name))
        self._recorder.record(key)
        began = time.monotonic()
        try:
            yield
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            self._record(key, began, Ending.INTERRUPTED, "", _Evidence())
            raise
        except BrowserLost as error:
            lost = self._record(key, began, Ending.LOST, str(error), _Evidence(lost=str(error)))
            raise BrowserLost(lost) from error
        # A failed expectation of pytest is not an Exception.
        except BaseException as error:
            failed = self._fail(key, began, str(error) or type(error).__name__, declared)
            if isinstance(error, Exception) and not isinstance(error, AssertionError):
                raise  # an error in the scenario itself: its traceback says more
            raise StepFailed(failed) from error
        self._end(key, began, declared)

    def check_console(self) -> None:
        """Read the console once more, after the last step.

        Raises:
            StepFailed: there is an error that is not declared.
        """
        lines = self._try(lambda: self._console(()), _Evidence()) or []
        if any(line.wrong for line in lines):
            with self.step("after the last step"):
                raise AssertionError(_first_error(lines))

    def _end(self, key: BrowserStepStarted, began: float, declared: Sequence[str]) -> None:
        evidence = self._evidence(declared, failed=False)
        if evidence.lost:
            raise BrowserLost(self._record(key, began, Ending.LOST, evidence.lost, evidence))
        if any(line.wrong for line in evidence.console):
            error = _first_error(evidence.console)
            evidence = self._evidence(declared, failed=True, earlier=evidence.console)
            raise StepFailed(self._record(key, began, Ending.FAILED, error, evidence))
        self._record(key, began, Ending.PASSED, "", evidence)

    def _fail(
        self, key: BrowserStepStarted, began: float, error: str, declared: Sequence[str]
    ) -> str:
        evidence = self._evidence(declared, failed=True)
        console_error = _first_error(evidence.console)
        text = f"{error}; {console_error}" if console_error else error
        return self._record(key, began, Ending.FAILED, text, evidence)

    def _evidence(
        self, declared: Sequence[str], *, failed: bool, earlier: list[ConsoleLine] | None = None
    ) -> _Evidence:
        found = _Evidence(console=list(earlier or ()))
        scale = FAILED_SCALE if failed else THUMBNAIL_SCALE
        found.console += self._try(lambda: self._console(declared), found) or []
        found.url = self._redact(self._try(lambda: self._session.url, found) or "")
        found.screenshot = self._stored(".png", self._session.screenshot, found)
        found.thumbnail = self._stored(".jpg", lambda: self._session.thumbnail(scale), found)
        if failed:
            found.page_source = self._stored(".html.txt", self._source, found)
        return found

    def _console(self, declared: Sequence[str]) -> list[ConsoleLine]:
        return read_console(self._session.console(), declared)

    def _source(self) -> bytes:
        return self._redact(self._session.source()).encode()

    def _stored(
        self, suffix: str, take: Callable[[], bytes], found: _Evidence
    ) -> Attachment | None:
        data = self._try(take, found)
        return None if data is None else store_attachment(self._run_dir, data, suffix)

    def _try(self, take: Callable[[], T], found: _Evidence) -> T | None:
        """The value; None when the page is not ready for it, or the browser has ended."""
        if found.lost:
            return None
        try:
            return take()
        except PageNotReady:
            return None
        except BrowserLost as error:
            found.lost = str(error)
            return None

    def _record(
        self,
        key: BrowserStepStarted,
        began: float,
        outcome: Ending,
        error: str,
        evidence: _Evidence,
    ) -> str:
        """Record the end of the step; returns the message for the failure of the test."""
        error = self._redact(error)[:TEXT_CHARACTERS_MAX]
        self._recorder.record(
            BrowserStepFinished(
                test=key.test,
                step=key.step,
                name=key.name,
                outcome=outcome.value,
                error=error,
                duration_s=round(time.monotonic() - began, 3),
                url=evidence.url,
                console=tuple(self._line(each) for each in evidence.console[:CONSOLE_LINES_MAX]),
                screenshot=evidence.screenshot,
                thumbnail=evidence.thumbnail,
                page_source=evidence.page_source,
            )
        )
        shot = evidence.screenshot.path if evidence.screenshot else "none"
        return f"step {key.step}, {key.name}: {error}; screenshot: {shot}"

    def _line(self, line: ConsoleLine) -> ConsoleLine:
        return replace(line, text=self._redact(line.text)[:TEXT_CHARACTERS_MAX])


def _first_error(lines: Sequence[ConsoleLine]) -> str:
    wrong = [f"{line.source}: {line.text}" for line in lines if line.wrong]
    if not wrong:
        return ""
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return f"the page reported an error: {wrong[0]}{more}"
