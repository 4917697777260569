"""``/proc/sys``: facts about this machine and its boot."""

from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


def read_boot_id() -> str:
    """Names this boot of the machine: pids and monotonic times of another boot mean nothing."""
    return _BOOT_ID.read_text().strip()


def ephemeral_ports() -> range:
    """The ports that the kernel takes for outgoing connections."""
    low, high = (int(word) for word in _EPHEMERAL.read_text().split())
    return range(low, high + 1)
