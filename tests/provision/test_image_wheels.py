"""Wheels for images: the locked packages of one project, and our own packages."""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from gonogo.provision.config import ImageWheels
from gonogo.provision.image_wheels import build_own, download_locked
from gonogo.provision.lock_closure import closure
from gonogo.provision.step import StepFailed

LOCK = """\
leaf==3.0 \\
    --hash=sha256:11 \\
    --hash=sha256:22
    # via
    #   middle
    #   other
middle==2.0 \\
    --hash=sha256:33
    # via app (app/pyproject.toml)
other==1.0 \\
    --hash=sha256:44
    # via tool (pyproject.toml)
shared==4.0 \\
    --hash=sha256:55
    # via
    #   app (app/pyproject.toml)
    #   tool (pyproject.toml)
"""
PYTHON = Path(sys.executable)
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def test_the_closure_of_one_project() -> None:
    """Direct and indirect pins with all their hashes; what only the other project needs is out."""
    assert closure(LOCK, "app/pyproject.toml").splitlines() == [
        "leaf==3.0 \\", "    --hash=sha256:11 \\", "    --hash=sha256:22",
        "middle==2.0 \\", "    --hash=sha256:33",
        "shared==4.0 \\", "    --hash=sha256:55",
    ]  # fmt: skip


def test_two_packages_that_need_each_other() -> None:
    """Packages that require each other are all included, once."""
    lock = "a==1\n    # via\n    #   app (p.toml)\n    #   b\nb==1\n    # via a\n"
    assert closure(lock, "p.toml") == "a==1\nb==1\n"


@pytest.mark.parametrize("lock", ["", "leaf==3.0\n", LOCK])
def test_a_lock_that_does_not_know_the_project(lock: str) -> None:
    """A lock without annotations, or of other projects, is an error: nothing would be installed."""
    with pytest.raises(StepFailed, match="pins nothing for elsewhere"):
        closure(lock, "elsewhere/pyproject.toml")


@pytest.fixture
def images(tmp_path: Path) -> ImageWheels:
    """A small project, with files of an earlier build."""
    project = tmp_path / "app"
    (project / "app").mkdir(parents=True)
    (project / "app" / "__init__.py").write_text("VALUE = 7\n")
    (project / "pyproject.toml").write_text(
        '[project]\nname = "app"\nversion = "1"\n[tool.setuptools.packages.find]\n'
        'include = ["app*"]\n[build-system]\nrequires = ["setuptools"]\n'
        'build-backend = "setuptools.build_meta"\n'
    )
    (project / "build" / "lib" / "app").mkdir(parents=True)
    (project / "build" / "lib" / "app" / "old.py").write_text("")
    return ImageWheels(project=project, native=(), into=project / "wheels", python=VERSION)


def a_wheel(folder: Path, name: str) -> Path:
    """An empty wheel, as an index would serve it."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip uses as its index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def locked(tmp_path: Path, index: Path, wrong: str = "") -> Path:
    """A lock of two wheels, one of which only another project needs."""
    lines = []
    for name, by in (("wanted", "app (app/pyproject.toml)"), ("unwanted", "tool (pyproject.toml)")):
        digest = hashlib.sha256(a_wheel(index, name).read_bytes()).hexdigest()
        lines += [f"{name}==1.0 \\", f"    --hash=sha256:{wrong or digest}", f"    # via {by}"]
    lock = tmp_path / "requirements.lock"
    lock.write_text("\n".join(lines))
    return lock


def test_locked_wheels_are_downloaded(tmp_path: Path, images: ImageWheels, index: Path) -> None:
    """Only wheels of the project are downloaded, and those of an earlier lock are removed."""
    (images.into / "locked").mkdir(parents=True)
    (images.into / "locked" / "stale.whl").write_text("")
    download_locked(PYTHON, locked(tmp_path, index), tmp_path, images)
    assert [path.name for path in (images.into / "locked").iterdir()] == [
        "wanted-1.0-py3-none-any.whl"
    ]


def test_another_content_is_refused(tmp_path: Path, images: ImageWheels, index: Path) -> None:
    """A wheel whose hash is not the lock's never gets into an image."""
    lock = locked(tmp_path, index, wrong="0" * 64)
    with pytest.raises(StepFailed, match="HASHES"):
        download_locked(PYTHON, lock, tmp_path, images)


def test_a_wheel_that_is_not_there(tmp_path: Path, images: ImageWheels, index: Path) -> None:
    """A pinned package without a wheel for the images' Python is an error with its name."""
    lock = locked(tmp_path, index)
    (index / "wanted-1.0-py3-none-any.whl").rename(index / "wanted-1.0-cp27-cp27m-win32.whl")
    with pytest.raises(StepFailed, match=r"wanted==1\.0"):
        download_locked(PYTHON, lock, tmp_path, images)


def test_our_own_wheels(images: ImageWheels, tmp_path: Path) -> None:
    """The project as it is now, without files of an earlier build, and its native module."""
    native = tmp_path / "native"
    (native / "target" / "wheels").mkdir(parents=True)
    a_wheel(native / "target" / "wheels", "native")
    build_own(PYTHON, ImageWheels(images.project, (native,), images.into, VERSION))
    made = sorted((images.into / "own").iterdir())
    assert [path.name.split("-")[0] for path in made] == ["app", "native"]
    names = zipfile.ZipFile(made[0]).namelist()
    assert "app/__init__.py" in names
    assert "app/old.py" not in names


def test_our_wheel_installs_as_an_image_does_it(images: ImageWheels, tmp_path: Path) -> None:
    """Without an index and without dependencies it installs, and is our code."""
    build_own(PYTHON, images)
    target = tmp_path / "site"
    wheel = next((images.into / "own").iterdir())
    arguments = ["install", "--quiet", "--no-index", "--no-deps", "--target", str(target)]
    subprocess.run([sys.executable, "-m", "pip", *arguments, str(wheel)], check=True)
    answer = subprocess.run(
        [sys.executable, "-S", "-c", "import app; print(app.VALUE)"],
        env={"PYTHONPATH": str(target)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert answer.stdout == "7\n"


def test_a_project_that_does_not_build(images: ImageWheels) -> None:
    """A project that does not build fails the step, with the reason."""
    (images.project / "pyproject.toml").write_text("[project]\nname = 7\n")
    shutil.rmtree(images.project / "build")
    with pytest.raises(StepFailed, match=r"pip wheel … ended with[^$]*must contain"):
        build_own(PYTHON, images)
