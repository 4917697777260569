"""Options by which the composition root tells pytest which run it takes part in."""

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
        phase: only scenarios of this phase run; ``""`` collects all.
        profile: name of the profile.
        profiles: every name a profile of the target has.
        collection: file to which the collected scenarios are written, None when they run.
    """

    run_dir: Path
    target_file: Path
    phase: str
    profile: str
    profiles: tuple[str, ...]
    collection: Path | None


def add_options(parser: pytest.Parser) -> None:
    """Declare the options; they are given by ``gonogo run``, not by hand."""
    group = parser.getgroup("gonogo", "given by `gonogo run`")
    group.addoption("--run-dir", type=Path, default=None, help="run directory")
    group.addoption("--target-file", type=Path, default=None, help="Compose file of the system")
    group.addoption("--phase", choices=("", *PHASES), default="", help="run only this phase")
    group.addoption("--profile", default="default", help="name of the profile")
    group.addoption("--profiles", default="default", help="every profile, separated by commas")
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
    """The options of a scenario's process.

    Raises:
        UsageError: a scenario was started without a run.
    """
    options = run_options(config)
    if options is None:
        raise UsageError(
            "a scenario needs a run to take part in",
            where="fixture of the gonogo plugin",
            hint="start scenarios by `gonogo run`, not by pytest alone",
        )
    return options
