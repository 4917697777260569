"""Elements of the page: read in one script, waited for with a limit, used as a person does."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from gonogo.probes.browser.errors import PageNotReady, StateNotReached

if TYPE_CHECKING:
    from gonogo.probes.browser.session import Session

WAIT_S_MAX = 10.0  # for the page itself; scenarios give limits for work of the system
POLL_S = 0.05
T = TypeVar("T")

_LOOK = """
const found = [...document.querySelectorAll(arguments[0])];
const shown = found.filter(each => each.checkVisibility({visibilityProperty: true}));
const it = shown[0] ?? found[0];
return it === undefined ? null : {
  texts: shown.map(each => each.innerText),
  value: it.type === "password" ? "*".repeat(it.value.length) : String(it.value ?? ""),
  data: {...it.dataset},
  shown: shown.length > 0,
  enabled: !it.matches(":disabled, [aria-disabled='true']"),
};
"""


@dataclass(frozen=True, slots=True)
class ElementState:
    """The elements that match a selector, at one moment.

    The first is the first visible match, or the first match where none is visible.

    Attributes:
        texts: of every visible match, in the order of the page.
        value: of the first as an input; of a password only as many stars.
        data: ``data-*`` attributes of the first, as ``dataset`` names them.
        shown: whether one is visible.
        enabled: whether the first is enabled.
    """

    texts: tuple[str, ...]
    value: str
    data: Mapping[str, str]
    shown: bool
    enabled: bool

    @property
    def text(self) -> str:
        """Text of the first visible match."""
        return self.texts[0] if self.texts else ""

    def __str__(self) -> str:
        parts = ["shown" if self.shown else "hidden", "" if self.enabled else "disabled"]
        parts += [f"reads {_short(self.text)}" if self.text else ""]
        parts += [f"value {_short(self.value)}" if self.value else ""]
        return ", ".join(filter(None, parts))


class Element:
    """Every element that matches a selector, now or later.

    Args:
        session: the browser.
        selector: CSS.
        name: its name in messages.

    Every wait raises StateNotReached after its limit, with the last state in the message.
    """

    def __init__(self, session: "Session", selector: str, name: str) -> None:
        self._session = session
        self._selector = selector
        self.name = name

    def look(self) -> ElementState | None:
        """Its state now; None when nothing matches."""
        raw = self._session.script(_LOOK, self._selector)
        return None if raw is None else ElementState(**{**raw, "texts": tuple(raw["texts"])})

    def wait(
        self, state: str, holds: Callable[[ElementState], bool], timeout_s: float = WAIT_S_MAX
    ) -> ElementState:
        """Wait until it is visible and ``holds`` is true.

        Args:
            state: the expected state in words, after "to".
            holds: called with every state that is read.
            timeout_s: limit.
        """

        def look() -> ElementState | None:
            seen = self.look()
            return seen if seen and seen.shown and holds(seen) else None

        return wait_for(f"{self.name} to {state}", look, self._last, timeout_s)

    def _last(self) -> str:
        seen = self.look()
        return str(seen) if seen else "absent"

    def shown(self, timeout_s: float = WAIT_S_MAX) -> ElementState:
        """Wait until it is visible."""
        return self.wait("show", lambda _: True, timeout_s)

    def gone(self, timeout_s: float = WAIT_S_MAX) -> None:
        """Wait until none is visible."""

        def look() -> bool:
            seen = self.look()
            return seen is None or not seen.shown

        wait_for(f"{self.name} to go", look, self._last, timeout_s)

    def reads(self, pattern: str, timeout_s: float = WAIT_S_MAX) -> ElementState:
        """Wait until the text of one of them matches a regular expression."""
        wanted = re.compile(pattern)
        return self.wait(
            f"read /{pattern}/", lambda seen: any(map(wanted.search, seen.texts)), timeout_s
        )

    def click(self, timeout_s: float = WAIT_S_MAX) -> None:
        """Wait until it can be clicked, and click it once."""
        self._act("be clicked", lambda: self._session.click(self._selector), timeout_s)

    def type(self, text: str, timeout_s: float = WAIT_S_MAX) -> None:
        """Wait until it takes text, and replace its content by this text."""
        self._act("take text", lambda: self._session.type(self._selector, text), timeout_s)
        self.wait("hold what was typed", lambda seen: len(seen.value) == len(text), timeout_s)

    def choose(self, value: str, timeout_s: float = WAIT_S_MAX) -> None:
        """Wait until the list has this value, and select it."""
        what = f"offer {value!r}"
        self._act(what, lambda: self._session.choose(self._selector, value), timeout_s)

    def _act(self, state: str, act: Callable[[], None], timeout_s: float) -> None:
        """Act as soon as it is possible; a refused action had no effect and is repeated."""

        def acted() -> bool:
            seen = self.look()
            if seen is None or not seen.shown or not seen.enabled:
                return False
            act()
            return True

        wait_for(f"{self.name} to {state}", acted, self._last, timeout_s)


def wait_for(
    what: str, look: Callable[[], T | None], last: Callable[[], str], timeout_s: float
) -> T:
    """Call ``look`` until its value is truthy.

    Args:
        what: what is waited for, in words.
        look: called repeatedly; PageNotReady counts as no value.
        last: describes the last state for the message.
        timeout_s: limit.

    Raises:
        StateNotReached: it was not within the limit.
    """
    end = time.monotonic() + timeout_s
    trouble = ""
    while True:
        try:
            seen = look()
        except PageNotReady as error:
            seen, trouble = None, str(error)
        else:
            trouble = ""
        if seen:
            return seen
        if time.monotonic() > end:
            break
        time.sleep(POLL_S)
    raise StateNotReached(
        f"waited {timeout_s:g} s for {what}; last seen: {trouble or _describe(last)}"
    )


def _describe(last: Callable[[], str]) -> str:
    try:
        return last()
    except PageNotReady as error:
        return str(error)


def _short(text: str) -> str:
    return repr(text if len(text) <= 200 else f"{text[:200]}…")
