"""What a target file says that a backend passes over or cannot honour.

A file is read before the backend is chosen: what only one of them refuses must not keep the
other from starting it.
"""

from dataclasses import dataclass, field

from gonogo.vocabulary import UsageError


@dataclass(frozen=True, slots=True)
class Remarks:
    """Notes and refusals as they come up; backend ``""`` means all of them."""

    _notes: list[tuple[str, str]] = field(default_factory=list)
    _refusals: list[tuple[str, UsageError]] = field(default_factory=list)

    def note(self, text: str, backend: str = "") -> None:
        """Something is accepted without effect."""
        self._notes.append((backend, text))

    def refuse(self, error: UsageError, backend: str) -> None:
        """Something cannot be honoured by that backend; the error says what to do."""
        self._refusals.append((backend, error))

    def notes(self) -> dict[str, tuple[str, ...]]:
        """The notes by backend."""
        backends = {backend for backend, _ in self._notes}
        return {each: tuple(text for of, text in self._notes if of == each) for each in backends}

    def refusals(self) -> dict[str, tuple[UsageError, ...]]:
        """The refusals by backend, in the order of the file."""
        backends = {backend for backend, _ in self._refusals}
        return {
            each: tuple(error for of, error in self._refusals if of == each) for each in backends
        }
