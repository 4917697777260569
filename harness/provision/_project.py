"""The steps that turn a checkout into a working one; each is skipped when its inputs are as before.

``[tool.gonogo.provision]`` of pyproject.toml names them: ``lock`` (pinned and hashed
requirements), ``editable`` (our Python packages), ``maturin`` (our native modules).
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VENV = Path(".venv")
STAMP = VENV / ".provisioned.json"
IGNORED_PARTS = {"target", "__pycache__", ".pytest_cache", "tests", "bench"}


class StepFailed(Exception):
    """A step ended with an error; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do.

    Attributes:
        name: as progress shows it.
        inputs: digest of all it depends on; unchanged means done.
        run: does it.
    """

    name: str
    inputs: str
    run: Callable[[], None]


def steps(root: Path) -> list[Step]:
    """The steps for the checkout at ``root``, in order; each digest includes the ones before.

    Raises:
        StepFailed: pyproject.toml does not say what to provision, or names no lock.
    """
    config = _config(root / "pyproject.toml")
    python = root / VENV / "bin" / "python"
    lock = root / config["lock"]
    if not lock.is_file():
        raise StepFailed(f"there is no {lock}: the lock that pyproject.toml names")
    venv = _digest([sys.version, str(root)])
    packages = _digest([venv, _tree([lock])])
    editable = [root / path for path in config["editable"]]
    ours = _digest([packages, _tree(path / "pyproject.toml" for path in editable)])
    plan = [
        Step("create the environment", venv, lambda: _make_venv(root)),
        Step(
            f"install {_count(lock)} pinned packages", packages, lambda: _install_lock(python, lock)
        ),
        Step("install our packages", ours, lambda: _install_editable(python, editable)),
    ]
    for module in (root / path for path in config["maturin"]):
        plan.append(
            Step(
                f"build native module {module.name}",
                _digest([venv, _tree([module])]),
                lambda module=module: _build_native(python, module),  # type: ignore[misc]
            )
        )
    return plan


def _config(project: Path) -> dict[str, Any]:
    try:
        config: dict[str, Any] = tomllib.loads(project.read_text())["tool"]["gonogo"]["provision"]
    except OSError as error:
        raise StepFailed(f"{error}: provisioning starts in the checkout") from error
    except tomllib.TOMLDecodeError as error:
        raise StepFailed(f"{project} cannot be read: {error}") from error
    except KeyError as error:
        raise StepFailed(f"{project} lacks [tool.gonogo.provision]: {error}") from error
    missing = [key for key in ("lock", "editable", "maturin") if key not in config]
    if missing:
        raise StepFailed(f"{project} lacks {', '.join(missing)} in [tool.gonogo.provision]")
    return config


def load_stamp(root: Path) -> dict[str, str]:
    """Digests of the steps done before, by the number of the step."""
    try:
        stamp: dict[str, str] = json.loads((root / STAMP).read_text())
    except (OSError, ValueError):
        return {}
    return stamp


def save_stamp(root: Path, stamp: dict[str, str]) -> None:
    """Remember what is done; called after each step, so that an abort resumes there."""
    (root / STAMP).write_text(json.dumps(stamp))


def _make_venv(root: Path) -> None:
    shutil.rmtree(root / VENV, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(root / VENV)])


def _install_lock(python: Path, lock: Path) -> None:
    # --no-deps: the lock is the whole closure; what it lacks must show as an import error.
    _pip(python, "--require-hashes", "--no-deps", "-r", str(lock))


def _install_editable(python: Path, projects: Iterable[Path]) -> None:
    arguments = [argument for path in projects for argument in ("-e", str(path))]
    _pip(python, "--no-deps", "--no-build-isolation", *arguments)


def _build_native(python: Path, module: Path) -> None:
    wheels = module / "target" / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    maturin = python.with_name("maturin")
    manifest = module / "Cargo.toml"
    _run(
        [
            str(maturin), "build", "--release", "--locked", "--quiet",
            "--manifest-path", str(manifest), "--interpreter", str(python), "--out", str(wheels),
        ]
    )  # fmt: skip
    wheel = next(wheels.glob("*.whl"), None)
    if wheel is None:
        raise StepFailed(f"maturin built no wheel for {module}")
    _pip(python, "--no-deps", "--force-reinstall", "--no-index", str(wheel))


def _pip(python: Path, *arguments: str) -> None:
    _run([str(python), "-m", "pip", "install", "--quiet", "--no-input", *arguments])


def _run(command: list[str]) -> None:
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as error:
        raise StepFailed(f"{' '.join(command[:4])} … cannot be started: {error}") from error
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-25:])
        raise StepFailed(f"{' '.join(command[:4])} … ended with {done.returncode}:\n{tail}")


def _tree(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        for file in files:
            if file.is_file() and not IGNORED_PARTS.intersection(file.relative_to(path).parts):
                digest.update(str(file).encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _count(lock: Path) -> int:
    return lock.read_text().count("==")
