"""Identity of a process: pid and start time, with the run id in its environment.

A pid alone is reused. Pid and start time together are proof: two processes share both only when
the kernel assigns all its pids within one clock tick. The run id in the environment is used to
*find* processes, not to check them: redis-server, postgres and nginx overwrite that memory with
their process title (seen with redis-server 7.0).
"""

import os
import signal

from gonogo.linux.as_root import as_root_where_refused
from gonogo.linux.proc_file import GONE, read_proc
from gonogo.linux.stat import read_stat
from gonogo.vocabulary import ProcessIdentity

RUN_VARIABLE = "GONOGO_RUN_ID"
SERVICE_VARIABLE = "GONOGO_SERVICE"


def run_markers(pid: int) -> tuple[str, str]:
    """Run id and service name in the process' environment, each ``""`` where it has none."""
    try:
        raw = read_proc(f"/proc/{pid}/environ")
    except GONE:
        return "", ""
    if RUN_VARIABLE.encode() not in raw:  # nearly every process: this must be cheap
        return "", ""
    pairs = dict(item.partition(b"=")[::2] for item in raw.split(b"\0"))
    run, service = (pairs.get(name.encode(), b"") for name in (RUN_VARIABLE, SERVICE_VARIABLE))
    return run.decode(errors="replace"), service.decode(errors="replace")


def identify(pid: int) -> ProcessIdentity | None:
    """The process that has this pid now; None when there is none or it is a zombie."""
    stat = read_stat(pid)
    if stat is None or stat.dead:
        return None
    return ProcessIdentity(pid, stat.start_ticks, run_markers(pid)[0])


def is_alive(identity: ProcessIdentity) -> bool:
    """Whether exactly that process still runs (or is stopped); a zombie does not."""
    stat = read_stat(identity.pid)
    return stat is not None and not stat.dead and stat.start_ticks == identity.start_ticks


@as_root_where_refused
def signal_identity(identity: ProcessIdentity, sig: int) -> bool:
    """Send a signal to exactly that process.

    The pidfd is opened before the identity is checked, so that the signal cannot reach a
    process that got the pid in between.

    Returns:
        False when it is gone.
    """
    try:
        fd = os.pidfd_open(identity.pid)
    except ProcessLookupError:
        return False
    try:
        if not is_alive(identity):
            return False
        signal.pidfd_send_signal(fd, sig)
    except ProcessLookupError:
        return False
    finally:
        os.close(fd)
    return True
