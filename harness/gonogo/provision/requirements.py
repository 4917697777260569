"""Checks of what the machine must have."""

import importlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from gonogo.provision.config import Provision
from gonogo.provision.engine import started_by_us
from gonogo.provision.engine_api import ask_engine


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement and whether it is met.

    Attributes:
        name: program or module.
        purpose: what it is needed for.
        found: path or version; ``""`` when missing.
        apt: Debian package that has it.
        hint: how to get it, where apt does not have it.
        optional: whether it may be missing.
    """

    name: str
    purpose: str
    found: str
    apt: str = ""
    hint: str = ""
    optional: bool = False

    def describe(self) -> str:
        """What was found; for a program, its version if it has an option for it."""
        return _version(self.found) if self.found.startswith("/") else self.found

    @property
    def lacking(self) -> bool:
        """Whether it is missing and required."""
        return not self.found and not self.optional

    @property
    def how_to_get(self) -> str:
        """How to get it: a command or a sentence."""
        return self.hint or (f"apt-get install {self.apt}" if self.apt else "install it")


def bootstrap_checks(wanted: Provision) -> list[Check]:
    """What provisioning itself needs for this checkout."""
    importlib.invalidate_caches()  # python3-venv may just have been installed
    version = ".".join(str(part) for part in sys.version_info[:3])
    checks = [
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
    ]
    if wanted.maturin or wanted.shared:
        checks.append(check_binary("cc", "native parts", apt="build-essential"))
    if wanted.maturin:
        hint = "rustup, stable 1.95 or newer"
        checks.append(check_binary("cargo", "native parts in Rust", hint=hint))
    if wanted.npm:
        hint = "Node.js, one of the versions in engines of package.json"
        checks += [
            check_binary("node", "building web pages", hint=hint),
            check_binary("npm", "building web pages", hint="it is part of Node.js"),
        ]
    return checks


def check_binary(
    name: str, purpose: str, *, apt: str = "", hint: str = "", optional: bool = False
) -> Check:
    """Look ``name`` up on PATH. Its version takes time, so it is asked only to show it."""
    found = shutil.which(name) or ""
    return Check(name=name, purpose=purpose, found=found, apt=apt, hint=hint, optional=optional)


def check_engine(*, optional: bool) -> Check:
    """Ask the container engine for its version, and whether provisioning has started it."""
    answer, known = ask_engine(), started_by_us()
    found, hint = answer.version, answer.problem
    if found and known and known.pid:
        found += f", started by provisioning {known.since} as process {known.pid}"
    elif known and known.problem:
        hint = known.problem
    return Check("engine", "services in containers", found, hint=hint, optional=optional)


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
    """A table of what was found and what is missing, and how to get it."""
    width = max((len(check.name) for check in checks), default=0)
    lines = []
    for check in checks:
        mark = "ok" if check.found else "absent" if check.optional else "MISSING"
        text = check.describe() or check.how_to_get
        lines.append(f"  {mark:<7}  {check.name:<{width}}  {text}   (for {check.purpose})")
    return "\n".join(lines)
