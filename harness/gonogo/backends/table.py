"""What each backend can do, as a table: from what the backends say they can do."""

from gonogo.backends.registry import BACKENDS
from gonogo.vocabulary import Capability


def capability_table() -> str:
    """Markdown: a row for each capability, a column for each backend."""
    rows = [
        ["capability", *BACKENDS, ""],
        ["---"] * (len(BACKENDS) + 2),
        *(
            [f"`{each}`", *(_yes_or_no(each, name) for name in BACKENDS), each.meaning]
            for each in Capability
        ),
    ]
    return "".join(_line(row) for row in rows)


def _yes_or_no(capability: Capability, name: str) -> str:
    return "yes" if capability in BACKENDS[name].capabilities else "no"


def _line(cells: list[str]) -> str:
    if set(cells) == {"---"}:
        return "|" + "|".join(cells) + "|\n"
    return "| " + " | ".join(cells).rstrip() + " |\n"
