"""Every backend by its name, and the choice among them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from gonogo.backends.attached import AttachedBackend
from gonogo.backends.backend import SystemBackend
from gonogo.backends.containers import ContainerBackend
from gonogo.backends.process import ProcessBackend
from gonogo.target import Target
from gonogo.vocabulary import Capability, EnvironmentFailed, UsageError, missing_capabilities

AUTO = "auto"
CONTAINERS = ContainerBackend()
PROCESSES = ProcessBackend()
ATTACHED = AttachedBackend()
_OBJECTS: tuple[SystemBackend, ...] = (
    CONTAINERS,
    PROCESSES,
    ATTACHED,
)
BACKENDS: Mapping[str, SystemBackend] = MappingProxyType({each.name: each for each in _OBJECTS})


def by_name(name: str) -> SystemBackend:
    """The backend of that name.

    Raises:
        UsageError: there is none.
    """
    if name not in BACKENDS:
        raise UsageError(f"there is no backend {name!r}", alternatives=BACKENDS)
    return BACKENDS[name]


def backends_for(needs: Iterable[Capability]) -> list[str]:
    """Names of the backends that have these capabilities."""
    wanted = frozenset(needs)
    return [name for name, each in BACKENDS.items() if not missing_capabilities(each, wanted)]


def choices() -> tuple[str, ...]:
    """What ``--backend`` takes: ``auto``, and every backend that starts systems."""
    starting = (name for name, each in BACKENDS.items() if Capability.START in each.capabilities)
    return (AUTO, *starting)


def check_choice(asked: str) -> None:
    """Refuse what ``--backend`` does not take.

    Raises:
        UsageError: there is no such backend, or it starts no systems.
    """
    if asked not in choices():
        known = asked in BACKENDS
        raise UsageError(
            f"the {asked} backend starts no system" if known else f"there is no backend {asked!r}",
            where="--backend",
            alternatives=choices(),
        )


def choose(asked: str, target: Target) -> tuple[SystemBackend, str]:
    """The backend for a target, and why that one; ``auto`` prefers containers.

    Raises:
        UsageError: there is no such backend, or it starts no systems.
        EnvironmentFailed: the one asked for cannot be used on this machine.
    """
    check_choice(asked)
    if asked == AUTO:
        return _choose_automatically(target)
    backend = by_name(asked)
    if trouble := backend.trouble():
        raise EnvironmentFailed(
            trouble,
            where=f"--backend {asked}",
            alternatives=[each for each in choices() if each != asked],
            hint=backend.remedy,
        )
    return backend, "asked for"


def _choose_automatically(target: Target) -> tuple[SystemBackend, str]:
    refused = target.refusals.get(CONTAINERS.form, ())
    obstacle = f"{refused[0].where}: {refused[0].what}" if refused else CONTAINERS.trouble()
    chosen, why = (PROCESSES, obstacle) if obstacle else (CONTAINERS, CONTAINERS.advantage)
    return chosen, f"{AUTO}: {chosen.title}, because {why}"
