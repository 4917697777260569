"""``/proc/PID/status``: memory, name and capabilities of a process. See proc(5)."""

from gonogo.linux.proc_file import GONE, read_proc


def read_status(pid: int) -> dict[str, str]:
    """Its fields by name, as the kernel writes them; empty when the process is gone."""
    try:
        # A process may have any bytes as its name, and the kernel cuts names at 15 bytes.
        text = read_proc(f"/proc/{pid}/status").decode(errors="replace")
    except GONE:
        return {}
    pairs = (line.partition(":") for line in text.splitlines())
    return {name: value.strip() for name, _, value in pairs}


def anonymous_bytes(pid: int) -> int:
    """Anonymous memory of a process; 0 when it is gone.

    Pages that it shares with siblings, by fork or a mapped file, are not counted.
    """
    return int(read_status(pid).get("RssAnon", "0 kB").split()[0]) * 1024


def program_name(pid: int) -> str:
    """Name of its program, at most 15 bytes; ``""`` when it is gone."""
    return read_status(pid).get("Name", "")


def bounding_capabilities(pid: int) -> int:
    """The capabilities that a process may ever have, one bit each; 0 when it is gone."""
    return int(read_status(pid).get("CapBnd", "0"), 16)
