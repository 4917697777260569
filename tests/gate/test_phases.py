"""Phases: how their pytest processes collect, run, end and fail."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import gonogo.gate.phases
from gonogo.gate.phases import PhaseRunner
from gonogo.gate.stop import StopSignal
from gonogo.observation import EventLog, read_events
from gonogo.vocabulary import EnvironmentFailed, UsageError
from gonogo.vocabulary.events import AttachmentStored, PhaseFinished, PhaseStarted
from tests.backends.builders import target, web
from tests.run_builder import PROFILE

Make = Callable[[str], PhaseRunner]
HEAD = "import pytest\npytestmark = pytest.mark.phase('faults')\n"


@pytest.fixture
def runner(tmp_path: Path) -> Make:
    """A runner over one scenario file."""

    def make(source: str) -> PhaseRunner:
        scenarios = tmp_path / "scenarios"
        scenarios.mkdir()
        (scenarios / "test_it.py").write_text(source)
        run_dir = tmp_path / "run"
        run_dir.mkdir()
        profile = replace(PROFILE, phases=("faults",))
        return PhaseRunner(target(tmp_path, web(), scenarios=scenarios), profile, run_dir)

    return make


def test_collect_takes_the_phases_of_the_profile(runner: Make) -> None:
    """The scenarios of the profile's phases are named, and their faults."""
    collected = runner(
        HEAD + "@pytest.mark.fault(label='a', selector='web', window_s=2)\n"
        "def test_one(): pass\n"
        "def test_two(): pass\n"
    ).collect()
    assert [test.rpartition("::")[2] for test in collected.tests] == ["test_one", "test_two"]
    (fault,) = collected.faults
    assert (fault.label, fault.selector, fault.window_s) == ("a", "web", 2)
    assert fault.test.endswith("test_it.py::test_one")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import no_such_module", ["no_such_module"]),
        ("def test_one(): pass", ["declares no phase", "contract, load, faults, ledger"]),
    ],
)
def test_scenarios_that_cannot_be_collected(runner: Make, source: str, words: list[str]) -> None:
    """A scenario file that cannot be imported or declares no phase is a usage error."""
    with pytest.raises(UsageError) as raised:
        runner(source).collect()
    for word in ["cannot be collected", "scenarios", *words]:
        assert word in str(raised.value)


def test_a_stop_ends_the_phase(
    runner: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stop signal interrupts pytest: its fault is healed; the phase has no end event."""
    monkeypatch.setattr(gonogo.gate.phases, "ABORT_GRACE_S", 60.0)  # healed at the test's end
    phases = runner(
        HEAD + "import signal\nfrom pathlib import Path\n"
        "@pytest.fixture\n"
        "def healed():\n"
        "    yield\n"
        f"    Path({str(tmp_path / 'healed')!r}).touch()\n"
        "def test_endless(healed):\n"
        f"    Path({str(tmp_path / 'begun')!r}).touch()\n"
        "    signal.pause()\n"
    )

    class StopOnceBegun(StopSignal):
        def __bool__(self) -> bool:
            return (tmp_path / "begun").exists()

    with EventLog(phases.run_dir, "run", "harness", "harness") as log:
        phases.run("faults", log, StopOnceBegun())
    assert (tmp_path / "healed").exists()
    kinds = [type(event.what) for event in read_events(phases.run_dir)]
    assert PhaseStarted in kinds
    assert PhaseFinished not in kinds


def test_a_pytest_that_breaks_is_no_verdict(runner: Make) -> None:
    """A pytest that ends for another reason than its tests is a failed environment."""
    phases = runner(HEAD + "def test_one():\n    import os\n    os._exit(99)\n")
    with (
        EventLog(phases.run_dir, "run", "harness", "harness") as log,
        pytest.raises(EnvironmentFailed, match=r"phase faults \(exit 99\)"),
    ):
        phases.run("faults", log, StopSignal())


def test_each_phase_leaves_pytests_own_page(runner: Make) -> None:
    """Pytest's page and JUnit stand below the run directory, attached with their digest."""
    phases = runner(HEAD + "def test_one():\n    pass\ndef test_two():\n    assert False\n")
    with EventLog(phases.run_dir, "run", "harness", "harness") as log:
        phases.run("faults", log, StopSignal())
    events = read_events(phases.run_dir)
    attached = [event.what for event in events.of(AttachmentStored)]
    assert [each.path for each in attached] == ["pytest/faults.html", "pytest/junit-faults.xml"]
    for each in attached:
        content = (phases.run_dir / each.path).read_bytes()
        assert b"test_two" in content
        assert hashlib.sha256(content).hexdigest() == each.sha256


def test_a_worker_may_close_its_log(runner: Make, tmp_path: Path) -> None:
    """A process in pytest's session that is about to end by itself is not killed."""
    closed = tmp_path / "closed"
    worker = f"import time, pathlib; time.sleep(0.5); pathlib.Path({str(closed)!r}).touch()"
    phases = runner(
        HEAD + "import subprocess, sys\n"
        "def test_one():\n"
        f"    subprocess.Popen([sys.executable, '-c', {worker!r}])\n"
    )
    with EventLog(phases.run_dir, "run", "harness", "harness") as log:
        phases.run("faults", log, StopSignal())
    assert closed.exists()
