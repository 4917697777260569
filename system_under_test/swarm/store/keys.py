"""Key names: all keys of a namespace have the same hash tag."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """Names the keys of one namespace; the Lua scripts build theirs from the same prefix.

    The namespace is a hash tag, so all its keys share one cluster slot and a script may
    touch any of them.
    """

    namespace: str

    @property
    def prefix(self) -> str:
        """The prefix of every key of the namespace."""
        return f"{{{self.namespace}}}:"

    def of(self, *parts: str) -> str:
        """Return the key made of these parts, e.g. ``of("job", job_id)``."""
        return self.prefix + ":".join(parts)

    @property
    def events(self) -> str:
        """The event stream."""
        return self.of("events")

    @property
    def wake(self) -> str:
        """The channel that tells idle agents to ask for a task; a message may get lost."""
        return self.of("wake")
