"""Services: their state, their use of resources, their log."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ServiceStateChanged:
    """A service changed its state.

    Attributes:
        service: its name.
        state: ``started``, ``ready``, ``unready``, ``exited``, ``stopping``, ``stopped``, ...
        pid: of its main process.
        exit_code: of its main process, where that ended.
        detail: more about it, in words.
        log_tail: the last lines it wrote.
    """

    kind: ClassVar = "service.state"
    service: str
    state: str
    pid: int | None = None
    exit_code: int | None = None
    detail: str = ""
    log_tail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceSampled:
    """What a service used since the sample before; None where it is not known.

    Attributes:
        service: its name.
        cpu_percent: percent of its CPU limit.
        memory_percent: percent of its memory limit.
        rss_bytes: resident memory.
        threads: number of threads.
        fds: number of open file descriptors.
    """

    kind: ClassVar = "resource"
    service: str
    cpu_percent: float | None = None
    memory_percent: float | None = None
    rss_bytes: int | None = None
    threads: int | None = None
    fds: int | None = None


@dataclass(frozen=True, slots=True)
class LogExcerpt:
    """Lines of a service's log that the report shows."""

    kind: ClassVar = "log.excerpt"
    service: str
    lines: tuple[str, ...]
