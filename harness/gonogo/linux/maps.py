"""``/proc/PID/maps``: the files mapped into a process. See proc(5)."""

from gonogo.linux.proc_file import read_proc


def has_mapped(pid: int, file_name: str) -> bool:
    """Whether a file of that name, such as a shared object, is mapped; False when it is gone.

    Raises:
        PermissionError: the process belongs to another user.
    """
    try:
        return file_name in read_proc(f"/proc/{pid}/maps").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
