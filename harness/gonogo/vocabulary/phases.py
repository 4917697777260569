"""The phases of a run, and what ``phase=`` of an objective may name besides."""

CONTRACT_PHASE = "contract"
LOAD_PHASE = "load"
FAULTS_PHASE = "faults"
LEDGER_PHASE = "ledger"

# In the order in which a run goes through them.
PHASES = (CONTRACT_PHASE, LOAD_PHASE, FAULTS_PHASE, LEDGER_PHASE)

# The closed-model load runs in the phase ``load``. Its requests have a name of their own, because
# an objective without ``phase=`` is about the open-model load.
CLOSED_PHASE = "closed"

_FAULT_PREFIX = "fault:"


def fault_phase(label: str) -> str:
    """``fault:LABEL``: the time in which the fault of this label is armed."""
    return _FAULT_PREFIX + label


def is_fault_phase(phase: str) -> bool:
    """Whether a value of ``phase=`` names the time of a fault."""
    return phase.startswith(_FAULT_PREFIX)


def fault_label(phase: str) -> str:
    """The label in a ``fault:LABEL``."""
    return phase.removeprefix(_FAULT_PREFIX)
