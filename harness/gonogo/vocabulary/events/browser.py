"""Steps of a journey in the browser."""

from dataclasses import dataclass
from typing import ClassVar

_SEVERE = "SEVERE"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored file.

    Attributes:
        path: below the run directory.
        sha256: of its bytes, in hex.
    """

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AttachmentStored:
    """A file of evidence is part of the run.

    Attributes:
        name: what it is, for the reader.
        path: below the run directory.
        sha256: of its bytes, in hex.
    """

    kind: ClassVar = "attachment"
    name: str
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ConsoleLine:
    """One line of the browser's console.

    Attributes:
        level: ``SEVERE``, ``WARNING``, ``INFO`` or ``DEBUG``.
        source: ``javascript`` (an uncaught error), ``console-api``, ``security`` (a violation of
            the content security policy), ``network`` and others.
        text: the line.
        declared: the scenario said that it would come.
    """

    level: str
    source: str
    text: str
    declared: bool = False

    @property
    def wrong(self) -> bool:
        """Whether it is an error that the scenario did not declare."""
        return self.level == _SEVERE and not self.declared


@dataclass(frozen=True, slots=True)
class BrowserStepStarted:
    """A step of a journey began.

    Attributes:
        test: node id.
        step: number of the step in the test, from 1.
        name: what the user does.
    """

    kind: ClassVar = "browser.step_started"
    test: str
    step: int
    name: str


@dataclass(frozen=True, slots=True)
class BrowserStepFinished:
    """A step of a journey ended.

    Attributes:
        test: node id.
        step: number of the step in the test, from 1.
        name: what the user does.
        outcome: ``passed``, ``failed``, ``lost`` (the browser went away) or ``interrupted``.
        error: why it did not pass.
        duration_s: how long it took.
        url: address of the page at its end.
        console: what the page wrote meanwhile.
        screenshot: the page at its end; None where it could not be taken.
        thumbnail: the same, small.
        page_source: HTML of the page, after a failed step.
    """

    kind: ClassVar = "browser.step_finished"
    test: str
    step: int
    name: str
    outcome: str
    error: str = ""
    duration_s: float | None = None
    url: str = ""
    console: tuple[ConsoleLine, ...] = ()
    screenshot: Attachment | None = None
    thumbnail: Attachment | None = None
    page_source: Attachment | None = None
