"""The command line: which target, which run, and an exit code for every mistake."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gonogo.commands import main
from gonogo.gate.up_down import OwnerEnded
from gonogo.linux import processes_of_run, wait_until
from gonogo.vocabulary import ExitCode, Result, Verdict
from tests.gate.conftest import Compose

ROOT = Path(__file__).parents[2]
ENDS_S_MAX = 60.0  # of a command, on a busy machine


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to be in."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_no_target_here(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a Compose file it says which names it looks for and how to name one."""
    assert main(["doctor"]) == ExitCode.USAGE
    told = capsys.readouterr().err
    for word in (str(here), "compose.yaml", "docker-compose.yml", "-f"):
        assert word in told


def test_the_target_of_the_project(
    here: Path, compose: Compose, capsys: pytest.CaptureFixture[str]
) -> None:
    """The target is the Compose file here, else the one that pyproject.toml names."""
    file = compose(requires=[{"binary": "named-by-the-project", "purpose": "it"}])
    (here / "pyproject.toml").write_text(f"[tool.gonogo]\ntarget = '{file}'\n")
    main(["doctor"])
    assert "named-by-the-project" in capsys.readouterr().out
    (here / "compose.yaml").write_text("services: {}\n")
    assert main(["doctor"]) == ExitCode.USAGE
    assert "compose.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "[tool.other]\n", "[tool.gonogo]\n"])
def test_a_project_that_names_none(here: Path, content: str) -> None:
    """A pyproject.toml without a target has no effect."""
    (here / "pyproject.toml").write_text(content)
    assert main(["doctor"]) == ExitCode.USAGE


