"""The rooms are the ones ARCHITECTURE.md and .importlinter know; a new one must be listed."""

import configparser
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = {
    "environment", "judgement", "observation", "plugin", "probes", "provision", "target",
    "vocabulary",
}  # fmt: skip
COMPOSITION_ROOT = {
    "__init__", "cli", "doctor", "guard", "hold", "interrupt", "live", "owner", "phases",
    "planning", "run", "stop", "upkeep",
}  # fmt: skip
TOP_LEVEL = {"harness", "fault_injection", "load", "reports", "scenarios"}
GENERIC = ("harness", "fault_injection", "load", "reports")


def _tracked(*paths: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *paths],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_rooms_are_listed() -> None:
    """Every package and module directly below harness/ is one of the listed ones."""
    below = {path.relative_to(ROOT / "harness").parts[0] for path in _tracked("harness/*.py")}
    names = {name.removesuffix(".py") for name in below}
    assert names == ROOMS | COMPOSITION_ROOT


def test_rooms_have_a_contract() -> None:
    """Every room is the source of an import contract, so that none is unruled."""
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    sources = {
        line.strip()
        for section in config.sections()
        if section.startswith("importlinter:contract:")
        for line in config[section]["source_modules"].splitlines()
        if line.strip()
    }
    expected = {f"harness.{room}" for room in ROOMS} | (TOP_LEVEL - {"harness"})
    assert expected <= sources


def test_generic_rooms_do_not_know_the_reference_system() -> None:
    """Nothing in the generic rooms contains the reference system's name."""
    word = "sw" + "arm"
    knowing = [
        str(path.relative_to(ROOT))
        for path in _tracked(*GENERIC)
        if word in path.read_text(errors="ignore").lower()
    ]
    assert knowing == []
