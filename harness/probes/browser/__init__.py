"""A browser at the system's page: steps, evidence, and nothing left behind."""

from harness.probes.browser._browser import Browser
from harness.probes.browser._element import Element, Seen
from harness.probes.browser._programs import BrowserUnavailable
from harness.probes.browser._steps import StepFailed
from harness.probes.browser._unready import BrowserLost, NotSeen, Unready

__all__ = [
    "Browser",
    "BrowserLost",
    "BrowserUnavailable",
    "Element",
    "NotSeen",
    "Seen",
    "StepFailed",
    "Unready",
]
