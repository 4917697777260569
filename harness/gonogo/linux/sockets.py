"""``/proc/PID/net/tcp``: the TCP sockets in the network namespace of a process. See proc(5)."""

from collections.abc import Iterator
from pathlib import Path

_LISTENING = "0A"  # include/net/tcp_states.h: TCP_LISTEN


def listens(pid: int, port: int) -> bool:
    """Whether something listens on a port in that process' network namespace."""
    return any(
        state == _LISTENING and int(address.rpartition(":")[2], 16) == port
        for table in ("tcp", "tcp6")
        for address, state in _rows(Path(f"/proc/{pid}/net/{table}"))
    )


def _rows(table: Path) -> Iterator[tuple[str, str]]:
    try:
        lines = table.read_text().splitlines()[1:]
    except OSError:  # the process has ended
        return
    for line in lines:
        _, local, _, state, *_ = line.split()
        yield local, state
