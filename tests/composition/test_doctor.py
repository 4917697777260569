"""``gonogo doctor``: the table of what is there; what is missing is exit 6."""

from pathlib import Path

import pytest

from harness import doctor as room
from harness.cli import main
from harness.provision import AptFailed
from harness.vocabulary import ExitCode
from tests.composition.conftest import Compose

NEEDED = {"binary": "no-such-binary", "purpose": "its store", "apt": "such-package"}


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the target's requirements are looked at; whether this machine has cargo is not."""
    monkeypatch.setattr(room, "bootstrap_checks", list)


def test_all_there(compose: Compose, capsys: pytest.CaptureFixture[str]) -> None:
    """With everything there it is exit 0 and the table, or silence with ``--quiet``."""
    file = str(compose(requires=[{"binary": "sh", "purpose": "its start"}]))
    assert main(["doctor", "-f", file]) == ExitCode.GO
    assert "ok       sh" in capsys.readouterr().out
    assert main(["doctor", "-f", file, "--quiet"]) == ExitCode.GO
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("quiet", [True, False])
def test_a_missing_binary(
    compose: Compose, capsys: pytest.CaptureFixture[str], quiet: bool
) -> None:
    """A missing program is exit 6 with how to get it; ``--quiet`` leaves out what is there."""
    file = str(compose(requires=[{"binary": "sh", "purpose": "its start"}, NEEDED]))
    arguments = ["doctor", "-f", file, *(["--quiet"] if quiet else [])]
    assert main(arguments) == ExitCode.ENVIRONMENT
    table = capsys.readouterr().out
    assert "MISSING  no-such-binary  apt-get install such-package   (for its store)" in table
    assert ("ok       sh" in table) is not quiet


def test_install_gets_it(compose: Compose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--install`` installs the package of what is missing and looks again."""
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


def test_a_broken_target(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A target that cannot be read is a usage error that names it."""
    path = tmp_path / "compose.yaml"
    assert main(["doctor", "-f", str(path)]) == ExitCode.USAGE
    path.write_text("services: [")
    assert main(["doctor", "-f", str(path)]) == ExitCode.USAGE
    assert str(path) in capsys.readouterr().err
