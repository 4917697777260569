"""Names that the objectives language gives to phases."""

STEADY_PHASE = "load"
FAULT_PREFIX = "fault:"
