"""Why something could not be done in the browser."""


class Unready(Exception):
    """The page is not in a state in which this can be done now; it may be in a moment."""


class BrowserLost(Exception):
    """The browser has gone in the middle: what the page would have done is not known."""


class NotSeen(AssertionError):
    """The page did not come to the awaited state within the limit."""
