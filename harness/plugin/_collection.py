"""Which scenarios a phase and a profile run, and what they declare before anything starts."""

from dataclasses import asdict, dataclass

import pytest

from harness.observation import write_json_atomically
from harness.plugin._options import PHASES, RunOptions
from harness.vocabulary import UsageError


@dataclass(frozen=True, slots=True)
class DeclaredFault:
    """A fault that a scenario announces by ``@pytest.mark.fault``.

    Attributes:
        label: its name in objectives (``phase=fault:LABEL``).
        selector: shell pattern of the services it touches.
        window_s: shortest time it stays armed, for the sample-size check.
    """

    label: str
    selector: str
    window_s: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """One collected scenario."""

    test: str
    phase: str
    faults: tuple[DeclaredFault, ...]


def select(items: list[pytest.Item], options: RunOptions) -> tuple[list[Scenario], list[bool]]:
    """Describe the scenarios of the profile; the flags say which of ``items`` run now.

    Raises:
        UsageError: a scenario without a phase, or with one that does not exist.
    """
    scenarios, chosen = [], []
    for item in items:
        phase = _phase(item)
        profiles = {name for mark in item.iter_markers("profile") for name in mark.args}
        included = not profiles or options.profile in profiles
        if included:
            scenarios.append(Scenario(item.nodeid, phase, declared_faults(item)))
        chosen.append(included and options.phase in ("", phase))
    return scenarios, chosen


def declared_faults(item: pytest.Item) -> tuple[DeclaredFault, ...]:
    """The faults a scenario announces."""
    return tuple(_fault(mark, item) for mark in item.iter_markers("fault"))


def _phase(item: pytest.Item) -> str:
    mark = item.get_closest_marker("phase")
    name = mark.args[0] if mark and mark.args else ""
    if name not in PHASES:
        raise UsageError(
            f"scenario has no valid phase: {name!r}" if name else "scenario declares no phase",
            where=item.nodeid,
            alternatives=PHASES,
            hint='add `pytestmark = pytest.mark.phase("contract")` to its module',
        )
    return str(name)


def _fault(mark: pytest.Mark, item: pytest.Item) -> DeclaredFault:
    try:
        return DeclaredFault(**mark.kwargs)
    except TypeError as error:
        raise UsageError(
            f"fault marker: {error}",
            where=item.nodeid,
            hint='@pytest.mark.fault(label="redis-pause", selector="redis", window_s=3)',
        ) from error


def write_collection(scenarios: list[Scenario], options: RunOptions) -> None:
    """Hand the collected scenarios to the composition root."""
    if options.collection is not None:
        write_json_atomically(options.collection, [asdict(each) for each in scenarios])
