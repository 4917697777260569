"""What the machine and the target need, and whether it is there."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from gonogo.backends import AUTO, by_name, check_choice
from gonogo.provision import (
    AptFailed,
    Check,
    StepFailed,
    ask_engine,
    bootstrap_checks,
    check_binary,
    check_engine,
    find_provision,
    install_packages,
    is_root_on_debian,
    load_provision,
)
from gonogo.target import load_target
from gonogo.vocabulary import EnvironmentFailed, Form, UsageError


def requirement_checks(target_file: Path, backend: str) -> list[Check]:
    """One check for each program and service that is needed.

    What only a backend needs that would not be chosen is optional. It is left out when another
    backend was asked for.

    Raises:
        UsageError: the target cannot be read, or there is no such backend.
    """
    check_choice(backend)
    requires = load_target(target_file, os.environ).requires
    checks = _checkout_checks(target_file)
    automatic = backend == AUTO
    form = Form.CONTAINER if automatic else by_name(backend).form
    if form is Form.CONTAINER:
        checks.append(check_engine(optional=automatic))
        checks.append(
            check_binary(
                "mmdebstrap", "a base image without a registry", apt="mmdebstrap", optional=True
            )
        )
    if automatic and not ask_engine().version:
        form = Form.PROCESS
    return checks + [
        check_binary(each.binary, each.purpose, apt=each.apt, optional=not each.needed_by(form))
        for each in requires
        if automatic or each.needed_by(form)
    ]


def install_missing(checks: Sequence[Check], say: Callable[[str], object]) -> bool:
    """As root on Debian install the packages of what is missing; says whether there were any.

    Raises:
        EnvironmentFailed: apt-get failed.
    """
    packages = [check.apt for check in checks if check.apt and not check.found]
    if not packages or not is_root_on_debian():
        return False
    say(f"installing {' '.join(packages)} …")
    try:
        install_packages(packages)
    except AptFailed as error:
        raise EnvironmentFailed(str(error), where="apt-get") from error
    return True


def _checkout_checks(target_file: Path) -> list[Check]:
    """What building needs: only for a checkout that is built, not for a user's Compose file."""
    root = find_provision(target_file.resolve().parent)
    if root is None:
        return []
    try:
        return bootstrap_checks(load_provision(root))
    except StepFailed as error:
        raise UsageError(str(error), where=str(root / "pyproject.toml")) from error
