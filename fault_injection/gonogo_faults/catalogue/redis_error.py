"""redis-error: a Redis refuses commands, as while it loads, as a replica, or with a full disk.

Mechanism: toxic ``redis`` of the fault proxy: commands of the selected clients are answered with
the error and never reach Redis; a transaction with one of them fails as a whole.
Parameters: ``reply`` (``LOADING``, ``READONLY``, ``MISCONF``, ``BUSY``), ``commands`` (names, with
commas; none: all but those that open a connection), ``percent`` of the commands.
Proof of bite: commands of the system were refused.
Undo: the toxic is removed; a connection that still waits for an answer is closed.
Proof of absence: the toxic is gone, and a canary ends as one did before.
Backends: process, docker; RESP without TLS.
Source: Redis, "Redis serialization protocol specification", "Simple errors".
"""

from gonogo.vocabulary import UsageError
from gonogo_faults.catalogue._erroring import ErroringFault

REPLIES = ("LOADING", "READONLY", "MISCONF", "BUSY")


class RedisError(ErroringFault):
    """Refuse Redis commands over the selected edges.

    Args:
        reply: which error.
        commands: names of those refused, separated by commas.
        percent: share of these commands that is refused.

    Raises:
        UsageError: there is no such reply, or no such share.
    """

    name = "redis-error"
    kind = "redis"

    def __init__(self, reply: str = "LOADING", commands: str = "", percent: float = 100.0) -> None:
        if reply not in REPLIES:
            raise UsageError(
                f"Redis has no reply {reply!r}", where="fault redis-error", alternatives=REPLIES
            )
        named = [each.strip().upper() for each in commands.split(",") if each.strip()]
        given = {"reply": reply, **({"commands": named} if named else {})}
        shown = {"reply": reply, "commands": commands, "percent": percent}
        super().__init__(given, shown, percent)
