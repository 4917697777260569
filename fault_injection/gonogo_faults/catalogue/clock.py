"""clock: a service's wall clock is wrong, by a jump, by running too fast or slow, or by both.

Mechanism: the shared object the service was started with (``preload: true``) adds to what the
kernel says, from the moment of arming on. The monotonic clock and the clocks of other services
stay right. Programs that read the clock without the C library are not affected: Go programs and
static programs.
Parameters: ``offset_s`` (negative: back), ``drift_ppm`` (negative: too slow).
Proof of bite: processes of the service have read a clock that is wrong.
Undo: offset and drift are set to 0, which is a jump again.
Proof of absence: since then they have read a right clock, and the service is ready.
Backends: process, docker; programs linked to glibc.
Source: clock_gettime(2), ld.so(8).
"""

import time

from gonogo.services import PreloadState
from gonogo.vocabulary import UsageError
from gonogo_faults.catalogue._preloaded import PreloadFault
from gonogo_faults.undo import PreloadedService, SetClocksRight

_NS_PER_S = 1_000_000_000
_PPB_PER_PPM = 1000
_YEAR_S = 366 * 86_400.0
_PPM_MAX = 500_000.0


class Clock(PreloadFault):
    """Make the wall clock of the selected services wrong.

    Args:
        offset_s: by how much it jumps.
        drift_ppm: how much it gains, in millionths of the time that passes; 1,000 is 3.6 s an hour.

    Raises:
        UsageError: it would stay right, or one of the two is above its limit.
    """

    name = "clock"

    def __init__(self, offset_s: float = 0.0, drift_ppm: float = 0.0) -> None:
        if not (offset_s or drift_ppm):
            raise UsageError("clock needs offset_s, drift_ppm or both", where="fault clock")
        if abs(offset_s) > _YEAR_S or abs(drift_ppm) > _PPM_MAX:
            raise UsageError(
                f"clock cannot be wrong by {offset_s:g} s and {drift_ppm:g} ppm",
                where="fault clock",
                hint=f"at most {_YEAR_S:g} s and {_PPM_MAX:g} ppm either way",
            )
        super().__init__({"offset_s": offset_s, "drift_ppm": drift_ppm})
        self._wanted = round(offset_s * _NS_PER_S), round(drift_ppm * _PPB_PER_PPM)

    def _undo(self, services: tuple[PreloadedService, ...]) -> SetClocksRight:
        return SetClocksRight(services)

    def _apply(self, shared: PreloadState) -> None:
        shared.set_clock(*self._wanted, since_ns=time.monotonic_ns())

    def _is_applied(self, shared: PreloadState) -> bool:
        return shared.clock == self._wanted

    def _affected(self, shared: PreloadState) -> int:
        return shared.shifted

    def _unaffected(self, shared: PreloadState) -> int:
        return shared.unshifted

    def _describe(self, hits: int) -> str:
        offset_s, ppm = self.parameters["offset_s"], self.parameters["drift_ppm"]
        apart = [f"{offset_s:+g} s"] * bool(offset_s) + [f"{ppm:+g} ppm"] * bool(ppm)
        return f"has read its clock {hits} times, {' and '.join(apart)} from this machine's"
