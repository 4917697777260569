"""Options of pytest by which the gate says which run the process is part of."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from gonogo.vocabulary import PHASES, UsageError

MARKERS = (
    "phase(name): the phase of the run this scenario belongs to: " + ", ".join(PHASES),
    "profile(*names): the profiles that include this scenario; without it, all do",
    "fault(label, selector, window_s): a fault this scenario arms, declared before the run",
)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What this pytest process is part of.

    Attributes:
        run_dir: the run directory.
        target_file: the Compose file.
        phase: only scenarios of this phase run; ``""`` for all phases.
        profile: name of the profile.
        profiles: the names of all profiles of the target.
        collection: file for the collected scenarios; None in a process that runs them.
    """

    run_dir: Path
    target_file: Path
    phase: str
    profile: str
    profiles: tuple[str, ...]
    collection: Path | None


def add_options(parser: pytest.Parser) -> None:
    """Declare the options. ``gonogo run`` gives them; they are not for use by hand."""
    group = parser.getgroup("gonogo", "set by `gonogo run`")
    group.addoption("--run-dir", type=Path, default=None, help="run directory")
    group.addoption("--target-file", type=Path, default=None, help="Compose file of the system")
    group.addoption("--phase", choices=("", *PHASES), default="", help="run this phase only")
    group.addoption("--profile", default="default", help="name of the profile")
    group.addoption("--profiles", default="default", help="all profiles, separated by commas")
    group.addoption("--collection", type=Path, default=None, help="write what is collected here")


def run_options(config: pytest.Config) -> RunOptions | None:
    """The options; None when pytest was not started by ``gonogo run``."""
    run_dir = config.getoption("--run-dir")
    target_file = config.getoption("--target-file")
    if run_dir is None or target_file is None:
        return None
    return RunOptions(
        run_dir=run_dir,
        target_file=target_file,
        phase=config.getoption("--phase"),
        profile=config.getoption("--profile"),
        profiles=tuple(config.getoption("--profiles").split(",")),
        collection=config.getoption("--collection"),
    )


def required_options(config: pytest.Config) -> RunOptions:
    """The options, for a scenario that runs.

    Raises:
        UsageError: the scenario was started without a run.
    """
    options = run_options(config)
    if options is None:
        raise UsageError(
            "a scenario can only run as part of a run",
            where="fixture of the gonogo plugin",
            hint="start scenarios by `gonogo run`, not by `pytest`",
        )
    return options
