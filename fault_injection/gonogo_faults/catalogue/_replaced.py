"""Evidence that a process has ended, and that another one runs in its place."""

import socket
from collections.abc import Collection, Sequence

from gonogo.linux import is_alive
from gonogo.vocabulary import Evidence, ProcessIdentity, System

_CONNECT_S_MAX = 0.5


def listening(system: System, service: str) -> list[int]:
    """Its ports that accept now: a port that refuses now proves nothing when it refuses later."""
    return [port for port in system.ports(service) if not _refuses(system, service, port)]


def is_gone(
    system: System, service: str, victims: Sequence[ProcessIdentity], listened: Collection[int]
) -> Evidence:
    """The victims are gone, and evidence other than /proc agrees."""
    if not victims:
        return Evidence(False, f"{service} was down already")
    alive = [victim.pid for victim in victims if is_alive(victim)]
    pids = ", ".join(str(victim.pid) for victim in victims)
    if alive:
        return Evidence(False, f"{service}: pid {alive} still runs")
    refusing = [port for port in listened if _refuses(system, service, port)]
    if refusing:
        return Evidence(True, f"{service}: pid {pids} gone, port {refusing[0]} refuses")
    now = system.processes(service)
    if now and now[0] not in victims:
        return Evidence(True, f"{service}: pid {pids} gone, pid {now[0].pid} in its place")
    if not now and not listened:
        return Evidence(True, f"{service}: pid {pids} gone, the service is down")
    return Evidence(False, f"{service}: pid {pids} gone, but nothing else shows it")


def is_back(system: System, service: str, victims: Collection[ProcessIdentity]) -> Evidence:
    """Another process runs in the victims' place, and the service is ready."""
    now = system.processes(service)
    if not now:
        return Evidence(False, f"{service} is down")
    if now[0] in victims:
        return Evidence(False, f"{service}: pid {now[0].pid} was never replaced")
    if not system.is_ready(service):
        return Evidence(False, f"{service}: pid {now[0].pid} is not ready")
    return Evidence(True, f"{service}: pid {now[0].pid} is ready")


def _refuses(system: System, service: str, port: int) -> bool:
    try:
        socket.create_connection(system.address(service, port), _CONNECT_S_MAX).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return False
