"""Run ``gonogo`` as a process of its own, on variants of the reference system."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "system_under_test" / "compose.yaml"
SCENARIOS = Path(__file__).parent / "scenarios"
RUN_S_MAX = 480.0

Edit = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    output: str
    runs_dir: Path

    @property
    def run_dir(self) -> Path:
        """The one run it made."""
        (found,) = (path.parent for path in self.runs_dir.glob("*/plan.json"))
        return found


class Gate:
    """Starts ``gonogo`` with a runs directory of its own.

    Attributes:
        backend: what ``run`` and ``up`` use; most edits of a target are of process commands.
    """

    backend = "process"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs_dir = folder / "runs"

    def target(self, edit: Edit) -> Path:
        """The reference system's Compose file with an edit, elsewhere."""
        document = yaml.safe_load(COMPOSE.read_text())
        gate = document["x-harness"]
        gate["scenarios"] = str(COMPOSE.parent / gate["scenarios"])
        gate["volumes"] = {
            name: str(COMPOSE.parent / path) for name, path in gate["volumes"].items()
        }
        edit(document)
        path = self.folder / "compose.yaml"
        path.write_text(yaml.safe_dump(document, sort_keys=False))
        return path

    def command(self, *arguments: str) -> list[str]:
        """The argv of a ``gonogo`` command."""
        backend = ["--backend", self.backend] if arguments[0] in ("run", "up") else []
        runs = ["--runs-dir", str(self.runs_dir)]
        return [sys.executable, "-m", "gonogo", *arguments, *backend, *runs]

    def gonogo(self, *arguments: str, **environment: str) -> Done:
        """Run a command to its end."""
        done = subprocess.run(
            self.command(*arguments),
            capture_output=True, text=True, check=False, timeout=RUN_S_MAX, cwd=ROOT,
            env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout + done.stderr, self.runs_dir)


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    """A gate whose runs stay in a temporary directory."""
    return Gate(tmp_path)


def only(*phases: str, requests: int = 700, rate_per_s: float = 120.0) -> Edit:
    """An edit that makes profile quick short: these phases, this load."""

    def edit(document: dict[str, Any]) -> None:
        gate = document["x-harness"]
        gate["profiles"] = {
            "quick": {"phases": list(phases), "requests": requests, "rate_per_s": rate_per_s}
        }
        gate["objectives"] = ["error_rate < 1%", "availability > 99.5%"] if "load" in phases else []

    return edit
