"""The steps that set up a checkout. A step is skipped when its inputs have not changed.

Their subjects are in ``[tool.gonogo.provision]`` of pyproject.toml.
"""

import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from gonogo.provision.config import ImageWheels, Provision
from gonogo.provision.image_wheels import build_own, download_locked
from gonogo.provision.native import build_shared, install_native, shared_object
from gonogo.provision.pages import BUILT, build_page
from gonogo.provision.step import IGNORED_PARTS, Step, digest, digest_tree, run_program

VENV = Path(".venv")
STAMP = VENV / ".provisioned.json"


def steps(root: Path, wanted: Provision) -> list[Step]:
    """The steps for the checkout at ``root``, in order. A digest includes those it depends on."""
    python = root / VENV / "bin" / "python"
    venv = digest([sys.version, str(root)])
    packages = digest([venv, digest_tree([wanted.lock])])
    ours = digest([packages, digest_tree(path / "pyproject.toml" for path in wanted.editable)])
    plan = [
        Step("create the environment", venv, lambda: _make_venv(root)),
        Step(
            f"install {_count(wanted.lock)} pinned packages",
            packages,
            lambda: _install_lock(python, wanted.lock),
        ),
        Step("install our packages", ours, lambda: _install_editable(python, wanted.editable)),
    ]
    for module in wanted.maturin:
        plan.append(
            Step(
                f"build native module {module.name}",
                digest([venv, digest_tree([module])]),
                lambda module=module: install_native(python, module),  # type: ignore[misc]
            )
        )
    for source in wanted.shared:
        plan.append(
            Step(
                f"build shared object {source.stem}",
                digest([venv, digest_tree([source])]),
                lambda source=source: build_shared(python, source),  # type: ignore[misc]
                makes=shared_object(python, source),
            )
        )
    for page in wanted.npm:
        plan.append(
            Step(
                f"build web page {page.name}",
                digest_tree([page]),
                lambda page=page: build_page(page),  # type: ignore[misc]
                makes=page / BUILT,
            )
        )
    if wanted.images:
        plan += _image_steps(root, python, wanted.lock, wanted.images)
    return plan


def _image_steps(root: Path, python: Path, lock: Path, images: ImageWheels) -> list[Step]:
    project = images.project / "pyproject.toml"
    sources = [
        path
        for path in sorted(images.project.iterdir())
        if (path / "__init__.py").is_file() and path.name not in IGNORED_PARTS
    ]
    return [
        Step(
            "download wheels for the images",
            digest([images.python, digest_tree([lock, project])]),
            lambda: download_locked(python, lock, root, images),
            makes=images.into / "locked",
        ),
        Step(
            "build our wheels for the images",
            digest([images.python, digest_tree([project, *sources, *images.native])]),
            lambda: build_own(python, images),
            makes=images.into / "own",
        ),
    ]


def load_stamp(root: Path) -> dict[str, str]:
    """Digests of the steps that are done, by the number of the step."""
    try:
        stamp: dict[str, str] = json.loads((root / STAMP).read_text())
    except (OSError, ValueError):
        return {}
    return stamp


def save_stamp(root: Path, stamp: dict[str, str]) -> None:
    """Save which steps are done. Called after each step, so that a second start goes on there."""
    (root / STAMP).write_text(json.dumps(stamp))


def _make_venv(root: Path) -> None:
    shutil.rmtree(root / VENV, ignore_errors=True)
    run_program([sys.executable, "-m", "venv", str(root / VENV)])


def _install_lock(python: Path, lock: Path) -> None:
    # --no-deps: the lock is complete; a missing package must show as an import error.
    _pip(python, "--require-hashes", "--no-deps", "-r", str(lock))


def _install_editable(python: Path, projects: Iterable[Path]) -> None:
    arguments = [argument for path in projects for argument in ("-e", str(path))]
    _pip(python, "--no-deps", "--no-build-isolation", *arguments)


def _pip(python: Path, *arguments: str) -> None:
    run_program([str(python), "-m", "pip", "install", "--quiet", "--no-input", *arguments])


def _count(lock: Path) -> int:
    return lock.read_text().count("==")
