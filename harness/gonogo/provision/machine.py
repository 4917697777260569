"""Installs missing Debian packages as root, without starting their services."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

POLICY = Path("/usr/sbin/policy-rc.d")
# Another installation may hold the lock: automatic upgrades take minutes.
LOCK_LIMIT_S = 300


class AptFailed(Exception):
    """apt-get failed. The message has its last lines."""


def is_root_on_debian() -> bool:
    """Whether apt-get can be used here."""
    return os.geteuid() == 0 and Path("/usr/bin/apt-get").exists()


def install_packages(packages: Sequence[str]) -> None:
    """Install Debian packages. Their daemons are not started.

    Raises:
        AptFailed: apt-get failed.
    """
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        _apt("update")
        _apt("install", "-y", "--no-install-recommends", *packages)
    finally:
        if ours:
            POLICY.unlink(missing_ok=True)


def _apt(*arguments: str) -> None:
    done = subprocess.run(
        ["apt-get", "-q", "-o", f"DPkg::Lock::Timeout={LOCK_LIMIT_S}", *arguments],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    )
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise AptFailed(f"apt-get {arguments[0]} failed ({done.returncode}):\n{tail}")
