"""Python processes of our own: nothing in a user's directory may change what they import."""

import shlex
import sys

# The working directory is not on the path. An environment variable would say the same, and would
# reach programs that a scenario starts, which then miss the modules beside them.
_SAFE_PATH = "-P"


def own_python(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of ours with a safe path."""
    return [sys.executable, _SAFE_PATH, "-m", module, *arguments]


def own_xdist_workers(count: int) -> list[str]:
    """Options of pytest-xdist that start so many workers with a safe path."""
    return ["--tx", f"{count}*popen//python={shlex.quote(sys.executable)} {_SAFE_PATH}"]
