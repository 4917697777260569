"""The shared object that some services are started with, and the file it shares with the gate.

Through it a fault shifts a service's wall clock, delays its syncs, and reads how much of each file
was synced.
The layout is that of ``struct state`` in ``fault_injection/preload/gonogo_preload.c``.
"""

import contextlib
import mmap
import os
import struct
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gonogo.target import Service
from gonogo.vocabulary import EnvironmentFailed

SHARED_OBJECT = Path(sys.prefix) / "lib" / "gonogo_preload.so"
STATE_VARIABLE = "GONOGO_PRELOAD_STATE"
_IN_CONTAINER = "/run/gonogo"
_MAGIC = 0x0100004F474F4E4F
_HEAD = struct.Struct("=QQqqqQQQqQQ")
_SLOT = struct.Struct("=Qq")
_SLOTS = 4096
_BYTES = _HEAD.size + _SLOTS * _SLOT.size
_OFFSET_AT, _DRIFT_AT, _SINCE_AT, _DELAY_AT = 16, 24, 32, 64
_WORD = (1 << 64) - 1
_MIX = 0x9E3779B97F4A7C15


class PreloadState:
    """The state that the processes of one service and the harness share; always the newest numbers.

    Args:
        path: the file.

    Raises:
        OSError: it is gone, as after the end of its run.
    """

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _BYTES)

    def close(self) -> None:
        """Unmap it."""
        self._map.close()

    @property
    def attached(self) -> int:
        """How many processes were started with the shared object."""
        return int(self._head()[1])

    @property
    def clock(self) -> tuple[int, int]:
        """Offset of the wall clock in nanoseconds, and its drift in billionths."""
        _, _, offset_ns, drift_ppb, *_ = self._head()
        return offset_ns, drift_ppb

    @property
    def shifted(self) -> int:
        """How often a process read a shifted wall clock."""
        return int(self._head()[5])

    @property
    def unshifted(self) -> int:
        """How often a process read the kernel's wall clock."""
        return int(self._head()[6])

    @property
    def unrecorded(self) -> int:
        """Syncs not recorded for lack of room: then the synced part of a file is not known."""
        return int(self._head()[7])

    def set_clock(self, offset_ns: int, drift_ppb: int, since_ns: int) -> None:
        """Shift the wall clock; all zero restores it.

        Args:
            offset_ns: by how much, at once.
            drift_ppb: by how many billionths it drifts, from ``since_ns`` on.
            since_ns: on CLOCK_MONOTONIC.
        """
        # A process may read between any two of these: a drift counts from its own start only.
        self._set(_DRIFT_AT, 0)
        if drift_ppb:
            self._set(_SINCE_AT, since_ns)
        self._set(_OFFSET_AT, offset_ns)
        self._set(_DRIFT_AT, drift_ppb)

    def _set(self, at: int, value: int) -> None:
        struct.pack_into("=q", self._map, at, value)

    @property
    def sync_delay_ns(self) -> int:
        """By how much each sync takes longer."""
        return int(self._head()[8])

    @property
    def delayed(self) -> int:
        """How many syncs were delayed."""
        return int(self._head()[9])

    @property
    def undelayed(self) -> int:
        """How many were not."""
        return int(self._head()[10])

    def delay_syncs(self, by_ns: int) -> None:
        """Delay each sync; 0 ends the delay, except for syncs under way."""
        self._set(_DELAY_AT, by_ns)

    def synced_bytes(self, status: os.stat_result) -> int | None:
        """How much of a file was synced; None when it never was."""
        key = (status.st_ino ^ (status.st_dev * _MIX & _WORD)) & _WORD
        for step in range(_SLOTS):
            at = _HEAD.size + (key + step) % _SLOTS * _SLOT.size
            held, length = _SLOT.unpack_from(self._map, at)
            if held in (0, key):
                return int(length) if held else None
        return None

    def _head(self) -> tuple[int, ...]:
        return _HEAD.unpack_from(self._map)


@contextmanager
def open_preload(path: Path) -> Iterator[PreloadState]:
    """A service's state for as long as the block runs; see ``PreloadState``."""
    with contextlib.closing(PreloadState(path)) as state:
        yield state


def preload_path(state: Path, service: str) -> Path:
    """Where a service's state stands, below that of its run."""
    return state / "preload" / service


def preloaded(service: Service, state: Path, *, mounted: bool) -> Service:
    """The service as it is started with the shared object; as it was where it asks for none.

    Args:
        service: as declared.
        state: the state directory of its run.
        mounted: whether its files are mounted into it, as into a container.

    Raises:
        EnvironmentFailed: the shared object was never built, or its state cannot be written.
    """
    if not service.preload:
        return service
    if not SHARED_OBJECT.is_file():
        raise EnvironmentFailed(
            f"service {service.name} is to be preloaded, and there is no {SHARED_OBJECT.name}",
            where=str(SHARED_OBJECT),
            hint="make provision builds it; or leave out preload",
        )
    path = preload_path(state, service.name)
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(struct.pack("=Q", _MAGIC) + bytes(_BYTES - 8))
        # A container runs as another user; the run's state directory keeps other users out.
        path.chmod(0o666)
    except OSError as error:
        raise EnvironmentFailed(f"{path} cannot be written: {error.strerror}") from error
    if not mounted:
        given = {**service.environment, **service.process_environment}
        own = _variables(given, str(SHARED_OBJECT), str(path))
        return replace(service, process_environment={**service.process_environment, **own})
    inside = f"{_IN_CONTAINER}/{SHARED_OBJECT.name}", f"{_IN_CONTAINER}/state"
    own = _variables(service.environment, *inside)
    return replace(
        service,
        environment={**service.environment, **own},
        volumes={**service.volumes, str(SHARED_OBJECT): inside[0], str(path): inside[1]},
        read_only_mounts=(*service.read_only_mounts, inside[0]),
    )


def _variables(given: Mapping[str, str], shared_object: str, state: str) -> dict[str, str]:
    before = [given["LD_PRELOAD"]] if given.get("LD_PRELOAD") else []
    return {"LD_PRELOAD": ":".join([shared_object, *before]), STATE_VARIABLE: state}
