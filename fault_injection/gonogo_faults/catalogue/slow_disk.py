"""slow-disk: each sync of a service's file to the disk takes longer.

Mechanism: the shared object the service was started with (``preload: true``) delays the return of
``fsync`` and ``fdatasync``. Until they return, ``power-loss`` takes what they sync.
Writes that are not synced are as fast as before, since they only go to memory.
Parameter: ``sync_ms``.
Proof of bite: syncs of the service were delayed.
Undo: the delay is set to 0; a sync that has begun keeps its delay.
Proof of absence: no delay is set any more, and the service is ready.
Backends: process, docker; programs linked to glibc.
Source: fsync(2).
"""

from gonogo.services import PreloadState
from gonogo.vocabulary import UsageError
from gonogo_faults.catalogue._preloaded import PreloadFault
from gonogo_faults.undo import EndSyncDelays, PreloadedService

_NS_PER_MS = 1_000_000
_MS_MAX = 60_000.0


class SlowDisk(PreloadFault):
    """Delay the syncs of the selected services.

    Args:
        sync_ms: by how much.

    Raises:
        UsageError: it is nothing, or more than a minute.
    """

    name = "slow-disk"
    shows = False  # a service without anything to write does not sync

    def __init__(self, sync_ms: float) -> None:
        if not 0 < sync_ms <= _MS_MAX:
            raise UsageError(
                f"slow-disk cannot delay a sync by {sync_ms:g} ms",
                where="fault slow-disk",
                hint=f"more than 0, at most {_MS_MAX:g}",
            )
        super().__init__({"sync_ms": sync_ms})
        self._delay_ns = round(sync_ms * _NS_PER_MS)

    def _undo(self, services: tuple[PreloadedService, ...]) -> EndSyncDelays:
        return EndSyncDelays(services)

    def _apply(self, shared: PreloadState) -> None:
        shared.delay_syncs(self._delay_ns)

    def _is_applied(self, shared: PreloadState) -> bool:
        return shared.sync_delay_ns == self._delay_ns

    def _affected(self, shared: PreloadState) -> int:
        return shared.delayed

    def _unaffected(self, shared: PreloadState) -> int:
        return shared.undelayed

    def _describe(self, hits: int) -> str:
        return f"had {hits} syncs take {self.parameters['sync_ms']:g} ms longer"
