"""The attach backend: a system that the gate did not start."""

from gonogo.backends.attached.backend import AttachedBackend

__all__ = ["AttachedBackend"]
