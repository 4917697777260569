"""Names that the objectives language gives to phases."""

CONTRACT_PHASE = "contract"
STEADY_PHASE = "load"
FAULT_PREFIX = "fault:"
