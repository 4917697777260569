"""Imports in a process that runs scenarios: what is installed comes first, then the user's modules.

pytest puts the folder of a scenario or a conftest in front of the path, so that helpers beside it
are found. A helper called ``requests.py`` would then replace the library that we import later.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

import pytest

# Only a user's tree gives these a meaning; some packages install one by mistake.
_THE_USERS = {"conftest", "scenarios", "tests"}


class InstalledFirst:
    """A finder of top-level modules in the path as it was before any scenario was imported.

    Args:
        path: that path.
    """

    def __init__(self, path: Sequence[str]) -> None:
        self._path = list(path)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The installed module of that name; None leaves the name to the other finders."""
        if path is not None or name in _THE_USERS:
            return None
        spec = PathFinder.find_spec(name, self._path, target)
        # A folder without ``__init__.py`` has no loader: any module is a better answer.
        return spec if spec is not None and spec.loader is not None else None


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Order the imports of a run, before the first conftest is imported.

    The working directory comes last, so that modules of the user's project are found from there.
    """
    if early_config.known_args_namespace.run_dir is None:
        return
    if not any(isinstance(finder, InstalledFirst) for finder in sys.meta_path):
        sys.meta_path.insert(0, InstalledFirst(sys.path))
    cwd = str(Path.cwd())
    if cwd not in sys.path:
        sys.path.append(cwd)
