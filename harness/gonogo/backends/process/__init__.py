"""The process backend: each service a local process."""

from gonogo.backends.process.backend import ProcessBackend
from gonogo.backends.process.environment import ProcessEnvironment

__all__ = ["ProcessBackend", "ProcessEnvironment"]
