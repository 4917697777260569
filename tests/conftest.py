"""For every test: SIGINT is not ignored."""

import signal


def pytest_configure() -> None:
    """Restore SIGINT: shells, also those of a pipeline, start background jobs with it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
