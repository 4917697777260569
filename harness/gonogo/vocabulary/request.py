"""Requests at load volume: what one record says."""

from enum import IntEnum


class Outcome(IntEnum):
    """How a request ended. The books close when the counts of these add up to the schedule."""

    OK = 0
    HTTP_ERROR = 1  # 5xx, or a status the operation did not expect
    WRONG_BODY = 2
    TIMEOUT = 3
    REFUSED = 4
    RESET = 5
    IN_FLIGHT = 6  # not ended when the load ended; its age is recorded as its latency
    DROPPED = 7  # scheduled and never sent: derived from the schedule, never recorded
    OTHER = 8
