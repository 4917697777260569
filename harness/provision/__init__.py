"""Set up this checkout: system packages, one locked environment, our packages, native parts.

Standard library only, because it runs before anything is installed:
``python3 -m harness.provision``.
"""

from harness.provision._machine import AptFailed, install_packages, is_root_on_debian
from harness.provision._requirements import Check, bootstrap_checks, check_binary, render_checks

__all__ = [
    "AptFailed",
    "Check",
    "bootstrap_checks",
    "check_binary",
    "install_packages",
    "is_root_on_debian",
    "render_checks",
]
