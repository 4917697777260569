"""``[tool.gonogo.provision]`` in pyproject.toml: what a checkout needs."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gonogo.provision.step import StepFailed

REQUIRED = ("lock", "editable", "maturin")
IMAGE_KEYS = ("project", "native", "into", "python")


@dataclass(frozen=True, slots=True)
class ImageWheels:
    """Wheels for container images: their builds cannot reach a package index.

    Attributes:
        project: directory of the Python project; the lock pins its dependencies.
        native: directories of the native modules it needs.
        into: directory for the wheels.
        python: version of Python in the images, such as ``3.11``.
    """

    project: Path
    native: tuple[Path, ...]
    into: Path
    python: str


@dataclass(frozen=True, slots=True)
class Provision:
    """What the checkout needs; paths are absolute.

    Attributes:
        lock: requirements with versions and hashes.
        editable: directories of our Python packages.
        maturin: directories of our native modules.
        npm: directories of our web pages.
        shared: C files of our shared objects, which any program can load.
        images: wheels for container images; None without images.
    """

    lock: Path
    editable: tuple[Path, ...]
    maturin: tuple[Path, ...]
    npm: tuple[Path, ...]
    shared: tuple[Path, ...]
    images: ImageWheels | None


def find_provision(start: Path) -> Path | None:
    """The nearest directory at or above ``start`` whose pyproject.toml asks for provisioning."""
    for directory in (start, *start.parents):
        project = directory / "pyproject.toml"
        if project.is_file() and "[tool.gonogo.provision]" in project.read_text(errors="replace"):
            return directory
    return None


def load_provision(root: Path) -> Provision:
    """Read what the checkout at ``root`` needs.

    Raises:
        StepFailed: pyproject.toml does not say it, or the lock it names does not exist.
    """
    project = root / "pyproject.toml"
    config = _section(project)
    _require_keys(project, "[tool.gonogo.provision]", config, REQUIRED)
    lock = root / config["lock"]
    if not lock.is_file():
        raise StepFailed(f"there is no {lock}, which is the lock in {project}")
    images = None
    if "images" in config:
        given = config["images"]
        _require_keys(project, "[tool.gonogo.provision.images]", given, IMAGE_KEYS)
        images = ImageWheels(
            project=root / given["project"],
            native=tuple(root / path for path in given["native"]),
            into=root / given["into"],
            python=given["python"],
        )
    return Provision(
        lock=lock,
        editable=tuple(root / path for path in config["editable"]),
        maturin=tuple(root / path for path in config["maturin"]),
        npm=tuple(root / path for path in config.get("npm", ())),
        shared=tuple(root / path for path in config.get("shared", ())),
        images=images,
    )


def _section(project: Path) -> dict[str, Any]:
    try:
        config: dict[str, Any] = tomllib.loads(project.read_text())["tool"]["gonogo"]["provision"]
    except OSError as error:
        raise StepFailed(f"{error}: run this in the folder of the checkout") from error
    except tomllib.TOMLDecodeError as error:
        raise StepFailed(f"{project} cannot be read: {error}") from error
    except KeyError as error:
        raise StepFailed(f"{project} lacks [tool.gonogo.provision]: {error}") from error
    return config


def _require_keys(
    project: Path, section: str, given: dict[str, Any], keys: tuple[str, ...]
) -> None:
    missing = [key for key in keys if key not in given]
    if missing:
        raise StepFailed(f"{project} lacks {', '.join(missing)} in {section}")
