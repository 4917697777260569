"""For every test: signals as a terminal gives them."""

import signal


def pytest_configure() -> None:
    """Hear Ctrl-C: a shell starts its background jobs, and so a pipeline us, with it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
