"""Provisioning steps: run when their inputs changed, resumed where they failed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.provision import __main__ as provision
from harness.provision._project import STAMP, VENV, Step, StepFailed, _run, load_stamp, steps
from harness.vocabulary import ExitCode

NAMES = ["environment", "packages", "ours", "native"]
Due = Callable[..., list[str]]


@pytest.fixture
def due(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Due:
    """Runs the real steps' bookkeeping with actions that only say they ran; ``fails`` fails.

    What installs is not what is tested here: digests, order and stamp are.
    """
    done: list[str] = []

    def planned(root: Path) -> list[Step]:
        return [
            Step(step.name, step.inputs, lambda name=name: act(name))  # type: ignore[misc]
            for name, step in zip(NAMES, steps(root), strict=True)
        ]

    def act(name: str) -> None:
        if name == failing[0]:
            raise StepFailed(f"{name} failed")
        if name == "environment":
            (checkout / VENV).mkdir(exist_ok=True)
            (checkout / STAMP).unlink(missing_ok=True)
        done.append(name)

    failing = [""]

    def run(*, fails: str = "") -> list[str]:
        failing[0] = fails
        done.clear()
        monkeypatch.setattr(provision, "steps", planned)
        provision._run_steps(checkout)
        return list(done)

    return run


def test_the_first_time_all_steps_run_in_order(due: Due) -> None:
    """A fresh checkout needs everything."""
    assert due() == NAMES


def test_unchanged_nothing_runs(due: Due) -> None:
    """A second time nothing is due."""
    due()
    assert due() == []


@pytest.mark.parametrize(
    ("path", "again"),
    [
        ("requirements.lock", ["packages", "ours"]),
        ("app/pyproject.toml", ["ours"]),
        ("native/src/lib.rs", ["native"]),
        ("native/Cargo.toml", ["native"]),
        ("native/src/new.rs", ["native"]),
        ("native/target/debris", []),
        ("native/tests/test_it.py", []),
        ("app/code.py", []),
    ],
)
def test_a_change_reruns_what_depends_on_it(
    due: Due, checkout: Path, path: str, again: list[str]
) -> None:
    """Only the steps whose inputs changed run again; code of an editable project is no input."""
    due()
    with (checkout / path).open("a") as file:
        file.write("changed\n")
    assert due() == again
    assert due() == []


def test_a_renamed_or_removed_source_is_a_change(due: Due, checkout: Path) -> None:
    """The names of a native module's files count, not only what stands in them."""
    due()
    source = checkout / "native" / "src" / "lib.rs"
    source.rename(source.with_name("main.rs"))
    assert due() == ["native"]
    source.with_name("main.rs").unlink()
    assert due() == ["native"]


def test_another_python_starts_over(due: Due, monkeypatch: pytest.MonkeyPatch) -> None:
    """With another interpreter the environment is remade, and all that was in it."""
    due()
    monkeypatch.setattr("sys.version", "3.99")
    assert due() == NAMES


@pytest.mark.parametrize("at", range(len(NAMES)))
def test_a_failing_step_is_where_the_next_time_begins(due: Due, at: int) -> None:
    """What was done before a failure is not done again; the failed step is."""
    with pytest.raises(StepFailed, match=f"{NAMES[at]} failed"):
        due(fails=NAMES[at])
    assert due() == NAMES[at:]
    assert due() == []


@pytest.mark.parametrize("content", ["", "{", "\x00"])
def test_a_broken_stamp_starts_over(due: Due, checkout: Path, content: str) -> None:
    """A stamp that cannot be read means that nothing is known to be done."""
    due()
    (checkout / STAMP).write_text(content)
    assert load_stamp(checkout) == {}
    assert due() == NAMES


def test_a_deleted_environment_starts_over(due: Due, checkout: Path) -> None:
    """The stamp lives in the environment: without it everything is due."""
    due()
    (checkout / STAMP).unlink()
    (checkout / VENV).rmdir()
    assert due() == NAMES


def test_the_stamp_names_each_step(due: Due, checkout: Path) -> None:
    """Four digests, each another one."""
    due()
    stamp = json.loads((checkout / STAMP).read_text())
    assert len(stamp) == len(set(stamp.values())) == len(NAMES)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("this is = = no toml", "cannot be read"),
        ("[project]\nname = 'x'\n", "lacks [tool.gonogo.provision]"),
        ("[tool.gonogo.provision]\nlock = 'requirements.lock'\n", "lacks editable, maturin"),
        ("[tool.gonogo.provision]\nlock='no.lock'\neditable=[]\nmaturin=[]\n", "no.lock"),
    ],
)
def test_a_broken_project_is_told(
    checkout: Path,
    content: str,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A pyproject.toml that does not say what to do ends with exit 6 and its name, no traceback."""
    (checkout / "pyproject.toml").write_text(content)
    monkeypatch.chdir(checkout)
    monkeypatch.setattr(provision, "bootstrap_checks", list)
    assert provision.main() == ExitCode.ENVIRONMENT
    told = capsys.readouterr().err
    assert "pyproject.toml" in told
    assert words in told
    assert not (checkout / VENV).exists()


def test_not_in_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Started elsewhere it says where to start, with exit 6."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(provision, "bootstrap_checks", list)
    assert provision.main() == ExitCode.ENVIRONMENT
    assert "starts in the checkout" in capsys.readouterr().err


def test_what_the_machine_lacks_ends_it(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without compiler and cargo nothing is begun: exit 6 with the table."""
    monkeypatch.chdir(checkout)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(provision, "is_root_on_debian", lambda: False)
    assert provision.main() == ExitCode.ENVIRONMENT
    told = capsys.readouterr().err
    assert "MISSING  cargo" in told
    assert "apt-get install build-essential" in told
    assert not (checkout / VENV).exists()


def test_a_command_that_fails_is_told() -> None:
    """The error of a step holds the command, its exit code and its last words."""
    with pytest.raises(StepFailed, match=r"sh -c .* ended with 7:\nlast words"):
        _run(["sh", "-c", "echo last words >&2; exit 7"])


def test_a_command_that_cannot_be_started_is_told() -> None:
    """A program that is not there, such as maturin, is a failed step and no traceback."""
    with pytest.raises(StepFailed, match="cannot be started"):
        _run(["/nowhere/maturin", "build"])
