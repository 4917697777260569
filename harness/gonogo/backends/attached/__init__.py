"""The attach backend: a system that somebody else started."""

from gonogo.backends.attached.backend import AttachedBackend

__all__ = ["AttachedBackend"]
