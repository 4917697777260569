"""What takes root on this machine, done for one who is not root but may use the engine.

Who may start containers may start one with every right, and so may do whatever root may. Such a
helper runs this same program, takes one call after the other, and ends when its owner does.
"""

import os
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from gonogo.vocabulary import EnvironmentFailed

P = ParamSpec("P")
R = TypeVar("R")


def as_root(call: Callable[P, R]) -> Callable[P, R]:
    """Have a function of a module carried out by root; what it takes and gives must pickle.

    Raises:
        EnvironmentFailed: this user is not root, and no helper can be started.
    """

    @wraps(call)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        return call(*args, **kwargs) if os.geteuid() == 0 else _helped(call, *args, **kwargs)

    return done


def as_root_where_refused(call: Callable[P, R]) -> Callable[P, R]:
    """As ``as_root``, for what this user may do to its own: the helper is asked when it may not.

    Raises:
        PermissionError: this user may not, and no helper can be started.
    """

    @wraps(call)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except PermissionError as refused:
            if os.geteuid() == 0:
                raise
            try:
                return _helped(call, *args, **kwargs)
            except EnvironmentFailed:
                raise refused from None

    return done


def root_trouble() -> str:
    """Why nothing can be done as root here, ``""`` when it can."""
    if os.geteuid() == 0:
        return ""
    from gonogo.backends.containers.root_helper import root_helper  # noqa: PLC0415

    try:
        root_helper()
    except EnvironmentFailed as error:
        return f"this user is not root, and {error.what}"
    return ""


def _helped(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    # Only who needs the helper pays for the engine's client.
    from gonogo.backends.containers.root_helper import root_helper  # noqa: PLC0415

    result: R = root_helper().ask(call.__module__, call.__qualname__, args, kwargs)
    return result
