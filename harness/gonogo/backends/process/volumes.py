"""Volumes of a run of local processes: directories in the state of the run."""

import re
import shutil
from pathlib import Path, PurePosixPath

from gonogo.target import Service, Target
from gonogo.vocabulary import EnvironmentFailed


class Volumes:
    """Directories that stand for the volumes of the Compose file.

    Args:
        state: the state directory.
        target: gives volumes and the files they start with.
    """

    def __init__(self, state: Path, target: Target) -> None:
        self._state = state
        self._seeds = target.seeds

    def create(self, service: Service) -> None:
        """Make the directories of a service's volumes, with their first files."""
        for source in service.volumes:
            if not source.startswith("/"):
                self._create_named(source)

    def path(self, service: Service, inside: str) -> Path:
        """What stands for a path inside the service's container.

        A path in no volume gets a directory of the service's own; one in a bind mount is the
        host's own file or directory, as it is.
        """
        wanted = PurePosixPath(inside)
        mounts = sorted(service.volumes.items(), key=lambda item: -len(item[1]))
        for source, mount in mounts:
            if wanted.is_relative_to(mount):
                if source.startswith("/"):
                    return Path(source) / wanted.relative_to(mount)
                return _made(self._named(source) / wanted.relative_to(mount))
        return _made(self._state / "services" / _slug(service.name) / _slug(inside.strip("/")))

    def _create_named(self, name: str) -> None:
        directory = self._named(name)
        if directory.exists():
            return
        _made(directory)
        seed = self._seeds.get(name)
        try:
            if seed is not None and seed.is_dir():
                shutil.copytree(seed, directory, dirs_exist_ok=True)
            elif seed is not None:
                shutil.copy2(seed, directory)
        except (OSError, shutil.Error) as error:
            raise EnvironmentFailed(
                f"volume {name} cannot be filled from {seed}: {error}",
                where=str(directory),
            ) from error

    def _named(self, name: str) -> Path:
        return self._state / "volumes" / _slug(name)


def _slug(name: str) -> str:
    return re.sub(r"[^\w.-]", "_", name) or "_"


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    return directory
