"""``gonogo doctor``: what the machine and the target need, and whether it is there."""

import os
from pathlib import Path

from gonogo.backends import AUTO, by_name
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
    render_checks,
)
from gonogo.target import load_target
from gonogo.vocabulary import EnvironmentFailed, ExitCode, Form, UsageError


def doctor(target_file: Path, *, install: bool, quiet: bool, backend: str = AUTO) -> int:
    """Print the table; with ``install`` get what apt can get.

    What only the backend needs that would not be chosen is optional; it is installed all the
    same unless another backend was asked for.

    Raises:
        EnvironmentFailed: apt-get failed.
        UsageError: the target cannot be read.
    """
    checks = _checks(target_file, backend)
    packages = [check.apt for check in checks if check.apt and not check.found]
    if install and packages and is_root_on_debian():
        _say(f"installing {' '.join(packages)} …")
        try:
            install_packages(packages)
        except AptFailed as error:
            raise EnvironmentFailed(str(error), where="apt-get") from error
        checks = _checks(target_file, backend)
    missing = [check for check in checks if check.lacking]
    if missing or not quiet:
        _say(render_checks(missing if quiet else checks))
    return ExitCode.ENVIRONMENT if missing else ExitCode.GO


def _checks(target_file: Path, backend: str) -> list[Check]:
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


def _checkout_checks(target_file: Path) -> list[Check]:
    """What building needs: only of a checkout that is built, not of somebody's Compose file."""
    root = find_provision(target_file.resolve().parent)
    if root is None:
        return []
    try:
        return bootstrap_checks(load_provision(root))
    except StepFailed as error:
        raise UsageError(str(error), where=str(root / "pyproject.toml")) from error


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - its user interface
