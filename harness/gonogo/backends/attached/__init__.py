"""A system that another process owns, found by its run directory."""

from gonogo.backends.attached.system import AttachedSystem

__all__ = [
    "AttachedSystem",
]
