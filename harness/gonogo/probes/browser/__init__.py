"""Browser probe: the steps of a journey and their evidence, in a browser that leaves nothing."""

from gonogo.probes.browser.browser import Browser
from gonogo.probes.browser.element import Element, ElementState
from gonogo.probes.browser.errors import BrowserLost, PageNotReady, StateNotReached
from gonogo.probes.browser.programs import BrowserUnavailable
from gonogo.probes.browser.steps import StepFailed

__all__ = [
    "Browser",
    "BrowserLost",
    "BrowserUnavailable",
    "Element",
    "StateNotReached",
    "ElementState",
    "StepFailed",
    "PageNotReady",
]
