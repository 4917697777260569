"""Assembles the Lua scripts: shared helpers, the operation, and what makes it happen once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

_LUA = files("swarm.store") / "lua"


@cache
def script_names() -> tuple[str, ...]:
    """Return the names of all operations; files that start with ``_`` are shared helpers."""
    names = (entry.name for entry in _LUA.iterdir() if entry.name.endswith(".lua"))
    return tuple(sorted(name[:-4] for name in names if not name.startswith("_")))


@cache
def assemble(name: str) -> str:
    """Return the source of one operation, ready for ``register_script``.

    Its first line stays the first. ``#!lua`` is refused as a whole when memory is full,
    ``allow-oom`` is not: it frees, or must go on meanwhile and grows within bounds.
    """
    first_line, operation = _read(name).split("\n", 1)
    return "\n".join((first_line, _read("_common"), _read("_jobs"), operation, _read("_once")))


def _read(name: str) -> str:
    return (_LUA / f"{name}.lua").read_text(encoding="utf-8")
