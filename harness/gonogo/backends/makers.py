"""The backends by name; the engine's client is imported by who uses containers, nobody else."""

from pathlib import Path
from typing import Protocol

from gonogo.backends.process.environment import ProcessEnvironment
from gonogo.backends.supervised_environment import SupervisedEnvironment
from gonogo.target import Target
from gonogo.vocabulary import EnvironmentFailed, Recorder


class EnvironmentMaker(Protocol):
    """Makes an environment that is not entered yet."""

    def __call__(
        self, target: Target, run_dir: Path, run: str, recorder: Recorder
    ) -> SupervisedEnvironment:
        """Arguments as ``SupervisedEnvironment`` has them."""


def environment_maker(backend: str) -> EnvironmentMaker:
    """The environment of ``process`` or ``docker``."""
    if backend == "process":
        return ProcessEnvironment
    from gonogo.backends.containers.environment import DockerEnvironment  # noqa: PLC0415

    return DockerEnvironment


def engine_trouble() -> str:
    """Why no container engine of this machine can be used, ``""`` when one can."""
    from gonogo.backends.containers.engine import connect  # noqa: PLC0415

    try:
        connect()
    except EnvironmentFailed as error:
        return error.what
    return ""
