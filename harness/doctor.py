"""``gonogo doctor``: what the machine and the target need, and whether it is there."""

import os
from pathlib import Path

from harness.provision import (
    AptFailed,
    Check,
    bootstrap_checks,
    check_binary,
    install_packages,
    is_root_on_debian,
    render_checks,
)
from harness.target import load_target
from harness.vocabulary import EnvironmentFailed, ExitCode


def doctor(target_file: Path, *, install: bool, quiet: bool) -> int:
    """Print the table; with ``install`` get what apt can get.

    Raises:
        EnvironmentFailed: apt-get failed.
    """
    checks = _checks(target_file)
    missing = [check for check in checks if not check.found]
    packages = [check.apt for check in missing if check.apt]
    if install and packages and is_root_on_debian():
        _say(f"installing {' '.join(packages)} …")
        try:
            install_packages(packages)
        except AptFailed as error:
            raise EnvironmentFailed(str(error), where="apt-get") from error
        checks = _checks(target_file)
        missing = [check for check in checks if not check.found]
    if missing or not quiet:
        _say(render_checks(missing if quiet else checks))
    return ExitCode.ENVIRONMENT if missing else ExitCode.GO


def _checks(target_file: Path) -> list[Check]:
    required = load_target(target_file, os.environ).requires
    return bootstrap_checks() + [
        check_binary(each.binary, each.purpose, apt=each.apt) for each in required
    ]


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - its user interface
