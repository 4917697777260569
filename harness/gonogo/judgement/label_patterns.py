"""Label patterns: which values the shell pattern of a label matches, and how a match is named."""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from gonogo.vocabulary import Objective


def is_pattern(value: str) -> bool:
    """Whether a label's value can match more than itself."""
    return any(character in value for character in "*?[")


def matching(pattern: str, values: Iterable[str]) -> list[str]:
    """The values that a shell pattern matches, sorted; a value always matches itself."""
    return sorted({each for each in values if each == pattern or fnmatchcase(each, pattern)})


def subject_of(objective: Objective, found: Mapping[str, str]) -> str:
    """The objective's text, with the matches of its wildcards: ``... < 2s [name=health]``."""
    shown = [
        f"{label}={value}"
        for label, value in found.items()
        if is_pattern(objective.labels.get(label, "*"))
    ]
    return f"{objective.text} [{', '.join(shown)}]" if shown else objective.text


def no_match_reason(label: str, pattern: str, values: Sequence[str], meaning: str) -> str:
    """Why there is nothing to judge: no value matches; with the values that would."""
    valid = f"valid: {', '.join(values)}" if values else "there was none at all"
    return f"no {meaning} matches {label}={pattern}; {valid}"
