"""Help and completion: plain text, and fast."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gonogo.commands import main
from gonogo.vocabulary import ExitCode

GONOGO = [sys.executable, "-P", "-m", "gonogo"]
ENDS_S_MAX = 60.0
COMMANDS = (
    "run", "judge", "report", "up", "down", "faults", "heal", "clean", "doctor", "completion",
)  # fmt: skip
# Needed by some commands only; importing it would slow down every press of Tab.
HEAVY = ("numpy", "scipy", "aiohttp", "docker", "rich", "pytest", "jinja2", "gonogo.target")


def test_help_is_grouped(capsys: pytest.CaptureFixture[str]) -> None:
    """Commands stand in sections, then examples, then every exit code."""
    assert main(["--help"]) == ExitCode.GO
    lines = capsys.readouterr().out.splitlines()
    titles = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    assert titles == [
        "Options:", "Judge:", "System:", "Faults:", "Upkeep:", "Examples:", "Exit codes:",
    ]  # fmt: skip
    codes = lines[lines.index("Exit codes:") :]
    for code in ExitCode:
        assert any(line.startswith(f"  {code.value}  ") for line in codes)
    first_words = [line.split()[0] for line in lines if line.startswith("  ") and line.strip()]
    assert set(COMMANDS) <= set(first_words)


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
@pytest.mark.parametrize("columns", [40, 80, 200])
def test_help_fits_the_terminal(
    command: tuple[str, ...], columns: int, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """It is plain ASCII without colour codes, and no line is longer than 80 columns."""
    monkeypatch.setenv("COLUMNS", str(columns))
    assert main([*command, "--help"]) == ExitCode.GO
    text = capsys.readouterr().out
    assert text.isascii()
    assert "\x1b" not in text
    if columns >= 80:
        assert max(map(len, text.splitlines())) <= 80


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """``--version`` prints the name and the version."""
    assert main(["--version"]) == ExitCode.GO
    assert capsys.readouterr().out.startswith("gonogo 0.")


def test_help_imports_little() -> None:
    """The command line imports nothing that only one command needs."""
    code = f"import sys, gonogo.commands; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("module", ["watchdog_process", "system_owner"])
def test_our_own_processes_do_without_the_command_line(module: str) -> None:
    """What ``run`` and ``up`` start in the background imports no command and no click."""
    code = (
        f"import sys, gonogo.gate.{module}; "
        "print([m for m in ('click', 'gonogo.commands', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The script calls the program with the variable for completion."""
    assert main(["completion", shell]) == ExitCode.GO
    script = capsys.readouterr().out
    assert "gonogo" in script
    assert f"_GONOGO_COMPLETE={shell}_complete" in script


@pytest.mark.parametrize(
    ("shell", "variables"),
    [
        ("bash", {"COMP_WORDS": "gonogo ju", "COMP_CWORD": "1"}),
        ("zsh", {"COMP_WORDS": "gonogo ju", "COMP_CWORD": "1"}),
        ("fish", {"COMP_WORDS": "gonogo ju", "COMP_CWORD": "ju"}),
    ],
)
def test_a_shell_gets_its_answer(shell: str, variables: dict[str, str]) -> None:
    """Called as the script calls it, the program completes a command."""
    done = _complete(shell, variables)
    assert "judge" in done
    assert "report" not in done


@pytest.mark.parametrize(
    ("words", "completion"),
    [
        ("gonogo run --pro", "--profile"),
        ("gonogo run --backend pr", "process"),
        ("gonogo faults power", "power-loss"),
        ("gonogo judge rep", "file,rep"),
    ],
)
def test_options_and_values_complete(words: str, completion: str) -> None:
    """Options, backends, faults and paths are completed like commands."""
    count = len(words.split()) - 1
    assert completion in _complete("bash", {"COMP_WORDS": words, "COMP_CWORD": str(count)})


def _complete(shell: str, variables: dict[str, str]) -> str:
    done = subprocess.run(
        GONOGO, capture_output=True, text=True, check=True, timeout=ENDS_S_MAX,
        env={**os.environ, "_GONOGO_COMPLETE": f"{shell}_complete", **variables},
    )  # fmt: skip
    return done.stdout


def test_bash_itself_completes(tmp_path: Path) -> None:
    """After bash has read the script, it completes ``gonogo ju`` to ``judge``."""
    program = tmp_path / "gonogo"
    program.write_text(f'#!/bin/sh\nexec {" ".join(GONOGO)} "$@"\n')
    program.chmod(0o755)
    asked = (
        'eval "$(gonogo completion bash)"; COMP_WORDS=(gonogo ju); COMP_CWORD=1; '
        "_gonogo_completion gonogo; echo ${COMPREPLY[@]}; complete -p gonogo"
    )
    done = subprocess.run(
        ["bash", "-c", asked], capture_output=True, text=True, check=True, timeout=ENDS_S_MAX,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert done.stdout.splitlines()[0] == "judge", done.stderr
    assert "_gonogo_completion gonogo" in done.stdout
