"""Steps of a journey: each one an event with what the page showed and said at its end."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gonogo.observation import store_attachment
from gonogo.probes.browser.console import read_console
from gonogo.probes.browser.errors import BrowserLost, PageNotReady
from gonogo.vocabulary import Recorder
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
    """A step of a journey did not come to its end; the message names step, cause, screenshot."""


@dataclass(slots=True)
class _Evidence:
    """What is known at the end of a step; whatever could not be had is left out."""

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
        redact: takes secrets out of a text.
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
            self._record(key, began, "interrupted", "", _Evidence())
            raise
        except BrowserLost as error:
            lost = self._record(key, began, "lost", str(error), _Evidence(lost=str(error)))
            raise BrowserLost(lost) from error
        # A failed expectation of pytest's is no Exception.
        except BaseException as error:
            failed = self._fail(key, began, str(error) or type(error).__name__, declared)
            if isinstance(error, Exception) and not isinstance(error, AssertionError):
                raise  # a mistake in the scenario: its trace says more
            raise StepFailed(failed) from error
        self._end(key, began, declared)

    def check_console(self) -> None:
        """What the page said after the last step.

        Raises:
            StepFailed: an error nobody declared.
        """
        lines = self._try(lambda: self._console(()), _Evidence()) or []
        if any(line.wrong for line in lines):
            with self.step("after the last step"):
                raise AssertionError(_said(lines))

    def _end(self, key: BrowserStepStarted, began: float, declared: Sequence[str]) -> None:
        evidence = self._evidence(declared, failed=False)
        if evidence.lost:
            raise BrowserLost(self._record(key, began, "lost", evidence.lost, evidence))
        if any(line.wrong for line in evidence.console):
            error = _said(evidence.console)
            evidence = self._evidence(declared, failed=True, said=evidence.console)
            raise StepFailed(self._record(key, began, "failed", error, evidence))
        self._record(key, began, "passed", "", evidence)

    def _fail(
        self, key: BrowserStepStarted, began: float, error: str, declared: Sequence[str]
    ) -> str:
        evidence = self._evidence(declared, failed=True)
        said = _said(evidence.console)
        return self._record(key, began, "failed", f"{error}; {said}" if said else error, evidence)

    def _evidence(
        self, declared: Sequence[str], *, failed: bool, said: list[ConsoleLine] | None = None
    ) -> _Evidence:
        found = _Evidence(console=list(said or ()))
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
        """What it gives; None when the page is in no state to, or the browser has gone."""
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
        self, key: BrowserStepStarted, began: float, outcome: str, error: str, evidence: _Evidence
    ) -> str:
        """Write the event; what a reader of the test's failure is told."""
        error = self._redact(error)[:TEXT_CHARACTERS_MAX]
        self._recorder.record(
            BrowserStepFinished(
                test=key.test,
                step=key.step,
                name=key.name,
                outcome=outcome,
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


def _said(lines: Sequence[ConsoleLine]) -> str:
    wrong = [f"{line.source}: {line.text}" for line in lines if line.wrong]
    if not wrong:
        return ""
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return f"the page reported an error: {wrong[0]}{more}"
