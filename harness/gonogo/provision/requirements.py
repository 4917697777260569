"""What the machine must have: looked up, never assumed."""

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
        purpose: what needs it.
        found: path or version; ``""`` when missing.
        apt: Debian package that brings it.
        hint: how to get it where apt is not the way.
        optional: whether one can do without.
    """

    name: str
    purpose: str
    found: str
    apt: str = ""
    hint: str = ""
    optional: bool = False

    def describe(self) -> str:
        """What was found, by its version where it is a program that tells one."""
        return _version(self.found) if self.found.startswith("/") else self.found

    @property
    def lacking(self) -> bool:
        """Whether it is missing and cannot be done without."""
        return not self.found and not self.optional

    @property
    def how_to_get(self) -> str:
        """One command or sentence."""
        return self.hint or (f"apt-get install {self.apt}" if self.apt else "install it")


def bootstrap_checks(wanted: Provision) -> list[Check]:
    """What provisioning itself stands on, for what is wanted of it."""
    importlib.invalidate_caches()  # python3-venv may have come a moment ago
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
            check_binary("npm", "building web pages", hint="it comes with Node.js"),
        ]
    return checks


def check_binary(
    name: str, purpose: str, *, apt: str = "", hint: str = "", optional: bool = False
) -> Check:
    """Look ``name`` up on PATH; its version is asked for when it is shown, as that takes time."""
    found = shutil.which(name) or ""
    return Check(name=name, purpose=purpose, found=found, apt=apt, hint=hint, optional=optional)


def check_engine(*, optional: bool) -> Check:
    """Ask the container engine, and tell since when it runs if this room started it."""
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
    """The table of what is there and what is missing, with how to get it."""
    width = max((len(check.name) for check in checks), default=0)
    lines = []
    for check in checks:
        mark = "ok" if check.found else "absent" if check.optional else "MISSING"
        text = check.describe() or check.how_to_get
        lines.append(f"  {mark:<7}  {check.name:<{width}}  {text}   (for {check.purpose})")
    return "\n".join(lines)
