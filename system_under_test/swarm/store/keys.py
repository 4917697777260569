"""Key names: everything of one namespace lives under one hash tag."""

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
        """What every key of the namespace starts with."""
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
        """The channel that tells idle agents to look again; a hint, never a delivery."""
        return self.of("wake")
