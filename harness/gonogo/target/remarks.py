"""What in a target file a backend ignores or cannot honour.

A file is read before the backend is chosen: what only one of them refuses must not keep the
other from starting it.
"""

from dataclasses import dataclass, field

from gonogo.vocabulary import Form, UsageError


@dataclass(frozen=True, slots=True)
class Remarks:
    """Notes and refusals as they come up, by the form of a backend's services."""

    _notes: list[tuple[Form | None, str]] = field(default_factory=list)
    _refusals: list[tuple[Form, UsageError]] = field(default_factory=list)

    def note(self, text: str, form: Form | None = None) -> None:
        """Something is accepted without effect, in that form or (None) in every one."""
        self._notes.append((form, text))

    def refuse(self, error: UsageError, form: Form) -> None:
        """Something cannot be honoured in that form; the error says what to do."""
        self._refusals.append((form, error))

    def notes(self) -> dict[Form | None, tuple[str, ...]]:
        """The notes by form; those of every form under None."""
        forms = {form for form, _ in self._notes}
        return {each: tuple(text for of, text in self._notes if of is each) for each in forms}

    def refusals(self) -> dict[Form, tuple[UsageError, ...]]:
        """The refusals by form, in the order of the file."""
        forms = {form for form, _ in self._refusals}
        return {each: tuple(error for of, error in self._refusals if of is each) for each in forms}
