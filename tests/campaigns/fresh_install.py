"""The wheel in an empty environment, its dependencies from the index by the lock."""

import subprocess
import sys
import time
from pathlib import Path

from tests.campaigns.campaign import Campaign, Round
from tests.campaigns.rows import ROOT

INSTALL_S_MAX = 900


def _call(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=INSTALL_S_MAX, cwd=cwd,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command[0]} exited with {done.returncode}: {done.stderr[-400:]}")
    return done.stdout


def _run(key: str, folder: Path) -> Round:
    began = time.monotonic()
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    _call(*build, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    _call(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    python, lock = folder / "venv" / "bin" / "python", ROOT / "requirements.lock"
    _call(
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "-c",
        _constraints(lock, folder),
        wheel,
        cwd=folder,
    )
    said = _call(folder / "venv" / "bin" / "gonogo", *key.split(), cwd=folder)
    return Round(passed=bool(said.strip()), took_s=time.monotonic() - began, said="")


def _constraints(lock: Path, folder: Path) -> Path:
    """The versions of the lock without its hashes: pip would ask for a hash of our own wheel."""
    pinned = [line.split(" ")[0] for line in lock.read_text().splitlines() if "==" in line]
    path = folder / "constraints.txt"
    path.write_text("\n".join(pinned) + "\n")
    return path


FRESH_INSTALL = Campaign(
    name="fresh-install",
    promise="the wheel installs into an empty environment and its command runs",
    rounds=("--help", "faults"),
    run=_run,
)
