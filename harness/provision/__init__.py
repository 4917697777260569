"""Set up this checkout: system packages, one locked environment, our packages, native parts.

Standard library only, because it runs before anything is installed:
``python3 -m harness.provision``.
"""

from harness.provision._config import Provision, find_provision, load_provision
from harness.provision._engine_api import EngineAnswer, ask_engine
from harness.provision._machine import AptFailed, install_packages, is_root_on_debian
from harness.provision._requirements import (
    Check,
    bootstrap_checks,
    check_binary,
    check_engine,
    render_checks,
)
from harness.provision._step import StepFailed

__all__ = [
    "AptFailed",
    "Check",
    "EngineAnswer",
    "Provision",
    "StepFailed",
    "ask_engine",
    "bootstrap_checks",
    "check_binary",
    "check_engine",
    "find_provision",
    "install_packages",
    "is_root_on_debian",
    "load_provision",
    "render_checks",
]
