"""Restart policies with Docker's semantics (moby, ``restartmanager``)."""

_DELAY_S_MIN = 0.1
_DELAY_S_MAX = 60.0
# An incarnation that lived this long ran well: the next delay starts from the minimum again.
_WELL_S = 10.0


class RestartPolicy:
    """Decides whether and when a service that exited comes back.

    Args:
        policy: ``no``, ``always``, ``unless-stopped`` or ``on-failure``.
        restarts_max: for ``on-failure:N``; None or 0 for no limit.
    """

    def __init__(self, policy: str, restarts_max: int | None = None) -> None:
        self._policy = policy
        self._restarts_max = restarts_max
        self._restarts = 0
        self._delay_s = 0.0

    def would_restart(self, exit_code: int) -> bool:
        """Whether an exit with that code now would be followed by a restart."""
        if self._policy == "on-failure":
            attempts_left = not self._restarts_max or self._restarts < self._restarts_max
            return exit_code != 0 and attempts_left
        return self._policy in ("always", "unless-stopped")

    def delay_s(self, exit_code: int, lived_s: float) -> float | None:
        """How long to wait before the restart this exit causes; None when it causes none."""
        if not self.would_restart(exit_code):
            return None
        if lived_s >= _WELL_S:
            self._delay_s = 0.0
        self._delay_s = min(max(self._delay_s * 2, _DELAY_S_MIN), _DELAY_S_MAX)
        self._restarts += 1
        return self._delay_s