@pytest.mark.parametrize("content", [b"broken = [", b"name = '\xff'"])
def test_a_broken_project(here: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """A pyproject.toml that is not valid TOML is a usage error that names it, not a NO-GO."""
    (here / "pyproject.toml").write_bytes(content)
    assert main(["doctor"]) == ExitCode.USAGE
    assert str(here / "pyproject.toml") in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["run", "--seed", "x"], ["run", "--profil"], ["jugde"], [], ["clean", "--keep", "many"]],
)
def test_misspelt(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A command line that cannot be parsed exits with 4 and shows the usage."""
    assert main(arguments) == ExitCode.USAGE
    assert "Usage: gonogo" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "usage", "told"),
    [
        (["run", "here.yaml"], "gonogo run", ["hint:  name it with -f"]),
        (["run", "nowhere.yaml"], "gonogo run", ["nowhere.yaml", "hint:  gonogo run --help"]),
        (["run", "--bakend=docker"], "gonogo run", ["--bakend", "hint:  did you mean --backend?"]),
        (["run", "--bakend=docker"], "gonogo run", ["valid: --file, --profile, --backend,"]),
        (["run", "--nothing-like-it"], "gonogo run", ["hint:  gonogo run --help"]),
        (["run", "--file"], "gonogo run", ["--file", "requires an argument"]),
        (["down", "here.yaml"], "gonogo down", ["here.yaml", "hint:  gonogo down --help"]),
        (["run", "--seed", "x"], "gonogo run", ["--seed", "'x'", "hint:  gonogo run --help"]),
        (["completion", "tcsh"], "gonogo completion", ["'tcsh'", "'bash', 'zsh', 'fish'"]),
        (["jugde"], "gonogo", ["'jugde'", "valid: run, judge, report,", "did you mean judge?"]),
        (["nothing-like-it"], "gonogo", ["'nothing-like-it'", "hint:  gonogo --help"]),
    ],
)
def test_what_is_mistyped_is_shown_in_full(
    here: Path, arguments: list[str], usage: str, told: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """What, where, the valid values and a hint, with the usage of this command."""
    (here / "here.yaml").touch()
    assert main(arguments) == ExitCode.USAGE
    lines = capsys.readouterr().err
    assert lines.startswith(f"Usage: {usage} [")
    for words in [f"where: {usage}\n", *told]:
        assert words in lines


def test_an_unknown_backend(compose: Compose, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command that takes a backend refuses an unknown one and names the valid ones."""
    for command in ("run", "up", "doctor"):
        file = str(compose(scenarios="."))
        assert main([command, "-f", file, "--backend", "podman"]) == ExitCode.USAGE
        told = capsys.readouterr().err
        assert "'podman'" in told
        assert "valid: auto, docker, process\n" in told


def test_a_negative_seed(compose: Compose, capsys: pytest.CaptureFixture[str]) -> None:
    """A negative seed is refused before anything is written, not a traceback that reads NO-GO."""
    file = compose(scenarios=".")
    runs = file.parent / "runs"
    code = main(["run", "-f", str(file), "--seed", "-1", "--runs-dir", str(runs)])
    assert code == ExitCode.USAGE
    assert "--seed" in capsys.readouterr().err
    assert not runs.exists()


def test_a_defect_of_ours_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unexpected exception is shown in full, and exits with 6 and not with 1."""
    monkeypatch.setattr("gonogo.commands.doctor.target_file", lambda _: 1 / 0)
    assert main(["doctor"]) == ExitCode.ENVIRONMENT
    told = capsys.readouterr().err
    assert "ZeroDivisionError" in told
    assert "defect of gonogo" in told


@pytest.mark.parametrize(("code", "exit_code"), [(1, 1), (3, 3), (0, 6)])
def test_reports_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    code: int, exit_code: int,
) -> None:  # fmt: skip
    """A verdict without its reports keeps its exit code, but GO without reports is not GO."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    verdict = Verdict(Result.FAIL, "NO-GO", ExitCode(code), "NO-GO: a reason", (), ())
    monkeypatch.setattr("gonogo.gate.run.run_gate", lambda _: (verdict, tmp_path))
    monkeypatch.setattr("gonogo_reports.render_all", full)
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    assert main(["run", "-f", str(tmp_path / "compose.yaml")]) == exit_code
    captured = capsys.readouterr()
    assert "No space left on device" in captured.err
    assert ("a reason" in captured.out) == (code > 0)


@pytest.mark.parametrize("content", ["{}", "{", '{"profile": {}}'])
@pytest.mark.parametrize("command", ["judge", "report"])
def test_a_damaged_run(
    tmp_path: Path, command: str, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run whose plan cannot be read is a usage error, not a verdict."""
    (tmp_path / "plan.json").write_text(content)
    assert main([command, str(tmp_path)]) == ExitCode.USAGE
    assert "damaged" in capsys.readouterr().err


def test_upkeep_of_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Heal and clean succeed without any run; a negative ``--keep`` is refused."""
    runs = ["--runs-dir", str(tmp_path / "runs")]
    assert main(["heal", *runs]) == ExitCode.GO
    assert "nothing to heal" in capsys.readouterr().out
    assert main(["clean", *runs]) == ExitCode.GO
    assert main(["clean", "--keep", "-1", *runs]) == ExitCode.USAGE
    assert "--keep" in capsys.readouterr().err
    (tmp_path / "mistyped" / "logs").mkdir(parents=True)
    assert main(["heal", str(tmp_path / "mistyped"), *runs]) == ExitCode.USAGE
    assert "mistyped is no run directory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (1, ExitCode.NO_GO),
        (4, ExitCode.USAGE),
        (-9, ExitCode.ENVIRONMENT),
        (0, ExitCode.ENVIRONMENT),
    ],
)
def test_an_owner_that_ended_early(code: int, expected: ExitCode) -> None:
    """``up`` returns its owner's code; an owner killed or gone is a failed environment."""
    assert OwnerEnded("said", code).exit_code is expected


def _up(file: Path, runs: Path) -> "subprocess.Popen[str]":
    command = [
        sys.executable,
        "-m",
        "gonogo",
        "up",
        "-f",
        str(file),
        "--runs-dir",
        str(runs),
    ]
    command += ["--backend", "process"]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    )


def test_up_of_a_system_that_fails(compose: Compose, tmp_path: Path) -> None:
    """A system that exits at start makes ``up`` a NO-GO with its last log lines."""
    with _up(compose("sh", "-c", "echo no disk; exit 3"), tmp_path / "runs") as process:
        output = process.communicate(timeout=ENDS_S_MAX)[0]
    assert process.returncode == ExitCode.NO_GO
    assert "no disk" in output
    assert "Traceback" not in output


def test_interrupting_up(compose: Compose, tmp_path: Path) -> None:
    """Ctrl-C while the system starts also ends the start: exit 2, nothing is left."""
    runs = tmp_path / "runs"
    with _up(compose("sleep", "600"), runs) as process:

        def started() -> list[object]:
            return [each for path in runs.glob("up-*") for each in processes_of_run(path.name)]

        assert wait_until(lambda: bool(started()), ENDS_S_MAX)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=ENDS_S_MAX)
    assert process.returncode == ExitCode.INTERRUPTED
    assert started() == []
    assert os.path.exists(next(runs.glob("up-*")) / "logs")
