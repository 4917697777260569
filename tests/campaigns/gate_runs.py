"""Runs of the gate on the reference system, for campaigns."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.campaigns.campaign import Round
from tests.campaigns.rows import ROOT

TARGET = ROOT / "system_under_test" / "compose.yaml"
RUN_S_MAX = 1800


def gonogo(*arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command of ``gonogo`` with a runs directory of its own."""
    program = Path(sys.executable).with_name("gonogo")
    return subprocess.run(
        [program, *arguments, "--runs-dir", str(folder / "runs")],
        capture_output=True, text=True, check=False, timeout=RUN_S_MAX, cwd=ROOT,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def run_json(folder: Path) -> dict[str, Any]:
    """The document of the only run below a folder."""
    (path,) = (folder / "runs").glob("*/run.json")
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def judged(done: "subprocess.CompletedProcess[str]", folder: Path) -> Round:
    """Passed when the verdict is GO."""
    if done.returncode != 0 and not list((folder / "runs").glob("*/run.json")):
        return Round(passed=False, took_s=0.0, said=f"exit {done.returncode}: {done.stderr[-300:]}")
    document = run_json(folder)
    said = "" if done.returncode == 0 else document["verdict"]["summary"]
    return Round(passed=done.returncode == 0, took_s=document["run"]["duration_s"], said=said)
