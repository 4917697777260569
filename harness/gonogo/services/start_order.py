"""Start order: services start when what they depend on is ready; the one that fails is named."""

from collections.abc import Callable, Mapping
from graphlib import CycleError, TopologicalSorter
from threading import Condition

from gonogo.services.supervised import State, SupervisedService, describe_exit
from gonogo.target import Target
from gonogo.vocabulary import EnvironmentFailed, SystemNotReady, UsageError

# A service that exits this often in a row while all others are up will not become ready.
_EXITS_IN_A_ROW = 6
_CHECK_EVERY_S = 0.3
# The supervising thread records "unready" itself, after a last check of some seconds at most. This
# limit decides only where that thread hangs.
_TELL_S_MAX = 10.0


def dependency_levels(target: Target) -> list[list[str]]:
    """Services by level: each depends on earlier levels only.

    Raises:
        UsageError: a dependency does not exist, or they form a circle.
    """
    graph = {name: set(service.depends_on) for name, service in target.services.items()}
    for name, needed in graph.items():
        for unknown in needed - set(graph):
            raise UsageError(
                f"service {name} depends on {unknown}, which does not exist",
                where=f"{target.file}: services.{name}.depends_on",
                alternatives=sorted(graph),
            )
    sorter = TopologicalSorter(graph)
    try:
        sorter.prepare()
    except CycleError as error:
        raise UsageError(
            f"services depend on each other in a circle: {' -> '.join(error.args[1])}",
            where=f"{target.file}: depends_on",
        ) from error
    levels = []
    while sorter.is_active():
        level = sorted(sorter.get_ready())
        levels.append(level)
        sorter.done(*level)
    return levels


def start_in_order(
    target: Target,
    services: Mapping[str, SupervisedService],
    changed: Condition,
    check: Callable[[], None],
) -> None:
    """Start each service as soon as its dependencies allow; wait until all are ready.

    Args:
        target: gives the dependencies.
        services: by name, none started.
        changed: see ``SharedContext``.
        check: called several times a second; raises to give up.

    Raises:
        SystemNotReady: a service stays down or was not ready within its limit.
        EnvironmentFailed: a service could not be supervised.
    """
    waiting = list(services)
    with changed:
        while True:
            check()
            for name in [name for name in waiting if _may_start(target, name, services)]:
                waiting.remove(name)
                services[name].start()
            started = {name: each for name, each in services.items() if name not in waiting}
            for each in started.values():
                _raise_if_failed(target, each, started)
            if not waiting and all(each.state is State.READY for each in started.values()):
                return
            changed.wait(_CHECK_EVERY_S)


def wait_ready(
    target: Target, service: SupervisedService, changed: Condition, limit_s: float
) -> None:
    """Wait until a service that was started is ready.

    Raises:
        SystemNotReady: it stays down or was not ready within the limit.
    """
    with changed:
        changed.wait_for(lambda: service.state is State.READY or not service.kept, limit_s)
        _raise_if_unsupervised(service)
        if service.state is not State.READY:
            raise _not_ready(target, service, f"is not ready {limit_s:g} s after its start")


def _may_start(target: Target, name: str, services: Mapping[str, SupervisedService]) -> bool:
    return all(
        services[needed].state is State.READY
        or (condition == "service_started" and services[needed].incarnation > 0)
        for needed, condition in target.services[name].depends_on.items()
    )


def _raise_if_failed(
    target: Target, service: SupervisedService, started: Mapping[str, SupervisedService]
) -> None:
    _raise_if_unsupervised(service)
    others_up = all(each.state is State.READY for each in started.values() if each is not service)
    if service.exits >= _EXITS_IN_A_ROW and others_up:
        raise _not_ready(target, service, f"exited {service.exits} times in a row")
    if not service.kept and service.state is State.DOWN:
        raise _not_ready(target, service, "did not stay up")
    if service.overdue(_TELL_S_MAX):
        raise _not_ready(target, service, f"was not ready within {service.ready_s_max:g} s")


def _raise_if_unsupervised(service: SupervisedService) -> None:
    if service.failure:
        raise EnvironmentFailed(service.failure, where=f"log {service.log}")


def _not_ready(target: Target, service: SupervisedService, what: str) -> SystemNotReady:
    code = service.exit_code
    ending = "" if code is None else f" ({describe_exit(code)})"
    trouble = service.trouble()
    what += f"; {trouble}" if trouble else ""
    lines = service.log_tail()
    output = "".join(f"\n    {line}" for line in lines) if lines else " none"
    name = service.service.name
    return SystemNotReady(
        f"service {name} {what}{ending}; its last output:{output}",
        where=f"service {name}, log {service.log}",
        hint=f"see its command and readiness in {target.file}",
    )
