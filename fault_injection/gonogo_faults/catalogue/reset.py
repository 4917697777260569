"""reset: connections between two services are closed by TCP resets, as by a restarted middlebox.

Mechanism: toxic ``reset_peer`` of the fault proxy: both sides get a reset. Existing connections get
it at once, later ones ``after_ms`` after they connect.
Parameter: ``after_ms``, 0 by default.
Proof of bite: a canary through the listener is reset, and so were connections of the system.
Undo: the toxic is removed.
Proof of absence: the toxic is gone, and a canary ends as one did before.
Backends: process, docker.
"""

from gonogo.vocabulary import Evidence, System
from gonogo_faults.catalogue._echo import Ending
from gonogo_faults.catalogue._edge import CANARY_S, ToxicFault, whole_number

_MAY_COUNT = (Ending.RESET, Ending.CLOSED, Ending.SILENT)


class Reset(ToxicFault):
    """Reset every connection over the selected edges.

    Args:
        after_ms: how long a connection lives.

    Raises:
        UsageError: it is not in whole milliseconds.
    """

    name = "reset"
    kind = "reset_peer"

    def __init__(self, after_ms: float = 0) -> None:
        timeout = whole_number("after_ms", after_ms, at_least=0, fault="reset")
        super().__init__({"timeout": timeout}, {"after_ms": timeout})
        self._within_s = timeout / 1e3 + CANARY_S

    def _observe(self, system: System, edge: str) -> Evidence:
        # However it ended: behind a published port a reset may arrive as a normal close.
        echo = self._call(system, edge, self._within_s, lambda echo: echo.ending in _MAY_COUNT)
        if echo.ending is not Ending.RESET:
            return Evidence(False, f"{edge}: {echo}")
        _, others = self._counted(edge)
        if others < 1:
            return Evidence(False, f"{edge}: {echo}, but the system had no connection to reset")
        return Evidence(True, f"{edge}: {echo}, and {others} connections of the system's")
