"""Tasks for tests and drills: they wait, fail, allocate or crash exactly as asked."""

from __future__ import annotations

import os
import time
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from swarm.tasks.context import PermanentError, TaskContext


class _Parameters(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class EchoParameters(_Parameters):
    """Any JSON value."""

    value: Any = None


def echo(context: TaskContext, parameters: EchoParameters) -> dict[str, Any]:
    """Return the value and the results of the dependencies."""
    return {"value": parameters.value, "inputs": context.inputs}


class WaitParameters(_Parameters):
    """How long to wait."""

    seconds: float = Field(ge=0, le=3600, allow_inf_nan=False)


def wait(context: TaskContext, parameters: WaitParameters) -> dict[str, float]:
    """Take as long as asked, reporting progress."""
    begun_s = time.monotonic()
    while (elapsed_s := time.monotonic() - begun_s) < parameters.seconds:
        context.report(elapsed_s / parameters.seconds)
        time.sleep(min(0.05, parameters.seconds - elapsed_s))
    return {"seconds": parameters.seconds}


class FailParameters(_Parameters):
    """The failure's message, and whether a retry is allowed."""

    message: str = Field(default="asked to fail", max_length=1000)
    permanent: bool = False


def fail(_context: TaskContext, parameters: FailParameters) -> None:
    """Fail as asked."""
    if parameters.permanent:
        raise PermanentError(parameters.message)
    raise RuntimeError(parameters.message)


class CrashParameters(_Parameters):
    """Takes nothing."""


def crash(_context: TaskContext, _parameters: CrashParameters) -> None:
    """End the process by a signal, as a bug in native code does."""
    os.abort()


class AllocateParameters(_Parameters):
    """How much memory to ask for, in MiB."""

    mib: int = Field(ge=1, le=1 << 20)


def allocate(_context: TaskContext, parameters: AllocateParameters) -> dict[str, int]:
    """Ask for memory at once, as a task with too large an input does, without writing to it."""
    return {"bytes": len(bytearray(parameters.mib << 20))}
