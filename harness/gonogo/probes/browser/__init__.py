"""A browser at the system's page: steps, evidence, and nothing left behind."""

from gonogo.probes.browser.browser import Browser
from gonogo.probes.browser.element import Element, Seen
from gonogo.probes.browser.programs import BrowserUnavailable
from gonogo.probes.browser.steps import StepFailed
from gonogo.probes.browser.unready import BrowserLost, NotSeen, Unready

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
