"""The gate's own Python processes: no file in a user's directory may change what they import."""

import sys
from collections.abc import Mapping

# As ``python -P``; by the environment because pytest-xdist starts its workers without options.
_SAFE_PATH = "PYTHONSAFEPATH"


def own_python(module: str, *arguments: str) -> list[str]:
    """The command that runs one of our modules without the working directory on its path."""
    return [sys.executable, "-P", "-m", module, *arguments]


def own_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment for such a process, so that the ones it starts have a safe path too.

    Services never get it: ``python app.py`` finds its own modules beside the script.
    """
    return {**environment, _SAFE_PATH: "1"}
