"""A value of a target file with its place in it: read by type, with exact error messages."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from gonogo.target.yaml import KeyPath
from gonogo.vocabulary import UsageError


@dataclass(frozen=True, slots=True)
class Node:
    """One value.

    Attributes:
        value: as YAML gives it; variables are replaced already.
        file: the file it is in.
        path: keys from the top of the file.
        lines: line of every key path of the file.
    """

    value: Any
    file: Path
    path: KeyPath = ()
    lines: Mapping[KeyPath, int] = field(default_factory=dict, repr=False)

    @property
    def dotted(self) -> str:
        """The key path as text: ``services.api.ports.0``."""
        return ".".join(str(part) for part in self.path)

    @property
    def where(self) -> str:
        """File, line of the nearest key whose line is known, and key path."""
        known = (self.path[:size] for size in range(len(self.path), 0, -1))
        line = next((self.lines[path] for path in known if path in self.lines), None)
        place = f"{self.file}, line {line}" if line else str(self.file)
        return f"{place}: {self.dotted}" if self.path else place

    def error(self, what: str, alternatives: Iterable[str] = (), hint: str = "") -> UsageError:
        """An error about this value, for the caller to raise."""
        return UsageError(what, where=self.where, alternatives=alternatives, hint=hint)

    def wrong(self, expected: str) -> UsageError:
        """An error: the value is of another type or form than ``expected``."""
        return self.error(f"expected {expected}, found {_describe(self.value)}")

    def child(self, key: str | int, value: Any) -> Self:
        """The value below ``key``."""
        return type(self)(value, self.file, (*self.path, key), self.lines)

    def mapping(self, allowed: Collection[str] = (), required: Collection[str] = ()) -> "Keys":
        """The values below this one by key; with ``allowed``, any other key is an error."""
        if not isinstance(self.value, dict):
            raise self.wrong("a mapping")
        for key in self.value:
            if not isinstance(key, str):
                raise self.error(f"the key {key!r} is not text", hint="quote it")
            if allowed and key not in allowed:
                raise self.child(key, None).error(
                    f"unknown key {key!r}", alternatives=nearest(key, allowed)
                )
        for key in required:
            if self.value.get(key) is None:
                raise self.error(f"the key {key!r} is missing", alternatives=sorted(allowed))
        return {key: self.child(key, value) for key, value in self.value.items()}

    def items(self) -> list[Self]:
        """The elements of a list."""
        if not isinstance(self.value, list):
            raise self.wrong("a list")
        return [self.child(index, value) for index, value in enumerate(self.value)]

    def text(self, expected: str = "text") -> str:
        """A non-empty string."""
        if not isinstance(self.value, str) or not self.value:
            raise self.wrong(expected)
        return self.value

    def url_path(self) -> str:
        """A path of a URL; it starts with ``/``."""
        if not self.text("a path").startswith("/"):
            raise self.wrong("a path that starts with /")
        return self.text()

    def file_path(self) -> Path:
        """A path of the machine; a relative one starts in the folder of the file."""
        return (self.file.parent / Path(self.text("a path")).expanduser()).resolve()

    def texts(self, expected: str = "text") -> tuple[str, ...]:
        """A list of non-empty strings."""
        return tuple(item.text(expected) for item in self.items())

    def scalar(self) -> str:
        """Text; a number or a boolean becomes text as in Compose."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        if isinstance(self.value, str | int | float):
            return str(self.value)
        raise self.wrong("text, a number or true/false")

    def number(self, *, above: float | None = None, at_least: float | None = None) -> float:
        """A number; one that is written as text counts too, because variables are always text."""
        expected = "a number"
        expected += f" above {above:g}" if above is not None else ""
        expected += f" of at least {at_least:g}" if at_least is not None else ""
        try:
            number = float(self.scalar())
        except (ValueError, UsageError):
            raise self.wrong(expected) from None
        inside = (above is None or number > above) and (at_least is None or number >= at_least)
        if isinstance(self.value, bool) or not inside:
            raise self.wrong(expected)
        return number

    def integer(self, *, at_least: int = 0) -> int:
        """A whole number."""
        number = self.number(at_least=at_least)
        if number != int(number):
            raise self.wrong("a whole number")
        return int(number)

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def one_of(self, valid: Collection[str], what: str) -> str:
        """One of these names."""
        name = self.text()
        if name not in valid:
            raise self.error(f"there is no {what} {name!r}", alternatives=nearest(name, valid))
        return name


Keys = dict[str, Node]


def nearest(name: str, valid: Collection[str]) -> list[str]:
    """The valid names that are similar to ``name``; all of them when none is."""
    return difflib.get_close_matches(name, list(valid), n=3, cutoff=0.6) or sorted(valid)


def _describe(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return repr(value)
