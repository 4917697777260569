"""For every test: SIGINT is not ignored."""

import signal


def pytest_configure() -> None:
    """Restore SIGINT: a shell starts background jobs, so also a pipeline's tests, with it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
