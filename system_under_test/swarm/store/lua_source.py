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
    """Return the source of one operation, ready for ``register_script``."""
    parts = ("_common", "_jobs", name, "_once")
    return "\n".join((_LUA / f"{part}.lua").read_text(encoding="utf-8") for part in parts)
