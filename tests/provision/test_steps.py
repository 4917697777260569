"""Provisioning steps: run when their inputs have changed, and resumed where they failed."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gonogo.provision import __main__ as provision
from gonogo.provision import load_provision
from gonogo.provision.config import Provision
from gonogo.provision.project import STAMP, VENV, load_stamp, steps
from gonogo.provision.step import Step, StepFailed, run_program
from gonogo.vocabulary import ExitCode

NAMES = ["environment", "packages", "ours", "native", "shared", "page", "locked", "own"]
Due = Callable[..., list[str]]


@pytest.fixture
def due(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Due:
    """Runs the real steps with actions that only record that they ran; ``fails`` fails.

    What installs is not what is tested here: digests, order and stamp are.
    """
    done: list[str] = []

    def planned(root: Path, wanted: Provision) -> list[Step]:
        return [
            replace(step, run=lambda name=name, made=step.makes: act(name, made))
            for name, step in zip(NAMES, steps(root, wanted), strict=True)
        ]

    def act(name: str, made: Path | None) -> None:
        if name == failing[0]:
            raise StepFailed(f"{name} failed")
        if name == "environment":
            (checkout / VENV).mkdir(exist_ok=True)
            (checkout / STAMP).unlink(missing_ok=True)
        if made is not None:
            made.parent.mkdir(parents=True, exist_ok=True)
            made.touch()
        done.append(name)

    failing = [""]

    def run(*, fails: str = "") -> list[str]:
        failing[0] = fails
        done.clear()
        monkeypatch.setattr(provision, "steps", planned)
        provision._run_steps(checkout, load_provision(checkout))
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
        ("requirements.lock", ["packages", "ours", "locked"]),
        ("app/pyproject.toml", ["ours", "locked", "own"]),
        ("native/src/lib.rs", ["native", "own"]),
        ("native/Cargo.toml", ["native", "own"]),
        ("native/src/new.rs", ["native", "own"]),
        ("shim.c", ["shared"]),
        ("native/target/debris", []),
        ("native/tests/test_it.py", []),
        ("app/app/code.py", ["own"]),
        ("app/tests/test_it.py", []),
        ("page/src/main.ts", ["page"]),
        ("page/package-lock.json", ["page"]),
        ("page/node_modules/debris", []),
    ],
)
def test_a_change_reruns_what_depends_on_it(
    due: Due, checkout: Path, path: str, again: list[str]
) -> None:
    """Only the steps whose inputs changed run again.

    The code of an editable project needs no step, but the images hold a copy of it.
    """
    due()
    with (checkout / path).open("a") as file:
        file.write("changed\n")
    assert due() == again
    assert due() == []


def test_a_renamed_or_removed_source_is_a_change(due: Due, checkout: Path) -> None:
    """The names of a native module's files count, not only their content."""
    due()
    source = checkout / "native" / "src" / "lib.rs"
    source.rename(source.with_name("main.rs"))
    assert due() == ["native", "own"]
    source.with_name("main.rs").unlink()
    assert due() == ["native", "own"]


@pytest.mark.parametrize(
    ("gone", "again"),
    [
        ("page/dist/index.html", ["page"]),
        ("app/wheels/locked", ["locked"]),
        ("app/wheels/own", ["own"]),
    ],
)
def test_what_was_made_and_is_gone_is_made_again(
    due: Due, checkout: Path, gone: str, again: list[str]
) -> None:
    """A cleaned checkout gets its page and its wheels again, though no input changed."""
    due()
    (checkout / gone).unlink()
    assert due() == again
    assert due() == []


def test_another_python_starts_over(due: Due, monkeypatch: pytest.MonkeyPatch) -> None:
    """With another interpreter the environment is made again, and every step is due."""
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
    """When the stamp cannot be read, every step is due."""
    due()
    (checkout / STAMP).write_text(content)
    assert load_stamp(checkout) == {}
    assert due() == NAMES


def test_a_deleted_environment_starts_over(due: Due, checkout: Path) -> None:
    """The stamp is in the environment: without it every step is due."""
    due()
    (checkout / STAMP).unlink()
    shutil.rmtree(checkout / VENV)
    assert due() == NAMES


def test_the_stamp_names_each_step(due: Due, checkout: Path) -> None:
    """Every step has a digest of its own."""
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
        (
            "[tool.gonogo.provision]\nlock='requirements.lock'\neditable=[]\nmaturin=[]\n"
            "images = {project = 'app', into = 'wheels'}\n",
            "lacks native, python in [tool.gonogo.provision.images]",
        ),
    ],
)
def test_a_broken_project_is_reported(
    checkout: Path,
    content: str,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A pyproject.toml without the section is exit 6 with its name, and no traceback."""
    (checkout / "pyproject.toml").write_text(content)
    monkeypatch.chdir(checkout)
    assert provision.main(["--backend", "process"]) == ExitCode.ENVIRONMENT
    told = capsys.readouterr().err
    assert "pyproject.toml" in told
    assert words in told
    assert not (checkout / VENV).exists()


def test_not_in_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In another folder it exits with 6 and says where to start it."""
    monkeypatch.chdir(tmp_path)
    assert provision.main([]) == ExitCode.ENVIRONMENT
    assert "run this in the folder of the checkout" in capsys.readouterr().err


def test_what_the_machine_lacks_ends_it(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without compiler and cargo nothing is begun: exit 6 with the table."""
    monkeypatch.chdir(checkout)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(provision, "is_root_on_debian", lambda: False)
    assert provision.main([]) == ExitCode.ENVIRONMENT
    told = capsys.readouterr().err
    assert "MISSING  cargo" in told
    assert "apt-get install build-essential" in told
    assert not (checkout / VENV).exists()


def test_a_command_that_fails_is_reported() -> None:
    """The error of a step has the command, its exit code and its last lines."""
    with pytest.raises(StepFailed, match=r"sh -c .* ended with 7:\nlast words"):
        run_program(["sh", "-c", "echo last words >&2; exit 7"])


def test_a_long_output_is_shown_by_both_ends() -> None:
    """The cause is last with compilers and first with npm: only the middle is cut."""
    with pytest.raises(StepFailed, match=r"line 1\n[^$]*…\n[^$]*line 99$") as caught:
        run_program(["sh", "-c", "seq -f 'line %g' 99; exit 1"])
    assert "line 50" not in str(caught.value)


def test_a_command_that_cannot_be_started_is_reported() -> None:
    """A missing program, such as maturin, is a failed step and not a traceback."""
    with pytest.raises(StepFailed, match="cannot be started"):
        run_program(["/nowhere/maturin", "build"])
