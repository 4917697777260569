"""What the machine must have: looked up, never assumed."""

import importlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement and whether it is met.

    Attributes:
        name: program or module.
        purpose: what needs it.
        found: version or path; ``""`` when missing.
        apt: Debian package that brings it.
        hint: how to get it where apt is not the way.
    """

    name: str
    purpose: str
    found: str
    apt: str = ""
    hint: str = ""

    @property
    def how_to_get(self) -> str:
        """One command or sentence."""
        return self.hint or (f"apt-get install {self.apt}" if self.apt else "install it")


def bootstrap_checks() -> list[Check]:
    """What provisioning itself stands on."""
    importlib.invalidate_caches()  # python3-venv may have come a moment ago
    version = ".".join(str(part) for part in sys.version_info[:3])
    return [
        Check(
            name="python3",
            purpose="everything",
            found=version if sys.version_info >= (3, 11) else "",
            hint="Python 3.11 or newer: apt-get install python3",
        ),
        Check(
            name="venv",
            purpose="the locked environment",
            found="ensurepip" if importlib.util.find_spec("ensurepip") else "",
            apt="python3-venv",
        ),
        check_binary("cc", "linking native parts", apt="build-essential"),
        check_binary("cargo", "native parts in Rust", hint="rustup, any recent stable"),
    ]


def check_binary(name: str, purpose: str, *, apt: str = "", hint: str = "") -> Check:
    """Look ``name`` up on PATH and ask it for its version."""
    path = shutil.which(name)
    return Check(
        name=name, purpose=purpose, found=_version(path) if path else "", apt=apt, hint=hint
    )


def _version(path: str) -> str:
    try:
        answer = subprocess.run(
            [path, "--version"], capture_output=True, text=True, errors="replace", timeout=10,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return path
    lines = answer.stdout.strip().splitlines()
    return lines[0][:60] if lines else path


def render_checks(checks: Sequence[Check]) -> str:
    """The table of what is there and what is missing, with how to get it."""
    width = max((len(check.name) for check in checks), default=0)
    lines = []
    for check in checks:
        mark, text = ("ok     ", check.found) if check.found else ("MISSING", check.how_to_get)
        lines.append(f"  {mark}  {check.name:<{width}}  {text}   (for {check.purpose})")
    return "\n".join(lines)
