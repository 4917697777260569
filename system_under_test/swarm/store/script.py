"""Lua scripts: where they are, and how one is put together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Script:
    """The file ``lua/NAME.lua`` of a package.

    A name that starts with ``_`` is a library: functions for several scripts. ``libraries`` are
    put before the script in this order. ``raw`` names arguments that are large texts of users:
    they are sent beside the JSON argument, so that nothing escapes and parses them.
    """

    package: str
    name: str
    libraries: tuple[Script, ...] = ()
    raw: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The file's content."""
        return (files(self.package) / "lua" / f"{self.name}.lua").read_text(encoding="utf-8")


_PRELUDE = Script("swarm.store", "_prelude")
_ONCE = Script("swarm.store", "_once")


@cache
def assemble(script: Script) -> str:
    """Return the source that Redis runs: prelude, libraries, the script, and `once`.

    The script's first line stays the first: its flags say what happens when memory is full.
    Redis refuses a whole ``#!lua`` then. It runs one with ``allow-oom``, which frees memory or
    must go on meanwhile, and grows within bounds.
    """
    first_line, body = script.text.split("\n", 1)
    libraries = (library.text for library in script.libraries)
    return "\n".join((first_line, _PRELUDE.text, *libraries, body, _ONCE.text))
