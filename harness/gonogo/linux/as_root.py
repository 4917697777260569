"""Calls that need root, for a user who is not root but may use the container engine.

A user who may start containers may start one with every right. A helper started that way runs
this same program, executes one call after the other, and ends when its owner ends. This package
does not know how the helper is started: ``gonogo.backends`` sets that.
"""

import os
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

from gonogo.vocabulary import EnvironmentFailed

P = ParamSpec("P")
R = TypeVar("R")


class RootHelper(Protocol):
    """A running helper."""

    def ask(self, module: str, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Call ``module.name(*args, **kwargs)`` as root; what it raises is raised here.

        Raises:
            EnvironmentFailed: the helper has gone.
        """


def _no_helper() -> RootHelper:
    raise EnvironmentFailed("no container engine is used here that could start a helper as root")


_start_helper: Callable[[], RootHelper] = _no_helper


def set_root_helper(start: Callable[[], RootHelper]) -> None:
    """Say how the helper of this process is started; called once, by ``gonogo.backends``.

    Args:
        start: gives the helper, started at the first call; raises EnvironmentFailed.
    """
    global _start_helper  # noqa: PLW0603 - rights belong to the process, and so does the helper
    _start_helper = start


def as_root(call: Callable[P, R]) -> Callable[P, R]:
    """Have a module's function executed as root; arguments and result must be picklable.

    Raises:
        EnvironmentFailed: this user is not root, and no helper can be started.
    """

    @wraps(call)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        return call(*args, **kwargs) if os.geteuid() == 0 else _ask(call, *args, **kwargs)

    return done


def as_root_where_refused(call: Callable[P, R]) -> Callable[P, R]:
    """As ``as_root``, but this user tries first; the helper is asked when permission is denied.

    Raises:
        PermissionError: permission is denied, and no helper can be started.
    """

    @wraps(call)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except PermissionError as refused:
            if os.geteuid() == 0:
                raise
            try:
                return _ask(call, *args, **kwargs)
            except EnvironmentFailed:
                raise refused from None

    return done


def root_trouble() -> str:
    """Why nothing can be done as root here, ``""`` when it can."""
    if os.geteuid() == 0:
        return ""
    try:
        _start_helper()
    except EnvironmentFailed as error:
        return f"this user is not root, and {error.what}"
    return ""


def _ask(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    result: R = _start_helper().ask(call.__module__, call.__qualname__, args, kwargs)
    return result
