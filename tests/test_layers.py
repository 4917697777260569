"""The rooms are those in .importlinter; a new one must be added there."""

import configparser
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
GONOGO = ROOT / "harness" / "gonogo"
# The areas that hold nothing but their package and its native parts.
AREAS = {
    "fault_injection": {"gonogo_faults", "preload", "proxy"},
    "harness": {"gonogo"},
    "load": {"gonogo_load"},
    "reports": {"gonogo_reports"},
}
GENERIC = ("harness", "fault_injection", "load", "reports")


def _tracked(*paths: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *paths],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def _layers() -> set[str]:
    """The modules that the layers contract names."""
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    text = config["importlinter:contract:layers"]["layers"]
    return {name.strip() for name in text.replace("|", "\n").replace(":", "\n").split() if name}


def test_every_room_has_a_layer() -> None:
    """Every package and module directly below ``gonogo`` is a layer, and so is every other area."""
    below = {path.relative_to(GONOGO).parts[0] for path in _tracked("harness/gonogo/*.py")}
    rooms = {f"gonogo.{name.removesuffix('.py')}" for name in below} - {"gonogo.__init__"}
    assert _layers() == rooms | {"gonogo_faults", "gonogo_load", "gonogo_reports", "scenarios"}


def test_areas_hold_their_package_and_native_parts() -> None:
    """No file of an area stands outside of its Python package and its listed native parts."""
    for area, parts in AREAS.items():
        assert {path.relative_to(ROOT / area).parts[0] for path in _tracked(area)} == parts


def test_generic_rooms_do_not_know_the_reference_system() -> None:
    """Nothing in the generic rooms contains the reference system's name."""
    word = "sw" + "arm"
    knowing = [
        str(path.relative_to(ROOT))
        for path in _tracked(*GENERIC)
        if word in path.read_text(errors="ignore").lower()
    ]
    assert knowing == []
