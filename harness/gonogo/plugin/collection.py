"""Which scenarios a phase and a profile run, and what each one declares before the run."""

import math

import pytest

from gonogo.observation import write_json_atomically
from gonogo.plugin.options import RunOptions
from gonogo.vocabulary import PHASES, DeclaredFault, Scenario, UsageError


def select(items: list[pytest.Item], options: RunOptions) -> tuple[list[Scenario], list[bool]]:
    """The scenarios of the profile, and for each of ``items`` whether it runs in this process.

    Raises:
        UsageError: a scenario has no phase, or names a phase or profile that does not exist.
    """
    scenarios, chosen = [], []
    for item in items:
        phase = _phase(item)
        profiles = _profiles(item, options)
        included = not profiles or options.profile in profiles
        if included:
            scenarios.append(Scenario(item.nodeid, phase, declared_faults(item)))
        chosen.append(included and options.phase in ("", phase))
    return scenarios, chosen


def _profiles(item: pytest.Item, options: RunOptions) -> set[str]:
    profiles = {name for mark in item.iter_markers("profile") for name in mark.args}
    unknown = sorted(profiles - set(options.profiles))
    if unknown:
        raise UsageError(
            f"scenario is for profile {unknown[0]!r}, which does not exist",
            where=item.nodeid,
            alternatives=options.profiles,
        )
    return profiles


def declared_faults(item: pytest.Item) -> tuple[DeclaredFault, ...]:
    """The faults a scenario declares."""
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
        # A marker that gives too many values is refused here, where they are known.
        fault = DeclaredFault(*mark.args, **mark.kwargs, test=item.nodeid)  # type: ignore[misc]
    except TypeError as error:
        raise _bad_marker(str(error), item) from error
    for name in ("label", "selector"):
        if not isinstance(value := getattr(fault, name), str) or not value:
            raise _bad_marker(f"{name} is {value!r}, not a name", item)
    number = isinstance(fault.window_s, int | float) and not isinstance(fault.window_s, bool)
    if not number or not 0 <= fault.window_s < math.inf:
        raise _bad_marker(f"window_s is {fault.window_s!r}, not a number of seconds", item)
    return fault


def _bad_marker(what: str, item: pytest.Item) -> UsageError:
    return UsageError(
        f"fault marker: {what}",
        where=item.nodeid,
        hint='@pytest.mark.fault(label="redis-pause", selector="redis", window_s=3)',
    )


def write_collection(scenarios: list[Scenario], options: RunOptions) -> None:
    """Write the collected scenarios for the gate, where it asked for them."""
    if options.collection is not None:
        write_json_atomically(options.collection, scenarios)
