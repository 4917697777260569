"""Why something could not be done in the browser."""


class PageNotReady(Exception):
    """The page is not in a state in which this can be done now; soon it may be."""


class BrowserLost(Exception):
    """The browser ended during a step: what the page would have done is not known."""


class StateNotReached(AssertionError):
    """The page did not reach the expected state within the limit."""
