"""Sets up this checkout: system packages, one locked environment, our packages, native parts.

It uses the standard library only, because it runs before anything is installed:
``python3 -m gonogo.provision``.
"""

from gonogo.provision.config import Provision, find_provision, load_provision
from gonogo.provision.engine_api import EngineAnswer, ask_engine
from gonogo.provision.machine import AptFailed, install_packages, is_root_on_debian
from gonogo.provision.requirements import (
    Check,
    bootstrap_checks,
    check_binary,
    check_engine,
    render_checks,
)
from gonogo.provision.step import StepFailed

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
