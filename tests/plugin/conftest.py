"""A small real system that runs, and pytest processes that attach to it as those of the gate do."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import pytest
import yaml

from gonogo.backends import PROCESSES
from gonogo.linux import RUN_VARIABLE
from gonogo.observation import read_events, write_plan
from gonogo.target import load_target
from gonogo.vocabulary import Event, Events, NoopRecorder, Occurrence
from gonogo.vocabulary.events import FaultIntended, TestFinished
from tests.backends.builders import TARGETS
from tests.run_builder import empty_builder

ROOT = Path(__file__).parents[2]
PHASE_S_MAX = 60.0
K = TypeVar("K", bound=Occurrence)
HEAD = """
import os

import pytest

"""


@dataclass(frozen=True)
class Phase:
    """How one pytest process ended, and what it recorded."""

    code: int
    output: str
    events: Events

    def of(self, kind: type[K]) -> list[Event[K]]:
        """Its events of one kind, in order."""
        return self.events.of(kind)

    def outcomes(self) -> dict[str, str]:
        """Outcome by the name of the test."""
        ends = [event.what for event in self.of(TestFinished)]
        return {end.test.rpartition("::")[2]: end.outcome for end in ends}

    def finished(self, name: str) -> TestFinished:
        """The only end of a test."""
        ends = [event.what for event in self.of(TestFinished)]
        (found,) = (end for end in ends if end.test.endswith(f"::{name}"))
        return found

    def intended(self) -> list[str]:
        """Labels of the faults that were to be armed."""
        return [event.what.label for event in self.of(FaultIntended)]


class Runner:
    """Runs scenario files against the running system.

    Args:
        compose: the system's Compose file.
        run_dir: its run directory.
        folder: where scenario files are written.
    """

    def __init__(self, compose: Path, run_dir: Path, folder: Path) -> None:
        self.compose = compose
        self.run_dir = run_dir
        self.folder = folder

    def arguments(self) -> list[str]:
        """The options that make a pytest process part of the run."""
        profiles = ["--profiles", "default,quick,chaos,soak"]
        return ["--run-dir", str(self.run_dir), "--target-file", str(self.compose), *profiles]

    def pytest(self, source: str, *arguments: str) -> Phase:
        """Write a scenario file and run pytest with the plugin on it."""
        (self.folder / "test_it.py").write_text(HEAD + textwrap.dedent(source))
        (self.folder / "pytest.ini").write_text("[pytest]\n")
        before = {(each.writer, each.seq) for each in read_events(self.run_dir)}
        command = [
            sys.executable, "-m", "pytest", "test_it.py",
            "-p", "gonogo.plugin", "-p", "xdist", "-p", "no:cacheprovider", *arguments,
        ]  # fmt: skip
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False,
            timeout=PHASE_S_MAX,
            stdin=subprocess.DEVNULL, cwd=self.folder,
            env={
                **os.environ, "PYTHONPATH": str(ROOT), RUN_VARIABLE: self.run_dir.name,
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # loading everybody's takes a second
            },
        )  # fmt: skip
        events = read_events(self.run_dir)
        new = Events(each for each in events if (each.writer, each.seq) not in before)
        return Phase(done.returncode, done.stdout + done.stderr, new)

    def phase(self, source: str, *arguments: str, phase: str = "contract") -> Phase:
        """Run the scenarios as a phase of the run."""
        return self.pytest(source, *self.arguments(), "--phase", phase, *arguments)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """Compose file and run directory of a web service and a service without ports; both run."""
    folder = tmp_path_factory.mktemp("system")
    compose = folder / "compose.yaml"
    compose.write_text(yaml.safe_dump(_document()))
    run_dir = folder / "runs" / f"plugin-{os.getpid()}-{folder.name}"
    builder = empty_builder(run_dir)
    write_plan(run_dir, replace(builder.plan, target_file=str(compose)))
    (run_dir / "events").mkdir()
    target = load_target(compose, {})
    with PROCESSES.environment(target, run_dir, run_dir.name, NoopRecorder()):
        yield compose, run_dir


@pytest.fixture
def runner(started: tuple[Path, Path], tmp_path: Path) -> Runner:
    """Runs scenario files of this test against the system."""
    return Runner(*started, tmp_path)


def _document() -> dict[str, object]:
    web = ["{python}", str(TARGETS / "web.py"), "{port:80}"]
    stay = ["{python}", str(TARGETS / "stay.py")]
    return {
        "services": {
            "web": {"image": "web", "expose": ["80"], "restart": "always"},
            "stay": {"image": "stay"},
        },
        "x-harness": {
            "name": "small",
            "entry": {"service": "web", "port": 80, "health": "/"},
            "services": {
                "web": {"process": {"command": web}, "ready": {"http": "80/", "timeout_s": 60}},
                "stay": {
                    "process": {"command": stay},
                    "ready": {"log": r"stay\.ready", "timeout_s": 60},
                },
            },
        },
    }
