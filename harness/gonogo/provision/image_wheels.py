"""Wheels for container images. A build cannot reach a package index, so wheels are copied in.

``locked/`` has the packages of the lock, ``own/`` has ours. An image that installs them in this
order rebuilds only its last layer when our code changes.
"""

import platform
import shutil
import sys
import tempfile
from pathlib import Path

from gonogo.provision.config import ImageWheels
from gonogo.provision.lock_closure import closure
from gonogo.provision.native import native_wheel
from gonogo.provision.step import run_program

# glibc of Debian 12: a wheel for a newer one could be installed, but not loaded.
GLIBC_MINOR_MAX = 36
GLIBC_MINOR_MIN = 5


def download_locked(python: Path, lock: Path, root: Path, images: ImageWheels) -> None:
    """Download the locked dependencies of the images' project as wheels for the images' Python.

    Raises:
        StepFailed: the lock pins nothing for the project, or a pinned package has no wheel.
    """
    project = (images.project / "pyproject.toml").relative_to(root)
    with tempfile.TemporaryDirectory() as scratch:
        pins = Path(scratch, "requirements.txt")
        pins.write_text(closure(lock.read_text(), str(project)))
        target = _emptied(images.into / "locked")
        run_program(
            [
                str(python), "-m", "pip", "download", "--quiet", "--no-input", "--no-deps",
                "--require-hashes", "--only-binary=:all:", "--implementation", "cp",
                "--python-version", images.python, *_platforms(), "--dest", str(target),
                "--requirement", str(pins),
            ]
        )  # fmt: skip


def build_own(python: Path, images: ImageWheels) -> None:
    """Build wheels of the images' project and its native modules.

    Raises:
        StepFailed: one does not build.
    """
    native = [native_wheel(python, module) for module in images.native]
    with tempfile.TemporaryDirectory() as scratch:
        # In a copy: setuptools would also pack the files that an earlier build left in the sources.
        clean = Path(scratch, "project")
        ignored = shutil.ignore_patterns(
            "build", "target", "node_modules", "*.egg-info", "__pycache__", images.into.name
        )
        shutil.copytree(images.project, clean, ignore=ignored)
        target = _emptied(images.into / "own")
        run_program(
            [
                str(python), "-m", "pip", "wheel", "--quiet", "--no-input", "--no-deps",
                "--no-build-isolation", "--wheel-dir", str(target), str(clean),
            ]
        )  # fmt: skip
    for wheel in native:
        shutil.copy(wheel, target)


def _emptied(directory: Path) -> Path:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory


def _platforms() -> list[str]:
    machine = platform.machine() if sys.platform == "linux" else "x86_64"
    tags = [
        f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC_MINOR_MAX, GLIBC_MINOR_MIN, -1)
    ]
    tags += [f"manylinux2014_{machine}", f"manylinux2010_{machine}", f"manylinux1_{machine}"]
    return [argument for tag in tags for argument in ("--platform", tag)]
