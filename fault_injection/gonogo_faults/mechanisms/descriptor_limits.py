"""How many files a process may open: the kernel limits the numbers of its descriptors."""

import contextlib
import resource
from itertools import islice

from gonogo.linux import as_root_where_refused, descriptor_numbers, is_alive
from gonogo.vocabulary import ProcessIdentity

# More than a process may have open by the kernel's own default.
_NUMBERS = 1 << 21


@as_root_where_refused
def soft_limit(pid: int) -> int:
    """The number below which all its descriptors are.

    Raises:
        ProcessLookupError: it has ended.
    """
    return resource.prlimit(pid, resource.RLIMIT_NOFILE)[0]


@as_root_where_refused
def set_limit_anew(pid: int) -> None:
    """Set the limit it has: this needs the same right as another limit would.

    Raises:
        PermissionError: not even root may do it on this machine (``CAP_SYS_RESOURCE``).
        ProcessLookupError: it has ended.
    """
    resource.prlimit(pid, resource.RLIMIT_NOFILE, resource.prlimit(pid, resource.RLIMIT_NOFILE))


@as_root_where_refused
def limit_that_leaves(count: int, pid: int) -> int:
    """The limit below which that many numbers are free.

    Raises:
        FileNotFoundError: it has ended.
    """
    taken = set(descriptor_numbers(pid))
    return next(islice((number for number in range(_NUMBERS) if number not in taken), count, None))


@as_root_where_refused
def lower_limit(identity: ProcessIdentity, count: int) -> bool:
    """Let it open only that many more files; says whether this lowered its limit."""
    with contextlib.suppress(ProcessLookupError, FileNotFoundError):  # it has ended meanwhile
        soft, hard = resource.prlimit(identity.pid, resource.RLIMIT_NOFILE)
        wanted = limit_that_leaves(count, identity.pid)
        if wanted < soft and is_alive(identity):
            resource.prlimit(identity.pid, resource.RLIMIT_NOFILE, (wanted, hard))
            return True
    return False


@as_root_where_refused
def restore_limit(identity: ProcessIdentity, soft: int) -> None:
    """Set its soft limit, as far as its hard limit allows."""
    with contextlib.suppress(ProcessLookupError):
        if is_alive(identity):
            _, hard = resource.prlimit(identity.pid, resource.RLIMIT_NOFILE)
            wanted = hard if hard != resource.RLIM_INFINITY and soft > hard else soft
            resource.prlimit(identity.pid, resource.RLIMIT_NOFILE, (wanted, hard))
