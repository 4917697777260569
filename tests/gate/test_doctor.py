"""``gonogo doctor``: a table of the requirements; a missing one is exit 6."""

from pathlib import Path
from typing import Any

import pytest

from gonogo.commands import main
from gonogo.gate import doctor as room
from gonogo.provision import AptFailed, Check, EngineAnswer, requirements
from gonogo.vocabulary import ExitCode
from tests.gate.conftest import Compose

NEEDED = {
    "binary": "no-such-binary",
    "purpose": "its store",
    "apt": "such-package",
    "backend": "any",
}
ENGINE = EngineAnswer("unix:///socket", version="Docker 9.9")
NO_ENGINE = EngineAnswer("unix:///socket", problem="no engine answers at unix:///socket")


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose engine is not asked, and that has the tools for a base image."""
    set_engine(monkeypatch, NO_ENGINE)
    found = room.check_binary

    def check(name: str, purpose: str, **more: Any) -> Check:
        if name == "mmdebstrap":
            return Check(name, purpose, "1.0")
        return found(name, purpose, **more)

    monkeypatch.setattr(room, "check_binary", check)


def set_engine(monkeypatch: pytest.MonkeyPatch, answer: EngineAnswer) -> None:
    monkeypatch.setattr(room, "ask_engine", lambda: answer)
    monkeypatch.setattr(requirements, "ask_engine", lambda: answer)
    monkeypatch.setattr(requirements, "started_by_us", lambda: None)


def test_all_there(compose: Compose, capsys: pytest.CaptureFixture[str]) -> None:
    """When nothing is missing: exit 0 and the table, or no output with ``--quiet``."""
    file = str(compose(requires=[{"binary": "sh", "purpose": "its start"}]))
    assert main(["doctor", "-f", file]) == ExitCode.GO
    assert "ok       sh" in capsys.readouterr().out
    assert main(["doctor", "-f", file, "--quiet"]) == ExitCode.GO
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("quiet", [True, False])
def test_a_missing_binary(
    compose: Compose, capsys: pytest.CaptureFixture[str], quiet: bool
) -> None:
    """A missing program is exit 6 with how to get it; ``--quiet`` shows only what is missing."""
    file = str(compose(requires=[{"binary": "sh", "purpose": "its start"}, NEEDED]))
    arguments = ["doctor", "-f", file, *(["--quiet"] if quiet else [])]
    assert main(arguments) == ExitCode.ENVIRONMENT
    table = capsys.readouterr().out
    assert "MISSING  no-such-binary  apt-get install such-package   (for its store)" in table
    assert ("ok       sh" in table) is not quiet


def test_install_gets_it(compose: Compose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--install`` installs the package of the missing program and checks again."""
    tools = tmp_path / "bin"
    tools.mkdir()
    asked = []

    def install(packages: list[str]) -> None:
        asked.extend(packages)
        (tools / "no-such-binary").write_text("#!/bin/sh\n")
        (tools / "no-such-binary").chmod(0o755)

    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.setattr(room, "is_root_on_debian", lambda: True)
    monkeypatch.setattr(room, "install_packages", install)
    file = str(compose(requires=[NEEDED]))
    assert main(["doctor", "-f", file]) == ExitCode.ENVIRONMENT
    assert asked == [], "without --install nothing is installed"
    assert main(["doctor", "-f", file, "--install"]) == ExitCode.GO
    assert asked == ["such-package"]


@pytest.mark.parametrize("root", [True, False])
def test_install_that_does_not_help(
    compose: Compose,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    root: bool,
) -> None:
    """Where apt-get fails, or may not be used, it is exit 6 and says why."""

    def install(packages: list[str]) -> None:
        raise AptFailed("apt-get update failed (100):\nno network")

    monkeypatch.setattr(room, "is_root_on_debian", lambda: root)
    monkeypatch.setattr(room, "install_packages", install)
    file = str(compose(requires=[NEEDED]))
    assert main(["doctor", "-f", file, "--install"]) == ExitCode.ENVIRONMENT
    told = capsys.readouterr()
    assert ("no network" in told.err) if root else ("MISSING" in told.out)


@pytest.mark.parametrize(
    ("backend", "engine", "needs", "expected"),
    [
        ("auto", NO_ENGINE, "process", "MISSING"),
        ("auto", ENGINE, "process", "absent"),
        ("auto", ENGINE, "docker", "MISSING"),
        ("auto", NO_ENGINE, "docker", "absent"),
        ("process", ENGINE, "process", "MISSING"),
        ("process", ENGINE, "docker", ""),
        ("docker", ENGINE, "docker", "MISSING"),
        ("docker", ENGINE, "process", ""),
        ("docker", ENGINE, "any", "MISSING"),
        ("auto", NO_ENGINE, "any", "MISSING"),
    ],
)
def test_a_requirement_of_one_backend(
    compose: Compose,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    backend: str,
    engine: EngineAnswer,
    needs: str,
    expected: str,
) -> None:
    """It is fatal where that backend runs the services, and shown where it may run them."""
    set_engine(monkeypatch, engine)
    file = str(compose(requires=[{**NEEDED, "backend": needs}]))
    code = main(["doctor", "-f", file, "--backend", backend])
    assert code == (ExitCode.ENVIRONMENT if expected == "MISSING" else ExitCode.GO)
    lines = [line for line in capsys.readouterr().out.splitlines() if "no-such-binary" in line]
    assert [line.split()[0] for line in lines] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("backend", "engine", "words", "code"),
    [
        ("auto", ENGINE, "ok       engine      Docker 9.9", ExitCode.GO),
        ("auto", NO_ENGINE, "absent   engine      no engine answers at", ExitCode.GO),
        ("docker", NO_ENGINE, "MISSING  engine      no engine answers at", ExitCode.ENVIRONMENT),
        ("process", NO_ENGINE, "", ExitCode.GO),
    ],
)
def test_the_engine(
    compose: Compose,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    backend: str,
    engine: EngineAnswer,
    words: str,
    code: int,
) -> None:
    """An engine that does not answer is shown with the reason, and fatal only when required."""
    set_engine(monkeypatch, engine)
    assert main(["doctor", "-f", str(compose()), "--backend", backend]) == code
    table = capsys.readouterr().out
    assert (words in table) if words else ("engine" not in table)


def test_building_tools_only_where_something_is_built(
    compose: Compose, capsys: pytest.CaptureFixture[str]
) -> None:
    """A user's own Compose file needs no compiler; one inside a checkout that is built does."""
    file = compose()
    main(["doctor", "-f", str(file)])
    assert "cargo" not in capsys.readouterr().out
    (file.parent / "a.lock").write_text("")
    (file.parent / "pyproject.toml").write_text(
        "[tool.gonogo.provision]\nlock = 'a.lock'\neditable = []\nmaturin = ['core']\n"
    )
    main(["doctor", "-f", str(file)])
    assert "cargo" in capsys.readouterr().out
    (file.parent / "a.lock").unlink()
    assert main(["doctor", "-f", str(file)]) == ExitCode.USAGE
    assert "a.lock" in capsys.readouterr().err


def test_a_broken_target(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A target that cannot be read is a usage error that names it."""
    path = tmp_path / "compose.yaml"
    assert main(["doctor", "-f", str(path)]) == ExitCode.USAGE
    path.write_text("services: [")
    assert main(["doctor", "-f", str(path)]) == ExitCode.USAGE
    assert str(path) in capsys.readouterr().err
