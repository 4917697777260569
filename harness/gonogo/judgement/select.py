"""Selectors: which values a label's pattern matches, and how each match is named."""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from gonogo.judgement.grammar import is_pattern
from gonogo.vocabulary import Objective


def matches(pattern: str, values: Iterable[str]) -> list[str]:
    """The values a shell pattern matches, sorted; a value matches itself in any case."""
    return sorted({each for each in values if each == pattern or fnmatchcase(each, pattern)})


def subject(objective: Objective, found: Mapping[str, str]) -> str:
    """The objective's text, with the matches of its wildcards: ``... < 2s [name=health]``."""
    shown = [
        f"{label}={value}"
        for label, value in found.items()
        if is_pattern(objective.labels.get(label, "*"))
    ]
    return f"{objective.text} [{', '.join(shown)}]" if shown else objective.text


def no_match(label: str, pattern: str, values: Sequence[str], meaning: str) -> str:
    """The reason of a judgement that found nothing to judge."""
    valid = f"valid: {', '.join(values)}" if values else "there was none at all"
    return f"no {meaning} matches {label}={pattern}; {valid}"
